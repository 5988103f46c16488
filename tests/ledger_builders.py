"""Entries of a ledger made by hand: both sides of a message, each of which a test may change or leave out."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from asw_exchange.ledger import Ledger
from asw_exchange.model import Acknowledgement, Outcome
from asw_exchange.records import Direction, Entry

on_sqlite = pytest.mark.parametrize("ledger", ["sqlite"], indirect=True)
"""For a test that asks what only SQLite answers, or that writes more than a server takes in a moment."""

MOMENT = datetime(2025, 3, 3, 2, 0, 0, 123456, tzinfo=UTC)
EFORM_D = "asean/eform-d"
ACKNOWLEDGEMENT = "asean/acknowledgement"
RAW = b"<certificate/>"


def sha256(raw: bytes) -> str:
    """The address of bytes in the ledger."""
    return hashlib.sha256(raw).hexdigest()


def sent(message_id: str = "VN-1", raw: bytes = RAW, **changes: Any) -> Entry:
    """Viet Nam records that it sends a certificate to Thailand."""
    fields: dict[str, Any] = {
        "gateway": "VN",
        "peer": "TH",
        "direction": Direction.SENT,
        "kind": EFORM_D,
        "message_id": message_id,
        "reference": "VN-TH 25/02/00006",
        "moment": MOMENT,
        "digest": sha256(raw),
    }
    return Entry(**fields | changes)


def received(message_id: str = "VN-1", raw: bytes = RAW, **changes: Any) -> Entry:
    """Thailand records that it accepted it, its signature verified."""
    sides: dict[str, Any] = {
        "gateway": "TH",
        "peer": "VN",
        "direction": Direction.RECEIVED,
        "outcome": Outcome.ACCEPTED,
        "content_digest": sha256(b"content of " + raw),
    }
    return sent(message_id, raw, **sides | changes)


def unreadable(raw: bytes = RAW, **changes: Any) -> Entry:
    """Thailand records bytes that it cannot read: it knows only who delivered them."""
    fields: dict[str, Any] = {
        "kind": "unknown",
        "outcome": Outcome.REJECTED,
        "content_digest": None,
        "reference": None,
    }
    return received(f"sha256:{sha256(raw)}", raw, **fields | changes)


def told(refers_to: str = "VN-1", outcome: Outcome = Outcome.ACCEPTED, raw: bytes = RAW) -> bytes:
    """The document of an acknowledgement: what it tells of which bytes."""
    document = Acknowledgement(refers_to=refers_to, outcome=outcome, received_at=MOMENT, digest=sha256(raw))
    return msgspec.json.encode(document)


def answer_sent(message_id: str = "TH-1", refers_to: str = "VN-1", **changes: Any) -> Entry:
    """Thailand records the acknowledgement that it answers with."""
    fields: dict[str, Any] = {
        "gateway": "TH",
        "peer": "VN",
        "kind": ACKNOWLEDGEMENT,
        "technical": True,
        "refers_to": refers_to,
        "reference": None,
        "document": told(refers_to),
    }
    return sent(message_id, answer_bytes(message_id), **fields | changes)


def answer_received(message_id: str = "TH-1", refers_to: str = "VN-1", **changes: Any) -> Entry:
    """Viet Nam records that it has this acknowledgement."""
    fields: dict[str, Any] = {
        "gateway": "VN",
        "peer": "TH",
        "kind": ACKNOWLEDGEMENT,
        "technical": True,
        "refers_to": refers_to,
        "reference": None,
        "document": told(refers_to),
    }
    return received(message_id, answer_bytes(message_id), **fields | changes)


def answer_bytes(message_id: str) -> bytes:
    """The bytes of an acknowledgement."""
    return f"<acknowledgement id='{message_id}'/>".encode()


def write(ledger: Ledger, *entries: Entry, raw: bytes = RAW, queue: bool = False) -> tuple[Entry, ...]:
    """Write entries whose bytes are ``raw``, or those of their acknowledgement."""
    return tuple(
        ledger.append(
            entry, answer_bytes(entry.message_id) if entry.kind == ACKNOWLEDGEMENT else raw, queue=queue
        )
        for entry in entries
    )
