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
    repeated: int
    """Receptions beyond what was sent, each explained by a failed attempt that may have arrived."""
    received: int
    """Transmissions that ``peer`` recorded; the next three add up to it."""
    accepted: int
    rejected: int
    duplicate: int
    in_flight: int
    """Transmissions that ``peer`` has no record of and that are not lost: they wait in the outbox, or are
    held there, or were handed over where nobody can tell yet: acknowledgements, which nobody acknowledges,
    and what an outside gateway has not acknowledged."""
    dead: int
    """Transmissions that were given up after failures, and of which ``peer`` has no record."""


def tally(ledger: Ledger, **filters: Unpack[TallyFilter]) -> tuple[TallyRow, ...]:
    """Count all transmissions by sender, receiver and kind, in this order. Raises LedgerError.

    Where both sides agree, sent + repeated == accepted + rejected + duplicate + in flight + dead.
    Transmissions of a kind that the receiver could not tell count under the sender's.
    """
    column = transmissions(**filters).c
    acknowledged = case((column.acknowledged == literal_column("1"), column.message_id))
    counts = ("repeated", "received", "accepted", "rejected", "duplicate", "in_flight", "dead")
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
    rows = ledger.database.select(statement)
    return tuple(_row_of(*row) for row in rows)


def _row_of(gateway: str, peer: str, kind: str, *numbers: int) -> TallyRow:
    """Return a row; PostgreSQL gives the sums of whole numbers as decimals."""
    counts = dict(zip(TallyRow.__struct_fields__[3:], map(int, numbers), strict=True))
    return TallyRow(gateway=gateway, peer=peer, kind=kind, **counts)
