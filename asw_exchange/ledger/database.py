"""One connection to the database of a ledger: guarded by a lock, failing in plain words.

BEGIN and COMMIT are ours, so the driver runs in autocommit mode. A connection to a server that was lost
fails what was under way; the next transaction, or look-up outside of one, connects again.

Not here: how it is opened (``opening.py``), what is written (``store.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from threading import RLock
from types import TracebackType
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable
from sqlalchemy.exc import SQLAlchemyError

from asw_exchange.errors import LedgerError
from asw_exchange.ledger.failures import failure
from asw_exchange.ledger.rows import Row
from asw_exchange.ledger.statements import compile_statements

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How to get to the database of a ledger, now and after a connection was lost."""

    connect: Callable[[], Connection]
    set_up: Callable[[Connection], None]
    """Refuses what is no ledger, and sets the connection up."""
    place: str
    """The file or address, as errors name it."""
    read_only: bool
    lock: Callable[[], Callable[[bool], None]]
    """Keeps others away until what it returns is called; with True it leaves nothing, as what was refused."""
    begin: tuple[str, str]
    """How a transaction that may write begins, and one that needs an unchanging view."""
    sync: Callable[[], None] | None
    """Brings what was committed onto the disk; None where it is there when a commit returns."""
    copy_home: Callable[[], None]
    """Does beside the connection what else it would do in the middle of a commit."""
    close: Callable[[], None]
    """Lets go what the others have opened beside the connection."""


@dataclass(frozen=True, slots=True)
class _Transaction:
    """A part of what is committed together; a class, as a generator takes three times as long."""

    database: Database
    beginning: str

    def __enter__(self) -> None:
        self.database.enter(self.beginning)

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.database.leave(failed=type_ is not None)


