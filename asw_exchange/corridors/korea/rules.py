"""Rules of the Korean corridor that need memory or a calendar. The others are Schematron.

How a gateway takes a certificate number that comes twice differs from partner to partner: ``Quirks``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from asw_exchange.clock import add_months
from asw_exchange.corridor import Arrival, Corridor, ExchangeRule, broken, exchange_rule, on_kinds
from asw_exchange.corridors.korea.history import (
    ACKNOWLEDGEMENT,
    CERTIFICATES,
    CORRECTION,
    DECLARATION,
    FEEDBACK,
    certificate_of,
    issued,
)
from asw_exchange.corridors.korea.working_days import last_issue_day
from asw_exchange.model import Acknowledgement, Certificate, Correction, CustomsResponse, Finding
from asw_exchange.records import Direction, Memory, standing

VALIDITY_MONTHS = 12


class SameNumber(StrEnum):
    """What a gateway makes of a corrected certificate that bears the number of the one it corrects."""

    REPLACES = "replaces"
    """It takes the other's place."""
    IS_REFUSED = "is-refused"
    """It is a duplicate: China's system answered so 4,730 times in 2019 (trade press)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """In what the gateways of this corridor differ."""

    same_number: SameNumber = SameNumber.REPLACES


RETROACTIVE = exchange_rule(
    "KC50",
    "A certificate issued later than three working days after shipment says that it is retroactive",
    "AKFTA Appendix 1 (OCP); 27th sub-committee, 2021, on the count (unofficial); for VK and KV modelled",
    "mark the certificate as issued retroactively",
)
PRESENTATION = exchange_rule(
    "KC51",
    "A certificate is presented within 12 months from issue",
    "AKFTA Appendix 1 (today's 12 months unverified); VKFTA modelled",
    "ask the issuing authority for a new certificate",
)
UNIQUE = exchange_rule(
    "KC52",
    "A certificate number stands for one certificate",
    "Duplicate numbers between Korea and its partners, 2018 to 2020 (secondary)",
    "send a correction, or give the certificate a number of its own",
)
KNOWN_FEEDBACK = exchange_rule(
    "KF50",
    "Feedback is about a certificate that was sent to the state that answers",
    "EODES message triad: data, acknowledgement, feedback (secondary)",
    "check the reference number",
)
ITEMS_OF_CERTIFICATE = exchange_rule(
    "KF51",
    "Feedback refuses only items that the certificate has",
    "EODES message triad (secondary); modelled",
    "check the item numbers against the certificate as last corrected",
)
KNOWN_CORRECTION = exchange_rule(
    "KR50",
    "A correction is about a certificate that was received from its issuer",
    "Corrected certificates are sent again at once (secondary)",
    "send the certificate first",
)
SAME_NUMBER_REFUSED = exchange_rule(
    "KR51",
    "This gateway takes no corrected certificate under the old number",
    "Duplicate numbers between Korea and its partners: new numbers from 2020 (secondary)",
    "give the corrected certificate a new number",
)
CORRECTION_ORDER = exchange_rule(
    "KR52",
    "The corrections of a certificate are numbered 1, 2, 3 ...",
    "GOVCBR036 VersionID, change sequence (unofficial)",
    "send the corrections in their order",
)
DECLARED_ONCE = exchange_rule(
    "KD50",
    "A declaration number stands for one declaration",
    "GOVCBR830 (unofficial); modelled",
    "send the same document once more, or another number",
)
KNOWN_MESSAGE = exchange_rule(
    "K10",
    "An acknowledgement answers a message that was sent, byte for byte",
    "modelled; idea of a non-repudiation receipt (RFC 4130, section 7)",
    "check refers-to and digest",
)


def _issue_date(certificate: Certificate) -> date | None:
    return certificate.certification.signed_on if certificate.certification else None


def check_retroactive(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """KC50: issued after the working days that the issuing state has, without saying so."""
    certificate: Certificate = arrival.document
    shipped_on = certificate.transport.departure_date if certificate.transport else None
    issued_on, state = _issue_date(certificate), certificate.issuing_country
    if shipped_on is None or issued_on is None or state is None or issued_on <= shipped_on:
        return
    last = last_issue_day(shipped_on, state)
    if issued_on > last and not certificate.tick_boxes.issued_retroactively:
        message = f"shipped on {shipped_on}, the certificate could be issued until {last}"
        yield broken(RETROACTIVE, message, issued_on.isoformat(), f"not after {last}, or marked")


def check_presentation(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """KC51: arrival more than 12 months after issue; back to back, after the first original's issue."""
    certificate: Certificate = arrival.document
    originals = [proof.issued_on for proof in certificate.original_proofs if proof.issued_on]
    counted_from = min(originals) if originals else _issue_date(certificate)
    if counted_from is None:
        return
    last = add_months(counted_from, VALIDITY_MONTHS)
    if arrival.moment.date() > last:
        message = f"counted from {counted_from}, the certificate could be presented until {last}"
        yield broken(PRESENTATION, message, arrival.moment.date().isoformat(), f"not after {last}")


