"""The examination of a message: what it says by itself. The list of steps is the documentation.

A step takes what has been found out so far and adds to it; it raises an ExchangeError to refuse the
message, or sets ``outcome`` when nothing is left to do. Nothing here needs to remember anything, and what
comes out is plain data, so any process may do it. Not here: what earlier messages have to do with it
(``exchange``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from lxml import etree

from asw_exchange import resources
from asw_exchange.clock import latest_date
from asw_exchange.codec import DEFAULT_LIMITS, Limits
from asw_exchange.corridor import STRICT, Corridor, MessageKind
from asw_exchange.errors import (
    ConfigurationError,
    ParseError,
    UntrustedSigner,
    WrongKind,
    WrongRoute,
    WrongTime,
)
from asw_exchange.gateway.steps import Laps, Refused, refusal_of, run
from asw_exchange.model import Finding, Header, Outcome, Value
from asw_exchange.records import UNKNOWN
from asw_exchange.signature import (
    Believed,
    Canonicalization,
    Claim,
    Compared,
    TrustStore,
    believe,
    compare,
    read_claim,
    read_signed,
    take_content,
)
from asw_exchange.signature.canonical import canonicalize
from asw_exchange.validation import Report, load_schema, report_on


class Examination(Value, frozen=True, kw_only=True):
    """What one message says by itself."""

    digest: str
    """SHA-256 of the bytes, in hexadecimal."""
    peer: str
    """Who delivered it, as the transport knows."""
    moment: datetime
    """When it was examined, by the gateway's clock."""
    header: Header | None = None
    """None where the envelope could not be opened."""
    is_addressed: bool = False
    """Whether it is from another member and for this gateway, so that its id counts."""
    kind: str | None = None
    content_digest: str | None = None
    """SHA-256 of the canonical document; None where the signature did not hold."""
    document: bytes | None = None
    """The document as JSON, where it could be read."""
    findings: tuple[Finding, ...] = ()
    outcome: Outcome | None = None
    """REJECTED where it is refused, ACCEPTED where there is nothing more to ask; None: so far in order."""


@dataclass(slots=True, kw_only=True)
class Subject:
    """A message under examination. What a step finds out is unset before that step."""

    raw: bytes
    gateway: str
    corridor: Corridor
    moment: datetime
    trust: Mapping[str, TrustStore]
    peer: str = UNKNOWN
    limits: Limits = DEFAULT_LIMITS
    digest: str = field(init=False)
    root: etree._Element = field(init=False)
    header: Header | None = None
    is_addressed: bool = False
    part: etree._Element = field(init=False)
    """What the signature is about."""
    kind: MessageKind | None = None
    claim: Claim | None = None
    believed: Believed | None = None
    compared: Compared | None = None
    """None for a message that need not be signed, and once the document was taken out of it."""
    element: etree._Element = field(init=False)
    """The document, read again from what was signed."""
    content_digest: str | None = None
    faults: tuple[Finding, ...] = field(init=False)
    """What the schema has against it."""
    report: Report | None = None
    document: Value | None = None
    outcome: Outcome | None = None
    refusal: tuple[Finding, ...] = ()
    trouble: ConfigurationError | None = None

    def examination(self) -> Examination:
        """Return what the steps have found out. Raises ConfigurationError when one could not be done."""
        findings = refusal_of(self) or (self.report.findings if self.report else ())
        return Examination(
            digest=self.digest,
            peer=self.peer,
            moment=self.moment,
            header=self.header,
            is_addressed=self.is_addressed,
            kind=self.kind.name if self.kind else None,
            content_digest=self.content_digest,
            document=msgspec.json.encode(self.document) if self.document else None,
            findings=findings,
            outcome=self.outcome,
        )


def examine(
    raw: bytes,
    *,
    gateway: str,
    corridor: Corridor,
    moment: datetime,
    trust: Mapping[str, TrustStore],
    peer: str = UNKNOWN,
    limits: Limits = DEFAULT_LIMITS,
) -> Examination:
    """Find out all that a message says by itself.

    ``peer`` is who delivered it, as the transport knows; it counts only when the message itself cannot
    tell. ``trust`` maps gateway codes to their certification authorities. Never raises for bad input;
    ConfigurationError when one of our own checks could not run.
    """
    subject = Subject(
        raw=raw,
        gateway=gateway,
        corridor=corridor,
        moment=moment,
        trust=trust,
        peer=peer,
        limits=limits,
    )
    examine_all((subject,))
    return subject.examination()


def examine_all(subjects: Sequence[Subject]) -> Laps:
    """Find out all that messages say by themselves: each has its ``examination`` then."""
    return run(EXAMINATION, subjects)


def read_xml(subject: Subject) -> None:
    """Read the bytes with the hardened reader; whatever they are, they have a digest."""
    subject.digest = hashlib.sha256(subject.raw).hexdigest()
    subject.root = read_signed(subject.raw, subject.limits)


def unwrap(subject: Subject) -> None:
    """Take header and document out of the envelope; for now the header says the kind."""
    subject.header, subject.part = subject.corridor.envelope.unpack(subject.root)
    subject.kind = subject.corridor.find(subject.header.kind)


def check_addresses(subject: Subject) -> None:
    """Sender and receiver are members of the corridor, and the receiver is this gateway."""
    header, members = _header(subject), subject.corridor.members
    if header.sender not in members or header.sender == subject.gateway:
        raise WrongRoute("the sender is no other member of the corridor", value=header.sender)
    if header.receiver != subject.gateway:
        raise WrongRoute(f"the message is not for {subject.gateway}", value=header.receiver)
    subject.is_addressed = True


