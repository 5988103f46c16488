"""Finds what a layout would pass over: text between elements, attributes it does not know.

The schema refuses both; this is for reading a document that was not validated, so that nothing in
it is dropped silently.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import cast

from lxml import etree

from asw_exchange.codec.paths import line_of, path_of
from asw_exchange.codec.table import Attribute, Nested, Record, Within
from asw_exchange.errors import ParseError

_UNSIGNED = "not(ancestor-or-self::d:Signature)"
_NAMESPACES = {"d": "http://www.w3.org/2000/09/xmldsig#"}
_STRAY_TEXT = etree.XPath(
    f"descendant-or-self::*[*][text()[normalize-space()]][{_UNSIGNED}]", namespaces=_NAMESPACES
)
_ATTRIBUTED = etree.XPath(f"descendant-or-self::*[@*][{_UNSIGNED}]", namespaces=_NAMESPACES)


def refuse_leftovers(root: etree._Element, record: Record) -> None:
    """Raise ParseError for the first stray text or attribute that ``record`` has no place for."""
    for element in _select(_STRAY_TEXT, root):
        raise ParseError("text stands between elements", line=line_of(element), path=path_of(element))
    known = _attributes(record)
    for element in _select(_ATTRIBUTED, root):
        for name in map(str, element.attrib):
            if name not in known.get(etree.QName(element).localname, ()):
                raise ParseError(
                    f"the attribute {name} does not belong here",
                    line=line_of(element),
                    path=path_of(element),
                )


def _select(expression: etree.XPath, root: etree._Element) -> list[etree._Element]:
    return cast("list[etree._Element]", expression(root))


@cache
def _attributes(record: Record) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    _collect(record.nodes, "", found)
    return dict(found)


def _collect(nodes: tuple[object, ...], element: str, found: defaultdict[str, set[str]]) -> None:
    for node in nodes:
        if isinstance(node, Attribute):
            found[element].add(node.name)
        elif isinstance(node, Nested):
            _collect(node.record.nodes, node.element, found)
        elif isinstance(node, Within):
            _collect(node.nodes, node.element, found)
