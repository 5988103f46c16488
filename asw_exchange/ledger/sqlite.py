"""A ledger in a SQLite file, or in memory: where it is, how it is connected to and set up.

The driver runs in autocommit mode, so that BEGIN and COMMIT are ours: a transaction that may write
takes the write lock at once, which lets SQLite wait for another process instead of failing half-way.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from asw_exchange.errors import LedgerError

MEMORY = ":memory:"

WRITING, READING = "BEGIN IMMEDIATE", "BEGIN"

_WRITER_SETTINGS = (
    "page_size = 8192",  # for a new file: a message of some KiB and its neighbours in one page
    "wal_autocheckpoint = 4000",  # pages, 32 MB: message ids and digests are random, so the same pages of
    "cache_size = -32000",  # an index change with many commits and are better copied home together
)
_DURABLE, _LATER = "synchronous = FULL", "synchronous = NORMAL"
"""Whether a commit is on the disk when it returns, or once the log was synced."""
_SMALLEST = 512
"""Octets of the smallest page, so of a database that is not empty: https://www.sqlite.org/fileformat.html."""
_SETTINGS = ("foreign_keys = ON", "temp_store = MEMORY")


def connect(path: Path | None, *, read_only: bool, wait: timedelta, immutable: bool = False) -> Connection:
    """Connect to the file, or for None to a new database in memory; nothing is written yet.

    ``immutable``: nobody writes meanwhile, so SQLite needs no files of its own beside it to read.
    """
    options = {"check_same_thread": False, "timeout": wait.total_seconds()}
    engine = create_engine(
        _address(path, read_only, immutable),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        connect_args=options,
    )
    return engine.connect()


def set_up(connection: Connection, *, read_only: bool, durable: bool) -> None:
    """Set a connection up, and a new file with it."""
    writing = () if read_only else (*_WRITER_SETTINGS, _DURABLE if durable else _LATER)
    for setting in writing + _SETTINGS:
        connection.exec_driver_sql(f"PRAGMA {setting}")
    if not read_only:
        _keep_log(connection)


def copy_home(path: Path) -> None:
    """Copy what is in the write-ahead log into the file, over a connection of its own.

    A commit that finds the log long does that itself, and all that waits for it waits longer; after this it
    finds little left to copy. What cannot be copied now stays in the log.
    """
    address = f"file:{quote(os.path.abspath(path))}?mode=rw"
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection,
    ):
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


class Log:
    """The write-ahead log of a ledger, held open to bring it onto the disk.

    Linux tells what it could not write to each who had the file open then, and to nobody who opens it later.
    """

    def __init__(self, path: Path) -> None:
        self._path = f"{path}-wal"
        self._file: int | None = None

    def sync(self) -> None:
        """Bring what was committed onto the disk. Raises OSError, also when the file is there no more."""
        if self._file is None:
            self._file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        os.fdatasync(self._file)
        if not os.path.samestat(os.fstat(self._file), os.stat(self._path)):
            raise FileNotFoundError(errno.ENOENT, "its log was replaced by another file", self._path)

    def close(self) -> None:
        """Let it go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def lock_alone(path: Path | None, name: str) -> Callable[[bool], None]:
    """Keep other processes that want the ledger alone away, by a lock file beside it; return how to end it.

    The lock goes with the process, however it ends; the file stays, unless it was made for what turns out to
    be no ledger, which ``True`` tells. Readers, and writers that do not ask for it alone, are not kept away.
    Raises LedgerError when another has it.
    """
    if path is None:
        return lambda refused: None
    lock = f"{path}.lock"
    is_new = not os.path.exists(lock)
    try:
        file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise LedgerError(f"the lock file cannot be opened: {error.strerror}", file=lock) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        hint = "stop it, or name another ledger; reading is possible meanwhile"
        raise LedgerError("another server has this ledger", file=name, hint=hint) from error
    if not _is_at(file, lock):  # who made it for what is no ledger has just taken it away
        os.close(file)
        return lock_alone(path, name)

    def end(refused: bool) -> None:
        if refused and is_new:
            with suppress(OSError):
                os.unlink(lock)
        os.close(file)

    return end


def _is_at(file: int, path: str) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file), os.stat(path))
    return False


def check_path(path: Path | None, *, read_only: bool) -> None:
    """Raise LedgerError where no ledger can be."""
    if path is None:
        if read_only:
            raise LedgerError("a ledger in memory is new, so there is nothing to read", file=MEMORY)
        return
    if "\0" in str(path):
        raise LedgerError("a file name holds no NUL character", value=str(path))
    if os.path.isdir(path):
        raise LedgerError("this is a folder, not a ledger", file=str(path), hint="name a file")
    if not os.path.isdir(path.parent):
        raise LedgerError("its folder is missing", file=str(path), hint=f"create {path.parent} first")
    if read_only and not os.path.exists(path):
        raise LedgerError("there is no ledger here", file=str(path))
    if os.path.exists(path):
        _check_file(path)


def _check_file(path: Path) -> None:
    """Refuse what SQLite would wait for, or take as empty, without opening it: to open a pipe is to wait."""
    if not os.path.isfile(path):
        raise LedgerError("this is no regular file", file=str(path), hint="name another file")
    if 0 < os.path.getsize(path) < _SMALLEST:
        raise LedgerError(
            "this file is no ledger, nor any SQLite database", file=str(path), hint="name another file"
        )


def _address(path: Path | None, read_only: bool, immutable: bool) -> URL:
    if path is None:
        return URL.create("sqlite")
    options = {"uri": "true", "mode": "ro" if read_only else "rwc"}
    if immutable or (read_only and not os.access(path.parent, os.W_OK) and is_quiet(path)):
        options["immutable"] = "1"
    return URL.create("sqlite", database=f"file:{quote(os.path.abspath(path))}", query=options)


def is_quiet(path: Path) -> bool:
    """Tell whether nobody is writing just now, and nobody was killed while he did: all is in the file."""
    return not any(os.path.exists(f"{path}{log}") for log in ("-wal", "-journal"))


def _keep_log(connection: Connection, attempts: int = 20) -> None:
    """Turn the write-ahead log on.

    SQLite does not wait its turn for this when another process is just opening the same file, so this
    waits for the write lock, as any transaction does, and tries again.
    """
    for attempt in range(attempts):
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            return
        except OperationalError:
            if attempt == attempts - 1:
                raise
            connection.exec_driver_sql(WRITING)
            connection.exec_driver_sql("ROLLBACK")
