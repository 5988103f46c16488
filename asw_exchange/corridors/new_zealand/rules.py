"""Exchange rules of the New Zealand corridor: those that need to remember what went before.

Rules that need only the document are Schematron (``schemas/new-zealand/*.sch``). The life of an SPS
certificate goes 47 draft, 70 issued (44 when it replaces another), 40 withdrawn (UNTDID 4405). The order
is our conclusion from the codes; sources and marks stand in ``schemas/new-zealand/SOURCES.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asw_exchange.clock import add_months
from asw_exchange.corridor import Arrival, ExchangeRule, broken, exchange_rule, on_kinds
from asw_exchange.model import (
    Certificate,
    ClearanceStatus,
    Finding,
    Outcome,
    QuarantineCertificate,
)
from asw_exchange.records import Direction, Entry, Memory

SPS = frozenset(
    f"new-zealand/{name}"
    for name in (
        "phytosanitary-certificate",
        "re-export-certificate",
        "sanitary-certificate",
        "veterinary-certificate",
    )
)
ACKNOWLEDGEMENT = "new-zealand/sps-acknowledgement"
AANZ = "new-zealand/certificate-aanz"

DRAFT, ISSUED, WITHDRAWN, REPLACEMENT = "47", "70", "40", "44"
"""UNTDID 4405. 44 stands on a certificate that replaces another; so may 70, see SOURCES.md."""
IN_FORCE = (ISSUED, REPLACEMENT)
COPY_OF = "AWR"
"""UNTDID 1153: the referenced document is the original, or the one that is replaced."""
REPLACED_NUMBER = "ADRPN"
"""Subject of the note that tells which certificate is replaced (ePhyto profile)."""

VALIDITY_MONTHS = 12

_NEXT: dict[str | None, tuple[str, ...]] = {
    None: (DRAFT, ISSUED, REPLACEMENT),
    DRAFT: (DRAFT, ISSUED, REPLACEMENT),
    ISSUED: (ISSUED, WITHDRAWN),
    REPLACEMENT: (REPLACEMENT, WITHDRAWN),
    WITHDRAWN: (WITHDRAWN,),
}
"""Status that came last to the statuses that may come next."""


def replaced_numbers(certificate: QuarantineCertificate) -> tuple[str, ...]:
    """Return the numbers of the certificates that this one replaces, whatever its status."""
    notes = (note for note in certificate.notes if note.subject == REPLACED_NUMBER)
    return tuple(content for note in notes for content in note.contents if content)


def cited_numbers(certificate: QuarantineCertificate) -> tuple[str, ...]:
    """Return the numbers of the certificates that this one replaces or re-exports."""
    copies = [each.id for each in certificate.references if each.relationship == COPY_OF and each.id]
    return tuple(dict.fromkeys((*copies, *replaced_numbers(certificate))))


def subject_of(status: ClearanceStatus) -> str | None:
    """Return the number of the certificate that a border outcome is about."""
    return next((each.id for each in status.references if each.id), None)


LIFE_CYCLE = exchange_rule(
    "SP50",
    "A certificate is drafted, issued, and then withdrawn; nothing comes after a withdrawal",
    "UNTDID 4405: 47, 70, 44, 40; the order [inferred]",
    "issue a certificate under a new number",
)
UNIQUE = exchange_rule(
    "SP51",
    "A number stands for one content as long as the status is the same",
    "ISPM 12: the number identifies the certificate [unverified]; identity by digest [modelled]",
    "replace the certificate: a new number, status 44 and a reference to the earlier one",
)
ORIGINAL = exchange_rule(
    "SP52",
    "A replacement names a certificate that was issued and is still in force",
    "ePhyto profile: note ADRPN; UNTDID 4405: 44 [inferred]",
    "check the number of the replaced certificate",
)
SUPERSEDED = exchange_rule(
    "SP53",
    "A certificate that was replaced is not used again",
    "ePhyto profile: note ADRPN; UNTDID 4405: 44 [inferred]",
    "use the number of the certificate that replaced it",
)
KNOWN_CERTIFICATE = exchange_rule(
    "SA10",
    "A border outcome is about a certificate that was sent to the authority that answers",
    "UN/CEFACT SPSAcknowledgement: definition of the message",
    "check the number of the certificate",
)
PRESENTATION = exchange_rule(
    "AZ30",
    "A certificate of origin is presented within 12 months from its date of issue",
    "AANZFTA Chapter 3, operational certification procedures [unverified]",
    "ask the issuing body for a new certificate",
)
UNIQUE_AANZ = exchange_rule(
    "AZ31",
    "A reference number stands for one content only",
    "Form AANZ, head: certificate number [inferred]",
    "give the changed certificate a number of its own",
)


def _stands(entry: Entry) -> bool:
    return entry.direction is Direction.SENT or entry.outcome is Outcome.ACCEPTED


def _standing(memory: Memory, reference: str | None, kinds: Iterable[str]) -> tuple[Entry, ...]:
    """Return the entries of this number that have effect, sent by us or accepted, oldest first."""
    if reference is None:
        return ()
    return tuple(entry for entry in memory.history(reference) if entry.kind in kinds and _stands(entry))


def _from_sender(arrival: Arrival, entries: Iterable[Entry]) -> list[Entry]:
    sender = arrival.header.sender
    return [entry for entry in entries if entry.direction is Direction.RECEIVED and entry.peer == sender]


def _status(entry: Entry) -> str | None:
    return entry.document_as(QuarantineCertificate).status_code


def _earlier(arrival: Arrival, memory: Memory, number: str | None) -> list[Entry]:
    """Return what the sender of the arrival has told of the certificate with this number."""
    return _from_sender(arrival, _standing(memory, number, SPS))


def _successor(arrival: Arrival, memory: Memory, number: str | None) -> str | None:
    """Return the number of another certificate that replaced this one and still stands."""
    citing = (entry for entry in memory.citing(number or "") if entry.kind in SPS and _stands(entry))
    for entry in _from_sender(arrival, citing):
        other = entry.reference not in (number, arrival.document.number)
        successor = entry.document_as(QuarantineCertificate)
        if other and successor.status_code in IN_FORCE and number in replaced_numbers(successor):
            return entry.reference
    return None


def check_life_cycle(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """SP50: a status that cannot follow the last one."""
    certificate: QuarantineCertificate = arrival.document
    earlier = _earlier(arrival, memory, certificate.number)
    last = _status(earlier[-1]) if earlier else None
    allowed = _NEXT.get(last, ())
    if certificate.status_code in allowed:
        return
    before = f"the certificate has status {last}" if last else "no certificate of this number came before"
    yield broken(
        LIFE_CYCLE,
        f"{before}, so status {certificate.status_code} cannot follow",
        value=certificate.status_code,
        expected=f"one of {', '.join(allowed)}",
    )


def check_unique(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """SP51: the same number and status with other content; a draft may change."""
    certificate: QuarantineCertificate = arrival.document
    if certificate.status_code == DRAFT:
        return
    for entry in _earlier(arrival, memory, certificate.number):
        if _status(entry) == certificate.status_code and entry.content_digest != arrival.content_digest:
            message = f"the number came before, on {entry.moment.date()}, with other content"
            yield broken(UNIQUE, message, value=certificate.number)
            return


def check_original(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """SP52: the replaced certificate is unknown, never issued, or withdrawn."""
    certificate: QuarantineCertificate = arrival.document
    if certificate.status_code not in IN_FORCE:
        return
    for number in replaced_numbers(certificate):
        earlier = _earlier(arrival, memory, number)
        last = _status(earlier[-1]) if earlier else None
        if last not in IN_FORCE:
            state = f"has status {last}" if last else f"did not come from {arrival.header.sender}"
            yield broken(ORIGINAL, f"the replaced certificate {number} {state}", value=number)


def check_superseded(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """SP53: a certificate that another one has replaced is issued or replaced again."""
    certificate: QuarantineCertificate = arrival.document
    if certificate.status_code == WITHDRAWN:
        return
    for number in (certificate.number, *replaced_numbers(certificate)):
        successor = _successor(arrival, memory, number)
        if successor and not _is_repetition(arrival, memory):
            yield broken(SUPERSEDED, f"the certificate {number} was replaced by {successor}", value=number)


def _is_repetition(arrival: Arrival, memory: Memory) -> bool:
    """Tell whether the same content came before: then it says nothing new."""
    earlier = _earlier(arrival, memory, arrival.document.number)
    return any(entry.content_digest == arrival.content_digest for entry in earlier)


def check_known_certificate(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """SA10: no such certificate was sent to the authority that answers."""
    status: ClearanceStatus = arrival.document
    for reference in status.references:
        entries = _standing(memory, reference.id, SPS)
        if not any(_sent_to(entry, arrival.header.sender) for entry in entries):
            message = f"no certificate of this number was sent to {arrival.header.sender}"
            yield broken(KNOWN_CERTIFICATE, message, value=reference.id)


def _sent_to(entry: Entry, peer: str) -> bool:
    return entry.direction is Direction.SENT and entry.peer == peer


def check_presentation(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """AZ30: arrival more than 12 months after issue."""
    certificate: Certificate = arrival.document
    issued_on = certificate.certification.signed_on if certificate.certification else None
    if issued_on is None:
        return
    last = add_months(issued_on, VALIDITY_MONTHS)
    if arrival.moment.date() > last:
        yield broken(
            PRESENTATION,
            f"the certificate was issued on {issued_on} and could be presented until {last}",
            value=arrival.moment.date().isoformat(),
            expected=f"not after {last}",
        )


def check_unique_aanz(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """AZ31: the same reference number from the same issuer with other content."""
    certificate: Certificate = arrival.document
    for entry in _from_sender(arrival, _standing(memory, certificate.reference, {AANZ})):
        if entry.content_digest != arrival.content_digest:
            message = f"the number came before, on {entry.moment.date()}, with other content"
            yield broken(UNIQUE_AANZ, message, value=certificate.reference)
            return


EXCHANGE_RULES: tuple[ExchangeRule, ...] = (
    on_kinds(LIFE_CYCLE, SPS, check_life_cycle),
    on_kinds(UNIQUE, SPS, check_unique),
    on_kinds(ORIGINAL, SPS, check_original),
    on_kinds(SUPERSEDED, SPS, check_superseded),
    on_kinds(KNOWN_CERTIFICATE, {ACKNOWLEDGEMENT}, check_known_certificate),
    on_kinds(PRESENTATION, {AANZ}, check_presentation),
    on_kinds(UNIQUE_AANZ, {AANZ}, check_unique_aanz),
)
