"""The form that a partner folder fills in: what is exchanged, how it is wrapped, signed and ruled.

``corridor.py`` is the form; ``corridors/`` are the filled-in forms. The stages take a Corridor as an
argument and never look one up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree

from asw_exchange.codec import Layout, line_of
from asw_exchange.envelope import Envelope
from asw_exchange.errors import UnknownKind
from asw_exchange.model import Finding, Header, Value
from asw_exchange.records import Memory
from asw_exchange.signature import SignaturePolicy
from asw_exchange.validation import Rule


def _nothing(document: Any) -> tuple[str, ...]:
    return ()


def _anybody(document: Any) -> tuple[str | None, str | None]:
    return None, None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKind:
    """One kind of message of a corridor."""

    name: str
    """``corridor/name``, for example ``asean/eform-d``."""
    title: str
    layout: Layout
    schema: str
    """The XSD, relative to ``schemas/``."""
    rules: str | None = None
    """The Schematron file, relative to ``schemas/``."""
    phases: Callable[[etree._Element], tuple[str, ...]] | None = None
    """The dated rule sets that may be used for a document, oldest first; None where there is but one."""
    reference: Callable[[Any], str | None]
    """The reference number of the business document that a message of this kind is about."""
    cites: Callable[[Any], tuple[str, ...]] = _nothing
    """Reference numbers of other documents that it rests on."""
    route: Callable[[Any], tuple[str | None, str | None]] = _anybody
    """Who must have sent it and to whom, as far as the document itself says: (sender, receiver)."""
    matches: Callable[[etree._Element], bool] | None = None
    """Tells kinds of one root element apart; None: the root element says enough."""
    acknowledged: bool = True
    """False for the acknowledgement itself."""

    @property
    def document(self) -> type[Value]:
        """The type of the model that this kind carries."""
        return self.layout.record.type


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What an exchange rule is asked about: a message that is in itself in order."""

    header: Header
    kind: MessageKind
    document: Any
    content_digest: str
    moment: datetime


Check = Callable[[Arrival, Memory], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRule:
    """A rule that needs memory: its entry in the catalogue, the kinds it is about, and the check."""

    rule: Rule
    kinds: frozenset[str]
    check: Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A business answer that a gateway owes: a document to send."""

    kind: str
    document: Value
    receiver: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retransmission:
    """A business answer of its own sort: the document with this reference is sent once more, unchanged."""

    reference: str


Reply = Answer | Retransmission


def _silent(arrival: Arrival, memory: Memory) -> tuple[Reply, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """An agreement between gateways."""

    name: str
    title: str
    members: Mapping[str, str]
    """Gateway code to the name of the state or union."""
    kinds: tuple[MessageKind, ...]
    acknowledgement: str
    """Name of the kind that answers every message."""
    envelope: Envelope
    policy: SignaturePolicy
    exchange_rules: tuple[ExchangeRule, ...] = ()
    reply: Callable[[Arrival, Memory], tuple[Reply, ...]] = _silent
    """What a gateway of this corridor answers to an accepted message, beside the acknowledgement."""
    _by_name: dict[str, MessageKind] = field(init=False, repr=False, compare=False)
    _by_tag: dict[str, tuple[MessageKind, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {kind.name: kind for kind in self.kinds})
        tags = {kind.layout.tag for kind in self.kinds}
        by_tag = {tag: tuple(kind for kind in self.kinds if kind.layout.tag == tag) for tag in tags}
        object.__setattr__(self, "_by_tag", by_tag)

    def find(self, name: str) -> MessageKind | None:
        """Return a kind by its name, where there is one."""
        return self._by_name.get(name)

    def kind(self, name: str) -> MessageKind:
        """Return a kind by its name. Raises UnknownKind."""
        found = self.find(name)
        if found is None:
            raise UnknownKind(f"the corridor {self.name} has no kind of this name", value=name)
        return found

    def kind_of(self, element: etree._Element) -> MessageKind:
        """Return the kind of a document element. Raises UnknownKind naming what was found."""
        candidates = self._by_tag.get(element.tag, ())
        for kind in candidates:
            if kind.matches is None or kind.matches(element):
                return kind
        message = f"no kind of the corridor {self.name} has this root element"
        if candidates:
            message = f"the document is none of {', '.join(kind.name for kind in candidates)}"
        raise UnknownKind(message, line=line_of(element), value=str(element.tag))
