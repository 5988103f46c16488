"""The outbox: what waits to be taken by its peer, what was tried, what is held back or given up.

Not here: what a ``Ledger`` offers of it (``store.py``), when to try again and what must not overtake
what (the server decides).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, func, insert, literal, select, update

from asw_exchange.ledger.database import Database
from asw_exchange.ledger.rows import Row, entry_of, microseconds, moment_of
from asw_exchange.ledger.statements import IS_WAITING, QUEUED
from asw_exchange.ledger.tables import IS_RECEIVED, ZERO, attempts, entries, outbox
from asw_exchange.model import Outcome, Value
from asw_exchange.records import Entry


class State(StrEnum):
    """How a transmission stands in the outbox."""

    WAITING = "waiting"
    """It is tried as soon as it is due."""
    HELD = "held"
    """Somebody holds it back until it is released."""
    DEAD = "dead"
    """Given up after failures: a dead letter, until somebody releases it."""


class Queued(Value, frozen=True, kw_only=True):
    """A transmission that its peer has not taken yet."""

    sequence: int
    entry: Entry
    attempts: int
    """Deliveries that failed since it was queued, or since it was released from the dead letters."""
    due: datetime
    """When it is tried next; when it was last due, for one that does not wait."""
    state: State
    failure: str | None
    """Why the last attempt failed."""


class Attempt(Value, frozen=True, kw_only=True):
    """A delivery that failed, or of which nobody knows how it ended."""

    moment: datetime
    failure: str
    may_have_arrived: bool
    """Whether the peer may have it nonetheless, so that it may get the same bytes more often than sent."""


class QueueDepth(Value, frozen=True, kw_only=True):
    """How much is in the outbox, by state."""

    waiting: int
    held: int
    dead: int
    oldest: datetime | None
    """When the oldest of the waiting was committed to be sent."""


class QueueFilter(TypedDict, total=False):
    """What to list of the outbox: all that fits everything that is named."""

    gateway: str
    """The sender."""
    peer: str
    """The receiver."""
    state: State
    message_id: str


def add(database: Database, sequence: int, entry: Entry, due: datetime) -> None:
    """Put an entry that was just written into the outbox."""
    row = (sequence, entry.gateway, entry.peer, microseconds(due), State.WAITING.value, 0, None)
    database.run(database.statements.add_to_outbox, row)


def listed(database: Database, filters: QueueFilter, limit: int | None) -> tuple[Queued, ...]:
    """Return what fits all ``filters``, in the order it was written."""
    columns: dict[str, ColumnElement[Any]] = {
        "gateway": outbox.c.gateway,
        "peer": outbox.c.peer,
        "state": outbox.c.state,
        "message_id": entries.c.message_id,
    }
    statement = QUEUED.where(*(columns[name] == value for name, value in filters.items()))
    rows = database.select(statement.order_by(outbox.c.sequence).limit(limit))
    return tuple(_queued_of(row) for row in rows)


def due_to(database: Database, corridor: str, peer: str, now: datetime, limit: int) -> tuple[Queued, ...]:
    """Return what waits for a peer and is due, longest overdue first, then in the order of writing."""
    values = (peer, microseconds(now), f"{corridor}/%", limit)
    return tuple(_queued_of(row) for row in database.fetch(database.statements.due_to, values))


def next_due(database: Database, after: datetime | None) -> datetime | None:
    """Return when the first of what waits is due, later than ``after``; None when nothing is."""
    since = _LONG_AGO if after is None else microseconds(after)
    ((number,),) = database.fetch(database.statements.next_due, (since,))
    return None if number is None else moment_of(number)


def depth(database: Database) -> QueueDepth:
    """Return how much is in the outbox by state, and since when the oldest waits."""
    counts: dict[str, int] = dict(database.select(_COUNTS))
    oldest = database.select(_OLDEST)
    return QueueDepth(
        **{state.value: counts.get(state.value, 0) for state in State},
        oldest=moment_of(oldest[0][0]) if oldest else None,
    )


def note_attempt(database: Database, sequence: int, attempt: Attempt) -> None:
    """Write a failed attempt down, and count it where the entry is still in the outbox."""
    row = {
        "sequence": sequence,
        "moment": microseconds(attempt.moment),
        "failure": attempt.failure,
        "may_have_arrived": int(attempt.may_have_arrived),
    }
    database.change(insert(attempts).values(row))
    counted = {"attempts": outbox.c.attempts + 1, "failure": attempt.failure}
    database.change(update(outbox).where(outbox.c.sequence == sequence).values(counted))


def put(database: Database, sequence: int, states: tuple[State, ...], **changes: Any) -> bool:
    """Change the row of an entry that is in one of ``states``; tell whether it was."""
    one = update(outbox).where(outbox.c.sequence == sequence, outbox.c.state.in_(states))
    return database.change(one.values(changes)) > 0


def bring_forward(database: Database, microseconds_: int) -> None:
    """Let all that waits be due earlier."""
    earlier = update(outbox).where(IS_WAITING).values(due=outbox.c.due - microseconds_)
    database.change(earlier)


def undelivered(database: Database, gateway: str) -> frozenset[int]:
    """Return the sequences of all that a gateway has in the outbox."""
    rows = database.select(select(outbox.c.sequence).where(outbox.c.gateway == gateway))
    return frozenset(row[0] for row in rows)


def put_off(database: Database) -> frozenset[tuple[str, str]]:
    """Return corridor and peer of what waits after a failure."""
    joined = outbox.join(entries, entries.c.sequence == outbox.c.sequence)
    found = select(entries.c.kind, outbox.c.peer).select_from(joined).where(*_HAS_FAILED).distinct()
    return _corridors_of(database.select(found))


def hurry(database: Database, corridor: str, peer: str, now: datetime) -> None:
    """Let what waits for a peer after a failure be due now."""
    kinds = select(entries.c.kind).where(entries.c.sequence == outbox.c.sequence).scalar_subquery()
    late = (outbox.c.peer == peer, outbox.c.due > microseconds(now), kinds.like(f"{corridor}/%"))
    database.change(update(outbox).where(*_HAS_FAILED, *late).values(due=microseconds(now)))


def heard(database: Database, after: int) -> frozenset[tuple[str, str]]:
    """Return corridor and peer of what was accepted after a sequence."""
    taken = (IS_RECEIVED, entries.c.outcome == Outcome.ACCEPTED, entries.c.sequence > after)
    return _corridors_of(database.select(select(entries.c.kind, entries.c.peer).where(*taken).distinct()))


def _corridors_of(rows: Iterable[Row]) -> frozenset[tuple[str, str]]:
    return frozenset((kind.split("/")[0], peer) for kind, peer in rows)


def note_crash(database: Database, moment: datetime) -> int:
    """Write down that all that waits may have been under way when a process died; return how much."""
    under_way = select(
        outbox.c.sequence,
        literal(microseconds(moment), outbox.c.due.type),
        literal("the process ended, perhaps while this was under way"),
        literal(1),
    ).where(IS_WAITING)
    columns = ["sequence", "moment", "failure", "may_have_arrived"]
    return database.change(insert(attempts).from_select(columns, under_way.order_by(outbox.c.sequence)))


def attempts_of(database: Database, sequence: int) -> tuple[Attempt, ...]:
    """Return the failed attempts of an entry, oldest first."""
    columns = (attempts.c.moment, attempts.c.failure, attempts.c.may_have_arrived)
    statement = select(*columns).where(attempts.c.sequence == sequence).order_by(attempts.c.number)
    return tuple(
        Attempt(moment=moment_of(moment), failure=failure, may_have_arrived=bool(arrived))
        for moment, failure, arrived in database.select(statement)
    )


_LONG_AGO = -(2**62)
_HAS_FAILED = (IS_WAITING, outbox.c.attempts > ZERO)
_COUNTS = select(outbox.c.state, func.count()).group_by(outbox.c.state)
_OLDEST = (
    select(entries.c.moment)
    .select_from(outbox.join(entries, entries.c.sequence == outbox.c.sequence))
    .where(IS_WAITING)
    .order_by(outbox.c.sequence)
    .limit(1)
)


def _queued_of(row: Row) -> Queued:
    *entry, tried, due_, state, failure = row
    return Queued(
        sequence=row[0],
        entry=entry_of(tuple(entry)),
        attempts=tried,
        due=moment_of(due_),
        state=State(state),
        failure=failure,
    )
