"""Layout tables at work: the one place where the model and XML meet.

One table builds (``write``), parses (``read``) and documents (``mapping``) a message. Tables are
compiled once, when they are first used; nothing is looked up by name while a document passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from asw_exchange.codec.builder import compile_writer
from asw_exchange.codec.parser import compile_reader
from asw_exchange.codec.straight import STUMBLES, straight_reader, straight_writer
from asw_exchange.codec.table import Attribute, Constant, Content, Leaf, Nested, Node, Record, Within


@dataclass(frozen=True)
class Layout:
    """The table of one message: its namespace (which carries the version), root element and record.

    Each way through the table is compiled when it is first gone: a process meets few kinds of messages, and
    starts without the others.
    """

    namespace: str
    root: str
    record: Record
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Prefix to name of the other namespaces that elements of the message stand in."""

    @cached_property
    def write(self) -> Callable[[Any], str]:
        """What writes a document as XML text without a declaration."""
        return _either(straight_writer(*self._table), lambda: self._careful_writer)

    @cached_property
    def write_canonical(self) -> Callable[[Any], str]:
        """As ``write``, in exclusive canonical form: what is signed."""
        if not self.prefixes:
            return self.write
        straight = straight_writer(*self._table, canonical=True)
        return _either(straight, lambda: _canonical(self._careful_writer))

    @cached_property
    def read(self) -> Callable[[Any], Any]:
        """What reads a document from its root element."""
        return _either(straight_reader(*self._table), lambda: self._careful_reader)

    @cached_property
    def _careful_writer(self) -> Callable[[Any], str]:
        return compile_writer(*self._table)

    @cached_property
    def _careful_reader(self) -> Callable[[Any], Any]:
        return compile_reader(*self._table)

    @property
    def _table(self) -> tuple[Mapping[str, str], str, Record]:
        return self.namespaces, self.root, self.record

    @property
    def namespaces(self) -> Mapping[str, str]:
        """All namespaces of the message by prefix; its own has none."""
        return {"": self.namespace, **self.prefixes}

    @property
    def tag(self) -> str:
        """The root element in Clark notation."""
        return f"{{{self.namespace}}}{self.root}"

    def mapping(self) -> Iterator[tuple[str, str]]:
        """Yield (field path, element path) for every field, for the documentation."""
        yield from _mapping(self.record, "", self.root)


def _canonical(write: Callable[[Any], str]) -> Callable[[Any], str]:
    def go(value: Any) -> str:
        return etree.tostring(etree.fromstring(write(value)), method="c14n", exclusive=True).decode()

    return go


def _either(
    straight: Callable[[Any], Any], careful: Callable[[], Callable[[Any], Any]]
) -> Callable[[Any], Any]:
    """Go the straight way, and after a stumble the careful one, which tells what is wrong if anything is."""

    def go(value: Any) -> Any:
        try:
            return straight(value)
        except STUMBLES:
            return careful()(value)

    return go


def _mapping(of: Record, fields: str, elements: str) -> Iterator[tuple[str, str]]:
    for node in of.nodes:
        yield from _map_node(node, of, fields, elements)


def _map_node(node: Node, of: Record, fields: str, elements: str) -> Iterator[tuple[str, str]]:
    match node:
        case Leaf(element, name, _, several):
            yield f"{fields}{name}{'[]' if several else ''}", f"{elements}/{element}"
        case Attribute(attribute, name, _):
            yield f"{fields}{name}", f"{elements}/@{attribute}"
        case Content(name, _):
            yield f"{fields}{name}", elements
        case Constant():
            return
        case Nested(element, name, inner, several):
            yield from _mapping(inner, f"{fields}{name}{'[]' if several else ''}.", f"{elements}/{element}")
        case Within(element, nodes):
            for inner_node in nodes:
                yield from _map_node(inner_node, of, fields, f"{elements}/{element}")
