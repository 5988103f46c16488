"""The tables of the ledger: one definition for SQLite and, when it is shared, PostgreSQL.

Only Integer, Text and LargeBinary columns: the driver takes and gives their Python values as they
are, so the statements of the hot path may be compiled once and run on the bare cursor
(``statements.py``). Moments are microseconds since 1970 UTC: one number, one order, no time zone.

Not here: what the database refuses to do with them (``guards.py``), what the numbers mean
(``tally.py``), how a row becomes an Entry (``rows.py``).
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    event,
    literal_column,
)

NAME = "asw-exchange ledger"
"""The mark in ``about`` that tells a ledger from any other database."""

VERSION = 2
"""Goes up with every change of the tables; a ledger of a higher version is refused."""

metadata = MetaData()

_Number = BigInteger().with_variant(Integer, "sqlite")
_Text = Text().with_variant(Text(collation="C"), "postgresql")
"""Compared and ordered byte by byte in both, whatever the language of the server."""

about = Table(
    "about",
    metadata,
    Column("name", _Text, primary_key=True),
    Column("value", _Text, nullable=False),
)

payloads = Table(
    "payloads",
    metadata,
    Column("digest", _Text, primary_key=True, comment="SHA-256, hexadecimal"),
    Column("content", LargeBinary, nullable=False, comment="the bytes exactly as they travelled"),
)

entries = Table(
    "entries",
    metadata,
    Column("sequence", _Number, primary_key=True),
    Column("gateway", _Text, nullable=False),
    Column("peer", _Text, nullable=False),
    Column("direction", _Text, nullable=False),
    Column("kind", _Text, nullable=False),
    Column("message_id", _Text, nullable=False),
    Column("refers_to", _Text),
    Column("reference", _Text),
    Column("cites", _Text, comment="JSON, in their order; the table citations is the look-up"),
    Column("outcome", _Text),
    Column("moment", _Number, nullable=False),
    Column("digest", _Text, ForeignKey(payloads.c.digest), nullable=False),
    Column("content_digest", _Text),
    Column("findings", _Text, comment="JSON"),
    Column("acknowledgement", Integer, nullable=False, comment="1 for a technical answer, else 0"),
    Column("told_outcome", _Text, comment="what an acknowledgement tells its receiver"),
    Column("told_digest", _Text, comment="which bytes an acknowledgement is about"),
    CheckConstraint("direction IN ('sent', 'received')", name="an entry is either sent or received"),
    CheckConstraint("direction = 'sent' OR outcome IS NOT NULL", name="what is received has an outcome"),
)

documents = Table(
    "documents",
    metadata,
    Column("sequence", _Number, ForeignKey(entries.c.sequence), primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False, comment="the document as JSON"),
    comment="apart from the entries, so that counting need not read over it",
)

citations = Table(
    "citations",
    metadata,
    Column("reference", _Text, primary_key=True),
    Column("sequence", _Number, ForeignKey(entries.c.sequence), primary_key=True),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("sequence", _Number, ForeignKey(entries.c.sequence), primary_key=True, autoincrement=False),
    Column("gateway", _Text, nullable=False),
    Column("peer", _Text, nullable=False),
    Column("due", _Number, nullable=False, comment="when it is tried next"),
    Column("state", _Text, nullable=False, comment="waiting, held or dead"),
    Column("attempts", Integer, nullable=False, comment="that failed since it was queued or released"),
    Column("failure", _Text, comment="why the last attempt failed"),
    comment="the only table that rows leave: sent, but not yet taken by the peer",
)

attempts = Table(
    "attempts",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("sequence", _Number, ForeignKey(entries.c.sequence), nullable=False),
    Column("moment", _Number, nullable=False),
    Column("failure", _Text, nullable=False),
    Column("may_have_arrived", Integer, nullable=False, comment="1 when the peer may have it nonetheless"),
    comment="deliveries that failed, or whose end is not known",
)

spared = Table(
    "spared",
    metadata,
    Column("sequence", _Number, ForeignKey(entries.c.sequence), primary_key=True, autoincrement=False),
    comment="beyond the caps of retention, but their bytes still wait in the outbox",
)

hosted = Table(
    "hosted",
    metadata,
    Column("gateway", _Text, primary_key=True),
    comment="the gateways that keep their record here; empty: all of them do",
)

notes = Table(
    "notes",
    metadata,
    Column("name", _Text, primary_key=True),
    Column("value", _Text, nullable=False),
    comment="what a server wants to find again when it starts: no part of the record",
)

ZERO: ColumnElement[int] = literal_column("0")
ONE: ColumnElement[int] = literal_column("1")
IS_ACKNOWLEDGEMENT: ColumnElement[bool] = entries.c.acknowledgement == ONE
IS_SENT: ColumnElement[bool] = entries.c.direction == literal_column("'sent'")
IS_RECEIVED: ColumnElement[bool] = entries.c.direction == literal_column("'received'")
"""Literals, so that nothing needs to be bound and the partial index is seen to fit."""

Index("outbox_by_due", outbox.c.state, outbox.c.due, outbox.c.sequence)
Index("outbox_by_peer", outbox.c.peer, outbox.c.state, outbox.c.due, outbox.c.sequence)
Index("attempts_by_entry", attempts.c.sequence)

Index("citations_by_entry", citations.c.sequence)
Index("entries_by_message", entries.c.gateway, entries.c.direction, entries.c.message_id, entries.c.peer)
for _partial in (
    "entries_by_reference ON entries (reference, gateway) WHERE reference IS NOT NULL",
    "acknowledgements_by_message ON entries (gateway, direction, peer, refers_to) WHERE acknowledgement = 1",
):  # as text, which both databases read: what Index has for this loads the dialects of both
    event.listen(entries, "after_create", DDL(f"CREATE INDEX {_partial}"))  # type: ignore[no-untyped-call]
