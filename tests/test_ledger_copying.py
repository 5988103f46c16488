"""Whole ledgers copied into one file, and several held against each other as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Defect, Ledger, copy, reconcile, together
from tests.ledger_builders import MOMENT, RAW, answer_received, answer_sent, received, sent, sha256, write


def test_a_copy_is_the_whole_ledger(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries with their sequences, bytes, outbox, attempts, notes and hosted gateways, page by page."""
    monkeypatch.setattr("asw_exchange.ledger.copying._PAGE", 2)
    write(ledger, sent(cites=("VN/1", "VN/2", "VN/3"), document=b"{}"), queue=True)
    ledger.failed(1, moment=MOMENT, due=MOMENT, failure="time-out", may_have_arrived=True)
    write(ledger, received(), answer_sent(), answer_received())
    ledger.host(["VN", "TH"])
    ledger.set_note("seed", "7")
    copy(ledger, tmp_path / "copy.db")
    with Ledger.open(tmp_path / "copy.db") as copied:
        assert copied.entries() == ledger.entries()
        assert copied.queue() == ledger.queue()
        assert copied.attempts(1) == ledger.attempts(1)
        assert copied.raw(sha256(RAW)) == RAW
        assert copied.note("seed") == "7"
        assert reconcile(copied) == reconcile(ledger)
        assert [entry.message_id for entry in copied.memory("VN").citing("VN/3")] == ["VN-1"]


def test_a_copy_does_not_overwrite(ledger: Ledger, tmp_path: Path) -> None:
    """Whatever is there stays."""
    (tmp_path / "copy.db").write_text("a letter")
    with pytest.raises(LedgerError, match="there is a file already"):
        copy(ledger, tmp_path / "copy.db")


def test_notes_are_kept_until_they_are_forgotten(ledger: Ledger) -> None:
    """A second value takes the place of the first."""
    assert ledger.note("clock") is None
    ledger.set_note("clock", "1")
    ledger.set_note("clock", "2")
    assert ledger.note("clock") == "2"
    ledger.set_note("clock", None)
    assert ledger.note("clock") is None


def test_the_books_of_two_servers_are_held_against_each_other(ledger: Ledger) -> None:
    """Each is outside for the other; together they are both sides of every message."""
    with Ledger.open(":memory:") as other:
        ledger.host(["VN"])
        other.host(["TH"])
        write(ledger, sent("VN-1"), answer_received(), sent("VN-2"))
        write(other, received("VN-1"), answer_sent())
        assert reconcile(ledger).reconciled
        assert reconcile(other).reconciled
        with together([ledger, other]) as whole:
            found = reconcile(whole)
    assert [(each.defect, each.message_id) for each in found.differences] == [(Defect.LOST, "VN-2")]


def test_a_ledger_that_says_of_no_gateway_hosts_those_it_knows(ledger: Ledger) -> None:
    """Where another one does say."""
    with Ledger.open(":memory:") as other:
        ledger.host(["VN"])
        write(ledger, sent("VN-1"))
        write(other, received("VN-1"), received("VN-9"))
        with together([ledger, other]) as whole:
            assert [each.defect for each in reconcile(whole).differences] == [Defect.NEVER_SENT]


def test_the_outbox_of_each_stays_with_its_entries(ledger: Ledger) -> None:
    """Sequences of the second come behind those of the first."""
    with Ledger.open(":memory:") as other:
        write(ledger, sent("VN-1"), queue=True)
        write(other, sent("TH-1", gateway="TH", peer="VN"), queue=True)
        other.failed(1, moment=MOMENT, due=MOMENT, failure="time-out", may_have_arrived=True)
        with together([ledger, other]) as whole:
            queued = [(each.sequence, each.entry.message_id, each.attempts) for each in whole.queue()]
            assert queued == [(1, "VN-1", 0), (2, "TH-1", 1)]
            assert len(whole.attempts(2)) == 1
