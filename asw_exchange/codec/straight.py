"""Turns a layout table into straight-line Python, as ``dataclasses`` does for its methods: the hot path.

The functions made here do nothing but the usual case: values that need no escaping by more than a look,
elements in the order of the table. Whatever is unusual makes them stumble, and then the careful writer
and reader (``builder``, ``parser``) do the work or say in words what is wrong and where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from asw_exchange.codec.builder import UNSAFE, UNSAFE_ATTRIBUTE, declarations, escape, escape_attribute
from asw_exchange.codec.table import (
    Attribute,
    Constant,
    Content,
    Leaf,
    Nested,
    Node,
    Record,
    Within,
    clark,
    start_tag,
)
from asw_exchange.codec.values import TEXT, ValueCodec

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


class Stumble(Exception):
    """Something unusual: the careful way has to be gone."""


STUMBLES = (Stumble, ValueError, TypeError, AttributeError, ArithmeticError, KeyError)


class _Program:
    """The source of a module under construction, and the objects that it names."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            "Stumble": Stumble,
            "unsafe": UNSAFE,
            "unsafe_attribute": UNSAFE_ATTRIBUTE,
            "missing": msgspec.NODEFAULT,
        }
        self.entry = "record0"
        """The function of the root element's record, which is named first."""
        self._functions: dict[tuple[int, frozenset[str]], str] = {}

    def name(self, value: Any, prefix: str) -> str:
        """Give an object a name in the module."""
        for known, other in self.names.items():
            if other is value and known.startswith(prefix):
                return known
        made = f"{prefix}{len(self.names)}"
        self.names[made] = value
        return made

    def function(
        self,
        record: Record,
        write: Callable[[_Program, Record, str], list[str]],
        scope: frozenset[str] = frozenset(),
    ) -> str:
        """Return the name of the function of a record in a scope, writing it the first time."""
        key = id(record), scope
        if key not in self._functions:
            made = self._functions[key] = f"record{len(self._functions)}"
            self.lines += write(self, record, made)
        return self._functions[key]

    def run(self, entry: str) -> Any:
        """Execute the module and return one of its functions."""
        code = compile("\n".join(self.lines), "<layout>", "exec")
        exec(code, self.names)  # noqa: S102 - the source is made from our own tables, no input reaches it
        return self.names[entry]


@dataclass(frozen=True, slots=True)
class _Names:
    """Where namespaces are declared: all at the root, or (canonical) each where it is first used."""

    namespaces: Mapping[str, str]
    declared: frozenset[str]
    """Prefixes that an element around has declared."""

    def declare(self, element: str) -> tuple[str, _Names]:
        """Return the declaration that an element needs, and the names inside it."""
        prefix = element.rpartition(":")[0]
        if prefix in self.declared:
            return "", self
        text = f' xmlns:{prefix}="{self.namespaces[prefix]}"'
        return text, _Names(self.namespaces, self.declared | {prefix})


def straight_writer(
    namespaces: Mapping[str, str], root: str, record: Record, *, canonical: bool = False
) -> Callable[[Any], str]:
    """Return a function that writes a document as ``builder.compile_writer`` does, or stumbles.

    ``canonical``: in exclusive canonical form, every namespace declared where it is first used.
    """
    program = _Program()
    at_root = {"": namespaces[""]} if canonical else namespaces
    names = _Names(namespaces, frozenset(at_root))
    body = program.function(record, _record_writer(names), names.declared)
    opening, closing = f"<{root}{declarations(at_root)}>", f"</{root}>"
    program.lines += [
        "def write(document):",
        f"    if type(document) is not {program.name(record.type, 'Type')}: raise Stumble",
        f"    parts = [{opening!r}]",
        f"    {body}(document, parts)",
        f"    parts.append({closing!r})",
        "    return ''.join(parts)",
    ]
    written: Callable[[Any], str] = program.run("write")
    return written


def _record_writer(names: _Names) -> Callable[[_Program, Record, str], list[str]]:
    return lambda program, record, name: _write_record(program, record, name, names)


def _write_record(program: _Program, record: Record, name: str, names: _Names) -> list[str]:
    nodes = [node for node in record.nodes if not isinstance(node, Attribute | Content)]
    lines = [line for node in nodes for line in _write_node(program, node, names)]
    return [
        f"def {name}(value, parts):",
        "    out = parts.append",
        *_write_uncarried(program, record),
        *_indent(lines),
    ]


def _write_uncarried(program: _Program, record: Record) -> Iterator[str]:
    for field, default in _known_defaults(record).items():
        if field not in record.fields:
            yield f"    if value.{field} != {program.name(default, 'default')}: raise Stumble"


