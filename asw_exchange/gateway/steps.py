"""The steps of receiving, in order: the list at the end is the documentation.

A step takes what has been found out so far and adds to it; it raises an ExchangeError to refuse the
message, or sets ``outcome`` when nothing is left to do. No socket, clock or database here: time and
memory come in with the delivery.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lxml import etree
from msgspec.structs import replace

from asw_exchange import resources
from asw_exchange.clock import latest_date
from asw_exchange.codec import Limits
from asw_exchange.corridor import STRICT, Arrival, Corridor, MessageKind
from asw_exchange.errors import (
    ExchangeError,
    MessageIdReused,
    ParseError,
    UntrustedSigner,
    WrongKind,
    WrongRoute,
    WrongTime,
)
from asw_exchange.model import Finding, Header, Outcome, Severity, Value
from asw_exchange.records import UNKNOWN, Direction, Entry, Memory
from asw_exchange.signature import Canonicalization, TrustStore, read_signed, verify
from asw_exchange.signature.canonical import canonicalize
from asw_exchange.validation import Report, validate_element


class Refused(ExchangeError):
    """A message that broke rules: the findings say which."""

    reply_code = "RULES"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings[0].message)
        self.findings = findings


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One message on its way through the steps. What a step finds out is unset before that step."""

    raw: bytes
    digest: str
    gateway: str
    corridor: Corridor
    moment: datetime
    memory: Memory
    trust: Mapping[str, TrustStore]
    limits: Limits
    peer: str = UNKNOWN
    root: etree._Element = field(init=False)
    header: Header | None = None
    part: etree._Element = field(init=False)
    """What the signature is about."""
    kind: MessageKind | None = None
    element: etree._Element = field(init=False)
    """The document, read again from what was signed."""
    content_digest: str | None = None
    report: Report | None = None
    remarks: tuple[Finding, ...] = ()
    """What exchange rules say that is no error."""
    document: Value | None = None
    first: Entry | None = None
    """The entry of the same message when it came before."""
    outcome: Outcome | None = None

    @property
    def arrival(self) -> Arrival:
        """What exchange rules and replies are asked about, once the message is in itself in order."""
        if self.header is None or self.kind is None or self.document is None or self.content_digest is None:
            raise AssertionError("asked for before the message was read")
        return Arrival(
            header=self.header,
            kind=self.kind,
            document=self.document,
            content_digest=self.content_digest,
            moment=self.moment,
        )


def read_xml(delivery: Delivery) -> None:
    """Read the bytes with the hardened reader."""
    delivery.root = read_signed(delivery.raw, delivery.limits)


def unwrap(delivery: Delivery) -> None:
    """Take header and document out of the envelope; for now the header says the kind."""
    delivery.header, delivery.part = delivery.corridor.envelope.unpack(delivery.root)
    delivery.kind = delivery.corridor.find(delivery.header.kind)


def check_addresses(delivery: Delivery) -> None:
    """Sender and receiver are members of the corridor, and the receiver is this gateway."""
    header, members = _header(delivery), delivery.corridor.members
    if header.sender not in members or header.sender == delivery.gateway:
        raise WrongRoute("the sender is no other member of the corridor", value=header.sender)
    if header.receiver != delivery.gateway:
        raise WrongRoute(f"the message is not for {delivery.gateway}", value=header.receiver)


def recall(delivery: Delivery) -> None:
    """The same bytes under the same id came before: a duplicate. Other bytes: refused by name."""
    header = _header(delivery)
    first = delivery.memory.received(header.sender, header.id)
    if first is None:
        return
    if first.digest != delivery.digest:
        raise MessageIdReused(
            f"the message id was used before, for other content (SHA-256 {first.digest[:16]}…)",
            value=header.id,
            hint="give every message an id of its own",
        )
    delivery.first, delivery.outcome = first, Outcome.DUPLICATE
    delivery.kind = delivery.corridor.kind(first.kind)


def verify_signature(delivery: Delivery) -> None:
    """The sender signed the document; from here on only what was signed is looked at.

    A kind that the corridor leaves unsigned counts only when the sender himself delivered it.
    """
    header = _header(delivery)
    if delivery.kind is not None and not delivery.kind.signed:
        if delivery.peer not in (UNKNOWN, header.sender):
            raise WrongRoute(f"an unsigned message, delivered by {delivery.peer}", value=header.sender)
        delivery.content_digest, document = (
            delivery.digest,
            delivery.corridor.envelope.document(delivery.part),
        )
    else:
        trust = delivery.trust.get(header.sender)
        if trust is None:
            raise UntrustedSigner("no certification authority is known for the sender", value=header.sender)
        verified = verify(delivery.part, trust, delivery.moment, delivery.corridor.policy)
        delivery.content_digest = hashlib.sha256(verified.canonical).hexdigest()
        document = delivery.corridor.envelope.document(verified.document)
        if document is not verified.document:  # the envelope signs more, as the number that it gives
            octets = canonicalize(document, Canonicalization.EXCLUSIVE)
            delivery.content_digest = hashlib.sha256(octets).hexdigest()
    delivery.element = _detached(document)
    del delivery.root, delivery.part


