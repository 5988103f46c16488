"""Exchange rules of the ASEAN corridor: those that need to remember what went before.

Rules that need only the document are Schematron (``schemas/asean/*.sch``). The ids are those of the
same list; the sources are ATIGA Annex 8 (OCP) as endorsed on 8 September 2021, and Annex 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from asw_exchange.clock import add_months
from asw_exchange.corridor import Arrival, ExchangeRule, broken, exchange_rule, on_kinds
from asw_exchange.corridors.asean.history import (
    ACDD,
    ACDD_CANCELLATION,
    ACDD_RESPONSE,
    ACKNOWLEDGEMENT,
    CANCELLATION,
    EFORM_D,
    REQUEST,
    RESPONSE,
    ZERO,
    certificate_of,
    covered_by_originals,
    drawn_by_others,
    is_cancelled,
    quantities,
)
from asw_exchange.model import (
    Acknowledgement,
    Cancellation,
    Certificate,
    CustomsResponse,
    Decision,
    Finding,
    OriginRule,
    RetransmissionRequest,
)
from asw_exchange.records import Direction, Memory, standing

VALIDITY_MONTHS = 12
REJECTION_DAYS = 60


def _issue_date(certificate: Certificate) -> date | None:
    return certificate.certification.signed_on if certificate.certification else None


PRESENTATION = exchange_rule(
    "D11",
    "A certificate is presented within 12 months from its date of issue",
    "OCP 2021 (ATIGA Annex 8) Rule 14",
    "later presentation needs force majeure, or goods imported before the certificate expired",
)
REMAINING = exchange_rule(
    "D31",
    "A back-to-back certificate covers at most what remains of its originals",
    "OCP 2021 (ATIGA Annex 8) Rule 11(1)(f)",
    "lower the quantities, or name further originals",
)
CANCELLED = exchange_rule(
    "D34",
    "A replacement names a cancelled predecessor, and a cancelled certificate is not used",
    "OCP 2021 (ATIGA Annex 8) Rule 29(4)",
    "cancel the earlier certificate first, and use the reference of the one that replaces it",
)
UNIQUE = exchange_rule(
    "D36",
    "A reference number stands for one content only",
    "OCP 2021 (ATIGA Annex 8) Rule 29(3) and (4)",
    "give the changed certificate a new reference number and cancel the earlier one",
)
NO_PREFERENCE = exchange_rule(
    "D19",
    "Goods with partial cumulation get no preference in the importing state",
    "ATIGA Article 30(2) and Annex 6",
    "answer not-granted",
)
KNOWN_CERTIFICATE = exchange_rule(
    "R01",
    "A Customs Response is about a certificate that was exchanged with the responding state",
    "OCP 2021 (ATIGA Annex 8) Rule 30",
    "check the reference number and the states",
)
REJECTION_TIME = exchange_rule(
    "R02",
    "A rejection is sent within 60 days from receipt of the certificate",
    "OCP 2021 (ATIGA Annex 8) Rule 30(3)",
    "a later refusal goes through a retroactive check (Rule 18)",
)
UTILISATION_TIME = exchange_rule(
    "R03",
    "A utilisation is decided within the certificate's 12 months of validity",
    "OCP 2021 (ATIGA Annex 8) Rules 14 and 30(2)",
    "check the date of the decision",
)
KNOWN_TO_CANCEL = exchange_rule(
    "C10",
    "A cancellation is about a certificate that was received and not cancelled before",
    "OCP 2021 (ATIGA Annex 8) Rule 29(4)",
    "check the reference number",
)
KNOWN_DECLARATION = exchange_rule(
    "A02",
    "Answer and cancellation quote the number of a declaration that was exchanged",
    "ACDD guide v1.08, Rule 3 and information packages (modelled)",
    "check the declaration number",
)
KNOWN_TO_RESEND = exchange_rule(
    "T10",
    "A retransmission is asked for certificates that were sent to the requesting state",
    "OCP 2021 (ATIGA Annex 8) Rule 29(3)",
    "check the reference numbers",
)
KNOWN_MESSAGE = exchange_rule(
    "K10",
    "An acknowledgement answers a message that was sent, byte for byte",
    "modelled; idea of a non-repudiation receipt (RFC 4130, section 7)",
    "check refers-to and digest",
)


def check_presentation(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """D11: arrival more than 12 months after issue."""
    issued_on = _issue_date(arrival.document)
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


def check_unique(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """D36: the same reference number from the same issuer with other content."""
    for entry in standing(memory, arrival.document.reference, EFORM_D):
        other = entry.content_digest != arrival.content_digest
        if entry.direction is Direction.RECEIVED and entry.peer == arrival.header.sender and other:
            yield broken(
                UNIQUE,
                f"the reference number came before, on {entry.moment.date()}, with other content",
                value=arrival.document.reference,
            )
            return


def check_not_cancelled(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """D34: a cancelled certificate sent, answered as utilised, or used as an original."""
    document: Certificate | CustomsResponse = arrival.document
    used = [document.reference]
    if isinstance(document, Certificate):
        used += [proof.reference for proof in document.original_proofs]
    elif document.decision not in (Decision.UTILISED, Decision.PARTLY_UTILISED):
        return
    for reference in used:
        if is_cancelled(memory, reference):
            yield broken(CANCELLED, f"the certificate {reference} was cancelled", value=reference)


def check_predecessor(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """D34: the replaced certificate is not known to be cancelled."""
    replaces = arrival.document.replaces
    if replaces and not is_cancelled(memory, replaces.reference):
        yield broken(
            CANCELLED,
            f"the replaced certificate {replaces.reference} has not been cancelled",
            value=replaces.reference,
            expected="a cancellation received before the replacement",
        )


def check_remaining(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """D31: more is re-exported than the originals still cover, by HS subheading and unit."""
    certificate: Certificate = arrival.document
    if not certificate.original_proofs:
        return
    covered = covered_by_originals(certificate, memory)
    if covered is None:
        return
    drawn = drawn_by_others(certificate, memory)
    for (subheading, unit), quantity in quantities(certificate).items():
        left = max(covered.get((subheading, unit), ZERO) - drawn.get((subheading, unit), ZERO), ZERO)
        if quantity > left:
            yield broken(
                REMAINING,
                f"{quantity} {unit} of {subheading} are re-exported, {left} {unit} remain",
                value=f"{quantity} {unit}",
                expected=f"at most {left} {unit}",
            )


def check_known_certificate(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """R01: no such certificate was sent to the state that answers."""
    response: CustomsResponse = arrival.document
    entries = standing(memory, response.reference, EFORM_D)
    if not any(entry.peer == arrival.header.sender for entry in entries):
        yield broken(
            KNOWN_CERTIFICATE,
            f"no certificate of this reference was sent to {arrival.header.sender}",
            value=response.reference,
        )


def _received_on(arrival: Arrival, memory: Memory) -> date | None:
    response: CustomsResponse = arrival.document
    if response.received_on:
        return response.received_on
    entries = standing(memory, response.reference, EFORM_D)
    return entries[0].moment.date() if entries else None


def check_rejection_time(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """R02: a rejection later than 60 days after the certificate came in."""
    response: CustomsResponse = arrival.document
    received_on = _received_on(arrival, memory)
    if response.decision is not Decision.REJECTED or received_on is None:
        return
    decided_on = response.decided_on or arrival.moment.date()
    last = received_on + timedelta(days=REJECTION_DAYS)
    if decided_on > last:
        yield broken(
            REJECTION_TIME,
            f"the certificate came in on {received_on}; it could be rejected until {last}",
            value=decided_on.isoformat(),
            expected=f"not after {last}",
        )


def check_utilisation_time(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """R03: utilised after the certificate had expired."""
    response: CustomsResponse = arrival.document
    certificate = certificate_of(memory, response.reference)
    issued_on = _issue_date(certificate) if certificate else None
    if response.decision not in (Decision.UTILISED, Decision.PARTLY_UTILISED) or issued_on is None:
        return
    decided_on = response.decided_on or arrival.moment.date()
    last = add_months(issued_on, VALIDITY_MONTHS)
    if decided_on > last:
        yield broken(
            UTILISATION_TIME,
            f"the certificate was issued on {issued_on} and was valid until {last}",
            value=decided_on.isoformat(),
            expected=f"not after {last}",
        )


def check_no_preference(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """D19: preference granted to goods under partial cumulation."""
    response: CustomsResponse = arrival.document
    certificate = certificate_of(memory, response.reference)
    if certificate is None or response.decision not in (Decision.UTILISED, Decision.PARTLY_UTILISED):
        return
    refused = {item.number for item in response.refused_items}
    for item in certificate.items:
        criterion = item.origin_criterion
        if criterion and criterion.rule == OriginRule.PARTIAL_CUMULATION and item.number not in refused:
            yield broken(
                NO_PREFERENCE,
                f"item {item.number} rests on partial cumulation but was granted preference",
                value=str(response.decision),
            )


def check_known_to_cancel(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """C10: an unknown certificate, or one that is cancelled already."""
    cancellation: Cancellation = arrival.document
    entries = standing(memory, cancellation.reference, EFORM_D)
    if not any(entry.peer == arrival.header.sender for entry in entries):
        message = f"no certificate of this reference came from {arrival.header.sender}"
        yield broken(KNOWN_TO_CANCEL, message, value=cancellation.reference)
    elif is_cancelled(memory, cancellation.reference):
        yield broken(KNOWN_TO_CANCEL, "the certificate was cancelled before", value=cancellation.reference)


def check_known_declaration(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """A02: the declaration number was not exchanged with this partner."""
    reference = arrival.document.reference
    if not any(entry.peer == arrival.header.sender for entry in standing(memory, reference, ACDD)):
        message = f"no declaration of this number was exchanged with {arrival.header.sender}"
        yield broken(KNOWN_DECLARATION, message, value=reference)


def check_known_to_resend(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """T10: a reference that was never sent to the state that asks."""
    request: RetransmissionRequest = arrival.document
    for reference in request.references:
        entries = standing(memory, reference, EFORM_D)
        sent = (
            entry.direction is Direction.SENT and entry.peer == arrival.header.sender for entry in entries
        )
        if not any(sent):
            message = f"no certificate of this reference was sent to {arrival.header.sender}"
            yield broken(KNOWN_TO_RESEND, message, value=reference)


def check_known_message(arrival: Arrival, memory: Memory) -> Iterator[Finding]:
    """K10: an answer to nothing that was sent, or to other bytes."""
    acknowledgement: Acknowledgement = arrival.document
    sent = memory.sent(acknowledgement.refers_to)
    if sent is None or sent.peer != arrival.header.sender:
        message = f"no message of this id was sent to {arrival.header.sender}"
        yield broken(KNOWN_MESSAGE, message, value=acknowledgement.refers_to)
    elif sent.digest != acknowledgement.digest:
        yield broken(
            KNOWN_MESSAGE,
            "the partner received other bytes than were sent",
            value=acknowledgement.digest,
            expected=sent.digest,
        )


EXCHANGE_RULES: tuple[ExchangeRule, ...] = (
    on_kinds(PRESENTATION, {EFORM_D}, check_presentation),
    on_kinds(UNIQUE, {EFORM_D}, check_unique),
    on_kinds(CANCELLED, {EFORM_D, RESPONSE}, check_not_cancelled),
    on_kinds(CANCELLED, {EFORM_D}, check_predecessor),
    on_kinds(REMAINING, {EFORM_D}, check_remaining),
    on_kinds(KNOWN_CERTIFICATE, {RESPONSE}, check_known_certificate),
    on_kinds(REJECTION_TIME, {RESPONSE}, check_rejection_time),
    on_kinds(UTILISATION_TIME, {RESPONSE}, check_utilisation_time),
    on_kinds(NO_PREFERENCE, {RESPONSE}, check_no_preference),
    on_kinds(KNOWN_TO_CANCEL, {CANCELLATION}, check_known_to_cancel),
    on_kinds(KNOWN_DECLARATION, {ACDD_RESPONSE, ACDD_CANCELLATION}, check_known_declaration),
    on_kinds(KNOWN_TO_RESEND, {REQUEST}, check_known_to_resend),
    on_kinds(KNOWN_MESSAGE, {ACKNOWLEDGEMENT}, check_known_message),
)
