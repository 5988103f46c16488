"""Signals: what one integration gateway tells another about a message, below any business answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from asw_exchange.model.electronic import ElectronicDocument
from asw_exchange.model.value import Value


class SignalError(Value, frozen=True, kw_only=True):
    """One reason why a message was not taken for processing (EEC Decision N 5, pages 48 and 49)."""

    code: str
    description: str
    details: str | None = None
    document: str | None = None
    """UUID of the electronic document that is at fault."""
    reference: str | None = None
    """Where in it."""


class Signal(Value, frozen=True, kw_only=True):
    """Received, accepted for processing, or (with errors) refused (EEC Decision N 5, pages 48 and 49)."""

    id: str
    occurred_at: datetime
    """Aware, UTC."""
    errors: tuple[SignalError, ...] = ()


class ProcessingResult(Value, frozen=True, kw_only=True):
    """The universal business acknowledgement of the EEC (structure R.006)."""

    electronic_document: ElectronicDocument | None = None
    processed_at: datetime | None = None
    """Aware, UTC."""
    code: str | None = None
    """1 no data found, 2 received, 3 added, 4 changed, 5 deleted, 6 processed."""
    description: str | None = None


class TrackingState(StrEnum):
    """What became of an envelope on the ePhyto hub (HUBTrackingInfo)."""

    PENDING_DELIVERY = "PendingDelivery"
    DELIVERED = "Delivered"
    FAILED_DELIVERY = "FailedDelivery"
    ENVELOPE_NOT_EXISTS = "EnvelopeNotExists"
    DELIVERED_WITH_WARNINGS = "DeliveredWithWarnings"
    DELIVERED_NOT_READABLE = "DeliveredNotReadable"


class TrackedEnvelope(Value, frozen=True, kw_only=True):
    """What the ePhyto hub tells of an envelope (EnvelopeHeader): how it travelled, not what was decided."""

    sender: str
    """ISO 3166-1 alpha-2, here and in the one below."""
    receiver: str
    certificate_type: int
    """UNTDID 1001, for example 851."""
    certificate_status: int
    """UNTDID 4405, for example 70."""
    certificate_number: str
    delivery_number: str | None = None
    """The hub's own number of the envelope."""
    tracking: TrackingState | None = None
    error: str | None = None


class Fault(Value, frozen=True, kw_only=True):
    """A SOAP fault: the message could not even be taken apart."""

    code: str
    """Whose fault it is, as the SOAP version names it: soap:Sender or soap:Receiver in SOAP 1.2."""
    subcode: str | None = None
    reason: str
    problem: str | None = None
    """The message that caused it."""
