"""What a gateway of this corridor answers: the border outcome of an SPS certificate.

Form AANZ and the export declaration have no business answer here: no public text asks for one.
"""

from __future__ import annotations

from datetime import datetime

from asw_exchange.corridor import Answer, Arrival, Reply
from asw_exchange.corridors.new_zealand.rules import IN_FORCE
from asw_exchange.corridors.new_zealand.sps_layouts import (
    PHYTOSANITARY,
    RE_EXPORT,
    SANITARY,
    VETERINARY,
)
from asw_exchange.model import ClearanceStatus, QuarantineCertificate, ReferencedDocument
from asw_exchange.records import Memory

APPROVED, REJECTED = "39", "41"
"""UNTDID 4405."""

TYPE_CODES = {
    "new-zealand/phytosanitary-certificate": PHYTOSANITARY,
    "new-zealand/re-export-certificate": RE_EXPORT,
    "new-zealand/sanitary-certificate": SANITARY,
    "new-zealand/veterinary-certificate": VETERINARY,
}
"""UNTDID 1001 by kind."""


def border_outcome(
    number: str | None, type_code: str, *, moment: datetime, reasons: tuple[str, ...] = ()
) -> ClearanceStatus:
    """Build the border outcome of a certificate: approved, or rejected where there are reasons."""
    answered = ReferencedDocument(type_code=type_code, relationship="ZZZ", id=number)
    return ClearanceStatus(
        issued_at=moment,
        status_code=REJECTED if reasons else APPROVED,
        reasons=reasons,
        references=(answered,),
    )


def reply(arrival: Arrival, memory: Memory) -> tuple[Reply, ...]:
    """Answer as a border authority that finds nothing wrong: a certificate in force is approved."""
    document = arrival.document
    if not isinstance(document, QuarantineCertificate) or document.status_code not in IN_FORCE:
        return ()
    outcome = border_outcome(document.number, TYPE_CODES[arrival.kind.name], moment=arrival.moment)
    return (Answer(kind="new-zealand/sps-acknowledgement", document=outcome, receiver=arrival.header.sender),)
