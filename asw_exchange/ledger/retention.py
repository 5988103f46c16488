"""Retention: the bytes of the oldest messages are dropped, what was recorded of them stays.

Tally, duplicates and reconciliation need only the entries, so they stay as provable as before. Bytes are
dropped by emptying them, which is the one change that the database lets through; the row with their
SHA-256 stays. Two marks move along the entries: all up to ``counted`` are in the sums of what is kept, all
up to ``passed`` are beyond the caps. A call moves them by a bounded number of entries, so it never holds up
receiving for long. What is passed while its bytes still wait in the outbox is spared, and looked at again.

Not here: when to call it (the server).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, select, update

from asw_exchange.ledger.database import Database
from asw_exchange.ledger.rows import digest_of, microseconds, moment_of
from asw_exchange.ledger.tables import about, entries, outbox, payloads, spared
from asw_exchange.ledger.transmissions import address
from asw_exchange.model import Value
from asw_exchange.records import Direction

BATCH = 200
"""How many entries one call counts, and how many it passes, at most."""

NOTHING = digest_of(b"")
"""The SHA-256 under which empty bytes are what travelled."""


class Caps(Value, frozen=True, kw_only=True):
    """How much is kept: what is beyond any of them goes, the oldest first."""

    messages: int | None = None
    """Transmissions: entries whose bytes are kept."""
    age: timedelta | None = None
    bytes: int | None = None
    """Summed over transmissions, so bytes that both sides of a ledger recorded count twice."""


class Dropped(Value, frozen=True, kw_only=True):
    """What retention has dropped so far, and what it keeps."""

    messages: int = 0
    """Messages whose bytes are gone, each counted once however often it travelled."""
    bytes: int = 0
    before: datetime | None = None
    """When the youngest of them was recorded."""
    kept_messages: int = 0
    """Transmissions not yet beyond the caps."""
    kept_bytes: int = 0
    is_done: bool = True
    """Whether nothing more is beyond the caps; otherwise the next call goes on."""


class _Marks(msgspec.Struct):
    counted: int = 0
    passed: int = 0
    kept_messages: int = 0
    kept_bytes: int = 0
    messages: int = 0
    bytes: int = 0
    before: int | None = None
    is_done: bool = True


_WITH_BYTES = entries.outerjoin(payloads, payloads.c.digest == entries.c.digest)
"""An outer join, though nothing is ever missing: so SQLite starts from the page of entries."""
_SIZE = func.length(payloads.c.content)

_KEY = "retention"
_decoder = msgspec.json.Decoder(_Marks)


def dropped(database: Database) -> Dropped:
    """Return what was dropped so far."""
    return _told(_read(database))


def retain(database: Database, now: datetime, caps: Caps) -> Dropped:
    """Drop a part of what is beyond the caps, inside a transaction; return what was dropped so far."""
    before = _read(database)
    marks = msgspec.structs.replace(before)
    more_to_count = _count(database, marks)
    passed = _pass(database, marks, now, caps)
    released = _released(database)
    if passed or released:
        _drop(database, marks, passed, released)
    marks.is_done = not (more_to_count or BATCH in (len(passed), len(released)))
    if marks != before:
        _write(database, marks)
    return _told(marks)


def _count(database: Database, marks: _Marks) -> bool:
    """Count what came since the last call; tell whether there may be more."""
    page = select(entries.c.sequence, _SIZE).select_from(_WITH_BYTES)
    page = page.where(entries.c.sequence > marks.counted)
    rows = database.select(page.order_by(entries.c.sequence).limit(BATCH))
    if rows:
        marks.counted = rows[-1][0]
        marks.kept_messages += len(rows)
        marks.kept_bytes += sum(row[1] for row in rows)
    return len(rows) == BATCH


def _pass(database: Database, marks: _Marks, now: datetime, caps: Caps) -> list[int]:
    """Move the mark behind what is beyond the caps; return what it passed."""
    limit = microseconds(now - caps.age) if caps.age is not None else None
    page = select(entries.c.sequence, entries.c.moment, _SIZE).select_from(_WITH_BYTES)
    page = page.where(entries.c.sequence > marks.passed, entries.c.sequence <= marks.counted)
    passed: list[int] = []
    for sequence, moment, size in database.select(page.order_by(entries.c.sequence).limit(BATCH)):
        is_beyond = (
            (caps.messages is not None and marks.kept_messages > caps.messages)
            or (caps.bytes is not None and marks.kept_bytes > caps.bytes)
            or (limit is not None and moment < limit)
        )
        if not is_beyond:
            break
        passed.append(sequence)
        marks.passed = sequence
        marks.kept_messages -= 1
        marks.kept_bytes -= size
    if marks.passed == marks.counted:
        marks.kept_messages = marks.kept_bytes = 0
    return passed


def _released(database: Database) -> list[int]:
    """Return what was spared once and waits no longer."""
    waits = exists().where(outbox.c.sequence == spared.c.sequence)
    return [row[0] for row in database.select(select(spared.c.sequence).where(~waits).limit(BATCH))]


def _drop(database: Database, marks: _Marks, passed: Sequence[int], released: Sequence[int]) -> None:
    """Empty the bytes of what was passed just now or released; spare what still waits."""
    looked_at = entries.c.sequence.in_((*passed, *released))
    waiting = {row[0] for row in database.select(_waiting(looked_at))}
    rows = [row for row in database.select(_unneeded(looked_at, marks.passed)) if row[1] not in waiting]
    _spare(database, passed, released)
    sizes = {digest: size for _, digest, size, _ in rows if size}
    if sizes:
        gone = update(payloads).where(payloads.c.digest.in_(sizes))
        database.change(gone.values(content=b""))
        marks.messages += len(sizes)
        marks.bytes += sum(sizes.values())
        youngest = max(moment for _, digest, _, moment in rows if digest in sizes)
        marks.before = youngest if marks.before is None else max(marks.before, youngest)


def _waiting(looked_at: ColumnElement[bool]) -> Select[tuple[str]]:
    """Return the digests among those looked at that stand in the outbox, under whatever message."""
    queued = entries.alias("queued")
    standing = select(queued.c.digest).join(outbox, outbox.c.sequence == queued.c.sequence)
    return select(entries.c.digest).where(looked_at, entries.c.digest.in_(standing)).distinct()


def _unneeded(looked_at: ColumnElement[bool], passed: int) -> Select[tuple[int, str, int, int]]:
    """Return those of which no later transmission is kept, found by the ids that it can have."""
    other, own = entries.alias("other").c, entries.c
    later = exists().where(
        other.gateway.in_((own.gateway, own.peer)),
        other.direction.in_(tuple(Direction)),
        other.message_id.in_((own.message_id, address(own.digest))),
        other.digest == own.digest,
        other.sequence > passed,
    )
    columns = (own.sequence, own.digest, _SIZE, own.moment)
    return select(*columns).select_from(_WITH_BYTES).where(looked_at, ~later)


def _spare(database: Database, passed: Sequence[int], released: Sequence[int]) -> None:
    """Remember what was passed while it waits; others with the same bytes need not be looked at again."""
    if released:
        database.change(delete(spared).where(spared.c.sequence.in_(released)))
    still = select(outbox.c.sequence).where(outbox.c.sequence.in_(passed))
    database.change(insert(spared).from_select(["sequence"], still))


def _read(database: Database) -> _Marks:
    rows = database.select(select(about.c.value).where(about.c.name == _KEY))
    return _decoder.decode(rows[0][0]) if rows else _Marks()


def _write(database: Database, marks: _Marks) -> None:
    value = msgspec.json.encode(marks).decode()
    if not database.change(update(about).where(about.c.name == _KEY).values(value=value)):
        database.change(insert(about).values(name=_KEY, value=value))


def _told(marks: _Marks) -> Dropped:
    return Dropped(
        messages=marks.messages,
        bytes=marks.bytes,
        before=None if marks.before is None else moment_of(marks.before),
        kept_messages=marks.kept_messages,
        kept_bytes=marks.kept_bytes,
        is_done=marks.is_done,
    )
