"""Rules of the EAEU corridor that need memory. Those that need only the document are Schematron."""

from __future__ import annotations

from collections.abc import Iterator

from asw_exchange.clock import add_months
from asw_exchange.corridor import Arrival, ExchangeRule, broken, exchange_rule, on_kinds
from asw_exchange.corridors.eaeu import codes
from asw_exchange.corridors.eaeu.history import successor
from asw_exchange.model import Certificate, Finding, VerificationReply
from asw_exchange.records import Direction, Memory, standing
from asw_exchange.validation import Rule

VALIDITY_MONTHS = 12
"""EAEU - Viet Nam FTA, Article 4.20: counted from the original, for duplicates and substitutes."""

_FTA = "EAEU - Viet Nam FTA"
_N5 = "EEC Decision N 5"


PRESENTATION = exchange_rule(
    "EV50",
    "A certificate is presented within 12 months from issue, a duplicate or substitute from the original's",
    f"{_FTA}, Article 4.20 (for duplicates and substitutes; for others unverified)",
    "ask the issuing body for a new certificate",
)
UNIQUE = exchange_rule(
    "EV51",
    "A certificate number stands for one certificate",
    f"{_FTA}, Annex 5, box 4 (modelled: the pattern of numbers is not public)",
    "give a new certificate a number of its own, or send the same document once more",
)
SUPERSEDED = exchange_rule(
    "EV52",
    "A certificate whose place another has taken is not used again",
    f"{_FTA}, Article 4.20 (inferred)",
    "use the duplicate or the substitute",
)
KNOWN_DOCUMENT = exchange_rule(
    "PR50",
    "A processing result is about a document that was sent",
    f"EEC structure R.006 and {_N5}, patterns of transactions (inferred)",
    "answer the message itself: RelatesTo must name it",
)
KNOWN_REQUEST = exchange_rule(
    "VR50",
    "A verification reply answers a verification request that was sent",
    f"{_N5}, pattern request/confirmation",
    "answer the request itself: RelatesTo and certificate must be those of the request",
)
KNOWN_MESSAGE = exchange_rule(
    "SG50",
    "A signal or fault answers a message that was sent to its sender",
    f"{_N5}, pages 48 and 49",
    "check RelatesTo",
)
DECLARED_ONCE = exchange_rule(
    "ED50",
    "A declaration number stands for one declaration",
    "Protocol of 28 June 2018 on information exchange (modelled: its annexes are not public)",
    "send the same document once more, or another number",
)


def check_presentation(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """EV50: more than 12 months after the original was issued."""
    certificate: Certificate = arrival.document
    original = certificate.duplicate_of or certificate.replaces
    issued_on = certificate.certification.signed_on if certificate.certification else None
    counted_from = original.issued_on if original else issued_on
    if counted_from is None:
        return
    last = add_months(counted_from, VALIDITY_MONTHS)
    if arrival.moment.date() > last:
        yield broken(
            PRESENTATION,
            f"counted from {counted_from}, the certificate could be presented until {last}",
            value=arrival.moment.date().isoformat(),
            expected=f"not after {last}",
        )


def _check_once(rule: Rule, kind: str, arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    reference = arrival.kind.reference(arrival.document)
    for entry in standing(memory, reference, kind):
        other = entry.content_digest != arrival.content_digest
        if entry.direction is Direction.RECEIVED and entry.peer == arrival.header.sender and other:
            message = f"the number came before, on {entry.moment.date()}, with other content"
            yield broken(rule, message, value=reference)
            return


def check_unique(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """EV51: the same number with other content."""
    yield from _check_once(UNIQUE, codes.CERTIFICATE, arrival, memory)


def check_declared_once(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """ED50: the same number with other content."""
    yield from _check_once(DECLARED_ONCE, codes.DECLARATION, arrival, memory)


def check_not_superseded(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """EV52: another certificate has taken the place of this one."""
    certificate: Certificate = arrival.document
    taken_by = successor(memory, certificate.reference)
    if taken_by is not None and taken_by != certificate.reference:
        yield broken(SUPERSEDED, f"the certificate {taken_by} has taken its place", certificate.reference)


def check_known_document(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """PR50: RelatesTo names nothing that was sent to the one who answers."""
    yield from _check_answers(KNOWN_DOCUMENT, {codes.CERTIFICATE}, arrival, memory)


def check_known_request(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """VR50: no such request, or one about another certificate."""
    found = tuple(_check_answers(KNOWN_REQUEST, {codes.REQUEST}, arrival, memory))
    yield from found
    reply: VerificationReply = arrival.document
    sent = memory.sent(arrival.header.refers_to or "")
    named = reply.certificate.reference if reply.certificate else None
    if not found and sent is not None and sent.reference != named:
        yield broken(KNOWN_REQUEST, "the request was about another certificate", named, sent.reference)


def check_known_message(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """SG50: an answer to nothing that was sent; a fault may be unable to say to what."""
    refers_to = arrival.header.refers_to or ""
    if arrival.kind.name == codes.FAULT and not codes.is_uuid(refers_to):
        return
    yield from _check_answers(KNOWN_MESSAGE, None, arrival, memory)


def _check_answers(rule: Rule, kinds: set[str] | None, arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    sent = memory.sent(arrival.header.refers_to or "")
    if sent is None or sent.peer != arrival.header.sender or (kinds and sent.kind not in kinds):
        message = f"no message of this id that wants such an answer was sent to {arrival.header.sender}"
        yield broken(rule, message, value=arrival.header.refers_to)


EXCHANGE_RULES: tuple[ExchangeRule, ...] = (
    on_kinds(PRESENTATION, {codes.CERTIFICATE}, check_presentation),
    on_kinds(UNIQUE, {codes.CERTIFICATE}, check_unique),
    on_kinds(SUPERSEDED, {codes.CERTIFICATE}, check_not_superseded),
    on_kinds(DECLARED_ONCE, {codes.DECLARATION}, check_declared_once),
    on_kinds(KNOWN_DOCUMENT, {codes.RESULT}, check_known_document),
    on_kinds(KNOWN_REQUEST, {codes.REPLY}, check_known_request),
    on_kinds(KNOWN_MESSAGE, {*codes.SIGNALS, codes.FAULT}, check_known_message),
)
