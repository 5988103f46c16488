"""What an ASEAN gateway answers: the importing customs' decision, and retransmissions.

The codes of decisions and reasons are *modelled*: no public list exists. Flow: OCP Rules 29 and 30.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from asw_exchange.corridor import Answer, Arrival, Reply, Retransmission
from asw_exchange.model import (
    Certificate,
    CustomsResponse,
    Decision,
    ExportDeclaration,
    Item,
    OriginRule,
    Quantity,
    Reason,
    RefusedItem,
    RetransmissionRequest,
)
from asw_exchange.records import Memory


class ReasonCode(StrEnum):
    """Why a certificate, an item or a declaration was refused (modelled)."""

    NOT_ORIGINATING = "not-originating"
    CRITERION_MISMATCH = "criterion-mismatch"
    HS_MISMATCH = "HS-mismatch"
    VALIDITY_EXPIRED = "validity-expired"
    DIRECT_CONSIGNMENT_FAILED = "direct-consignment-failed"
    DUPLICATE = "duplicate"
    ISSUING_AUTHORITY_UNKNOWN = "issuing-authority-unknown"
    QUANTITY_EXCEEDED = "quantity-exceeded"
    ORIGINAL_MISSING = "b2b-original-missing"
    DATA_MISMATCH = "data-mismatch"
    CANCELLED_BY_ISSUER = "cancelled-by-issuer"
    PARTIAL_CUMULATION = "partial-cumulation"


WORDS: dict[ReasonCode, str] = {
    ReasonCode.NOT_ORIGINATING: "the goods do not meet the rule of origin claimed",
    ReasonCode.CRITERION_MISMATCH: "the criterion in box 8 is not that of the product-specific rule",
    ReasonCode.HS_MISMATCH: "the goods belong to another heading than box 7 says",
    ReasonCode.VALIDITY_EXPIRED: "presented more than twelve months after issue",
    ReasonCode.DIRECT_CONSIGNMENT_FAILED: "goods entered free circulation in a third state on the way",
    ReasonCode.DUPLICATE: "the reference number was used before",
    ReasonCode.ISSUING_AUTHORITY_UNKNOWN: "the certifying officer is not on the list",
    ReasonCode.QUANTITY_EXCEEDED: "more is imported than the certificate covers",
    ReasonCode.ORIGINAL_MISSING: "the original proof of origin was not presented",
    ReasonCode.DATA_MISMATCH: "the invoice of the import declaration is another one than box 10 says",
    ReasonCode.CANCELLED_BY_ISSUER: "the issuing authority has cancelled the certificate",
    ReasonCode.PARTIAL_CUMULATION: "goods under partial cumulation get no preference",
}
"""What customs say with each code."""


def customs_response(
    certificate: Certificate,
    *,
    moment: datetime,
    decision: Decision = Decision.UTILISED,
    refused: tuple[int, ...] = (),
    reason: ReasonCode = ReasonCode.NOT_ORIGINATING,
    import_declaration: str | None = None,
) -> CustomsResponse:
    """Build the importing customs' response, received and decided at ``moment``.

    ``refused`` are item numbers (PARTLY_UTILISED); ``reason`` is given for them, or for the whole
    certificate when nothing of it was granted.
    """
    reasons = (Reason(code=reason, text=WORDS[reason]),)
    granted = decision in (Decision.UTILISED, Decision.PARTLY_UTILISED)
    return CustomsResponse(
        reference=certificate.reference,
        issuing_country=certificate.issuing_country,
        responding_country=certificate.importing_country,
        decision=decision,
        decided_on=moment.date(),
        received_on=moment.date(),
        import_declaration=import_declaration if granted else None,
        utilised_quantities=_utilised(certificate, refused) if granted else (),
        refused_items=tuple(RefusedItem(number=number, reasons=reasons) for number in refused),
        reasons=() if granted else reasons,
    )


def declaration_response(
    declaration: ExportDeclaration, *, issuing_country: str, responding_country: str, moment: datetime
) -> CustomsResponse:
    """Build the answer that an ACDD was received and matched with an import declaration."""
    return CustomsResponse(
        reference=declaration.number,
        issuing_country=issuing_country,
        responding_country=responding_country,
        decision=Decision.MATCHED,
        decided_on=moment.date(),
        received_on=moment.date(),
    )


def reply(arrival: Arrival, memory: Memory) -> tuple[Reply, ...]:
    """Answer as a customs administration that finds nothing wrong: granted where it may be granted."""
    document, header = arrival.document, arrival.header
    if isinstance(document, Certificate):
        response = _plain_decision(document, arrival.moment)
        return (Answer(kind="asean/customs-response", document=response, receiver=header.sender),)
    if isinstance(document, ExportDeclaration):
        matched = declaration_response(
            document,
            issuing_country=header.sender,
            responding_country=header.receiver,
            moment=arrival.moment,
        )
        return (Answer(kind="asean/acdd-response", document=matched, receiver=header.sender),)
    if isinstance(document, RetransmissionRequest):
        return tuple(Retransmission(reference=reference) for reference in document.references)
    return ()


def _plain_decision(certificate: Certificate, moment: datetime) -> CustomsResponse:
    """Decide by the text: goods under partial cumulation get no preference (ATIGA Annex 6)."""
    cumulated = tuple(item.number for item in certificate.items if _is_cumulated(item) and item.number)
    if not cumulated:
        return customs_response(certificate, moment=moment)
    whole = len(cumulated) == len(certificate.items)
    return customs_response(
        certificate,
        moment=moment,
        decision=Decision.NOT_GRANTED if whole else Decision.PARTLY_UTILISED,
        refused=() if whole else cumulated,
        reason=ReasonCode.PARTIAL_CUMULATION,
    )


def _is_cumulated(item: Item) -> bool:
    return item.origin_criterion is not None and item.origin_criterion.rule == OriginRule.PARTIAL_CUMULATION


def _utilised(certificate: Certificate, refused: tuple[int, ...]) -> tuple[Quantity, ...]:
    """Total the quantities of the granted items by unit, in the order of first appearance."""
    totals: dict[str, Quantity] = {}
    for item in certificate.items:
        if item.quantity and item.number not in refused:
            before = totals.get(item.quantity.unit)
            value = item.quantity.value + (before.value if before else 0)
            totals[item.quantity.unit] = Quantity(value=value, unit=item.quantity.unit)
    return tuple(totals.values())
