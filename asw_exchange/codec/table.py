"""The words that a layout table is written in.

    PARTY = record(Party, text("Name", "name"), one("Address", "address", ADDRESS))

Each says which element or attribute carries which field, in order. An element of another namespace
than the layout's own is written with its prefix, ``"ram:Name"``; the layout says what that stands for.
Not here: what is done with a table (``layout``, ``builder``, ``parser``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asw_exchange.codec.values import TEXT, ValueCodec
from asw_exchange.errors import ConfigurationError
from asw_exchange.model import Value

Fixed = tuple[tuple[str, str], ...]
"""Attributes that always say the same, by name: the list a code is from, the format of a date."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element whose text is one field, or one entry of a field that holds several."""

    element: str
    field: str
    codec: ValueCodec = TEXT
    many: bool = False
    attributes: Fixed = ()


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
    attributes: Fixed = ()


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
        attributes = [node.name for node in self.nodes if isinstance(node, Attribute)]
        if attributes != sorted(attributes):
            raise ConfigurationError(f"the attributes of {self.type.__name__} are not in canonical order")
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


def text(element: str, field: str, codec: ValueCodec = TEXT, **attributes: str) -> Leaf:
    """Lay out one field as the text of one element, with attributes that always say the same."""
    return Leaf(element, field, codec, attributes=tuple(sorted(attributes.items())))


def texts(element: str, field: str, codec: ValueCodec = TEXT, **attributes: str) -> Leaf:
    """Lay out a field that holds several values as one element each."""
    return Leaf(element, field, codec, many=True, attributes=tuple(sorted(attributes.items())))


def constant(element: str, text: str, **attributes: str) -> Constant:
    """Lay out an element that always says the same."""
    return Constant(element, text, tuple(sorted(attributes.items())))


def clark(element: str, namespaces: Mapping[str, str]) -> str:
    """Return an element's name in Clark notation; ``namespaces`` has the layout's own under ``""``.

    Raises ConfigurationError for a prefix that the layout does not explain.
    """
    prefix, _, local = element.rpartition(":")
    if prefix not in namespaces:
        raise ConfigurationError(f"the layout does not say what the prefix of {element} stands for")
    return f"{{{namespaces[prefix]}}}{local}"


def start_tag(element: str, attributes: Fixed) -> str:
    """Return an element's start tag with its fixed attributes."""
    written = "".join([f' {name}="{value}"' for name, value in attributes])
    return f"<{element}{written}>"


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
