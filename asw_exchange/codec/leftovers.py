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
from asw_exchange.codec.table import Attribute, Constant, Leaf, Nested, Record, Within
from asw_exchange.errors import ParseError

_XML = "{http://www.w3.org/XML/1998/namespace}"
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
        places = known.get(etree.QName(element).localname, {})
        for name in element.attrib:
            _check_attribute(element, str(name).replace(_XML, "xml:"), element.get(name, ""), places)


Known = dict[str, set[str] | None]
"""The attributes of an element: what they always say, or None where they carry a field."""


def _check_attribute(element: etree._Element, name: str, value: str, known: Known) -> None:
    line, path = line_of(element), path_of(element)
    if name not in known:
        raise ParseError(f"the attribute {name} does not belong here", line=line, path=path)
    fixed = known[name]
    if fixed is not None and value not in fixed:
        wanted = " or ".join(sorted(fixed))
        raise ParseError(f"the attribute {name} must be {wanted}", line=line, path=path, value=value)


def _select(expression: etree.XPath, root: etree._Element) -> list[etree._Element]:
    return cast("list[etree._Element]", expression(root))


@cache
def _attributes(record: Record) -> dict[str, Known]:
    found: defaultdict[str, Known] = defaultdict(dict)
    _collect(record.nodes, "", found)
    return dict(found)


def _collect(nodes: tuple[object, ...], element: str, found: defaultdict[str, Known]) -> None:
    for node in nodes:
        if isinstance(node, Attribute):
            found[element][node.name] = None
        elif isinstance(node, Nested):
            _collect(node.record.nodes, _local(node.element), found)
        elif isinstance(node, Within):
            _collect(node.nodes, _local(node.element), found)
        elif isinstance(node, Leaf | Constant):
            for name, value in node.attributes:
                fixed = found[_local(node.element)].setdefault(name, set())
                if fixed is not None:
                    fixed.add(value)


def _local(element: str) -> str:
    return element.rpartition(":")[2]
