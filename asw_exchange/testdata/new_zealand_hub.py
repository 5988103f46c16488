"""Answers of the ePhyto hub for tests."""

from __future__ import annotations

from random import Random

from asw_exchange.model import TrackedEnvelope, TrackingState
from asw_exchange.testdata.seeds import pick

_ERRORS = {
    TrackingState.FAILED_DELIVERY: "SP01 the number of the certificate is missing",
    TrackingState.DELIVERED_WITH_WARNINGS: "XSD-ORDER SignatorySPSAuthentication stands too early",
    TrackingState.DELIVERED_NOT_READABLE: "The content of the envelope from the hub is empty",
}


def tracked_envelope(
    chance: Random, number: int, state: TrackingState | None = None, sender: str | None = None
) -> TrackedEnvelope:
    """Make the header of an envelope in one of the six states."""
    state = state or pick(chance, tuple(TrackingState))
    sender = sender or pick(chance, ("NZ", "VN"))
    return TrackedEnvelope(
        sender=sender,
        receiver="VN" if sender == "NZ" else "NZ",
        certificate_type=pick(chance, (851, 657, 852, 853)),
        certificate_status=70,
        certificate_number=f"{sender}2025/PH/{number:06}",
        delivery_number=f"HUB{number:012}",
        tracking=state,
        error=_ERRORS.get(state),
    )
