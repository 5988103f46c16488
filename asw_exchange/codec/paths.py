"""Where something stands in a document, told with the names and prefixes a reader sees."""

from __future__ import annotations

from typing import cast

from lxml import etree


def path_of(element: etree._Element) -> str:
    """Return for example ``/CertificateOfOrigin/GovernmentAgencyGoodsItem[2]/Commodity``.

    A position is told only where the parent has several children of that name.
    """
    steps: list[str] = []
    node: etree._Element | None = element
    while node is not None:
        steps.append(_step(node))
        node = node.getparent()
    return "/" + "/".join(reversed(steps))


def line_of(element: etree._Element) -> int | None:
    """Return the line that the element's start tag ends on, where the parser kept it."""
    return cast("int | None", element.sourceline)


def only_elements(parent: etree._Element) -> bool:
    """Tell whether all that stands in an element, but for text, are elements: no instruction among them."""
    return all(isinstance(child.tag, str) for child in parent)


def name_of(element: etree._Element) -> str:
    """Return the element's name with its prefix, as written."""
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def _step(element: etree._Element) -> str:
    parent = element.getparent()
    if parent is None:
        return name_of(element)
    siblings = parent.findall(f"{{*}}{etree.QName(element).localname}")
    same = [sibling for sibling in siblings if sibling.tag == element.tag]
    return name_of(element) if len(same) == 1 else f"{name_of(element)}[{same.index(element) + 1}]"
