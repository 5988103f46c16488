"""Crashes, full disks and several processes: what is committed stays, what is not leaves no trace."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger, reconcile
from tests.ledger_builders import received, sent, write

BEGINNING = """
import os, sys
from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger
from tests.ledger_builders import received, sent, write
path, name = sys.argv[1:]
"""


def start(code: str, path: Path, name: str = "VN") -> subprocess.Popen[str]:
    """Start a process of its own."""
    command = [sys.executable, "-c", BEGINNING + code, str(path), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)


DIE_IN_A_TRANSACTION = """
ledger = Ledger.open(path)
with ledger.transaction():
    write(ledger, sent("VN-1"), queue=True)
    write(ledger, received("VN-1"))
with ledger.transaction():
    write(ledger, sent("VN-2"), queue=True)
    ledger.delivered(1)
    os._exit(9)
"""


def test_a_crash_in_a_transaction_keeps_what_was_committed_and_nothing_else(tmp_path: Path) -> None:
    """No recovery by hand: the next one to open it finds the last commit."""
    with start(DIE_IN_A_TRANSACTION, tmp_path / "l.db") as process:
        assert process.wait() == 9
    with Ledger.open(tmp_path / "l.db") as ledger:
        assert [entry.message_id for entry in ledger.entries()] == ["VN-1", "VN-1"]
        assert [entry.message_id for entry in ledger.pending()] == ["VN-1"]
        write(ledger, sent("VN-3"))


WRITE_UNTIL_KILLED = """
ledger = Ledger.open(path)
for number in range(100000):
    with ledger.transaction():
        write(ledger, sent(f"VN-{number}"), received(f"VN-{number}"))
    print(number, flush=True)
"""


def test_a_killed_process_has_lost_nothing_that_it_told_of(tmp_path: Path) -> None:
    """Each number was printed after its commit, so all of them are there, with both sides."""
    with start(WRITE_UNTIL_KILLED, tmp_path / "l.db") as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(50)]
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
    with Ledger.open(tmp_path / "l.db") as ledger:
        sent_ids = [entry.message_id for entry in ledger.entries(gateway="VN")]
        assert sent_ids[: len(told)] == [f"VN-{number}" for number in range(len(told))]
        assert len(ledger.entries()) == 2 * len(sent_ids)
        assert reconcile(ledger).reconciled


WRITE_FIFTY = """
with Ledger.open(path) as ledger:
    for number in range(50):
        with ledger.transaction():
            first, second = write(ledger, sent(f"{name}-{number}"), sent(f"{name}-{number}"))
            assert second.sequence == first.sequence + 1
"""


def test_two_processes_write_into_one_ledger(tmp_path: Path) -> None:
    """Each waits for the other's commit; every transaction is whole."""
    with (
        start(WRITE_FIFTY, tmp_path / "l.db", "VN") as first,
        start(WRITE_FIFTY, tmp_path / "l.db", "TH") as second,
    ):
        assert (first.wait(), second.wait()) == (0, 0)
    with Ledger.open(tmp_path / "l.db") as ledger:
        assert len(ledger.entries()) == 200


def test_a_full_disk_keeps_nothing_of_the_transaction_and_does_no_harm(tmp_path: Path) -> None:
    """The message that did not fit is gone as a whole; with space again the ledger goes on."""
    with Ledger.open(tmp_path / "l.db") as ledger:
        write(ledger, sent("VN-1"))
        pages = ledger.database.fetch("PRAGMA page_count")[0][0]
        ledger.database.fetch(f"PRAGMA max_page_count = {pages + 4}")

        def fill() -> None:
            with ledger.transaction():
                write(ledger, received("VN-1"))
                write(ledger, sent("VN-2", raw=bytes(100_000)), raw=bytes(100_000))

        with pytest.raises(LedgerError, match="the disk is full, so this was not written; free some space"):
            fill()
        assert [entry.gateway for entry in ledger.entries()] == ["VN"]
        ledger.database.fetch("PRAGMA max_page_count = 1000000")
        fill()
        assert len(ledger.entries()) == 3


FILL_THE_DISK = """
import resource
ledger = Ledger.open(path)
write(ledger, sent("VN-1"))
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
try:
    for number in range(2, 1000):
        write(ledger, sent(f"VN-{number}", raw=bytes(20_000)), raw=bytes(20_000))
        kept = number
except LedgerError as error:
    print(kept, error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
write(ledger, sent("VN-again"))
"""


def test_a_disk_that_takes_no_more_is_told_and_does_no_harm(tmp_path: Path) -> None:
    """The operating system refuses to let the file grow: all that was committed before is there."""
    with start(FILL_THE_DISK, tmp_path / "l.db") as process:
        said, _ = process.communicate()
    kept, sentence = said.split(" ", 1)
    assert process.returncode == 0
    assert "the disk" in sentence
    with Ledger.open(tmp_path / "l.db") as ledger:
        ids = [entry.message_id for entry in ledger.entries()]
    assert ids == [f"VN-{number}" for number in range(1, int(kept) + 1)] + ["VN-again"]