def _write_node(program: _Program, node: Node, names: _Names) -> list[str]:
    if isinstance(node, Attribute | Content):
        return []
    declared, inner_names = names.declare(node.element)
    match node:
        case Leaf(element, field, codec, many, attributes):
            tag = _declared(start_tag(element, attributes), element, declared).replace('"', '\\"')
            line = f'out(f"{tag}{{{_text(program, codec, "x")}}}</{element}>")'
            return _each(field, many, [line])
        case Constant(element, text, attributes):
            tag = _declared(start_tag(element, attributes), element, declared)
            return [f"out({f'{tag}{escape(text)}</{element}>'!r})"]
        case Nested(element, field, record, many):
            lines = _write_element(program, element, record, declared, inner_names)
            return _each(field, many, lines)
        case Within(element, nodes):
            constants = sum(isinstance(inner, Constant) for inner in nodes)
            inside = [line for inner in nodes for line in _write_node(program, inner, inner_names)]
            mark = f"start{len(program.names)}"
            program.names[mark] = None
            return [
                f"{mark} = len(parts)",
                f"out({f'<{element}{declared}>'!r})",
                *inside,
                f"if len(parts) == {mark} + {1 + constants}: del parts[{mark}:]",
                f"else: out('</{element}>')",
            ]


def _declared(tag: str, element: str, declared: str) -> str:
    """Put a namespace declaration into a start tag, before its attributes."""
    return tag.replace(f"<{element}", f"<{element}{declared}", 1)


def _each(field: str, many: bool, lines: list[str]) -> list[str]:
    if many:
        return [f"for x in value.{field}:", *_indent(lines)]
    return [f"x = value.{field}", "if x is not None:", *_indent(lines)]


def _write_element(
    program: _Program, element: str, record: Record, declared: str, names: _Names
) -> list[str]:
    """Write the element of a nested record, with its attributes and its own text."""
    attributes = [node for node in record.nodes if isinstance(node, Attribute)]
    content = next((node for node in record.nodes if isinstance(node, Content)), None)
    written = [f' {node.name}=\\"{{{_attribute(program, node)}}}\\"' for node in attributes]
    quoted = declared.replace('"', '\\"')
    marked = f"{quoted}{''.join(written)}"
    if content is not None:
        text = _text(program, content.codec, f"x.{content.field}")
        return [f'out(f"<{element}{marked}>{{{text}}}</{element}>")']
    body = program.function(record, _record_writer(names), names.declared)
    return [f'out(f"<{element}{marked}>")', f"{body}(x, parts)", f"out('</{element}>')"]


def _text(program: _Program, codec: ValueCodec, value: str) -> str:
    """Return the expression of a value as element text."""
    if codec is TEXT:
        slow = program.name(_stumble_text, "text")
        return f"{value} if type({value}) is str and not unsafe({value}) else {slow}({value})"
    return f"{program.name(_escaping(codec), f'write_{abs(id(codec))}_')}({value})"


def _attribute(program: _Program, node: Attribute) -> str:
    value = f"x.{node.field}"
    slow = program.name(_stumble_attribute, "attribute")
    return f"{value} if type({value}) is str and not unsafe_attribute({value}) else {slow}({value})"


def _stumble_text(value: Any) -> str:
    text = TEXT.write(value)
    if not isinstance(text, str):
        raise Stumble
    return escape(text)


def _stumble_attribute(value: Any) -> str:
    if not isinstance(value, str):
        raise Stumble
    return escape_attribute(TEXT.write(value))


_ESCAPING: dict[int, Callable[[Any], str]] = {}


def _escaping(codec: ValueCodec) -> Callable[[Any], str]:
    """Return the writer of a codec; those that may give markup are escaped."""
    if id(codec) not in _ESCAPING:
        write = codec.write

        def escaped(value: Any) -> str:
            text = write(value)
            return escape(text) if UNSAFE(text) else text

        _ESCAPING[id(codec)] = write if codec.plain else escaped
    return _ESCAPING[id(codec)]


def straight_reader(namespaces: Mapping[str, str], root: str, record: Record) -> Callable[[Any], Any]:
    """Return a function that reads a document as ``parser.compile_reader`` does, or stumbles."""
    program = _Program()
    program.names["SIGNATURE"] = SIGNATURE

    def write(program: _Program, record: Record, name: str) -> list[str]:
        return _read_record(program, record, name, namespaces, write)

    body = program.function(record, write)
    program.lines += [
        "def read(element):",
        f"    if element.tag != {clark(root, namespaces)!r}: raise Stumble",
        f"    return {body}(element)",
    ]
    reader: Callable[[Any], Any] = program.run("read")
    return reader


Write = Callable[[_Program, Record, str], list[str]]