class Database:
    """A connection that threads share: one uses it at a time, a transaction keeps it to the end."""

    def __init__(self, way: Way) -> None:
        self.place = way.place
        """The file or URL, as errors name it."""
        self._way = way
        self._lock = RLock()
        self._depth = 0
        self._failed = False
        self._closed = False
        self._unlock = way.lock()
        with ExitStack() as locked:  # to be unlocked again where it is refused
            locked.callback(self._unlock, True)
            self._connect()
            locked.pop_all()
        self.dialect = self._connection.dialect.name
        """sqlite or postgresql."""
        self.statements = compile_statements(self.dialect)

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run a compiled statement that gives nothing back. Raises LedgerError."""
        with self._lock:
            self._do(lambda: self._driver.execute(statement, values))

    def fetch(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a compiled statement. Raises LedgerError."""
        return self._look_up(lambda: self._driver.execute(statement, values).fetchall())

    def select(self, statement: Executable) -> list[Row]:
        """Return the rows of a SQLAlchemy statement: for everything off the hot path. Raises LedgerError."""
        return self.define(lambda connection: [tuple(row) for row in connection.execute(statement)])

    def change(self, statement: Executable) -> int:
        """Run a SQLAlchemy statement that changes rows; return how many. Raises LedgerError."""
        counted = statement.execution_options(preserve_rowcount=True)
        return self.define(lambda connection: connection.execute(counted).rowcount)

    def insert(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
        """Run a SQLAlchemy statement once for each of ``rows``. Raises LedgerError."""
        self.define(lambda connection: connection.execute(statement, rows))

    def define(self, work: Callable[[Connection], T]) -> T:
        """Do what needs the connection itself, as creating tables does. Raises LedgerError."""
        return self._look_up(lambda: work(self._connection))

    def _look_up(self, work: Callable[[], T]) -> T:
        """Do something; outside of a transaction, where nothing is changed, again after a lost connection."""
        with self._lock:
            try:
                return self._do(work)
            except LedgerError:
                if self._depth or not self._is_lost():
                    raise
                return self._do(work)

    def _do(self, work: Callable[[], T]) -> T:
        self._check()
        try:
            return work()
        except self._errors as error:
            raise self._failure(error) from error

    def transaction(self, *, unchanging: bool = False) -> AbstractContextManager[None]:
        """Make everything inside one commit, or with ``unchanging`` one view for reading.

        Within another transaction it joins that one. An exception, also one that was caught further in,
        rolls back everything. Raises LedgerError.
        """
        return _Transaction(self, self._way.begin[unchanging or self._way.read_only])

    def enter(self, beginning: str) -> None:
        """Begin a transaction, or join the one that is under way: for ``transaction``. Raises LedgerError."""
        self._lock.acquire()
        try:
            if self._depth == 0:
                self._begin(beginning)
            self._depth += 1
        except BaseException:
            self._lock.release()
            raise

    def leave(self, *, failed: bool) -> None:
        """End what ``enter`` began: the outermost commits, or, when any part failed, rolls everything back.

        Raises LedgerError, also where an exception of a part was caught further in.
        """
        outermost = self._depth == 1
        self._failed = self._failed or failed
        try:
            if outermost and not failed:
                self.run("COMMIT")
        except BaseException:
            self._failed = True
            raise
        finally:
            self._depth -= 1
            if outermost and self._failed:
                self._roll_back()
            self._lock.release()

    @property
    def is_durable(self) -> bool:
        """Whether what was committed is on the disk when the transaction has ended."""
        return self._way.sync is None

    def sync(self) -> None:
        """Bring what was committed before onto the disk. From any thread. Raises LedgerError.

        When it fails nobody can tell any more what is there: the ledger must be opened anew.
        """
        try:
            if self._way.sync is not None:
                self._way.sync()
        except OSError as error:
            raise LedgerError(
                f"what was committed may not be on the disk: {error.strerror}",
                file=self.place,
                hint="look after the disk and start again",
            ) from error

    def copy_home(self) -> None:
        """Put what was committed to where it stays, without holding up who writes. From another thread."""
        self._way.copy_home()

    def close(self, *, refused: bool = False) -> None:
        """Close the connection; a second time does nothing. Raises LedgerError inside a transaction.

        ``refused``: the database is no ledger to be used, and nothing is to be left beside it.
        """
        with self._lock:
            if self._depth:
                raise LedgerError("the ledger cannot be closed inside a transaction", file=self.place)
            if not self._closed:
                self._closed = True
                with suppress(*self._errors):  # a server that is gone has closed it already
                    self._connection.close()
                self._way.close()
                self._unlock(refused)

    def _connect(self) -> None:
        try:
            with ExitStack() as connected:  # to be closed again where it is refused
                connection = self._way.connect()
                connected.callback(connection.close)
                self._way.set_up(connection)
                connected.pop_all()
        except SQLAlchemyError as error:
            raise failure(error, self.place) from error
        self._connection = connection
        self._driver: Any = connection.connection.dbapi_connection
        self._errors = (SQLAlchemyError, connection.dialect.loaded_dbapi.Error, UnicodeError)

    def _begin(self, statement: str) -> None:
        """Begin; where the connection was lost since the last time, once more on a new one."""
        try:
            self.run(statement)
        except LedgerError:
            if not self._is_lost():
                raise
            self.run(statement)
        self._failed = False

    def _is_lost(self) -> bool:
        return bool(getattr(self._driver, "closed", False)) and not self._closed

    def _check(self) -> None:
        if self._closed:
            raise LedgerError("the ledger was closed", file=self.place, hint="open it again")
        if self._depth == 0:
            if self._is_lost():
                if not self._connection.closed:
                    self._connection.invalidate()
                    self._connection.close()
                self._connect()
        elif self._failed:
            raise LedgerError(
                "a part of this transaction failed, so nothing of it is kept",
                file=self.place,
                hint="repeat the whole transaction",
            )

    def _failure(self, error: Exception) -> LedgerError:
        self._failed = True
        return failure(error, self.place)

    def _roll_back(self) -> None:
        with suppress(*self._errors):  # a full disk, or a lost connection, has rolled back already
            self._driver.rollback()
