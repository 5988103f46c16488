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
from asw_exchange.envelope import Envelope, Seal
from asw_exchange.errors import UnknownKind, WrongOption
from asw_exchange.model import Acknowledgement, Finding, Header, Severity, Value
from asw_exchange.records import Entry, Memory
from asw_exchange.signature import (
    SignaturePolicy,
    SigningKey,
    is_container,
    payload_of,
    sign_canonical,
)
from asw_exchange.validation import Report, Rule


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
    acknowledged: bool = True
    """False for technical answers, which nobody answers in turn."""
    answers: bool = False
    """Whether a message of this kind, beside technical answers, must say which message it answers."""
    signed: bool = True
    """False for what the published form leaves to the transport: signals and faults. Such a message counts
    only when its sender is the one who delivered it."""
    matches: Callable[[etree._Element], bool] | None = None
    """Tells kinds of one root element apart; None: the root element says enough."""

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


def exchange_rule(rule_id: str, message: str, source: str, hint: str) -> Rule:
    """Return the entry in the catalogue of a rule that needs memory; to break it is an error."""
    return Rule(
        id=rule_id, severity=Severity.ERROR, message=message, source=source, hint=hint, scope="exchange"
    )


def broken(rule: Rule, message: str, value: str | None = None, expected: str | None = None) -> Finding:
    """Return the finding that an exchange rule was broken; the gateway adds the rule set."""
    return Finding(
        rule_id=rule.id,
        severity=rule.severity,
        message=message,
        value=value,
        expected=expected,
        hint=rule.hint,
        source=rule.source,
    )


def on_kinds(rule: Rule, kinds: Iterable[str], check: Check) -> ExchangeRule:
    """Bind a rule to the kinds that it is about."""
    return ExchangeRule(rule=rule, kinds=frozenset(kinds), check=check)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A business answer that a gateway owes: a document to send."""

    kind: str
    document: Value
    receiver: str
    refers: bool = False
    """Whether it is sent in answer to the very message, in its conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retransmission:
    """A business answer of its own sort: the document with this reference is sent once more, unchanged."""

    reference: str


Reply = Answer | Retransmission


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """A message that was taken in: what a corridor knows when it tells the sender so."""

    acknowledgement: Acknowledgement
    header: Header | None
    """None where the envelope could not be opened."""
    sender: str
    """Who sent it, by its header; else who delivered it, as far as the transport knows."""
    receiver: str
    reference: str | None
    """Reference number of the business document, where it could be read."""
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A technical answer to a message: an acknowledgement, a signal, a fault."""

    kind: str
    document: Value
    at_once: bool = True
    """Whether it is the answer to the transmission itself; the others go through the outbox."""


def acknowledge_by(kind: str) -> Callable[[Handled], tuple[Notice, ...]]:
    """Return the rule of the corridors that answer every message with one acknowledgement of ``kind``."""
    return lambda handled: (Notice(kind=kind, document=handled.acknowledgement),)


def _silent(arrival: Arrival, memory: Memory) -> tuple[Reply, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How gateways of a corridor answer otherwise than the plain way, when a tester asks for it.

    What is None, or False, the corridor does not have.
    """

    acknowledgement: str = "acknowledgement"
    """What the technical answer is called."""
    answer: str = "business answer"
    """What the business answers are called."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Codes of reasons for a negative answer, to the words that are said; the default first."""
    reject: Callable[[Arrival, str], tuple[Reply, ...]] | None = None
    """The negative business answer, for the reason; none where a kind has no such answer."""
    utilise_partly: Callable[[Arrival, tuple[int, ...], str], tuple[Reply, ...]] | None = None
    """The answer that refuses the items of these numbers, for the reason, and grants the others."""
    ask_again: Callable[[Arrival], tuple[Reply, ...]] | None = None
    """The message that asks for a document once more; None: the transmission itself is repeated."""
    announce_unknown: Callable[[bytes], bytes] | None = None
    """Change what a message says of its kind into something unheard of. It is asked before sealing and
    after packing, as headers can stand inside or outside of what is signed."""
    warns: bool = True
    """Whether a positive acknowledgement can carry warnings."""
    tells_digest: bool = False
    """Whether acknowledgements name the SHA-256 of what arrived."""
    free_texts: Mapping[str, str] = field(default_factory=dict)
    """Kind to the path of a text in its document where every rule lets a magic value stand."""
    sees: Mapping[str, str] = field(default_factory=dict)
    """What a partner sees of a behaviour, where it is not what it sees elsewhere."""


