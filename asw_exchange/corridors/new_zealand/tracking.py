"""The hub's technical answer: an EnvelopeHeader that says what became of an envelope.

How the envelope travelled (six tracking states) and what quarantine decides of the goods (UNTDID 4405, in
the SPS acknowledgement) are two things.
"""

from __future__ import annotations

from asw_exchange.codec.layout import Layout
from asw_exchange.codec.table import record, text, within
from asw_exchange.codec.values import INTEGER, code_list
from asw_exchange.corridor import Handled, MessageKind, Notice
from asw_exchange.corridors.new_zealand.hub_names import ENTITIES, ENVELOPE_HEADER, ISSUED, SERVICE, TYPES
from asw_exchange.model import Acknowledgement, Outcome, TrackedEnvelope, TrackingState

LAYOUT = Layout(
    SERVICE,
    "DeliverEnvelopeResponse",
    record(
        TrackedEnvelope,
        within(
            "DeliverEnvelopeResult",
            text("hub:From", "sender"),
            text("hub:To", "receiver"),
            text("hub:CertificateType", "certificate_type", INTEGER),
            text("hub:CertificateStatus", "certificate_status", INTEGER),
            text("hub:NPPOCertificateNumber", "certificate_number"),
            text("hub:hubDeliveryNumber", "delivery_number"),
            text("hub:HUBTrackingInfo", "tracking", code_list(TrackingState)),
            text("hub:hubDeliveryErrorMessage", "error"),
        ),
    ),
    {"hub": ENTITIES},
)

KIND = MessageKind(
    name=ENVELOPE_HEADER,
    title="Answer of the ePhyto hub: EnvelopeHeader with its tracking state",
    layout=LAYOUT,
    schema="new-zealand/envelope-header.xsd",
    rules="new-zealand/envelope-header.sch",
    reference=lambda tracked: tracked.certificate_number,
    acknowledged=False,
    signed=False,
)

UNKNOWN_NUMBER = "unknown"
"""Stands for the number of a certificate that could not be read."""
MOST_TEXT = 2000
"""Characters of an error message."""


def notify(handled: Handled) -> tuple[Notice, ...]:
    """Answer every delivery with its EnvelopeHeader."""
    told = handled.acknowledgement
    tracked = TrackedEnvelope(
        sender=handled.sender,
        receiver=handled.receiver,
        certificate_type=TYPES.get(told.kind or "", 0),
        certificate_status=ISSUED,
        certificate_number=handled.reference or UNKNOWN_NUMBER,
        delivery_number=told.refers_to,
        tracking=tracking_of(told),
        error=joined(told),
    )
    return (Notice(kind=ENVELOPE_HEADER, document=tracked),)


def tracking_of(told: Acknowledgement) -> TrackingState:
    """Return the tracking state of what a receiver found."""
    if told.outcome is not Outcome.REJECTED:
        return TrackingState.DELIVERED_WITH_WARNINGS if told.findings else TrackingState.DELIVERED
    unreadable = any(
        finding.rule_id.startswith(("XML-", "ENVELOPE-BODY", "PARSE")) for finding in told.findings
    )
    return TrackingState.DELIVERED_NOT_READABLE if unreadable else TrackingState.FAILED_DELIVERY


def joined(told: Acknowledgement) -> str | None:
    """Return all findings in one message, joined as receivers of the hub do."""
    return " ; ".join(f"{each.rule_id} {each.message}" for each in told.findings)[:MOST_TEXT] or None
