"""The statements on the path of every message, compiled once to text.

They are ordinary SQLAlchemy Core over ``tables.py``, written out by the dialect's own compiler;
running the text on the driver's cursor leaves out the 10 to 20 microseconds that SQLAlchemy spends on
each execution, which here is more than the database itself needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Dialect, Select, bindparam, delete, insert, literal_column, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement

from asw_exchange.ledger.tables import citations, documents, entries, is_acknowledgement, outbox, payloads
from asw_exchange.records import Direction

_WRITTEN = tuple(column.name for column in entries.columns if column is not entries.c.sequence)
_READ = tuple(
    column
    for column in entries.columns
    if column.name not in {"document", "acknowledgement", "told_outcome", "told_digest"}
)
_ONE = literal_column("1")

ENTRY: Select[*tuple[object, ...]] = select(*_READ, documents.c.content).select_from(
    entries.outerjoin(documents, entries.c.document == documents.c.digest)
)
"""Entries with their documents: what ``rows.entry_of`` reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The text of each statement; its values are given in the order named beside it."""

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
    recorded: str
    """gateway, message_id: outcome and digest of what was received, from whomever"""


def compile_statements(dialect: Dialect) -> Statements:
    """Write the statements out in the words of ``dialect``."""

    def text(statement: ClauseElement, *names: str, columns: Sequence[str] | None = None) -> str:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        if tuple(getattr(compiled, "positiontup", None) or ()) != (names or tuple(columns or ())):
            raise AssertionError(f"the values of this statement stand in another order: {compiled}")
        return str(compiled)

    return Statements(
        add_payload=text(sqlite.insert(payloads).on_conflict_do_nothing(), columns=("digest", "content")),
        add_document=text(sqlite.insert(documents).on_conflict_do_nothing(), columns=("digest", "content")),
        add_entry=text(insert(entries).returning(entries.c.sequence), columns=_WRITTEN),
        add_citation=text(insert(citations), columns=("reference", "sequence")),
        add_to_outbox=text(insert(outbox), columns=("sequence", "gateway", "peer")),
        take_from_outbox=text(delete(outbox).where(outbox.c.sequence == bindparam("sequence")), "sequence"),
        raw=text(select(payloads.c.content).where(payloads.c.digest == bindparam("digest")), "digest"),
        received=text(_first(_message(Direction.RECEIVED, "message_id", "peer")), "gateway", "message_id", "peer"),
        sent=text(_first(_message(Direction.SENT, "message_id")), "gateway", "message_id"),
        answer=text(_first(_answer()), "gateway", "peer", "refers_to"),
        history=text(_in_order(ENTRY.where(*_given("reference", "gateway"))), "reference", "gateway"),
        citing=text(_in_order(_citing()), "reference", "gateway"),
        recorded=text(_recorded(), "gateway", "message_id"),
    )


def _given(*names: str) -> list[ClauseElement]:
    return [entries.c[name] == bindparam(name) for name in names]
