"""Where a finding stands: line and path, for elements and attributes alike."""

from __future__ import annotations

from typing import Any, cast

from lxml import etree

from asw_exchange.codec import path_of


def line_of(element: etree._Element) -> int | None:
    """Return the line that an element begins on; None when it was not parsed from a file."""
    line: int | None = cast(Any, element).sourceline
    return line


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
