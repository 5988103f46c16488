"""What a gateway of the Korean corridor answers: whether the preference was applied (EODES feedback).

The codes of reasons are *modelled*: no public list exists.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from asw_exchange.corridor import Answer, Arrival, Reply
from asw_exchange.corridors.korea.history import FEEDBACK
from asw_exchange.model import Certificate, Correction, CustomsResponse, Decision, Reason, RefusedItem
from asw_exchange.records import Memory


class ReasonCode(StrEnum):
    """Why the preference was not applied (modelled)."""

    NOT_CLAIMED = "not-claimed"
    NOT_ORIGINATING = "not-originating"
    HS_MISMATCH = "HS-mismatch"
    DIRECT_CONSIGNMENT_FAILED = "direct-consignment-failed"
    DATA_MISMATCH = "data-mismatch"


WORDS = {
    ReasonCode.NOT_CLAIMED: "협정관세 적용 신청 없음",
    ReasonCode.NOT_ORIGINATING: "원산지결정기준 불충족",
    ReasonCode.HS_MISMATCH: "품목번호 불일치",
    ReasonCode.DIRECT_CONSIGNMENT_FAILED: "직접운송 요건 불충족",
    ReasonCode.DATA_MISMATCH: "수입신고 내용과 불일치",
}
"""What customs say with each code, in words of ours."""


def feedback(
    certificate: Certificate,
    *,
    moment: datetime,
    refused: tuple[int, ...] = (),
    granted: bool = True,
    reason: ReasonCode = ReasonCode.NOT_ORIGINATING,
    import_declaration: str | None = None,
) -> CustomsResponse:
    """Build the notice whether the preference was applied; ``refused`` are numbers of items without it."""
    reasons = (Reason(code=reason, text=WORDS[reason]),)
    partly = Decision.PARTLY_UTILISED if refused else Decision.UTILISED
    return CustomsResponse(
        reference=certificate.reference,
        issuing_country=certificate.issuing_country,
        responding_country=certificate.importing_country,
        decision=partly if granted else Decision.NOT_GRANTED,
        decided_on=moment.date(),
        received_on=moment.date(),
        import_declaration=import_declaration if granted else None,
        refused_items=tuple(RefusedItem(number=number, reasons=reasons) for number in refused),
        reasons=() if granted else reasons,
    )


def reply(arrival: Arrival, memory: Memory) -> tuple[Reply, ...]:
    """Answer a certificate, and a correction, with the preference that it is given."""
    document = arrival.document
    certificate = document.certificate if isinstance(document, Correction) else document
    if not isinstance(certificate, Certificate):
        return ()
    told = feedback(certificate, moment=arrival.moment)
    if isinstance(document, Correction):
        told = feedback_to_correction(document, arrival.moment)
    return (Answer(kind=FEEDBACK, document=told, receiver=arrival.header.sender),)


def feedback_to_correction(correction: Correction, moment: datetime) -> CustomsResponse:
    """Build the notice about a corrected certificate, under the number that was corrected."""
    certificate = correction.certificate or Certificate()
    told = feedback(certificate, moment=moment)
    return CustomsResponse(
        reference=correction.reference,
        issuing_country=told.issuing_country,
        responding_country=told.responding_country,
        decision=told.decision,
        decided_on=told.decided_on,
        received_on=told.received_on,
    )