def _detached(part: etree._Element) -> etree._Element:
    """Take an element out of its envelope, so that it is a document of its own."""
    parent = part.getparent()
    if parent is not None:
        part.tail = None
        parent.remove(part)
    return part


FASTEST_CLOCK = timedelta(days=1)
"""How far ahead a sender's clock may be: what a wrong time zone costs at most. The value is our choice."""


def check_time(delivery: Delivery) -> None:
    """Where the message says when it was sent, that is not in the future."""
    sent_at = _header(delivery).sent_at
    if sent_at is not None and sent_at > delivery.moment + FASTEST_CLOCK:
        raise WrongTime(
            "the message was sent in the future",
            value=sent_at.isoformat(),
            hint="set the sender's clock and time zone right",
        )


def recognise(delivery: Delivery) -> None:
    """The document's root element says its kind; the header must say the same."""
    header = _header(delivery)
    delivery.kind = delivery.corridor.kind_of(delivery.element)
    if delivery.kind.name != header.kind:
        raise WrongKind(
            f"the header announces {header.kind}, the document is {delivery.kind.name}", value=header.kind
        )


def apply_rules(delivery: Delivery) -> None:
    """Schema and document rules, all of them in one run, at the level of this gateway."""
    report = validate_kind(_kind(delivery), delivery.element, delivery.moment)
    report = delivery.report = delivery.corridor.judge(report)
    if not report.valid:
        raise Refused(report.findings)


def parse(delivery: Delivery) -> None:
    """Read the document into the model.

    At a lenient level one that does not follow its layout is taken all the same, as what it is: unread.
    """
    try:
        delivery.document = _kind(delivery).layout.read(delivery.element)
    except ParseError:
        if delivery.corridor.level == STRICT:
            raise
        delivery.outcome = Outcome.ACCEPTED


def check_route(delivery: Delivery) -> None:
    """The document names the states it goes from and to; the header must name the same gateways."""
    header, kind = _header(delivery), _kind(delivery)
    sender, receiver = kind.route(delivery.document)
    if sender is not None and sender != header.sender:
        raise WrongRoute(f"the document can only come from {sender}", value=header.sender)
    if receiver is not None and receiver != header.receiver:
        raise WrongRoute(f"the document can only go to {receiver}", value=header.receiver)


def recall_content(delivery: Delivery) -> None:
    """The same document came before in another message: a retransmission, with no second effect."""
    arrival = delivery.arrival
    reference = arrival.kind.reference(arrival.document)
    if reference is None:
        return
    for entry in delivery.memory.history(reference):
        if (
            entry.direction is Direction.RECEIVED
            and entry.outcome is Outcome.ACCEPTED
            and entry.kind == arrival.kind.name
            and entry.content_digest == arrival.content_digest
        ):
            delivery.outcome = Outcome.DUPLICATE
            return


def apply_exchange_rules(delivery: Delivery) -> None:
    """Rules that need to remember what was exchanged before."""
    arrival = delivery.arrival
    ruleset = f"{delivery.corridor.name}/exchange"
    findings = tuple(
        replace(finding, ruleset=ruleset)
        for rule in delivery.corridor.exchange_rules
        if arrival.kind.name in rule.kinds
        for finding in rule.check(arrival, delivery.memory)
    )
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise Refused(findings)
    delivery.remarks = findings


def accept(delivery: Delivery) -> None:
    """Nothing spoke against it."""
    delivery.outcome = Outcome.ACCEPTED


Step = Callable[[Delivery], None]

STEPS: tuple[Step, ...] = (
    read_xml,
    unwrap,
    check_addresses,
    recall,
    verify_signature,
    check_time,
    recognise,
    apply_rules,
    parse,
    check_route,
    recall_content,
    apply_exchange_rules,
    accept,
)


def validate_kind(kind: MessageKind, element: etree._Element, moment: datetime) -> Report:
    """Validate a document element of ``kind``: schema, then the rule set in force on its date."""
    return validate_element(
        element,
        kind=kind.name,
        schema=resources.schema(kind.schema),
        rules=resources.schema(kind.rules) if kind.rules else None,
        phases=kind.phases,
        parameters={"today": latest_date(moment).isoformat()},
    )


def _header(delivery: Delivery) -> Header:
    if delivery.header is None:
        raise AssertionError("asked for before the message was unwrapped")
    return delivery.header


def _kind(delivery: Delivery) -> MessageKind:
    if delivery.kind is None:
        raise AssertionError("asked for before the kind was recognised")
    return delivery.kind
