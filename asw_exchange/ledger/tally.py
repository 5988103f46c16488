"""Counting: what each gateway sent to each other, and what became of it there.

Always asked of the ledger, never kept beside it. Not here: whether both sides agree
(``reconciliation.py``).
"""

from __future__ import annotations

from typing import Unpack

from sqlalchemy import case, distinct, func, literal_column, select

from asw_exchange.ledger.store import Ledger
from asw_exchange.ledger.transmissions import TallyFilter, transmissions
from asw_exchange.model import Value


class TallyRow(Value, frozen=True, kw_only=True):
    """What ``gateway`` sent to ``peer``, of one kind."""

    gateway: str
    peer: str
    kind: str
    sent: int
    """Transmissions that ``gateway`` recorded."""
    acknowledged: int
    """Messages among them of which ``gateway`` accepted an acknowledgement."""
    received: int
    """Transmissions that ``peer`` recorded; the next three add up to it."""
    accepted: int
    rejected: int
    duplicate: int
    in_flight: int
    """Transmissions that ``peer`` has no record of and that are not lost: they wait in the outbox, or they
    are acknowledgements, handed over but not yet recorded (nobody acknowledges those)."""


def tally(ledger: Ledger, **filters: Unpack[TallyFilter]) -> tuple[TallyRow, ...]:
    """Count all transmissions by sender, receiver and kind, in this order. Raises LedgerError.

    Transmissions of a kind that the receiver could not tell count under the sender's.
    """
    column = transmissions(**filters).c
    acknowledged = case((column.acknowledged == literal_column("1"), column.message_id))
    counts = ("received", "accepted", "rejected", "duplicate", "in_flight")
    key = (column.sender, column.receiver, column.kind)
    statement = (
        select(
            *key,
            func.sum(column.sent),
            func.count(distinct(acknowledged)),
            *(func.sum(column[name]) for name in counts),
        )
        .group_by(*key)
        .order_by(*key)
    )
    fields = TallyRow.__struct_fields__
    return tuple(TallyRow(**dict(zip(fields, row, strict=True))) for row in ledger.database.select(statement))
