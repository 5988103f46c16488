"""Bringing a ledger of an earlier version up to this one, inside the transaction that opens it.

What was recorded stays as it is; only tables, columns and indexes are added.
"""

from __future__ import annotations

from sqlalchemy import Connection, text, update

from asw_exchange.ledger.guards import guard_on_sqlite
from asw_exchange.ledger.tables import VERSION, about, metadata, payloads

_TO_VERSION_2 = (
    "ALTER TABLE outbox ADD COLUMN due INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE outbox ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting'",
    "ALTER TABLE outbox ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE outbox ADD COLUMN failure TEXT",
    "UPDATE outbox SET due = (SELECT moment FROM entries WHERE entries.sequence = outbox.sequence)",
    "DROP TRIGGER payloads_no_update",
    guard_on_sqlite(payloads, "UPDATE"),
)
"""In the words of SQLite: a ledger of version 1 is never anything else."""


def migrate(connection: Connection, version: int) -> None:
    """Bring the tables from ``version`` to VERSION; does nothing when they are there."""
    if version == VERSION:
        return
    for statement in _TO_VERSION_2:
        connection.execute(text(statement))
    metadata.create_all(connection)
    for index in (index for table in metadata.sorted_tables for index in table.indexes):
        index.create(connection, checkfirst=True)
    connection.execute(update(about).where(about.c.name == "version").values(value=str(VERSION)))
