"""Where a finding stands and what is written there, for elements and attributes alike."""

from __future__ import annotations

from functools import cache

from lxml import etree

from asw_exchange.codec import path_of

_LONGEST_VALUE = 200


def path_to(element: etree._Element, attribute: str | None = None) -> str:
    """Return the path of an element, or of its attribute ``{namespace}name``."""
    if attribute is None:
        return path_of(element)
    name = etree.QName(attribute)
    prefixes = (prefix for prefix, uri in element.nsmap.items() if prefix and uri == name.namespace)
    prefix = next(prefixes, None)
    return (
        f"{path_of(element)}/@{prefix}:{name.localname}"
        if prefix
        else f"{path_of(element)}/@{name.localname}"
    )


def shortened(value: str | None) -> str | None:
    """Return a value as a finding shows it: of a long one the first 200 characters."""
    return value if value is None or len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"


class Places:
    """Finds nodes and paths during one run and remembers them: each takes a walk among all siblings."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._children = cache(_child_elements)
        self.path_to = cache(path_to)

    def node_at(self, positions: str) -> etree._Element:
        """Follow positions among child elements such as ``0/2/1/``; the first is that of the root."""
        node = self._root
        for position in positions.split("/")[1:]:
            node = self._children(node)[int(position)] if position else node
        return node


def _child_elements(parent: etree._Element) -> list[etree._Element]:
    return [*parent.iterchildren("*")]