def check_unique(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """KC52: the same number from the same issuer with other content."""
    for entry in issued(memory, arrival.document.reference):
        other = entry.content_digest != arrival.content_digest
        if entry.direction is Direction.RECEIVED and entry.peer == arrival.header.sender and other:
            message = f"the number came before, on {entry.moment.date()}, with other content"
            yield broken(UNIQUE, message, arrival.document.reference)
            return


def check_known_feedback(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """KF50: no such certificate was sent to the state that answers."""
    response: CustomsResponse = arrival.document
    sent = (
        entry.direction is Direction.SENT and entry.peer == arrival.header.sender
        for entry in (*issued(memory, response.reference), *standing(memory, response.reference, CORRECTION))
    )
    if not any(sent):
        message = f"no certificate of this number was sent to {arrival.header.sender}"
        yield broken(KNOWN_FEEDBACK, message, response.reference)


def check_items(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """KF51: an item that the certificate does not have."""
    response: CustomsResponse = arrival.document
    certificate = certificate_of(memory, response.reference)
    if certificate is None:
        return
    known = {item.number for item in certificate.items}
    for refused in response.refused_items:
        if refused.number not in known:
            message = f"the certificate has no item {refused.number}"
            yield broken(ITEMS_OF_CERTIFICATE, message, str(refused.number))


def check_known_correction(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """KR50: the certificate that is corrected never came."""
    correction: Correction = arrival.document
    entries = issued(memory, correction.reference)
    if not any(entry.peer == arrival.header.sender for entry in entries):
        message = f"no certificate of this number came from {arrival.header.sender}"
        yield broken(KNOWN_CORRECTION, message, correction.reference)


def check_order(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """KR52: a correction that was left out or came twice."""
    correction: Correction = arrival.document
    before = len({entry.content_digest for entry in standing(memory, correction.reference, CORRECTION)})
    if correction.version is not None and correction.version != before + 1:
        message = f"{before} corrections came before"
        yield broken(CORRECTION_ORDER, message, str(correction.version), str(before + 1))


def refuse_same_number(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """KR51: the corrected certificate bears the number of the one it corrects."""
    correction: Correction = arrival.document
    corrected = correction.certificate.reference if correction.certificate else None
    if corrected is not None and corrected == correction.reference:
        yield broken(SAME_NUMBER_REFUSED, "the corrected certificate bears the old number", corrected)


def check_declared_once(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """KD50: the same declaration number with other content."""
    for entry in standing(memory, arrival.document.number, DECLARATION):
        other = entry.content_digest != arrival.content_digest
        if entry.direction is Direction.RECEIVED and entry.peer == arrival.header.sender and other:
            message = f"the number came before, on {entry.moment.date()}, with other content"
            yield broken(DECLARED_ONCE, message, arrival.document.number)
            return


def check_known_message(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """K10: an answer to nothing that was sent, or to other bytes."""
    acknowledgement: Acknowledgement = arrival.document
    sent = memory.sent(acknowledgement.refers_to)
    if sent is None or sent.peer != arrival.header.sender:
        message = f"no message of this id was sent to {arrival.header.sender}"
        yield broken(KNOWN_MESSAGE, message, acknowledgement.refers_to)
    elif sent.digest != acknowledgement.digest:
        message = "the partner received other bytes than were sent"
        yield broken(KNOWN_MESSAGE, message, acknowledgement.digest, sent.digest)


def exchange_rules(quirks: Quirks) -> tuple[ExchangeRule, ...]:
    """Return the exchange rules of a gateway with these quirks."""
    refuses = quirks.same_number is SameNumber.IS_REFUSED
    return (
        on_kinds(RETROACTIVE, CERTIFICATES, check_retroactive),
        on_kinds(PRESENTATION, CERTIFICATES, check_presentation),
        on_kinds(UNIQUE, CERTIFICATES, check_unique),
        on_kinds(KNOWN_FEEDBACK, {FEEDBACK}, check_known_feedback),
        on_kinds(ITEMS_OF_CERTIFICATE, {FEEDBACK}, check_items),
        on_kinds(KNOWN_CORRECTION, {CORRECTION}, check_known_correction),
        on_kinds(CORRECTION_ORDER, {CORRECTION}, check_order),
        *((on_kinds(SAME_NUMBER_REFUSED, {CORRECTION}, refuse_same_number),) if refuses else ()),
        on_kinds(DECLARED_ONCE, {DECLARATION}, check_declared_once),
        on_kinds(KNOWN_MESSAGE, {ACKNOWLEDGEMENT}, check_known_message),
    )


def with_quirks(corridor: Corridor, quirks: Quirks) -> Corridor:
    """Return the corridor as a gateway with these quirks lives it."""
    return replace(corridor, exchange_rules=exchange_rules(quirks))
