"""Retention: the bytes of the oldest messages are dropped, what was recorded of them stays.

Tally, duplicates and reconciliation need only the entries, so they stay as provable as before. Bytes are
dropped by emptying them, which is the one change that the database lets through; the row with their
SHA-256 stays. Two places move along the entries: all before ``counted`` are in the counts of what is
kept, all before ``passed`` were dropped or, where they still wait in the outbox, are looked at again.
Each call moves them by a bounded number of entries, so it never holds up receiving for long.

Not here: when to call it (the server).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Integer, Select, and_, func, literal, or_, select, update

from asw_exchange.ledger.database import Database
from asw_exchange.ledger.rows import Row, microseconds, moment_of
from asw_exchange.ledger.tables import entries, outbox, payloads
from asw_exchange.ledger.tables import retention as places
from asw_exchange.ledger.transmissions import address
from asw_exchange.model import Value

BATCH = 500
"""How many entries one call looks at, at most."""


class Dropped(Value, frozen=True, kw_only=True):
    """What retention has dropped so far, and what is kept."""

    messages: int = 0
    """Messages whose bytes are gone, each counted once however often it travelled."""
    bytes: int = 0
    before: datetime | None = None
    """The moment of the youngest of them."""
    kept_messages: int = 0
    kept_bytes: int = 0
    is_done: bool = True
    """Whether nothing more is beyond the caps; otherwise the next call goes on."""


class _Place(msgspec.Struct):
    """Where retention stands: the row of its table."""

    counted: int = 0
    passed: int = 0
    kept_messages: int = 0
    kept_bytes: int = 0
    messages: int = 0
    bytes: int = 0
    before: int | None = None