def _read_record(
    program: _Program, record: Record, name: str, names: Mapping[str, str], write: Write
) -> list[str]:
    lines = [f"def {name}(element):", *(f"    {line}" for line in _read_own(program, record))]
    root = name == program.entry
    lines += _indent(_read_children(program, record.nodes, names, write, signed=root))
    fields = ", ".join(_argument(node) for node in _all_nodes(record.nodes))
    lines += [f"    if {field} is missing: raise Stumble" for field in _required(record)]
    return [*lines, f"    return {program.name(record.type, 'Type')}({fields})"]


def _argument(node: Leaf | Nested | Attribute | Content) -> str:
    several = isinstance(node, Leaf | Nested) and node.many
    return f"{node.field}=tuple({node.field})" if several else f"{node.field}={node.field}"


def _defaults(program: _Program, record: Record) -> Iterator[str]:
    """Set every field to its default, and those without one to ``missing``."""
    known = _known_defaults(record)
    for node in _all_nodes(record.nodes):
        if isinstance(node, Leaf | Nested) and node.many:
            yield f"{node.field} = []"
        else:
            default = known[node.field]
            named = "missing" if default is msgspec.NODEFAULT else program.name(default, "default")
            yield f"{node.field} = {named}"


def _known_defaults(record: Record) -> dict[str, Any]:
    names, defaults = record.type.__struct_fields__, record.type.__struct_defaults__
    required = dict.fromkeys(names[: len(names) - len(defaults)], msgspec.NODEFAULT)
    return required | dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))


def _required(record: Record) -> list[str]:
    known = _known_defaults(record).items()
    return [name for name, default in known if default is msgspec.NODEFAULT and name in record.fields]


def _all_nodes(nodes: tuple[Node, ...]) -> Iterator[Leaf | Nested | Attribute | Content]:
    for node in nodes:
        if isinstance(node, Within):
            yield from _all_nodes(node.nodes)
        elif not isinstance(node, Constant):
            yield node


def _read_own(program: _Program, record: Record) -> Iterator[str]:
    yield from _defaults(program, record)
    for node in record.nodes:
        if isinstance(node, Attribute):
            yield f"text = element.get({node.name!r})"
            yield f"if text is not None: {node.field} = {program.name(node.codec.read, 'read')}(text)"
        elif isinstance(node, Content):
            yield f"{node.field} = {_value(program, node.codec, 'element')}"


def _value(program: _Program, codec: ValueCodec, element: str) -> str:
    text = f"({element}.text or '')"
    return text if codec is TEXT else f"{program.name(codec.read, 'read')}{text}"


def _read_children(
    program: _Program,
    nodes: tuple[Node, ...],
    names: Mapping[str, str],
    write: Write,
    *,
    around: str = "element",
    signed: bool = False,
) -> list[str]:
    """Read the children of ``around`` in the order of the table; ``signed``: a signature may come last."""
    inner = [node for node in nodes if not isinstance(node, Attribute | Content)]
    if not inner:
        return [f"if len({around}): raise Stumble"]
    depth = len(program.names)
    program.names[f"depth{depth}"] = None
    here, tag, rest = f"child{depth}", f"tag{depth}", f"rest{depth}"
    advance = [f"{here} = next({rest}, None)", f"{tag} = None if {here} is None else {here}.tag"]
    lines = [f"{rest} = iter({around})", *advance]
    for node in inner:
        lines += _read_node(program, node, names, write, here, tag, advance)
    if signed:
        lines += [f"if {tag} == SIGNATURE:", *_indent(advance)]
    return [*lines, f"if {tag} is not None: raise Stumble"]


def _read_node(
    program: _Program,
    node: Node,
    names: Mapping[str, str],
    write: Write,
    here: str,
    tag: str,
    advance: list[str],
) -> list[str]:
    many = isinstance(node, Leaf | Nested) and node.many
    if isinstance(node, Attribute | Content):
        return []
    lines = [f"{'while' if many else 'if'} {tag} == {clark(node.element, names)!r}:"]
    match node:
        case Leaf(_, field, codec):
            value = _value(program, codec, here)
            lines += [f"    if len({here}): raise Stumble"]
            lines += [f"    {field}.append({value})" if many else f"    {field} = {value}"]
        case Nested(_, field, inner, _):
            value = f"{program.function(inner, write)}({here})"
            lines += [f"    {field}.append({value})" if many else f"    {field} = {value}"]
        case Constant(_, text):
            lines += [f"    if {here}.text != {text!r} or len({here}): raise Stumble"]
        case Within(_, nodes):
            lines += _indent(_read_children(program, nodes, names, write, around=here))
    lines += _indent(advance)
    return lines


def _indent(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]
