"""Compiles a layout into a writer: a document in, XML text out, the same bytes every time.

What is written by a layout of one namespace is its own exclusive canonical form (W3C Exclusive XML
Canonicalization 1.0): attributes in order, no empty-element tags, escapes as canonical XML has them. So it
can be signed as it is. Further namespaces are declared once, at the root, which is not canonical.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from asw_exchange.codec.table import (
    Attribute,
    Constant,
    Content,
    Leaf,
    Nested,
    Node,
    Record,
    Within,
    start_tag,
)
from asw_exchange.codec.values import TEXT, ValueCodec
from asw_exchange.errors import BuildError, FieldNotCarried, ValueNotCarried

Append = Callable[[str], None]
Writer = Callable[[Any, list[str]], None]

_SPECIAL = re.compile('[&<>"\t\n\r]').search
UNSAFE = re.compile("[\0-\x1f&<>\ud800-\udfff\ufffe\uffff]").search
"""Anything in a text to escape, or to refuse."""
UNSAFE_ATTRIBUTE = re.compile('[\0-\x1f"&<>\ud800-\udfff\ufffe\uffff]').search
"""The same in an attribute, where a quotation mark counts too."""


def escape(text: str) -> str:
    """Escape for element content, as Canonical XML 1.0 writes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def escape_attribute(text: str) -> str:
    """Escape for an attribute value in double quotes, as Canonical XML 1.0 writes it."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return text.replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;")


def declarations(namespaces: Mapping[str, str]) -> str:
    """Return the namespace declarations of a root element; the layout's own stands under ``""``."""
    names = sorted(namespaces.items())
    return "".join(f' xmlns{":" if prefix else ""}{prefix}="{uri}"' for prefix, uri in names)


def compile_writer(namespaces: Mapping[str, str], root: str, record: Record) -> Callable[[Any], str]:
    """Return the function that writes a document as XML text without a declaration.

    It raises FieldNotCarried or ValueNotCarried, naming the field by its path in the model.
    """
    body = _element(root, record, declarations(namespaces))
    expected = record.type

    def write(document: Any) -> str:
        if not isinstance(document, expected):
            raise BuildError(f"{root} is built from a {expected.__name__}", value=type(document).__name__)
        out: list[str] = []
        body(document, out)
        return "".join(out)

    return write


def _element(name: str, record: Record, namespace: str = "") -> Writer:
    attributes = [_attribute(node) for node in record.nodes if isinstance(node, Attribute)]
    writers = [_node(node, record) for node in record.nodes if not isinstance(node, Attribute)]
    if len(record.fields) < len(record.type.__struct_fields__):
        writers.insert(0, _refuse_uncarried(record))
    opening, bare, closing = f"<{name}{namespace}", f"<{name}{namespace}>", f"</{name}>"

    def write(value: Any, out: list[str]) -> None:
        out.append(bare)
        for writer in writers:
            writer(value, out)
        out.append(closing)

    def write_attributed(value: Any, out: list[str]) -> None:
        out.append(f"{opening}{''.join([attribute(value) for attribute in attributes])}>")
        for writer in writers:
            writer(value, out)
        out.append(closing)

    return write_attributed if attributes else write


def _refuse_uncarried(record: Record) -> Writer:
    defaults = _defaults(record)
    missing = [
        (name, attrgetter(name), defaults[name])
        for name in record.type.__struct_fields__
        if name not in record.fields
    ]

    def check(value: Any, out: list[str]) -> None:
        for name, get, default in missing:
            if get(value) != default:
                raise FieldNotCarried(
                    "this form has no place for the field",
                    path=name,
                    value=str(get(value)),
                    hint="leave it out",
                )

    return check


def _defaults(record: Record) -> dict[str, Any]:
    names, values = record.type.__struct_fields__, record.type.__struct_defaults__
    return dict.fromkeys(names) | dict(zip(names[len(names) - len(values) :], values, strict=True))


def _node(node: Node, record: Record) -> Writer:
    match node:
        case Leaf():
            return _leaves(node) if node.many else _leaf(node)
        case Content(field, codec):
            return _content(field, codec)
        case Constant(element, text, attributes):
            constant = f"{start_tag(element, attributes)}{escape(text)}</{element}>"
            return lambda value, out: out.append(constant)
        case Nested():
            return _nested_many(node) if node.many else _nested(node)
        case Within(element, nodes):
            constants = sum(isinstance(inner, Constant) for inner in nodes)
            return _within(element, [_node(inner, record) for inner in nodes], constants)
        case Attribute():  # pragma: no cover - attributes are taken by the element around them
            raise AssertionError(node)


def _encode(codec: ValueCodec, value: Any, path: str) -> str:
    try:
        text = codec.write(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueNotCarried(f"the value {error}", path=path, value=str(value)) from error
    return escape(text) if _SPECIAL(text) else text


def _leaf(node: Leaf) -> Writer:
    get, codec, field = attrgetter(node.field), node.codec, node.field
    opening, closing = start_tag(node.element, node.attributes), f"</{node.element}>"

    def write(value: Any, out: list[str]) -> None:
        found = get(value)
        if found is not None:
            out.append(f"{opening}{_encode(codec, found, field)}{closing}")

    def write_text(value: Any, out: list[str]) -> None:
        found = get(value)
        if type(found) is str and not UNSAFE(found):
            out.append(f"{opening}{found}{closing}")
        else:
            write(value, out)

    return write_text if codec is TEXT else write


def _leaves(node: Leaf) -> Writer:
    get, codec, field = attrgetter(node.field), node.codec, node.field
    opening, closing = start_tag(node.element, node.attributes), f"</{node.element}>"

    def write(value: Any, out: list[str]) -> None:
        for index, found in enumerate(get(value)):
            out.append(f"{opening}{_encode(codec, found, f'{field}[{index}]')}{closing}")

    return write


def _content(field: str, codec: ValueCodec) -> Writer:
    get = attrgetter(field)

    def write(value: Any, out: list[str]) -> None:
        found = get(value)
        if found is not None:
            out.append(_encode(codec, found, field))

    return write


def _attribute(node: Attribute) -> Callable[[Any], str]:
    get, codec, field, name = attrgetter(node.field), node.codec, node.field, node.name

    def write(value: Any) -> str:
        found = get(value)
        if found is None:
            return ""
        try:
            text = codec.write(found)
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueNotCarried(f"the value {error}", path=field, value=str(found)) from error
        return f' {name}="{escape_attribute(text) if _SPECIAL(text) else text}"'

    return write


def _nested(node: Nested) -> Writer:
    get, body, field = attrgetter(node.field), _element(node.element, node.record), node.field

    def write(value: Any, out: list[str]) -> None:
        found = get(value)
        if found is not None:
            try:
                body(found, out)
            except BuildError as error:
                error.path = f"{field}.{error.path}"
                raise

    return write


def _nested_many(node: Nested) -> Writer:
    get, body, field = attrgetter(node.field), _element(node.element, node.record), node.field

    def write(value: Any, out: list[str]) -> None:
        for index, found in enumerate(get(value)):
            try:
                body(found, out)
            except BuildError as error:
                error.path = f"{field}[{index}].{error.path}"
                raise

    return write


def _within(element: str, writers: list[Writer], constants: int) -> Writer:
    """Write a grouping element, unless nothing but its constants would stand in it."""
    opening, closing = f"<{element}>", f"</{element}>"

    def write(value: Any, out: list[str]) -> None:
        start = len(out)
        out.append(opening)
        for writer in writers:
            writer(value, out)
        if len(out) == start + 1 + constants:
            del out[start:]
        else:
            out.append(closing)

    return write