STRICT = "strict"
"""The level at which every finding counts as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chase:
    """What the transactions of a gateway wait for at a moment."""

    overdue: tuple[Entry, ...]
    """Messages to send once more, as nobody has answered them in time."""
    open: tuple[Entry, ...]
    """The entries of the transactions that are not over, overdue or not: no others matter later."""
    next: datetime | None
    """When the first of them will be overdue that is not yet; None: none will."""


@dataclass(frozen=True, slots=True)
class _Index:
    """The kinds of a corridor, to be looked up."""

    kinds: tuple[MessageKind, ...]
    by_name: Mapping[str, MessageKind]
    by_tag: Mapping[str, tuple[MessageKind, ...]]


def _index_of(kinds: tuple[MessageKind, ...]) -> _Index:
    tags = dict.fromkeys(kind.layout.tag for kind in kinds)
    by_tag = {tag: tuple(kind for kind in kinds if kind.layout.tag == tag) for tag in tags}
    return _Index(kinds, {kind.name: kind for kind in kinds}, by_tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """An agreement between gateways."""

    name: str
    title: str
    members: Mapping[str, str]
    """Gateway code to the name of the state or union."""
    kinds: tuple[MessageKind, ...]
    notify: Callable[[Handled], tuple[Notice, ...]]
    """The technical answers to every message that wants one; the first of them at once."""
    envelope: Envelope
    policy: SignaturePolicy
    exchange_rules: tuple[ExchangeRule, ...] = ()
    reply: Callable[[Arrival, Memory], tuple[Reply, ...]] = _silent
    """What a gateway of this corridor answers to an accepted message, beside the technical answers."""
    chase: Callable[[Iterable[Entry], datetime], Chase] | None = None
    """What a gateway waits for at a moment, by its entries, oldest first; None: it has no transactions."""
    levels: Mapping[str, Callable[[Report], Report]] = field(default_factory=dict)
    """Levels of validation beside ``strict``: name to what they make of a strict report."""
    level: str = STRICT
    """The level that a gateway of this corridor receives at."""
    message_id: Callable[[str], str] = str
    """Makes a message id of the form that the corridor wants out of a gateway's own serial number."""
    manners: Manners = Manners()
    """How its gateways answer otherwise than the plain way, when a tester asks for it."""
    _index: _Index | None = field(default=None, repr=False, compare=False)
    """A copy with other manners takes it over."""

    def __post_init__(self) -> None:
        if self._index is None or self._index.kinds is not self.kinds:
            object.__setattr__(self, "_index", _index_of(self.kinds))

    def judge(self, report: Report, level: str | None = None) -> Report:
        """Return a strict report as a level sees it (default: the corridor's own).

        Raises WrongOption for a level that the corridor does not have.
        """
        level = level or self.level
        if level == STRICT:
            return report
        if level not in self.levels:
            known = ", ".join((STRICT, *self.levels))
            message = f"the corridor {self.name} has no such level of validation"
            raise WrongOption(message, value=level, hint=f"it has {known}")
        return self.levels[level](report)

    @property
    def _kinds(self) -> _Index:
        if self._index is None:
            raise AssertionError("made when the corridor is")
        return self._index

    def find(self, name: str) -> MessageKind | None:
        """Return a kind by its name, where there is one."""
        return self._kinds.by_name.get(name)

    def kind(self, name: str) -> MessageKind:
        """Return a kind by its name. Raises UnknownKind."""
        found = self.find(name)
        if found is None:
            raise UnknownKind(f"the corridor {self.name} has no kind of this name", value=name)
        return found

    def kind_of(self, element: etree._Element) -> MessageKind:
        """Return the kind of a document element. Raises UnknownKind naming what was found."""
        candidates = self._kinds.by_tag.get(element.tag, ())
        for kind in candidates:
            if kind.matches is None or kind.matches(element):
                return kind
        message = f"no kind of the corridor {self.name} has this root element"
        if candidates:
            message = f"the document is none of {', '.join(kind.name for kind in candidates)}"
        raise UnknownKind(message, line=line_of(element), value=str(element.tag))

    def signed_part(self, root: etree._Element) -> etree._Element:
        """Return what the signature is about: of an envelope its content, else the root itself.

        Raises EnvelopeError.
        """
        if root.tag != self.envelope.tag or self._holds_document(root):
            return root
        return self.envelope.unpack(root)[1]

    def document_in(self, root: etree._Element) -> etree._Element | None:
        """Return the document element: the root, or what stands in a container or envelope of this corridor.

        None where the root is none of this corridor's. Nothing is verified. Raises EnvelopeError and
        SignatureProfileError for an envelope or container that cannot be opened.
        """
        if root.tag in self._kinds.by_tag:
            return root
        if not is_container(root, self.policy.placement) and root.tag != self.envelope.tag:
            return self._opened(root)
        part = self.signed_part(root)
        return self._opened(payload_of(part, self.policy.placement) if self._contains(part) else part)

    def _contains(self, element: etree._Element) -> bool:
        return is_container(element, self.policy.placement)

    def _holds_document(self, root: etree._Element) -> bool:
        return self._contains(root) and payload_of(root, self.policy.placement).tag in self._kinds.by_tag

    def _opened(self, payload: etree._Element) -> etree._Element | None:
        document = self.envelope.document(payload)
        return document if document.tag in self._kinds.by_tag else None

    def write(self, kind: MessageKind, document: Value, key: SigningKey) -> bytes:
        """Build a document and sign it in the profile of the corridor, where its kind is signed.

        Raises BuildError, and CredentialError for a key that the profile does not allow.
        """
        return self._seal(kind, key)(kind.layout.write_canonical(document).encode())

    def pack(self, header: Header, document: Value, key: SigningKey, *, change: Seal | None = None) -> bytes:
        """Build a document, sign it and wrap it: a whole message. Raises as ``write``.

        ``change`` is made to what is signed, before it is: for messages that are wrong on purpose.
        """
        kind = self.kind(header.kind)
        text, seal = kind.layout.write_canonical(document), self._seal(kind, key)
        if change is not None:
            return self.envelope.pack(header, text.encode(), lambda canonical: seal(change(canonical)))
        return self.envelope.pack(header, text.encode(), seal)

    def _seal(self, kind: MessageKind, key: SigningKey) -> Seal:
        if not kind.signed:
            return bytes
        return lambda canonical: sign_canonical(canonical, key, self.policy)
