"""A ledger on a PostgreSQL server: one writer, readers beside it, and a clear word for what is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger, reconcile
from tests.ledger_builders import received, sent, write
from tests.postgresql_server import PostgreSQL

AT_ONCE = timedelta(milliseconds=20)


@pytest.fixture
def place(postgresql: PostgreSQL) -> tuple[str, str]:
    """Address and schema of a ledger with one entry in it."""
    url, schema = postgresql.new_schema()
    with Ledger.open(url, schema=schema) as ledger:
        write(ledger, sent())
    return url, schema


@pytest.fixture
def shared(place: tuple[str, str]) -> Iterator[Ledger]:
    """That ledger, opened."""
    with Ledger.open(place[0], schema=place[1]) as opened:
        yield opened


def test_entries_outlive_the_connection(shared: Ledger) -> None:
    """Opened again, what was committed is there."""
    assert [entry.message_id for entry in shared.entries()] == ["VN-1"]


def test_one_process_writes_at_a_time(shared: Ledger, place: tuple[str, str]) -> None:
    """The second is told who has it; when the first is closed it gets in."""
    words = r"another process writes this ledger \(asw-exchange, process \d+ of the server\); stop it"
    with pytest.raises(LedgerError, match=words):
        Ledger.open(place[0], schema=place[1], wait=AT_ONCE)
    shared.close()
    Ledger.open(place[0], schema=place[1]).close()


def test_ledgers_in_other_schemas_are_independent(shared: Ledger, postgresql: PostgreSQL) -> None:
    """Several servers may share one database."""
    url, schema = postgresql.new_schema()
    with Ledger.open(url, schema=schema) as other:
        assert other.entries() == ()


def test_readers_read_beside_the_writer_and_do_not_write(shared: Ledger, place: tuple[str, str]) -> None:
    """They see what is committed; writing says why not."""
    with Ledger.open(place[0], schema=place[1], read_only=True) as reader:
        with shared.transaction():
            write(shared, received())
            assert len(reader.entries()) == 1
        assert len(reader.entries()) == 2
        assert reconcile(reader).reconciled
        with pytest.raises(LedgerError, match="the ledger cannot be written, it is open for reading"):
            write(reader, sent("VN-2"))


def test_a_snapshot_does_not_move(shared: Ledger, place: tuple[str, str]) -> None:
    """What the writer commits meanwhile is seen only afterwards."""
    with Ledger.open(place[0], schema=place[1], read_only=True) as reader:
        with reader.snapshot():
            assert len(reader.entries()) == 1
            write(shared, sent("VN-2"))
            assert len(reader.entries()) == 1
        assert len(reader.entries()) == 2


def test_a_lost_connection_fails_the_transaction_under_way_and_no_other(
    shared: Ledger, postgresql: PostgreSQL
) -> None:
    """Nothing of it is kept; the next transaction connects again by itself."""

    def work() -> None:
        with shared.transaction():
            write(shared, sent("VN-2"))
            postgresql.end_connections()
            write(shared, sent("VN-3"))

    with pytest.raises(LedgerError, match="ended the connection, so this was not written"):
        work()
    write(shared, sent("VN-4"))
    assert [entry.message_id for entry in shared.entries()] == ["VN-1", "VN-4"]


def test_a_connection_lost_between_transactions_is_not_noticed(
    shared: Ledger, postgresql: PostgreSQL
) -> None:
    """Nothing was under way, so nothing failed."""
    postgresql.end_connections()
    write(shared, sent("VN-2"))
    assert len(shared.entries()) == 2


def test_a_connection_lost_before_a_look_up_is_not_noticed(shared: Ledger, postgresql: PostgreSQL) -> None:
    """Who only reads is not told either, whether the look-up is on the hot path or off it."""
    postgresql.end_connections()
    assert len(shared.entries()) == 1
    postgresql.end_connections()
    assert shared.pending() == ()


def test_who_connects_again_still_has_the_ledger_alone(
    shared: Ledger, place: tuple[str, str], postgresql: PostgreSQL
) -> None:
    """The lock comes back with the connection."""
    postgresql.end_connections()
    write(shared, sent("VN-2"))
    with pytest.raises(LedgerError, match="another process writes this ledger"):
        Ledger.open(place[0], schema=place[1], wait=AT_ONCE)


def test_a_server_restarted_under_load_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    """Down, each transaction fails in plain words; up again, the ledger goes on by itself."""
    from tests.postgresql_server import start_postgresql

    with start_postgresql() as own, Ledger.open(own.url()) as ledger:
        kept = [f"VN-{number}" for number in range(20)]
        write(ledger, *(sent(message_id) for message_id in kept))
        own.server.stop()
        for _ in range(2):
            with pytest.raises(LedgerError, match="the database server cannot be reached"):
                write(ledger, sent("VN-lost"))
        own.server.start()
        write(ledger, sent("VN-again"))
        assert [entry.message_id for entry in ledger.entries()] == [*kept, "VN-again"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"database": "missing"}, "there is no such database"),
        ({"user": "nobody", "password": "secret"}, "does not know this user"),
    ],
)
def test_what_the_server_refuses_is_named_without_the_password(
    postgresql: PostgreSQL, options: dict[str, str], words: str
) -> None:
    """And what to do."""
    with pytest.raises(LedgerError, match=words) as caught:
        Ledger.open(postgresql.url(**options), wait=timedelta(seconds=5))  # type: ignore[arg-type]
    assert "secret" not in str(caught.value)


def test_a_wrong_password_is_named_and_not_shown(postgresql: PostgreSQL) -> None:
    """A user who needs one."""
    postgresql.run("CREATE ROLE locked LOGIN PASSWORD 'right'")
    rules = Path(postgresql.run("SHOW hba_file")[0][0])
    rules.write_text(f"local all locked scram-sha-256\n{rules.read_text()}")
    postgresql.run("SELECT pg_reload_conf()")
    with pytest.raises(LedgerError, match="refuses this user or password") as caught:
        Ledger.open(postgresql.url(user="locked", password="secret"))
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the address, without the password, also where that stands among the options."""
    for url in (
        "postgresql+psycopg://vn:secret@127.0.0.1:1/ledger",
        "postgresql://vn@127.0.0.1:1/ledger?password=secret",
    ):
        with pytest.raises(LedgerError, match=r"127\.0\.0\.1:1/ledger: the database server cannot") as caught:
            Ledger.open(url)
        assert "secret" not in str(caught.value)


def test_another_database_is_left_alone(postgresql: PostgreSQL) -> None:
    """A schema with the tables of another program is refused and not changed."""
    url, schema = postgresql.new_schema()
    postgresql.run(f'CREATE SCHEMA "{schema}" CREATE TABLE customers (id integer)')
    for read_only in (False, True):
        with pytest.raises(LedgerError, match="this database is no ledger"):
            Ledger.open(url, schema=schema, read_only=read_only)
    tables = postgresql.run(f"SELECT table_name FROM information_schema.tables WHERE table_schema='{schema}'")
    assert tables == [("customers",)]


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_ledger_is_refused_by_version(
    place: tuple[str, str], postgresql: PostgreSQL, read_only: bool
) -> None:
    """Both versions are named."""
    url, schema = place
    postgresql.run(f"UPDATE \"{schema}\".about SET value = '99' WHERE name = 'version'")
    with pytest.raises(LedgerError, match="has version 99, this program knows them up to"):
        Ledger.open(url, schema=schema, read_only=read_only)


def test_nothing_is_created_by_reading(postgresql: PostgreSQL) -> None:
    """A schema that is not there stays so."""
    url, schema = postgresql.new_schema()
    with pytest.raises(LedgerError, match=f"there is no such schema in this database .found '{schema}'"):
        Ledger.open(url, schema=schema, read_only=True)
    assert postgresql.run(f"SELECT 1 FROM pg_namespace WHERE nspname = '{schema}'") == []


def test_a_commit_is_on_the_disk_whatever_the_server_is_set_to(postgresql: PostgreSQL) -> None:
    """A server that would answer before it has written is told to write."""
    url, schema = postgresql.new_schema()
    postgresql.run("ALTER ROLE postgres SET synchronous_commit = off")
    try:
        with Ledger.open(url, schema=schema) as ledger:
            assert ledger.database.fetch("SHOW synchronous_commit") == [("on",)]
    finally:
        postgresql.run("ALTER ROLE postgres RESET synchronous_commit")
