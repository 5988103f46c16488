"""The words that a layout table is written in.

    PARTY = record(Party, text("Name", "name"), one("Address", "address", ADDRESS))

Each says which element or attribute carries which field, in order. Not here: what is done with a
table (``layout``, ``builder``, ``parser``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asw_exchange.codec.values import TEXT, ValueCodec
from asw_exchange.errors import ConfigurationError
from asw_exchange.model import Value


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element whose text is one field, or one entry of a field that holds several."""

    element: str
    field: str
    codec: ValueCodec = TEXT
    many: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the record's own element."""

    name: str
    field: str
    codec: ValueCodec = TEXT


@dataclass(frozen=True, slots=True)
class Content:
    """The text of the record's own element."""

    field: str
    codec: ValueCodec = TEXT


@dataclass(frozen=True, slots=True)
class Constant:
    """An element that always says the same."""

    element: str
    text: str


@dataclass(frozen=True, slots=True)
class Nested:
    """An element that holds a record of its own, once or several times."""

    element: str
    field: str
    record: Record
    many: bool = False


@dataclass(frozen=True, slots=True)
class Within:
    """An element that only groups: its content belongs to the record around it."""

    element: str
    nodes: tuple[Node, ...]


Node = Leaf | Attribute | Content | Constant | Nested | Within


@dataclass(frozen=True, slots=True)
class Record:
    """How one type of the model is written inside an element."""

    type: type[Value]
    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        known = set(self.type.__struct_fields__)
        fields = list(_fields(self.nodes))
        for name in fields:
            if name not in known or fields.count(name) > 1:
                raise ConfigurationError(f"{self.type.__name__}.{name} is unknown or laid out twice")

    @property
    def fields(self) -> frozenset[str]:
        """The fields that the form carries."""
        return frozenset(_fields(self.nodes))


def _fields(nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Within):
            yield from _fields(node.nodes)
        elif not isinstance(node, Constant):
            yield node.field


def text(element: str, field: str, codec: ValueCodec = TEXT) -> Leaf:
    """Lay out one field as the text of one element."""
    return Leaf(element, field, codec)


def texts(element: str, field: str, codec: ValueCodec = TEXT) -> Leaf:
    """Lay out a field that holds several values as one element each."""
    return Leaf(element, field, codec, many=True)


def one(element: str, field: str, record: Record) -> Nested:
    """Lay out a field as a nested record."""
    return Nested(element, field, record)


def many(element: str, field: str, record: Record) -> Nested:
    """Lay out a field that holds several records as one element each."""
    return Nested(element, field, record, many=True)


def within(element: str, *nodes: Node) -> Within:
    """Put nodes of the same record inside a grouping element, left out when it would be empty."""
    return Within(element, nodes)


def record(type_: type[Value], *nodes: Node) -> Record:
    """Lay out a type of the model."""
    return Record(type_, nodes)
