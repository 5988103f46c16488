"""Files that are refused as a ledger: a sentence says why; they stay as they were, nothing beside them."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger

OPTIONS = pytest.mark.parametrize("options", [{}, {"exclusive": True, "durable": False}, {"read_only": True}])


def ledger(place: Path, *statements: str) -> Path:
    """Make a ledger without a write-ahead log, as copying programs leave one, and do this to it."""
    Ledger.open(place).close()
    with closing(sqlite3.connect(place)) as connection:
        for statement in ("PRAGMA journal_mode = DELETE", *statements):
            connection.execute(statement)
        connection.commit()
    return place


def check_refused(place: Path, words: str, options: dict[str, bool]) -> None:
    """Opening it fails in these words; what is in its folder and what is open is as before."""
    before = place.read_bytes(), os.listdir(place.parent), len(os.listdir("/proc/self/fd"))
    with pytest.raises(LedgerError, match=words):
        Ledger.open(place, **options)  # type: ignore[arg-type]
    assert (place.read_bytes(), os.listdir(place.parent), len(os.listdir("/proc/self/fd"))) == before


@OPTIONS
@pytest.mark.parametrize("version", ["'" + "9" * 5000 + "'", "x'32'", "'0'", "'²'", "''"])
def test_a_version_that_is_no_number_is_refused(
    tmp_path: Path, version: str, options: dict[str, bool]
) -> None:
    """Neither is one of thousands of digits, which Python does not read, nor octets in place of text."""
    place = ledger(tmp_path / "l.db", f"UPDATE about SET value = {version} WHERE name = 'version'")
    check_refused(place, "does not tell its version", options)


@OPTIONS
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER more AFTER INSERT ON entries BEGIN DELETE FROM outbox; END",
        "CREATE VIEW more AS SELECT 1",
    ],
)
def test_what_does_more_than_hold_rows_is_refused_before_anything_is_changed(
    tmp_path: Path, statement: str, options: dict[str, bool]
) -> None:
    """No write-ahead log is turned on in it."""
    check_refused(ledger(tmp_path / "l.db", statement), "that no ledger has .*'more'", options)


@pytest.mark.parametrize("options", [{}, {"exclusive": True, "durable": False}])
def test_a_file_with_nothing_but_a_view_is_not_empty(tmp_path: Path, options: dict[str, bool]) -> None:
    """It has no tables, and becomes no ledger."""
    with closing(sqlite3.connect(tmp_path / "l.db")) as connection:
        connection.execute("CREATE VIEW more AS SELECT 1")
    check_refused(tmp_path / "l.db", "a view that no ledger has .*'more'", options)


def test_a_guard_of_version_1_is_refused_in_this_version(tmp_path: Path) -> None:
    """It would keep payloads from being emptied; only what is about to be brought up to date may have it."""
    guard = "CREATE TRIGGER payloads_no_update BEFORE UPDATE ON payloads"
    place = ledger(
        tmp_path / "l.db",
        "DROP TRIGGER payloads_no_update",
        f"{guard} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    )
    check_refused(place, "payloads_no_update", {})


@OPTIONS
@pytest.mark.parametrize("content", [b"x", b"yes\n", b"\0" * 4, b"\0" * 511])
def test_a_file_too_small_for_a_database_is_refused(
    tmp_path: Path, content: bytes, options: dict[str, bool]
) -> None:
    """SQLite itself takes some of them as empty, and would write over what is there."""
    (tmp_path / "l.db").write_bytes(content)
    check_refused(tmp_path / "l.db", r"l\.db: this file is no ledger, nor any SQLite database", options)


def make_pipe(place: Path) -> Path:
    """Make a named pipe that nobody writes to."""
    os.mkfifo(place)
    return place


def make_socket(place: Path) -> Path:
    """Make a socket that nobody listens at."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(place))
    return place


@OPTIONS
@pytest.mark.parametrize("make", [make_pipe, make_socket, lambda place: Path("/dev/null")])
def test_what_is_no_regular_file_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], options: dict[str, bool]
) -> None:
    """It is not opened, as nobody knows how long that takes, and nothing is made beside it."""
    place = make(tmp_path / "l")
    before = os.listdir(place.parent)
    with pytest.raises(LedgerError, match="this is no regular file; name another file"):
        Ledger.open(place, **options)  # type: ignore[arg-type]
    assert os.listdir(place.parent) == before


def test_whatever_goes_wrong_leaves_no_lock(tmp_path: Path) -> None:
    """Also what nobody has foreseen: here a caller's mistake, found when the file is locked already."""
    with pytest.raises(AttributeError):
        Ledger.open(tmp_path / "l.db", exclusive=True, wait=None)  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == []
