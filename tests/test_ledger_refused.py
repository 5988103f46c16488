"""Files that are refused as a ledger: a sentence says why; they stay as they were, nothing beside them."""

from __future__ import annotations

import os
import sqlite3
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


def test_whatever_goes_wrong_leaves_no_lock(tmp_path: Path) -> None:
    """Also what nobody has foreseen: here a caller's mistake, found when the file is locked already."""
    with pytest.raises(AttributeError):
        Ledger.open(tmp_path / "l.db", exclusive=True, wait=None)  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == []
