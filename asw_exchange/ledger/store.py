"""The ledger: the append-only record of what every gateway of a run sent and received.

Not here: what a gateway remembers of it (``memory.py``), counting (``tally.py``), telling what
happened to a document (``timeline.py``). One process writes at a time; others wait for its commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, TypedDict, Unpack

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, select

from asw_exchange.errors import BytesDropped, LedgerError
from asw_exchange.ledger import outbox, retention
from asw_exchange.ledger.database import Database
from asw_exchange.ledger.memory import LedgerMemory
from asw_exchange.ledger.opening import Options, open_database
from asw_exchange.ledger.outbox import Attempt, Queued, QueueDepth, QueueFilter, State
from asw_exchange.ledger.retention import Caps, Dropped
from asw_exchange.ledger.rows import digest_of, entry_of, microseconds, values_of
from asw_exchange.ledger.statements import ENTRY
from asw_exchange.ledger.tables import about, entries, hosted, metadata, notes
from asw_exchange.model import Outcome
from asw_exchange.records import Direction, Entry, Memory


class EntryFilter(TypedDict, total=False):
    """What entries to list: those that fit everything that is named."""

    gateway: str
    peer: str
    direction: Direction
    kind: str
    corridor: str
    outcome: Outcome
    message_id: str
    reference: str
    since: datetime
    """From this moment on."""
    until: datetime
    """Before this moment."""
    after: int
    """Written after the entry of this sequence."""


_LOOKED_UP = {"message_id", "reference"}
"""What few entries have in common: the indexes are for these."""


class Count(NamedTuple):
    """How many entries there are of a sort."""

    gateway: str
    direction: str
    kind: str
    outcome: str | None
    number: int


class Ledger:
    """An open ledger. Threads may share it: each call, and each transaction as a whole, has it alone."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def open(cls, path_or_url: str | Path, **options: Unpack[Options]) -> Ledger:
        """Open the ledger in a file or on a server, or create it there.

        ``":memory:"`` is one that is gone when closed, ``postgresql+psycopg://USER@HOST/DATABASE`` one on a
        PostgreSQL server, in ``schema`` where one is named; there one process writes at a time, others read.
        ``exclusive`` refuses a file that another process has so, as two servers must not share one.
        ``durable``: a commit is on the disk when it returns; otherwise, in a file, once ``database.sync`` has
        returned, so that the next may go on meanwhile.
        ``wait`` is how long a lock of another process is waited for. Raises LedgerError: no folder, no
        server, no ledger, a newer version, not to be written, locked, damaged.
        """
        return cls(open_database(path_or_url, **options))

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the ledger; what is committed stays. Raises LedgerError inside a transaction."""
        self.database.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside one commit: all of it is kept, or, after an exception, nothing.

        Within another transaction it joins that one, so several messages can share one commit. Other
        threads wait until it ends; a coroutine must not await inside, as the thread would let others join.
        Raises LedgerError.
        """
        return self.database.transaction()

    def snapshot(self) -> AbstractContextManager[None]:
        """Make everything read inside one unchanging view, whatever other processes write meanwhile."""
        return self.database.transaction(unchanging=True)

    def append(self, entry: Entry, raw: bytes, *, queue: bool = False, due: datetime | None = None) -> Entry:
        """Write an entry and the bytes that travelled; return it with its sequence.

        ``queue`` puts a sent one into the outbox, where it stays until it is ``delivered``; it is ``due``
        at once, or at the moment given. Raises LedgerError, also when the bytes are not those of
        ``entry.digest``.
        """
        _check(entry, raw, queue)
        database, statements = self.database, self.database.statements
        values = values_of(entry)
        with database.transaction():
            database.run(statements.add_payload, (entry.digest, raw))
            sequence: int = database.fetch(statements.add_entry, values)[0][0]
            if entry.document is not None:
                database.run(statements.add_document, (sequence, entry.document))
            for reference in dict.fromkeys(entry.cites):
                database.run(statements.add_citation, (reference, sequence))
            if queue:
                outbox.add(database, sequence, entry, due or entry.moment)
        return msgspec.structs.replace(entry, sequence=sequence)

    def raw(self, digest: str) -> bytes:
        """Return the bytes with this SHA-256, exactly as they travelled.

        Raises LedgerError, and BytesDropped where retention has dropped them.
        """
        rows = self.database.fetch(self.database.statements.raw, (digest,))
        if not rows:
            raise LedgerError(
                "the ledger has no bytes with this SHA-256", file=self.database.place, value=digest
            )
        content: bytes = rows[0][0]
        if not content and digest != retention.NOTHING:
            raise BytesDropped(
                "the bytes of this message were dropped by retention",
                file=self.database.place,
                value=digest,
                hint="raise the caps of retention to keep more",
            )
        return content

    def memory(self, gateway: str) -> Memory:
        """Return what ``gateway`` remembers: look-ups in its own entries."""
        return LedgerMemory(self.database, gateway)

    def pending(self, gateway: str | None = None) -> tuple[Entry, ...]:
        """Return what waits in the outbox, due or not, oldest first; of one gateway or of all."""
        statements = self.database.statements
        if gateway is None:
            rows = self.database.fetch(statements.all_pending)
        else:
            rows = self.database.fetch(statements.pending, (gateway,))
        return tuple(entry_of(row) for row in rows)

    def due_of(self, gateway: str, now: datetime) -> tuple[Entry, ...]:
        """Return what a gateway has to deliver at this moment: longest overdue first, then as written.

        Raises LedgerError.
        """
        rows = self.database.fetch(self.database.statements.due_of, (gateway, microseconds(now)))
        return tuple(entry_of(row) for row in rows)

    def delivered(self, sequence: int) -> None:
        """Take an entry out of the outbox; nothing happens when it is out already. Raises LedgerError."""
        with self.database.transaction():
            self.database.run(self.database.statements.take_from_outbox, (sequence,))

    def undelivered(self, gateway: str) -> frozenset[int]:
        """Return the sequences of what a gateway has in the outbox, given up or not. Raises LedgerError."""
        return outbox.undelivered(self.database, gateway)

    def next_due(self, *, after: datetime | None = None) -> datetime | None:
        """Return when the first of what waits is due, of what is due later than ``after``; None: nothing.

        Raises LedgerError.
        """
        return outbox.next_due(self.database, after)

    def due_to(self, corridor: str, peer: str, now: datetime, *, limit: int = 100) -> tuple[Queued, ...]:
        """Return what waits and is due to one peer in one corridor: longest overdue first, then as written.

        Raises LedgerError.
        """
        return outbox.due_to(self.database, corridor, peer, now, limit)

    def queue(self, *, limit: int | None = None, **filters: Unpack[QueueFilter]) -> tuple[Queued, ...]:
        """Return what is in the outbox and fits all ``filters``, oldest first. Raises LedgerError."""
        return outbox.listed(self.database, filters, limit)

    def queue_depth(self) -> QueueDepth:
        """Return how much is in the outbox by state, and since when the oldest waits. Raises LedgerError."""
        return outbox.depth(self.database)

    def failed(
        self, sequence: int, *, moment: datetime, due: datetime, failure: str, may_have_arrived: bool
    ) -> None:
        """Write down that a delivery failed, and that it is tried again when it is ``due``.

        ``may_have_arrived``: the request was written, but no answer came, so the peer may have it and see
        the next attempt as a duplicate; ``reconcile`` then takes that as explained. What is held or given
        up meanwhile stays so. Raises LedgerError.
        """
        attempt = Attempt(moment=moment, failure=failure, may_have_arrived=may_have_arrived)
        with self.database.transaction():
            outbox.note_attempt(self.database, sequence, attempt)
            outbox.put(self.database, sequence, (State.WAITING,), due=microseconds(due))

    def bury(self, sequence: int, *, moment: datetime, failure: str, may_have_arrived: bool) -> None:
        """Write down that a delivery failed and give it up: it is a dead letter. Raises LedgerError."""
        attempt = Attempt(moment=moment, failure=failure, may_have_arrived=may_have_arrived)
        with self.database.transaction():
            outbox.note_attempt(self.database, sequence, attempt)
            outbox.put(self.database, sequence, tuple(State), state=State.DEAD)

    def hold(self, sequence: int) -> bool:
        """Hold back what waits; tell whether it did wait. It must not be under way. Raises LedgerError."""
        with self.database.transaction():
            return outbox.put(self.database, sequence, (State.WAITING,), state=State.HELD)

    def release(self, sequence: int, due: datetime) -> bool:
        """Let what is held or given up wait again, its failures no longer counted; tell whether it was.

        Raises LedgerError.
        """
        changes = {"state": State.WAITING, "due": microseconds(due), "attempts": 0}
        with self.database.transaction():
            return outbox.put(self.database, sequence, (State.HELD, State.DEAD), **changes)

    def bring_forward(self, by: timedelta) -> None:
        """Let all that waits be due earlier, as when the clock was set back. Raises LedgerError."""
        with self.database.transaction():
            outbox.bring_forward(self.database, by // timedelta(microseconds=1))

    def put_off(self) -> frozenset[tuple[str, str]]:
        """Return to whom something waits that has failed, each as corridor and peer. Raises LedgerError."""
        return outbox.put_off(self.database)

    def hurry(self, corridor: str, peer: str, now: datetime) -> None:
        """Let what waits for a peer after failures be due now. Raises LedgerError."""
        with self.database.transaction():
            outbox.hurry(self.database, corridor, peer, now)

    def heard(self, *, after: int) -> frozenset[tuple[str, str]]:
        """Return from whom something was accepted after a sequence, each as corridor and peer.

        Raises LedgerError.
        """
        return outbox.heard(self.database, after)

    def recover(self, moment: datetime) -> int:
        """Write down, when a server starts after a crash, that all that waits may have been under way.

        Returns how much that was. It is tried again as before; the attempt of which nobody knows the end
        does not count against it. After an orderly stop there is nothing to recover. Raises LedgerError.
        """
        with self.database.transaction():
            return outbox.note_crash(self.database, moment)

    def attempts(self, sequence: int) -> tuple[Attempt, ...]:
        """Return the deliveries of an entry that failed, oldest first. Raises LedgerError."""
        return outbox.attempts_of(self.database, sequence)

    def retain(
        self,
        now: datetime,
        *,
        messages: int | None = None,
        age: timedelta | None = None,
        bytes: int | None = None,  # noqa: A002 - the word that a user would look for
    ) -> Dropped:
        """Drop the bytes of the oldest transmissions beyond any of these caps, a part at a time.

        Entries stay, and so does what waits in the outbox; whether it ``is_done`` is in what it returns,
        beside all that was dropped so far. To be called often. Raises LedgerError.
        """
        caps = Caps(messages=messages, age=age, bytes=bytes)
        with self.database.transaction():
            return retention.retain(self.database, now, caps)

    def dropped(self) -> Dropped:
        """Return what retention has dropped so far. Raises LedgerError."""
        return retention.dropped(self.database)

    def host(self, codes: Iterable[str]) -> None:
        """Record which gateways keep their record in this ledger, beside those recorded before.

        As long as none is recorded, all do. Of a gateway outside the tally knows only what the hosted
        ones saw of it (``transmissions.py``). Raises LedgerError.
        """
        with self.database.transaction():
            known = {row[0] for row in self.database.select(select(hosted.c.gateway))}
            for code in sorted(set(codes) - known):
                self.database.change(insert(hosted).values(gateway=code))

    def note(self, name: str) -> str | None:
        """Return what was noted under a name; None when nothing was. Raises LedgerError."""
        rows = self.database.select(select(notes.c.value).where(notes.c.name == name))
        return rows[0][0] if rows else None

    def set_note(self, name: str, value: str | None) -> None:
        """Note a value under a name in place of the one before; None forgets it. Raises LedgerError."""
        with self.database.transaction():
            self.database.change(delete(notes).where(notes.c.name == name))
            if value is not None:
                self.database.change(insert(notes).values(name=name, value=value))

    def clear(self, *, notes_too: bool = False) -> None:
        """Forget everything that was recorded, at once; sequences begin anew. Raises LedgerError.

        ``notes_too``: what was noted and hosted as well, so that nothing is left to be found again. The one
        exception to append-only: the tables are made anew, so what forbids changes stays in force.
        """
        kept = (about,) if notes_too else (about, hosted, notes)
        record = [table for table in metadata.sorted_tables if table not in kept]
        with self.database.transaction():
            self.database.define(lambda connection: metadata.drop_all(connection, record))
            self.database.define(lambda connection: metadata.create_all(connection, record))

    def counts(self, *, after: int = 0) -> tuple[int, tuple[Count, ...]]:
        """Count the entries written after a sequence; return the newest sequence too. Raises LedgerError.

        Whoever adds up the counts of one call after the other has counted each entry once.
        """
        with self.snapshot():
            last = self.last_sequence()
            columns = (entries.c.gateway, entries.c.direction, entries.c.kind, entries.c.outcome)
            written = entries.c.sequence.between(after + 1, last)
            rows = self.database.select(select(*columns, func.count()).where(written).group_by(*columns))
        return last, tuple(Count(*row) for row in rows)

    def last_sequence(self) -> int:
        """Return the sequence of the newest entry, 0 where there is none. Raises LedgerError."""
        ((last,),) = self.database.select(select(func.max(entries.c.sequence)))
        return last or 0

    def entries(
        self, *, newest_first: bool = False, limit: int | None = None, **filters: Unpack[EntryFilter]
    ) -> tuple[Entry, ...]:
        """Return the entries that fit all ``filters``, in the order they were written. Raises LedgerError.

        They are walked through in that order until there are enough. To look through 500,000 in vain takes
        about 0.1 s, so what is listed by kind, outcome or time has no index, which every message would pay.
        """
        sequence = entries.c.sequence
        walk = self.database.dialect == "sqlite" and filters.keys().isdisjoint(_LOOKED_UP)
        statement = ENTRY.where(*_conditions(filters, walk))
        statement = statement.order_by(sequence.desc() if newest_first else sequence).limit(limit)
        return tuple(entry_of(row) for row in self.database.select(statement))


def _check(entry: Entry, raw: bytes, queue: bool) -> None:
    if digest_of(raw) != entry.digest:
        raise LedgerError("the bytes are not those of the entry: the SHA-256 differs", value=entry.digest)
    if queue and entry.direction is not Direction.SENT:
        raise LedgerError("only a sent message can wait in the outbox", value=entry.message_id)
    if entry.sequence is not None:
        raise LedgerError("the entry is in a ledger already", value=str(entry.sequence))


def _conditions(filters: EntryFilter, walk: bool) -> list[ColumnElement[bool]]:
    """Return the WHERE of a listing; ``walk`` keeps SQLite from sorting all of a gateway for one page."""
    columns, found = entries.c, []
    for name, value in filters.items():
        match name, value:
            case "gateway", str() if walk:
                found.append(columns.gateway.concat("") == value)  # an expression, which no index has
            case "corridor", str():
                found.append(columns.kind.startswith(f"{value}/", autoescape=True))
            case "since", datetime():
                found.append(columns.moment >= microseconds(value))
            case "until", datetime():
                found.append(columns.moment < microseconds(value))
            case "after", int():
                found.append(columns.sequence > value)
            case _:
                found.append(columns[name] == value)
    return found
