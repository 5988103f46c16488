"""How a border authority rejects a certificate: for behaviours that a tester asks for."""

from __future__ import annotations

import re

from asw_exchange.corridor import Answer, Arrival, Manners, Reply
from asw_exchange.corridors.new_zealand.answers import TYPE_CODES, border_outcome
from asw_exchange.corridors.new_zealand.hub_names import (
    CERTIFICATE_AANZ,
    DECLARATION,
    SPS_ACKNOWLEDGEMENT,
)
from asw_exchange.model import QuarantineCertificate

REASONS = {
    "document-mismatch": "the consignment is not the one that the certificate describes",
    "pest-found": "a regulated pest was found",
    "not-permitted": "the commodity may not be imported from this origin",
    "treatment-missing": "the treatment that is required is not certified",
}
"""Why a consignment is refused (modelled: the reasons of an SPSAcknowledgement are free text)."""


def reject(arrival: Arrival, reason: str) -> tuple[Reply, ...]:
    """Reject a certificate at the border (UNTDID 4405: 41) for a reason."""
    if not isinstance(arrival.document, QuarantineCertificate):
        return ()
    outcome = border_outcome(
        arrival.document.number,
        TYPE_CODES[arrival.kind.name],
        moment=arrival.moment,
        reasons=(REASONS[reason],),
    )
    return (Answer(kind=SPS_ACKNOWLEDGEMENT, document=outcome, receiver=arrival.header.sender),)


def announce_unknown(message: bytes) -> bytes:
    """Call an operation that the hub does not have."""
    return _OPERATION.sub(rb"\g<1>DeliverUnheardOfEnvelope\g<2>", message)


_OPERATION = re.compile(rb"(</?)Deliver(?:CountryResponse)?Envelope([ >])")

MANNERS = Manners(
    acknowledgement="EnvelopeHeader",
    answer="SPS acknowledgement",
    reasons=REASONS,
    reject=reject,
    announce_unknown=announce_unknown,
    free_texts={
        **dict.fromkeys(TYPE_CODES, "notes.0.contents.0"),
        CERTIFICATE_AANZ: "items.0.marks",
        DECLARATION: "items.0.description",
    },
    sees={
        "accept-with-warnings": "the EnvelopeHeader DeliveredWithWarnings, then the SPS acknowledgement",
        "refuse": "the EnvelopeHeader FailedDelivery with the finding, and no SPS acknowledgement",
    },
)
"""Of the New Zealand corridor."""
