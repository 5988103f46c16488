"""Writing to the ledger and reading back: exactly what was written, all of a transaction or nothing."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Connection, text

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger
from asw_exchange.model import Finding, Outcome, Severity
from asw_exchange.records import Direction, Entry
from tests.ledger_builders import (
    ACKNOWLEDGEMENT,
    EFORM_D,
    MOMENT,
    RAW,
    answer_sent,
    on_sqlite,
    received,
    sent,
    sha256,
    write,
)

FINDING = Finding(rule_id="D03", severity=Severity.ERROR, message="Mã số không khớp", line=7, path="/a/b[2]")


def test_an_entry_is_read_back_as_it_was_written(ledger: Ledger) -> None:
    """Every field, to the microsecond and the byte, with its sequence."""
    entry = received(
        refers_to="TH-7",
        cites=("VN/2", "VN/1", "VN/2"),
        outcome=Outcome.REJECTED,
        findings=(FINDING, replace(FINDING, rule_id="D04")),
        document='{"hàng": "cà phê"}'.encode(),
    )
    written = ledger.append(entry, RAW)
    assert written.sequence is not None
    assert replace(written, sequence=None) == entry
    assert ledger.entries() == (written,)


def test_what_is_absent_stays_absent(ledger: Ledger) -> None:
    """None and empty come back as None and empty."""
    entry = sent(reference=None)
    assert replace(ledger.append(entry, RAW), sequence=None) == entry
    (read,) = ledger.entries()
    assert (read.refers_to, read.cites, read.outcome, read.findings, read.document) == (
        None,
        (),
        None,
        (),
        None,
    )


@settings(deadline=None)
@given(st.binary(max_size=3000), st.binary(max_size=300))
def test_any_bytes_are_kept_exactly(raw: bytes, document: bytes) -> None:
    """Payload and document may hold any byte, also none at all."""
    with Ledger.open(":memory:") as ledger:
        ledger.append(sent(raw=raw, document=document), raw)
        assert ledger.raw(sha256(raw)) == raw
        assert ledger.entries()[0].document == document


def test_a_moment_is_kept_whatever_its_time_zone(ledger: Ledger) -> None:
    """Hanoi's nine o'clock comes back as the same moment in UTC."""
    hanoi = MOMENT.astimezone(timezone(timedelta(hours=7)))
    ledger.append(sent(moment=hanoi), RAW)
    (read,) = ledger.entries()
    assert read.moment == hanoi
    assert read.moment.utcoffset() == timedelta(0)


@settings(deadline=None)
@given(st.datetimes(timezones=st.timezones()))
def test_any_aware_moment_comes_back(moment: datetime) -> None:
    """From year 1 to year 9999, before and after 1970."""
    with Ledger.open(":memory:") as ledger:
        ledger.append(sent(moment=moment), RAW)
        assert ledger.entries()[0].moment.timestamp() == moment.timestamp()


def test_the_same_bytes_are_stored_once(ledger: Ledger) -> None:
    """Sender and receiver of one ledger share one payload."""
    write(ledger, sent(), received())
    assert ledger.database.select(text("SELECT count(*) FROM payloads")) == [(1,)]


@pytest.mark.parametrize(
    ("table", "key"),
    [("entries", "sequence"), ("payloads", "digest"), ("documents", "sequence"), ("citations", "reference")],
)
@pytest.mark.parametrize("change", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_what_is_written_cannot_be_changed(ledger: Ledger, table: str, key: str, change: str) -> None:
    """The database itself refuses to update or delete, whoever asks."""
    write(ledger, sent(document=b"{}", cites=("VN/1",)))
    with pytest.raises(LedgerError, match="append-only"):
        ledger.database.run(change.format(table, key))
    assert len(ledger.entries()) == 1


def test_what_is_forgotten_leaves_a_ledger_as_on_its_first_day(ledger: Ledger) -> None:
    """Sequences begin anew, and what is written then cannot be changed either."""
    write(ledger, sent(), received())
    ledger.clear()
    assert ledger.entries() == ()
    (again,) = write(ledger, sent())
    assert again.sequence == 1
    with pytest.raises(LedgerError, match="append-only"), ledger.transaction():
        ledger.database.define(lambda connection: connection.execute(text("DELETE FROM entries")))


def test_the_bytes_must_be_those_of_the_entry(ledger: Ledger) -> None:
    """Other bytes than the digest says are refused, and nothing is written."""
    with pytest.raises(LedgerError, match="SHA-256 differs"):
        ledger.append(sent(), b"something else")
    assert ledger.entries() == ()


@pytest.mark.parametrize(
    ("entry", "queue", "words"),
    [
        (sent(moment=datetime(2025, 3, 3)), False, "time zone"),  # noqa: DTZ001 - the very mistake
        (received(outcome=None), False, "what is received has an outcome"),
        (received(), True, "only a sent message can wait"),
        (sent(sequence=4), False, "in a ledger already"),
        (answer_sent(document=b"no json"), False, "document of an acknowledgement"),
        (sent("VN-\ud800"), False, "could not be used"),
    ],
    ids=["naive moment", "no outcome", "queued reception", "written before", "no json", "lone surrogate"],
)
def test_an_entry_that_makes_no_sense_is_refused(
    ledger: Ledger, entry: Entry, queue: bool, words: str
) -> None:
    """Each is a LedgerError that says what is wrong, and leaves nothing behind."""
    with pytest.raises(LedgerError, match=words):
        write(ledger, entry, queue=queue)
    assert ledger.entries() == ()
    assert ledger.database.select(text("SELECT count(*) FROM payloads")) == [(0,)]


def test_unknown_bytes_are_an_error(ledger: Ledger) -> None:
    """Asking for bytes that are not there names their address."""
    with pytest.raises(LedgerError, match="found 'abc'"):
        ledger.raw("abc")


def test_an_exception_leaves_nothing_of_a_transaction(ledger: Ledger) -> None:
    """Entry, payload, citation and place in the outbox go together."""

    def work() -> None:
        with ledger.transaction():
            write(ledger, sent(cites=("VN/1",), document=b"{}"), queue=True)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    for table in ("entries", "payloads", "documents", "citations", "outbox"):
        assert ledger.database.select(text(f"SELECT count(*) FROM {table}")) == [(0,)]
    write(ledger, sent())
    assert len(ledger.entries()) == 1


def test_a_transaction_sees_its_own_writes_and_others_do_not(tmp_path: Path) -> None:
    """Before the commit only the writer sees it; after it everybody does."""
    with Ledger.open(tmp_path / "l.db") as ledger, Ledger.open(tmp_path / "l.db", read_only=True) as other:
        with ledger.transaction():
            written = write(ledger, received())
            assert ledger.entries() == written
            assert ledger.memory("TH").received("VN", "VN-1") == written[0]
            assert ledger.raw(sha256(RAW)) == RAW
            assert other.entries() == ()
        assert other.entries() == written


def test_nested_transactions_are_one_commit(tmp_path: Path) -> None:
    """The inner one ends without a commit of its own."""
    with Ledger.open(tmp_path / "l.db") as ledger, Ledger.open(tmp_path / "l.db", read_only=True) as other:
        with ledger.transaction():
            with ledger.transaction():
                write(ledger, sent("VN-1"))
            assert other.entries() == ()
            write(ledger, sent("VN-2"))
        assert len(other.entries()) == 2


def test_a_failure_further_in_undoes_all_even_when_it_is_caught(ledger: Ledger) -> None:
    """Half of a transaction cannot be kept by swallowing the error of the other half."""

    def work() -> None:
        with ledger.transaction():
            write(ledger, sent("VN-1"))
            with pytest.raises(LedgerError, match="has an outcome"):
                write(ledger, received("VN-2", outcome=None))

    with pytest.raises(LedgerError, match="nothing of it is kept"):
        work()
    assert ledger.entries() == ()


def test_after_a_failure_the_transaction_takes_nothing_more(ledger: Ledger) -> None:
    """What would be written after the rollback is refused, not written on its own."""

    def fail_and_go_on() -> None:
        with pytest.raises(ZeroDivisionError), ledger.transaction():
            raise ZeroDivisionError
        write(ledger, sent("VN-2"))

    with pytest.raises(LedgerError, match="repeat the whole transaction"), ledger.transaction():
        fail_and_go_on()
    assert ledger.entries() == ()


def test_after_a_look_up_that_failed_nothing_is_kept_either(ledger: Ledger) -> None:
    """SQLite may have ended the transaction by itself; what followed would be written on its own."""

    def work() -> None:
        with ledger.transaction():
            with pytest.raises(LedgerError, match="could not be used"):
                ledger.database.fetch("SELECT nonsense")
            write(ledger, sent())

    with pytest.raises(LedgerError, match="nothing of it is kept"):
        work()
    assert ledger.entries() == ()


def test_a_batch_is_one_commit_in_order(ledger: Ledger) -> None:
    """A hundred messages in one transaction keep their order and get rising sequences."""
    with ledger.transaction():
        written = write(ledger, *(sent(f"VN-{number}") for number in range(100)))
    assert ledger.entries() == written
    assert [entry.sequence for entry in written] == sorted(entry.sequence or 0 for entry in written)


def test_a_message_that_comes_twice_is_recorded_twice(ledger: Ledger) -> None:
    """Duplicates are entries of their own."""
    write(ledger, received(), received(outcome=Outcome.DUPLICATE))
    assert [entry.outcome for entry in ledger.entries()] == [Outcome.ACCEPTED, Outcome.DUPLICATE]


def test_what_is_queued_waits_until_it_is_delivered(ledger: Ledger) -> None:
    """Oldest first, of one gateway or of all; a second delivery changes nothing."""
    first, second = write(ledger, sent("VN-1"), sent("VN-2"), queue=True)
    (other,) = write(ledger, sent("TH-1", gateway="TH", peer="VN"), queue=True)
    write(ledger, sent("VN-3"))
    assert ledger.pending() == (first, second, other)
    assert ledger.pending("VN") == (first, second)
    assert first.sequence is not None
    for _ in range(2):
        ledger.delivered(first.sequence)
    assert ledger.pending("VN") == (second,)
    assert ledger.pending("MY") == ()
    assert len(ledger.entries()) == 4


def test_a_delivery_that_is_rolled_back_is_still_pending(ledger: Ledger) -> None:
    """The place in the outbox goes only with the commit."""
    (entry,) = write(ledger, sent(), queue=True)

    def work() -> None:
        with ledger.transaction():
            ledger.delivered(entry.sequence or 0)
            assert ledger.pending() == ()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert ledger.pending() == (entry,)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"gateway": "VN"}, [1, 3]),
        ({"peer": "VN"}, [2, 4]),
        ({"direction": Direction.RECEIVED}, [2]),
        ({"kind": ACKNOWLEDGEMENT}, [4]),
        ({"corridor": "asean"}, [1, 2, 4]),
        ({"corridor": "a%"}, []),
        ({"outcome": Outcome.ACCEPTED}, [2]),
        ({"message_id": "VN-1"}, [1, 2]),
        ({"reference": "VN-TH 25/02/00006", "gateway": "TH"}, [2]),
        ({"since": MOMENT + timedelta(seconds=2)}, [3, 4]),
        ({"until": MOMENT + timedelta(seconds=2)}, [1, 2]),
        ({"after": 3}, [4]),
        ({"limit": 2}, [1, 2]),
        ({"limit": 2, "newest_first": True}, [4, 3]),
        ({"gateway": "MY"}, []),
    ],
)
def test_entries_are_listed_by_what_is_asked_for(
    ledger: Ledger, filters: dict[str, Any], expected: list[int]
) -> None:
    """All filters must fit; until is the first moment that does not."""
    later = [MOMENT + timedelta(seconds=number) for number in range(4)]
    other = sent("VN-2", kind="korea/certificate-kv", peer="KR", moment=later[2], reference=None)
    answer = answer_sent(moment=later[3])
    write(ledger, sent(moment=later[0]), received(moment=later[1]), other, answer)
    assert [entry.sequence for entry in ledger.entries(**filters)] == expected


@on_sqlite
@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"gateway": "VN"},
        {"gateway": "VN", "direction": Direction.RECEIVED, "peer": "TH"},
        {"kind": ACKNOWLEDGEMENT, "outcome": Outcome.ACCEPTED, "since": MOMENT},
        {"gateway": "VN", "newest_first": True, "after": 3},
    ],
)
def test_a_page_of_a_listing_does_not_sort_the_ledger(ledger: Ledger, filters: dict[str, Any]) -> None:
    """It walks through the entries as they were written, and ends when the page is full."""
    asked: list[str] = []

    def listen(to: Callable[[str], object] | None) -> None:
        ledger.database.define(lambda connection: driver(connection).set_trace_callback(to))

    listen(asked.append)
    ledger.entries(limit=10, **filters)
    listen(None)
    steps = [row[3] for row in ledger.database.fetch(f"EXPLAIN QUERY PLAN {asked[-1]}")]
    assert any(re.search("entries( USING INTEGER PRIMARY KEY|$)", step) for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


def driver(connection: Connection) -> sqlite3.Connection:
    """What SQLAlchemy has wrapped."""
    found = connection.connection.dbapi_connection
    assert isinstance(found, sqlite3.Connection)
    return found


def test_threads_share_one_ledger(tmp_path: Path) -> None:
    """Eight threads write at once; every transaction is whole and nothing is lost."""
    with Ledger.open(tmp_path / "l.db") as ledger:

        def work(name: str) -> None:
            for number in range(20):
                with ledger.transaction():
                    first, second = write(ledger, *(sent(f"{name}-{number}-{half}") for half in "ab"))
                    assert second.sequence == (first.sequence or 0) + 1

        threads = [Thread(target=work, args=(f"T{number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({entry.message_id for entry in ledger.entries()}) == 320


def test_a_closed_ledger_says_so(ledger: Ledger) -> None:
    """Closing twice is harmless, using it afterwards is an error with a reason."""
    ledger.close()
    ledger.close()
    with pytest.raises(LedgerError, match="was closed"):
        ledger.entries()
    with pytest.raises(LedgerError, match="was closed"), ledger.transaction():
        pass


def test_a_ledger_is_not_closed_in_the_middle_of_a_transaction(ledger: Ledger) -> None:
    """It would be unclear what is kept."""
    with pytest.raises(LedgerError, match="inside a transaction"), ledger.transaction():
        ledger.close()


def test_a_snapshot_does_not_move(tmp_path: Path) -> None:
    """What another process commits meanwhile is seen only afterwards."""
    with Ledger.open(tmp_path / "l.db") as ledger, Ledger.open(tmp_path / "l.db", read_only=True) as reader:
        with reader.snapshot():
            assert reader.entries() == ()
            write(ledger, sent())
            assert reader.entries() == ()
        assert len(reader.entries()) == 1


def test_entries_outlive_the_process_that_wrote_them(tmp_path: Path) -> None:
    """Closed and opened again, the ledger is the same."""
    with Ledger.open(tmp_path / "l.db") as ledger:
        written = write(ledger, sent(kind=EFORM_D), received())
    with Ledger.open(tmp_path / "l.db") as ledger:
        assert ledger.entries() == written


def test_what_was_committed_is_copied_home_beside_a_transaction(tmp_path: Path) -> None:
    """Not what is not committed; on a ledger that nobody writes to, or in memory, there is nothing to do."""
    place = tmp_path / "l.db"

    def at_home() -> int:
        return place.read_bytes().count(RAW)

    with Ledger.open(place) as ledger, Ledger.open(place, read_only=True) as reader:
        write(ledger, sent())
        assert at_home() == 0
        with ledger.transaction():
            other = RAW + b" "
            write(ledger, sent("VN-2", other), raw=other)
            ledger.database.copy_home()
            assert at_home() == 1
        reader.database.copy_home()
        assert at_home() == 1
        ledger.database.copy_home()
        assert at_home() == 2
    with Ledger.open(":memory:") as ledger:
        ledger.database.copy_home()
