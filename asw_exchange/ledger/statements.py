"""The statements on the path of every message, compiled once to text.

They are ordinary SQLAlchemy Core over ``tables.py``, written out by the dialect's own compiler.
Running the text on the driver's cursor leaves out the 10 to 20 microseconds that SQLAlchemy spends on
each execution, which here is more than the database itself needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects import registry
from sqlalchemy.sql.expression import ClauseElement

from asw_exchange.ledger.tables import (
    IS_ACKNOWLEDGEMENT,
    IS_RECEIVED,
    IS_SENT,
    ONE,
    ZERO,
    citations,
    documents,
    entries,
    outbox,
    payloads,
)
from asw_exchange.records import Direction

_NOT_READ = {"told_outcome", "told_digest"}

_READ = (*(column for column in entries.columns if column.name not in _NOT_READ), documents.c.content)

ENTRY: Select[Any] = select(*_READ).select_from(
    entries.outerjoin(documents, entries.c.sequence == documents.c.sequence)
)
"""Entries with their documents: what ``rows.entry_of`` reads."""

IS_WAITING: ColumnElement[bool] = outbox.c.state == literal_column("'waiting'")

_standing = (outbox.c.attempts, outbox.c.due, outbox.c.state, outbox.c.failure)
_queued = outbox.outerjoin(entries, entries.c.sequence == outbox.c.sequence)
_queued = _queued.outerjoin(documents, documents.c.sequence == outbox.c.sequence)

QUEUED: Select[Any] = select(*_READ, *_standing).select_from(_queued)
"""The outbox with its entries: what ``outbox.queued_of`` reads.

An outer join, though nothing is ever missing: so SQLite starts from the outbox, which is short.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The text of each statement; its values are given in the order named beneath it."""

    add_payload: str
    """digest, content"""
    add_document: str
    """sequence, content"""
    add_entry: str
    """all columns of ``entries`` after ``sequence``; gives the sequence"""
    add_citation: str
    """reference, sequence"""
    add_to_outbox: str
    """all columns of ``outbox``"""
    take_from_outbox: str
    """sequence"""
    raw: str
    """digest"""
    received: str
    """gateway, message_id, peer"""
    sent: str
    """gateway, message_id"""
    answer: str
    """gateway, peer, refers_to"""
    history: str
    """reference, gateway"""
    citing: str
    """reference, gateway"""
    pending: str
    """gateway"""
    all_pending: str
    """nothing"""
    due_to: str
    """peer, due, pattern of kinds, limit"""
    due_of: str
    """gateway, now"""
    next_due: str
    """after"""


@cache
def compile_statements(dialect: str) -> Statements:
    """Write the statements out in the words of sqlite or postgresql, their values given by position."""
    entry = entries.c
    by_position = registry.load(dialect)(paramstyle="format" if dialect == "postgresql" else "qmark")

    def text(statement: ClauseElement, columns: list[str] | None = None) -> str:
        return str(statement.compile(dialect=by_position, column_keys=columns))

    return Statements(
        add_payload=text(_insert_new(payloads, dialect), _names(payloads)),
        add_document=text(insert(documents), _names(documents)),
        add_entry=text(insert(entries).returning(entry.sequence), _names(entries)[1:]),
        add_citation=text(insert(citations), _names(citations)),
        add_to_outbox=text(insert(outbox), _names(outbox)),
        take_from_outbox=text(delete(outbox).where(*_given(outbox.c.sequence))),
        raw=text(select(payloads.c.content).where(*_given(payloads.c.digest))),
        received=text(_first(_received())),
        sent=text(_first(ENTRY.where(IS_SENT, *_given(entry.gateway, entry.message_id)))),
        answer=text(_first(_answers())),
        history=text(_ordered(ENTRY.where(*_given(entry.reference, entry.gateway)))),
        citing=text(_ordered(_citing())),
        pending=text(_pending().where(*_given(outbox.c.gateway))),
        all_pending=text(_pending()),
        due_to=text(_due_to()),
        due_of=text(_due_of()),
        next_due=text(select(func.min(outbox.c.due)).where(IS_WAITING, outbox.c.due > bindparam(None))),
    )


def _insert_new(table: Table, dialect: str) -> ClauseElement:
    """Insert what is not there yet: each dialect has its own insert for this, and the other is not loaded."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_on_server

        return insert_on_server(table).on_conflict_do_nothing()
    from sqlalchemy.dialects.sqlite import insert as insert_in_file

    return insert_in_file(table).on_conflict_do_nothing()


def _received() -> Select[Any]:
    """Only what was verified has a content digest; what was not may have come from anybody."""
    given = _given(entries.c.gateway, entries.c.message_id, entries.c.peer)
    return ENTRY.where(IS_RECEIVED, entries.c.content_digest.is_not(None), *given)


def _answers() -> Select[Any]:
    """Acknowledgements of one message id: before all others those of the bytes that were verified."""
    verified = entries.alias("verified").c
    digest = select(verified.digest).where(
        verified.direction == literal_column(f"'{Direction.RECEIVED}'"),
        verified.gateway == entries.c.gateway,
        verified.message_id == entries.c.refers_to,
        verified.peer == entries.c.peer,
        verified.content_digest.is_not(None),
    )
    of_verified = entries.c.told_digest.is_not_distinct_from(
        digest.order_by(verified.sequence).limit(ONE).offset(ZERO).scalar_subquery()
    )
    given = _given(entries.c.gateway, entries.c.peer, entries.c.refers_to)
    return ENTRY.where(IS_ACKNOWLEDGEMENT, IS_SENT, *given).order_by(case((of_verified, ZERO), else_=ONE))


def _citing() -> Select[Any]:
    cited = ENTRY.join(citations, citations.c.sequence == entries.c.sequence)
    return cited.where(*_given(citations.c.reference, entries.c.gateway))


def _pending() -> Select[Any]:
    return select(*_READ).select_from(_queued).where(IS_WAITING).order_by(outbox.c.sequence)


def _due_to() -> Select[Any]:
    kinds = entries.c.kind.like(bindparam(None, type_=Text))
    waiting = QUEUED.where(IS_WAITING, *_given(outbox.c.peer), outbox.c.due <= bindparam(None), kinds)
    return (
        waiting.order_by(outbox.c.due, outbox.c.sequence).limit(bindparam(None, type_=Integer)).offset(ZERO)
    )


def _due_of() -> Select[Any]:
    """What one gateway has to deliver, in the order in which it became due."""
    waiting = select(*_READ).select_from(_queued).where(IS_WAITING, *_given(outbox.c.gateway))
    return waiting.where(outbox.c.due <= bindparam(None)).order_by(outbox.c.due, outbox.c.sequence)


def _ordered(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(entries.c.sequence)


def _first(statement: Select[Any]) -> Select[Any]:
    return _ordered(statement).limit(ONE).offset(ZERO)


def _given(*columns: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    return [column == bindparam(None) for column in columns]


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]
