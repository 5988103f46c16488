"""Compiles a layout into a reader: an element in, a document out.

It expects what the schema has accepted, but trusts nothing: an element that the layout does not
know, a second one where one belongs, or a value of another type is a ParseError with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from asw_exchange.codec.paths import line_of, name_of, path_of
from asw_exchange.codec.table import Attribute, Constant, Content, Leaf, Nested, Node, Record, Within, clark
from asw_exchange.codec.values import TEXT, ValueCodec
from asw_exchange.errors import ParseError
from asw_exchange.model import Value

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"

Fill = Callable[[Any, dict[str, Any]], None]
"""Takes an element and puts what it says into the fields of the record around it."""


def compile_reader(namespaces: Mapping[str, str], root: str, record: Record) -> Callable[[Any], Any]:
    """Return the function that reads a document from its root element, passing over a signature in it."""
    fill = _filler(record, namespaces, {SIGNATURE: _skip})
    expected, make = clark(root, namespaces), record.type

    def read(element: etree._Element) -> Value:
        if element.tag != expected:
            raise ParseError(f"the root element is not {root}", line=line_of(element), value=str(element.tag))
        fields: dict[str, Any] = {}
        fill(element, fields)
        return _construct(make, fields, element)

    return read


def _skip(element: etree._Element, fields: dict[str, Any]) -> None:
    pass


def _construct(make: type[Value], fields: dict[str, Any], element: etree._Element) -> Value:
    try:
        return make(**fields)
    except TypeError as error:
        raise ParseError(
            f"the element is incomplete: {error}", line=line_of(element), path=path_of(element)
        ) from error


def _filler(record: Record, names: Mapping[str, str], extra: dict[str, Fill] | None = None) -> Fill:
    """Compile a record: attributes and own text first, then every child by its tag."""
    own = [_own(node) for node in record.nodes if isinstance(node, Attribute | Content)]
    children = dict(extra or {})
    several = _register(record.nodes, names, children)
    get = children.get

    def fill(element: etree._Element, fields: dict[str, Any]) -> None:
        for take in own:
            take(element, fields)
        for child in element:
            take_child = get(child.tag)
            if take_child is None:
                raise _unexpected(child)
            take_child(child, fields)
        for name in several:
            if name in fields:
                fields[name] = tuple(fields[name])

    return fill if own or several else _children_filler(children)


def _register(nodes: tuple[Node, ...], names: Mapping[str, str], children: dict[str, Fill]) -> list[str]:
    several: list[str] = []
    for node in nodes:
        match node:
            case Leaf():
                children[clark(node.element, names)] = _leaf(node)
            case Nested():
                children[clark(node.element, names)] = _nested(node, names)
            case Constant(element, text):
                children[clark(element, names)] = _constant(text)
            case Within(element, inner):
                group: dict[str, Fill] = {}
                several += _register(inner, names, group)
                children[clark(element, names)] = _children_filler(group)
            case _:
                continue
        if isinstance(node, Leaf | Nested) and node.many:
            several.append(node.field)
    return several


def _decode(codec: ValueCodec, element: etree._Element) -> Any:
    text = element.text or ""
    if len(element):
        raise _unexpected(element[0])
    if codec is TEXT:
        return text
    try:
        return codec.read(text)
    except ValueError as error:
        raise ParseError(
            f"the value {error}", line=line_of(element), path=path_of(element), value=text
        ) from error


def _leaf(node: Leaf) -> Fill:
    codec, name = node.codec, node.field
    if node.many:
        return lambda element, fields: fields.setdefault(name, []).append(_decode(codec, element))

    def fill(element: etree._Element, fields: dict[str, Any]) -> None:
        if name in fields:
            raise _repeated(element)
        fields[name] = _decode(codec, element)

    def fill_text(element: etree._Element, fields: dict[str, Any]) -> None:
        if name in fields or len(element):
            raise _repeated(element) if name in fields else _unexpected(element[0])
        fields[name] = element.text or ""

    return fill_text if codec is TEXT else fill


def _nested(node: Nested, names: Mapping[str, str]) -> Fill:
    inner, make, name, several = _filler(node.record, names), node.record.type, node.field, node.many

    def fill(element: etree._Element, fields: dict[str, Any]) -> None:
        content: dict[str, Any] = {}
        inner(element, content)
        value = _construct(make, content, element)
        if several:
            fields.setdefault(name, []).append(value)
        elif name in fields:
            raise _repeated(element)
        else:
            fields[name] = value

    return fill


def _constant(text: str) -> Fill:
    def fill(element: etree._Element, fields: dict[str, Any]) -> None:
        if element.text != text:
            raise ParseError(
                f"the value must be {text}",
                line=line_of(element),
                path=path_of(element),
                value=element.text,
            )

    return fill


def _children_filler(children: dict[str, Fill]) -> Fill:
    """Take every child by its tag, and nothing else: for records and groups without lists or own text."""
    get = children.get

    def fill(element: etree._Element, fields: dict[str, Any]) -> None:
        for child in element:
            take = get(child.tag)
            if take is None:
                raise _unexpected(child)
            take(child, fields)

    return fill


def _own(node: Attribute | Content) -> Fill:
    codec, name = node.codec, node.field
    if isinstance(node, Content):

        def fill_content(element: etree._Element, fields: dict[str, Any]) -> None:
            fields[name] = _decode(codec, element)

        return fill_content
    attribute = node.name

    def fill_attribute(element: etree._Element, fields: dict[str, Any]) -> None:
        text = element.get(attribute)
        if text is None:
            return
        try:
            fields[name] = codec.read(text)
        except ValueError as error:
            raise ParseError(
                f"the attribute {attribute} {error}",
                line=line_of(element),
                path=path_of(element),
                value=text,
            ) from error

    return fill_attribute


def _unexpected(element: etree._Element) -> ParseError:
    if not isinstance(element.tag, str):
        return ParseError("a processing instruction stands where only elements belong", line=line_of(element))
    return ParseError(
        f"the element {name_of(element)} does not belong here", line=line_of(element), path=path_of(element)
    )


def _repeated(element: etree._Element) -> ParseError:
    return ParseError(
        f"the element {name_of(element)} stands here twice", line=line_of(element), path=path_of(element)
    )
