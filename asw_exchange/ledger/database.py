"""One connection to the database of a ledger: guarded by a lock, failing in plain words.

The driver runs in autocommit mode, so that BEGIN and COMMIT are ours: a transaction that may write
takes the write lock at once, which lets SQLite wait for another process instead of failing half-way.

Not here: how it is opened (``opening.py``), what is written (``store.py``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.exc import SQLAlchemyError

from asw_exchange.errors import LedgerError
from asw_exchange.ledger.failures import failure
from asw_exchange.ledger.rows import Row
from asw_exchange.ledger.statements import compile_statements

WRITING, READING = "BEGIN IMMEDIATE", "BEGIN"


class Database:
    """A connection that threads share: one uses it at a time, a transaction keeps it to the end."""

    def __init__(self, connection: Connection, place: str, *, read_only: bool) -> None:
        self.place = place
        """The file or URL, as errors name it."""
        self.read_only = read_only
        self.statements = compile_statements(connection.dialect)
        self._connection = connection
        self._driver: Any = connection.connection.dbapi_connection
        self._errors = (SQLAlchemyError, connection.dialect.loaded_dbapi.Error, UnicodeError)
        self._lock = RLock()
        self._depth = 0
        self._failed = False
        self._closed = False

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run a compiled statement that gives nothing back. Raises LedgerError."""
        with self._lock:
            self._check()
            try:
                self._driver.cursor().execute(statement, values)
            except self._errors as error:
                raise self._failure(error) from error

    def fetch(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a compiled statement. Raises LedgerError."""
        with self._lock:
            self._check()
            try:
                rows: list[Row] = self._driver.cursor().execute(statement, values).fetchall()
            except self._errors as error:
                raise self._failure(error) from error
        return rows

    def select(self, statement: Executable) -> list[Row]:
        """Return the rows of a SQLAlchemy statement: for everything off the hot path. Raises LedgerError."""
        with self._lock:
            self._check()
            try:
                return [tuple(row) for row in self._connection.execute(statement)]
            except self._errors as error:
                raise self._failure(error) from error

    def change(self, statement: Executable) -> int:
        """Run a SQLAlchemy statement that changes rows; return how many. Raises LedgerError."""
        with self._lock:
            self._check()
            try:
                return self._connection.execute(statement).rowcount
            except self._errors as error:
                raise self._failure(error) from error

    def copy_to(self, path: Path) -> None:
        """Copy a SQLite database to a new file that needs no others beside it. Raises LedgerError."""
        with self._lock:
            self._check()
            try:
                with closing(sqlite3.connect(path)) as target:
                    self._driver.backup(target)
                    target.execute("PRAGMA journal_mode = DELETE")
            except self._errors as error:
                raise self._failure(error) from error

    def define(self, change: Callable[[Connection], object]) -> None:
        """Change the tables themselves, inside a transaction. Raises LedgerError."""
        with self._lock:
            self._check()
            try:
                change(self._connection)
            except self._errors as error:
                raise self._failure(error) from error

    @contextmanager
    def transaction(self, begin: str = WRITING) -> Iterator[None]:
        """Make everything inside one commit, or with READING one unchanging view.

        Within another transaction it joins that one. An exception, also one that was caught further in,
        rolls back everything. Raises LedgerError.
        """
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._failed = False
                self.run(READING if self.read_only else begin)
            self._depth += 1
            try:
                yield
                if outermost:
                    self.run("COMMIT")
            except BaseException:
                self._failed = True
                raise
            finally:
                self._depth -= 1
                if outermost and self._failed:
                    self._roll_back()

    def close(self) -> None:
        """Close the connection; a second time does nothing. Raises LedgerError inside a transaction."""
        with self._lock:
            if self._depth:
                raise LedgerError("the ledger cannot be closed inside a transaction", file=self.place)
            if not self._closed:
                self._closed = True
                self._connection.close()

    def _check(self) -> None:
        if self._closed:
            raise LedgerError("the ledger was closed", file=self.place, hint="open it again")
        if self._failed and self._depth:
            raise LedgerError(
                "a part of this transaction failed, so nothing of it is kept",
                file=self.place,
                hint="repeat the whole transaction",
            )

    def _failure(self, error: Exception) -> LedgerError:
        self._failed = True
        return failure(error, self.place)

    def _roll_back(self) -> None:
        with suppress(*self._errors):  # after a full disk SQLite has rolled back already
            self._driver.rollback()
