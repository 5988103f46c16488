"""A ledger on a PostgreSQL server: how it is connected to, set up, and kept to one writing process."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import NoSuchModuleError, OperationalError
from sqlalchemy.pool import NullPool

from asw_exchange.errors import LedgerError

WRITING, READING = "BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

_OF_LEDGERS = 0x6173776C
"""The first half of the advisory locks that are ours; the second is the name of the schema."""


def connect(url: URL, *, wait: timedelta) -> Connection:
    """Connect to the server; nothing is written yet. Raises LedgerError without the driver."""
    seconds = max(1, round(wait.total_seconds()))
    options = {"connect_timeout": seconds, "client_encoding": "utf8", "application_name": "asw-exchange"}
    given = {name: value for name, value in options.items() if name not in url.query}
    try:
        engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args=given)
    except (ImportError, NoSuchModuleError) as error:
        raise LedgerError(
            "the driver of PostgreSQL is not installed",
            file=name_of(url),
            hint="pip install 'asw-exchange[postgres]'",
        ) from error
    return engine.connect()


def set_up(
    connection: Connection, name: str, *, schema: str | None, read_only: bool, wait: timedelta
) -> None:
    """Set a connection up; a writing one has the ledger of its schema alone until it is closed.

    Raises LedgerError when another process has it, or the schema is missing.
    """
    connection.execute(text("SELECT set_config('lock_timeout', :wait, false)"), {"wait": _milliseconds(wait)})
    if schema is not None:
        _enter(connection, schema, create=not read_only)
    if connection.execute(text("SELECT current_schema()")).scalar() is None:
        raise LedgerError("there is no such schema in this database", file=name, value=schema)
    if read_only:
        connection.exec_driver_sql("SET default_transaction_read_only = on")
    else:
        connection.exec_driver_sql(
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') = 'off'"  # a commit is on the disk when told so
        )
        _lock(connection, name)


def name_of(url: URL) -> str:
    """Return how errors name an address: without the password, and without options, which may hold one."""
    return url.set(query={}).render_as_string(hide_password=True)


def _enter(connection: Connection, schema: str, *, create: bool) -> None:
    quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
    if create:
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {quoted}")
    connection.exec_driver_sql(f"SET search_path TO {quoted}")


def _lock(connection: Connection, name: str) -> None:
    key = {"ours": _OF_LEDGERS}
    try:
        connection.execute(text("SELECT pg_advisory_lock(:ours, hashtext(current_schema()))"), key)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "55P03":
            raise
        raise LedgerError(
            f"another process writes this ledger{_holder(connection, key)}",
            file=name,
            hint="stop it, or open the ledger for reading; one process writes at a time",
        ) from error


def _holder(connection: Connection, key: dict[str, int]) -> str:
    found = connection.execute(
        text(
            "SELECT pid, application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND classid = :ours AND granted"
            " AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid"
            " AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ),
        key,
    ).first()
    return f" ({found[1] or 'unnamed'}, process {found[0]} of the server)" if found else ""


def _milliseconds(wait: timedelta) -> str:
    return f"{max(1, round(wait.total_seconds() * 1000))}ms"
