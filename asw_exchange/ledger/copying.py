"""Copying whole ledgers: into one file for a bug report, or several into one to hold them together.

Rows go over in pages, out of one unchanging view of their source; what joins a ledger that has entries
already gets sequences behind those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table, func, select, tuple_
from sqlalchemy.dialects import sqlite

from asw_exchange.errors import LedgerError
from asw_exchange.ledger.database import Database
from asw_exchange.ledger.rows import Row
from asw_exchange.ledger.store import Ledger
from asw_exchange.ledger.tables import (
    about,
    attempts,
    citations,
    documents,
    entries,
    hosted,
    notes,
    outbox,
    payloads,
    spared,
)

_PAGE = 1000


def copy(ledger: Ledger, place: str | Path) -> None:
    """Write the whole ledger, as it is at this moment, into a new file. Raises LedgerError."""
    if Path(place).exists():
        raise LedgerError("there is a file already", file=str(place), hint="name a new one")
    with Ledger.open(Path(place)) as target:
        _add(ledger.database, target.database, (*_RECORD, hosted, notes, about))


def together(ledgers: Iterable[Ledger]) -> Ledger:
    """Return a ledger in memory that holds the records of all: to reconcile servers with each other.

    A gateway is hosted if it is in any of them; a ledger that says of none hosts those it has entries
    of, where another one does say. Raises LedgerError.
    """
    sources = tuple(ledgers)
    target = Ledger.open(":memory:")
    for source in sources:
        _add(source.database, target.database, _RECORD)
    told = [_codes(source.database, hosted.c.gateway) for source in sources]
    if any(told):
        for codes, source in zip(told, sources, strict=True):
            target.host(codes or _codes(source.database, entries.c.gateway))
    return target


_RECORD = (payloads, entries, documents, citations, outbox, attempts, spared)
"""In an order in which each refers only to those before it."""


def _add(source: Database, target: Database, tables: Sequence[Table]) -> None:
    with source.transaction(unchanging=True), target.transaction():
        ((last,),) = target.select(select(func.coalesce(func.max(entries.c.sequence), 0)))
        for table in tables:
            _copy(source, target, table, last)


def _copy(source: Database, target: Database, table: Table, offset: int) -> None:
    """Copy a table; every target is SQLite, where the first of two equal keys stays."""
    names = [column.name for column in table.columns]
    left_out = {attempts.c.number.name} if table is attempts else set()
    new = sqlite.insert(table).on_conflict_do_nothing()
    for page in _pages(source, table):
        rows = [
            {
                name: value + offset if name == "sequence" else value
                for name, value in zip(names, row, strict=True)
                if name not in left_out
            }
            for row in page
        ]
        target.insert(new, rows)


def _pages(source: Database, table: Table) -> Iterator[list[Row]]:
    key = tuple(table.primary_key.columns)
    last: Any = None
    while True:
        page = select(*table.columns).order_by(*key).limit(_PAGE)
        if last is not None:
            page = page.where(tuple_(*key) > tuple_(*last))
        rows = source.select(page)
        if rows:
            yield rows
        if len(rows) < _PAGE:
            return
        names = list(table.columns.keys())
        last = tuple(rows[-1][names.index(column.name)] for column in key)


def _codes(database: Database, column: Column[str]) -> list[str]:
    return [row[0] for row in database.select(select(column).distinct().order_by(column))]
