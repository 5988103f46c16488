"""Opening a ledger: in a file, in memory or on a server; whether it is one; creating a new one."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypedDict, Unpack

from sqlalchemy import URL, Connection, insert, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import postgresql, sqlite
from asw_exchange.ledger.database import Database, Way
from asw_exchange.ledger.guards import check_file
from asw_exchange.ledger.migration import migrate
from asw_exchange.ledger.tables import NAME, VERSION, about, metadata

MEMORY = sqlite.MEMORY


class Options(TypedDict, total=False):
    """How a ledger is opened, as ``Ledger.open`` says."""

    read_only: bool
    wait: timedelta
    schema: str | None
    exclusive: bool
    durable: bool


_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
"""How a version is written; a file can hold anything, also what is no text."""
_USUAL = Options(read_only=False, wait=timedelta(seconds=5), schema=None, exclusive=False, durable=True)


def open_database(place: str | Path, **options: Unpack[Options]) -> Database:
    """Open the database of a ledger, creating it where there is none. Raises LedgerError."""
    chosen = _USUAL | options
    with ExitStack() as opened:  # to be closed again where it is refused
        database = Database(_way(place, chosen))
        opened.callback(database.close, refused=True)
        if not chosen["read_only"]:
            _create(database)
        opened.pop_all()
    return database


def _way(place: str | Path, options: Options) -> Way:
    """Return how to get to a ledger. Raises LedgerError for a place where there cannot be any."""
    read_only, wait = options["read_only"], options["wait"]
    url = None if isinstance(place, Path) or "://" not in place else _url(place)
    if url is not None and url.get_backend_name() == "postgresql":
        name = postgresql.name_of(url)
        set_up = partial(
            postgresql.set_up, name=name, schema=options["schema"], read_only=read_only, wait=wait
        )
        return Way(
            connect=partial(postgresql.connect, url, wait=wait),
            set_up=_checked(set_up, name, read_only, before=True),
            place=name,
            read_only=read_only,
            lock=_no_lock,  # a writing connection takes one of the server itself
            begin=(postgresql.WRITING, postgresql.READING),
            sync=None,
            copy_home=_nothing,
            close=_nothing,
        )
    path = _path_of(place if url is None else url.database or MEMORY)
    sqlite.check_path(path, read_only=read_only)
    name = MEMORY if path is None else str(path)
    log = None if path is None or read_only or options["durable"] else sqlite.Log(path)
    check = _checked(
        partial(sqlite.set_up, read_only=read_only, durable=options["durable"]), name, read_only, before=False
    )
    return Way(
        connect=partial(_connect, path, check, read_only=read_only, wait=wait),
        set_up=check,
        place=name,
        read_only=read_only,
        lock=partial(sqlite.lock_alone, path, name) if options["exclusive"] and not read_only else _no_lock,
        begin=(sqlite.WRITING, sqlite.READING),
        sync=log.sync if log else None,
        copy_home=_nothing if path is None or read_only else partial(sqlite.copy_home, path),
        close=log.close if log else _nothing,
    )


def _connect(
    path: Path | None, check: Callable[[Connection], None], *, read_only: bool, wait: timedelta
) -> Connection:
    """Connect; for reading, what is no ledger is refused before SQLite makes files of its own beside it."""
    if read_only and path is not None and sqlite.is_quiet(path):
        with (
            suppress(SQLAlchemyError),  # the connection proper will tell
            sqlite.connect(path, read_only=True, wait=wait, immutable=True) as looked_at,
        ):
            check(looked_at)
    return sqlite.connect(path, read_only=read_only, wait=wait)


def _nothing() -> None:
    """Nothing is to be done there."""


def _no_lock() -> Callable[[bool], None]:
    return lambda refused: None


def _url(place: str) -> URL:
    try:
        url = make_url(place)
    except ArgumentError as error:
        raise LedgerError("this is no address of a database", file=f"{place.split('://')[0]}://…") from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise LedgerError(
            "a ledger is kept in a SQLite file or on a PostgreSQL server",
            file=postgresql.name_of(url),
            hint="name a file, or postgresql+psycopg://USER@HOST/DATABASE",
        )
    return url


def _path_of(place: str | Path) -> Path | None:
    return None if place == MEMORY else Path(place)


def _checked(
    set_up: Callable[[Connection], None], name: str, read_only: bool, *, before: bool
) -> Callable[[Connection], None]:
    """Refuse what is no ledger; a file before anything is changed in it, a server when its schema is set."""

    def check(connection: Connection) -> None:
        if before:
            set_up(connection)
        version = _version(connection, name)
        if read_only and version is None:
            raise LedgerError("it is empty, it is no ledger yet", file=name)
        if read_only and version != VERSION:
            raise LedgerError(
                f"the ledger has the earlier version {version}",
                file=name,
                hint=f"open it once for writing, as asw serve does, which makes it version {VERSION}",
            )
        _check_file(connection, name, version)
        if not before:
            set_up(connection)

    return check


def _check_file(connection: Connection, name: str, version: int | None = VERSION) -> None:
    if connection.dialect.name == "sqlite":
        check_file(connection, name, version)


def _create(database: Database) -> None:
    """Create the tables where they are missing; a ledger that cannot be written is found out here."""

    def create(connection: Connection) -> None:
        version = _version(connection, database.place)
        if version is None:
            metadata.create_all(connection)
            marks = {"name": NAME, "version": str(VERSION)}
            connection.execute(insert(about), [{"name": key, "value": value} for key, value in marks.items()])
        else:
            migrate(connection, version)
        _check_file(connection, database.place)  # again, as now nobody else can change it

    with database.transaction():
        database.define(create)


def _version(connection: Connection, name: str) -> int | None:
    """Return the version of a ledger, None for an empty database.

    Raises LedgerError for any other and for a newer version.
    """
    inspector = inspect(connection)
    schema = None
    if connection.dialect.name == "postgresql":
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
    tables = inspector.get_table_names(schema)
    if not tables:
        return None
    marks: dict[str, object] = {}
    if about.name in tables and {"name", "value"} <= {
        each["name"] for each in inspector.get_columns(about.name, schema)
    }:
        marks = {row.name: row.value for row in connection.execute(select(about))}
    if marks.get("name") != NAME:
        raise LedgerError("this database is no ledger", file=name, hint="name another one")
    return _known_version(str(marks.get("version", "")), name)


def _known_version(version: str, name: str) -> int:
    if not _NUMBER.fullmatch(version):
        raise LedgerError("the ledger does not tell its version", file=name, value=version)
    if int(version) > VERSION:
        raise LedgerError(
            f"the ledger has version {version}, this program knows them up to {VERSION}",
            file=name,
            hint="use a newer version of asw-exchange",
        )
    return int(version)
