"""Opening a ledger: where it is, whether it is one, whether it may be written; creating a new one."""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from asw_exchange.errors import LedgerError
from asw_exchange.ledger.database import WRITING, Database
from asw_exchange.ledger.failures import failure
from asw_exchange.ledger.migration import migrate
from asw_exchange.ledger.tables import NAME, VERSION, about, metadata

MEMORY = ":memory:"

_WRITER_SETTINGS = (
    "page_size = 8192",  # for a new file: a message of some KiB and its neighbours in one page
    "synchronous = FULL",  # a commit is on the disk before it is answered
    "wal_autocheckpoint = 4000",  # pages, 32 MB: message ids and digests are random, so the same pages of
    "cache_size = -32000",  # an index change with many commits and are better copied home together
)
_SETTINGS = ("foreign_keys = ON", "temp_store = MEMORY")


def open_database(place: str | Path, *, read_only: bool, wait: timedelta) -> Database:
    """Open the database of a ledger, creating it where there is none. Raises LedgerError."""
    url, name = _locate(place, read_only)
    with ExitStack() as undo:
        try:
            connection = _connect(url, wait)
            undo.callback(connection.close)
            _prepare(connection, name, read_only)
            database = Database(connection, name, read_only=read_only)
            if not read_only:
                _create(connection, database)
        except SQLAlchemyError as error:
            raise failure(error, name) from error
        undo.pop_all()
    return database


def _connect(url: URL, wait: timedelta) -> Connection:
    """Connect for one Database, which has its own lock; ``wait`` is how long to wait for another process."""
    options = {"check_same_thread": False, "timeout": wait.total_seconds()}
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args=options)
    return engine.connect()


def _locate(place: str | Path, read_only: bool) -> tuple[URL, str]:
    """Return where to connect to, and how errors name it."""
    path = _path_of(place)
    if path is None:
        if read_only:
            raise LedgerError("a ledger in memory is new, so there is nothing to read", file=MEMORY)
        return URL.create("sqlite"), MEMORY
    _check_path(path, read_only)
    options = {"uri": "true", "mode": "ro" if read_only else "rwc"}
    if read_only and _is_settled(path):
        options["immutable"] = "1"
    return URL.create("sqlite", database=f"file:{quote(os.path.abspath(path))}", query=options), str(path)


def _path_of(place: str | Path) -> Path | None:
    """Return the file of a ledger; None for one in memory."""
    if isinstance(place, Path) or "://" not in place:
        return None if place == MEMORY else Path(place)
    try:
        url = make_url(place)
    except ArgumentError as error:
        raise LedgerError("this is no address of a database", file=place) from error
    if url.get_backend_name() != "sqlite":
        name = url.render_as_string(hide_password=True)
        raise LedgerError("a ledger is kept in a SQLite file", file=name, hint="name a file")
    return Path(url.database) if url.database and url.database != MEMORY else None


def _check_path(path: Path, read_only: bool) -> None:
    if "\0" in str(path):
        raise LedgerError("a file name holds no NUL character", value=str(path))
    if os.path.isdir(path):
        raise LedgerError("this is a folder, not a ledger", file=str(path), hint="name a file")
    if not os.path.isdir(path.parent):
        raise LedgerError("its folder is missing", file=str(path), hint=f"create {path.parent} first")
    if read_only and not os.path.exists(path):
        raise LedgerError("there is no ledger here", file=str(path))


def _is_settled(path: Path) -> bool:
    """Tell whether nobody can be writing, so that SQLite needs no files of its own beside the ledger."""
    return not os.access(path.parent, os.W_OK) and not os.path.exists(f"{path}-wal")


def _prepare(connection: Connection, name: str, read_only: bool) -> None:
    """Refuse what is no ledger before anything is changed in it; then set the connection up."""
    version = _version(connection, name)
    if read_only and version is None:
        raise LedgerError("the file is empty, it is no ledger yet", file=name)
    if read_only and version != VERSION:
        raise LedgerError(
            f"the ledger has the earlier version {version}",
            file=name,
            hint=f"open it once for writing, as asw serve does, which makes it version {VERSION}",
        )
    for setting in _SETTINGS if read_only else _WRITER_SETTINGS + _SETTINGS:
        connection.exec_driver_sql(f"PRAGMA {setting}")
    if not read_only:
        _keep_log(connection)


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


def _create(connection: Connection, database: Database) -> None:
    """Create the tables where they are missing; a ledger that cannot be written is found out here."""
    with database.transaction():
        version = _version(connection, database.place)
        if version is None:
            metadata.create_all(connection)
            marks = {"name": NAME, "version": str(VERSION)}
            connection.execute(insert(about), [{"name": key, "value": value} for key, value in marks.items()])
        else:
            migrate(connection, version)


def _version(connection: Connection, name: str) -> int | None:
    """Return the version of a ledger, None for an empty database.

    Raises LedgerError for any other and for a newer version.
    """
    inspector = inspect(connection)
    tables = inspector.get_table_names()
    if not tables:
        return None
    marks: dict[str, str] = {}
    if about.name in tables and {"name", "value"} <= {
        each["name"] for each in inspector.get_columns(about.name)
    }:
        marks = {row.name: row.value for row in connection.execute(select(about))}
    if marks.get("name") != NAME:
        raise LedgerError("this database is no ledger", file=name, hint="name another file")
    return _known_version(marks.get("version", ""), name)


def _known_version(version: str, name: str) -> int:
    if not version.isdecimal():
        raise LedgerError("the ledger does not tell its version", file=name, value=version)
    if int(version) > VERSION:
        raise LedgerError(
            f"the ledger has version {version}, this program knows them up to {VERSION}",
            file=name,
            hint="use a newer version of asw-exchange",
        )
    return int(version)
