"""The statements on the path of every message, compiled once to text.

They are ordinary SQLAlchemy Core over ``tables.py``, written out by the dialect's own compiler.
Running the text on the driver's cursor leaves out the 10 to 20 microseconds that SQLAlchemy spends on
each execution, which here is more than the database itself needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Select, Table, bindparam, delete, insert, literal_column, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.expression import ClauseElement

from asw_exchange.ledger.tables import (
    IS_ACKNOWLEDGEMENT,
    IS_RECEIVED,
    IS_SENT,
    citations,
    documents,
    entries,
    outbox,
    payloads,
)

_NOT_READ = {"document", "acknowledgement", "told_outcome", "told_digest"}

ENTRY: Select[Any] = select(
    *(column for column in entries.columns if column.name not in _NOT_READ), documents.c.content
).select_from(entries.outerjoin(documents, entries.c.document == documents.c.digest))
"""Entries with their documents: what ``rows.entry_of`` reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The text of each statement; its values are given in the order named beneath it."""

    add_payload: str
    """digest, content"""
    add_document: str
    """digest, content"""
    add_entry: str
    """all columns of ``entries`` after ``sequence``; gives the sequence"""
    add_citation: str
    """reference, sequence"""
    add_to_outbox: str
    """sequence, gateway, peer"""
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


@cache
def statements_of(dialect: type[Dialect]) -> Statements:
    """Write the statements out in the words of a dialect."""
    entry, writer = entries.c, dialect()
    return Statements(
        add_payload=_text(writer, sqlite.insert(payloads).on_conflict_do_nothing(), _names(payloads)),
        add_document=_text(writer, sqlite.insert(documents).on_conflict_do_nothing(), _names(documents)),
        add_entry=_text(writer, insert(entries).returning(entry.sequence), _names(entries)[1:]),
        add_citation=_text(writer, insert(citations), _names(citations)),
        add_to_outbox=_text(writer, insert(outbox), _names(outbox)),
        take_from_outbox=_text(writer, delete(outbox).where(*_given(outbox.c.sequence))),
        raw=_text(writer, select(payloads.c.content).where(*_given(payloads.c.digest))),
        received=_text(writer, _first(ENTRY.where(IS_RECEIVED, *_given(entry.gateway, entry.message_id, entry.peer)))),
        sent=_text(writer, _first(ENTRY.where(IS_SENT, *_given(entry.gateway, entry.message_id)))),
        answer=_text(writer, _first(_answers())),
        history=_text(writer, _ordered(ENTRY.where(*_given(entry.reference, entry.gateway)))),
        citing=_text(writer, _ordered(_citing())),
    )


def _answers() -> Select[Any]:
    sent = select(payloads.c.content).join(entries, entries.c.digest == payloads.c.digest)
    return sent.where(IS_ACKNOWLEDGEMENT, IS_SENT, *_given(entries.c.gateway, entries.c.peer, entries.c.refers_to))


def _citing() -> Select[Any]:
    cited = ENTRY.join(citations, citations.c.sequence == entries.c.sequence)
    return cited.where(*_given(citations.c.reference, entries.c.gateway))


def _ordered(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(entries.c.sequence)


def _first(statement: Select[Any]) -> Select[Any]:
    return _ordered(statement).limit(literal_column("1"))


def _given(*columns: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    return [column == bindparam(None) for column in columns]


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _text(writer: Dialect, statement: ClauseElement, columns: list[str] | None = None) -> str:
    return str(statement.compile(dialect=writer, column_keys=columns))
