"""What the database itself refuses, whoever asks: to change or delete what was recorded.

One change is let through: emptying the bytes of a payload, which is how retention drops them
(``retention.py``). Registered with the tables, so it is created with them.
"""

from __future__ import annotations

from sqlalchemy import DDL, Connection, Table, event

from asw_exchange.errors import LedgerError
from asw_exchange.ledger.tables import VERSION, attempts, citations, documents, entries, metadata, payloads

APPEND_ONLY = "the ledger is append-only"

_ONLY_EMPTIES = "NEW.digest = OLD.digest AND length(NEW.content) = 0"

_REFUSE = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$"
)
"""Replaced when tables are made anew: it outlives them."""


def guard_on_sqlite(table: Table, verb: str) -> str:
    """Return the trigger that refuses ``verb`` on a table, in the words of SQLite."""
    return _guard_on_sqlite(table, verb, _unless_emptied(table, verb))


def _guard_on_sqlite(table: Table, verb: str, unless: str = "") -> str:
    return (
        f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} "
        f"{unless}BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
    )


def _guard_on_postgresql(table: Table, verb: str) -> str:
    each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
    return (
        f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} FOR EACH {each} "
        f"{_unless_emptied(table, verb)}EXECUTE FUNCTION refuse_change()"
    )


def _unless_emptied(table: Table, verb: str) -> str:
    return f"WHEN (NOT ({_ONLY_EMPTIES})) " if (table, verb) == (payloads, "UPDATE") else ""


def _create(dialect: str, statement: str, *, after: Table | None = None) -> None:
    ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
    event.listen(*((metadata, "before_create", ddl) if after is None else (after, "after_create", ddl)))


_create("postgresql", _REFUSE)
_on_sqlite = []
for _table in (payloads, documents, entries, citations, attempts):
    for _verb in ("UPDATE", "DELETE"):
        _on_sqlite.append(guard_on_sqlite(_table, _verb))
        _create("sqlite", _on_sqlite[-1], after=_table)
    for _verb in ("UPDATE", "DELETE", "TRUNCATE"):
        _create("postgresql", _guard_on_postgresql(_table, _verb), after=_table)


_earlier = _guard_on_sqlite(payloads, "UPDATE")
"""What a ledger of version 1 has instead of the guard that lets payloads be emptied."""


def check_file(connection: Connection, name: str, version: int | None = VERSION) -> None:
    """Refuse a file whose tables do more than hold rows: triggers, views and the like that are not ours.

    They came with the file, and would run with whatever is done here. ``version`` is that of the ledger, None
    where there is none in it yet. Raises LedgerError.
    """
    ours = (*_on_sqlite, _earlier) if version == 1 else _on_sqlite
    rows = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master"
        " WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
    )
    for kind, found, statement in rows:
        if statement not in ours:
            raise LedgerError(
                f"the file has a {kind} that no ledger has",
                file=name,
                value=found,
                hint="do not use it: it was not made by this program alone",
            )