def read_signature(subject: Subject) -> None:
    """The document bears a signature of the right shape; nothing of it is believed yet.

    A kind that the corridor leaves unsigned counts only when the sender himself delivered it.
    """
    header = _header(subject)
    if subject.kind is not None and not subject.kind.signed:
        if subject.peer not in (UNKNOWN, header.sender):
            raise WrongRoute(f"an unsigned message, delivered by {subject.peer}", value=header.sender)
        subject.content_digest = subject.digest
        subject.element = _detached(subject.corridor.envelope.document(subject.part))
    elif header.sender not in subject.trust:
        raise UntrustedSigner("no certification authority is known for the sender", value=header.sender)
    else:
        subject.claim = read_claim(subject.part, subject.corridor.policy)


def verify_signature(subject: Subject) -> None:
    """The signature is one of the sender."""
    if subject.claim is not None:
        trust = subject.trust[_header(subject).sender]
        subject.believed = believe(subject.claim, trust, subject.moment)


def verify_content(subject: Subject) -> None:
    """The document is what the sender signed."""
    if subject.believed is not None:
        subject.compared = compare(subject.believed)


def read_content(subject: Subject) -> None:
    """The document is read again from what was signed; from here on only that is looked at."""
    if subject.compared is not None:
        verified = take_content(subject.compared)
        subject.content_digest = hashlib.sha256(verified.canonical).hexdigest()
        document = subject.corridor.envelope.document(verified.document)
        if document is not verified.document:  # the envelope signs more, as the number that it gives
            octets = canonicalize(document, Canonicalization.EXCLUSIVE)
            subject.content_digest = hashlib.sha256(octets).hexdigest()
        subject.element = _detached(document)
    subject.claim = subject.believed = subject.compared = None
    del subject.root, subject.part


def _detached(part: etree._Element) -> etree._Element:
    """Take an element out of its envelope, so that it is a document of its own."""
    parent = part.getparent()
    if parent is not None:
        part.tail = None
        parent.remove(part)
    return part


FASTEST_CLOCK = timedelta(days=1)
"""How far ahead a sender's clock may be: what a wrong time zone costs at most. The value is our choice."""


def check_time(subject: Subject) -> None:
    """Where the message says when it was sent, that is not in the future."""
    sent_at = _header(subject).sent_at
    if sent_at is not None and sent_at > subject.moment + FASTEST_CLOCK:
        raise WrongTime(
            "the message was sent in the future",
            value=sent_at.isoformat(),
            hint="set the sender's clock and time zone right",
        )


def recognise(subject: Subject) -> None:
    """The document's root element says its kind; the header must say the same."""
    header = _header(subject)
    subject.kind = subject.corridor.kind_of(subject.element)
    if subject.kind.name != header.kind:
        raise WrongKind(
            f"the header announces {header.kind}, the document is {subject.kind.name}", value=header.kind
        )


def check_schema(subject: Subject) -> None:
    """What stands in the document is what its schema says; faults count once the rules have been applied."""
    subject.faults = _faults_of(_kind(subject), subject.element)


def apply_rules(subject: Subject) -> None:
    """What the document says follows its rules, all of them in one run, at the level of this gateway."""
    report = _report(_kind(subject), subject.element, subject.faults, subject.moment)
    report = subject.report = subject.corridor.judge(report)
    if not report.valid:
        raise Refused(report.findings)


def parse(subject: Subject) -> None:
    """Read the document into the model.

    At a lenient level one that does not follow its layout is taken all the same, as what it is: unread.
    """
    try:
        subject.document = _kind(subject).layout.read(subject.element)
    except ParseError:
        if subject.corridor.level == STRICT:
            raise
        subject.outcome = Outcome.ACCEPTED


def check_route(subject: Subject) -> None:
    """The document names the states it goes from and to; the header must name the same gateways."""
    header, kind = _header(subject), _kind(subject)
    sender, receiver = kind.route(subject.document)
    if sender is not None and sender != header.sender:
        raise WrongRoute(f"the document can only come from {sender}", value=header.sender)
    if receiver is not None and receiver != header.receiver:
        raise WrongRoute(f"the document can only go to {receiver}", value=header.receiver)


EXAMINATION: tuple[Callable[[Subject], None], ...] = (
    read_xml,
    unwrap,
    check_addresses,
    read_signature,
    verify_signature,
    verify_content,
    read_content,
    check_time,
    recognise,
    check_schema,
    apply_rules,
    parse,
    check_route,
)


def validate_kind(kind: MessageKind, element: etree._Element, moment: datetime) -> Report:
    """Validate a document element of ``kind``: schema, then the rule set in force on its date."""
    return _report(kind, element, _faults_of(kind, element), moment)


def _faults_of(kind: MessageKind, element: etree._Element) -> tuple[Finding, ...]:
    return load_schema(resources.schema(kind.schema)).findings(element)


def _report(
    kind: MessageKind, element: etree._Element, faults: tuple[Finding, ...], moment: datetime
) -> Report:
    return report_on(
        element,
        faults,
        kind=kind.name,
        rules=resources.schema(kind.rules) if kind.rules else None,
        phases=kind.phases,
        parameters={"today": latest_date(moment).isoformat()},
    )


def _header(subject: Subject) -> Header:
    if subject.header is None:
        raise AssertionError("asked for before the message was unwrapped")
    return subject.header


def _kind(subject: Subject) -> MessageKind:
    if subject.kind is None:
        raise AssertionError("asked for before the kind was recognised")
    return subject.kind
