"""Retention: the bytes of the oldest go, the record stays, and what is still needed stays whole."""

from __future__ import annotations

from datetime import timedelta

import pytest

from asw_exchange.errors import BytesDropped, LedgerError
from asw_exchange.ledger import Ledger, reconcile
from asw_exchange.model import Outcome
from tests.ledger_builders import MOMENT, received, sent, sha256, unreadable, write

DAY = timedelta(days=1)


def body(number: int) -> bytes:
    """The bytes of a message: ten of them."""
    return f"message {number:02}".encode()


def exchange(ledger: Ledger, *numbers: int, queue: bool = False) -> None:
    """Both sides of messages, a day apart, in a ledger that both share."""
    for number in numbers:
        raw, moment = body(number), MOMENT + number * DAY
        write(ledger, sent(f"VN-{number}", raw, moment=moment), raw=raw, queue=queue)
        write(ledger, received(f"VN-{number}", raw, moment=moment), raw=raw)


def kept(ledger: Ledger, count: int = 5) -> list[int]:
    """The numbers of the messages whose bytes are there."""
    found = []
    for number in range(count):
        try:
            assert ledger.raw(sha256(body(number))) == body(number)
            found.append(number)
        except BytesDropped:
            pass
    return found


def test_without_caps_nothing_is_dropped(ledger: Ledger) -> None:
    """But it is counted."""
    exchange(ledger, *range(5))
    found = ledger.retain(MOMENT + 9 * DAY)
    assert (found.messages, found.bytes, found.before) == (0, 0, None)
    assert (found.kept_messages, found.kept_bytes, found.is_done) == (10, 100, True)
    assert kept(ledger) == [0, 1, 2, 3, 4]


def test_the_oldest_beyond_the_number_go(ledger: Ledger) -> None:
    """Of ten transmissions four are kept: those of the last two messages."""
    exchange(ledger, *range(5))
    found = ledger.retain(MOMENT, messages=4)
    assert kept(ledger) == [3, 4]
    assert (found.messages, found.bytes, found.before) == (3, 30, MOMENT + 2 * DAY)
    assert (found.kept_messages, found.kept_bytes) == (4, 40)
    assert ledger.dropped() == found


def test_the_oldest_beyond_the_bytes_go(ledger: Ledger) -> None:
    """The cap is never exceeded by what is kept."""
    exchange(ledger, *range(5))
    assert ledger.retain(MOMENT, bytes=59).kept_bytes == 50
    assert kept(ledger) == [2, 3, 4]


def test_the_oldest_beyond_the_age_go(ledger: Ledger) -> None:
    """What is exactly as old stays."""
    exchange(ledger, *range(5))
    ledger.retain(MOMENT + 4 * DAY, age=2 * DAY)
    assert kept(ledger) == [2, 3, 4]


def test_what_is_dropped_is_named(ledger: Ledger) -> None:
    """With its address and what to do about it; bytes that were never there are another matter."""
    exchange(ledger, 0)
    ledger.retain(MOMENT, messages=0)
    with pytest.raises(BytesDropped, match=r"dropped by retention .*; raise the caps"):
        ledger.raw(sha256(body(0)))
    with pytest.raises(LedgerError, match="has no bytes with this SHA-256"):
        ledger.raw(sha256(body(1)))


def test_the_record_stays_provable(ledger: Ledger) -> None:
    """Entries, memory of duplicates, tally and reconciliation are as before."""
    exchange(ledger, *range(5))
    entries, before = ledger.entries(), reconcile(ledger)
    ledger.retain(MOMENT, messages=0)
    assert (ledger.entries(), reconcile(ledger)) == (entries, before)
    found = ledger.memory("TH").received("VN", "VN-0")
    assert found is not None
    assert found.digest == sha256(body(0))


def test_what_waits_in_the_outbox_is_spared_until_it_is_taken(ledger: Ledger) -> None:
    """Waiting, held or dead: its bytes are needed. Once taken, they go with the next call."""
    exchange(ledger, 0, 1, 2, queue=True)
    ledger.hold(3)
    ledger.bury(5, moment=MOMENT, failure="gone", may_have_arrived=False)
    for _ in range(2):
        assert ledger.retain(MOMENT, messages=0).messages == 0
    assert kept(ledger, 3) == [0, 1, 2]
    ledger.delivered(3)
    assert ledger.retain(MOMENT, messages=0).messages == 1
    assert kept(ledger, 3) == [0, 2]


def test_unreadable_bytes_that_still_wait_at_their_sender_are_spared(ledger: Ledger) -> None:
    """Sender and receiver know them by different ids."""
    raw = body(0)
    (entry,) = write(ledger, sent("VN-0", raw), raw=raw, queue=True)
    write(ledger, unreadable(raw), raw=raw)
    ledger.retain(MOMENT, messages=0)
    assert kept(ledger, 1) == [0]
    ledger.delivered(entry.sequence or 0)
    ledger.retain(MOMENT, messages=0)
    assert kept(ledger, 1) == []


def test_bytes_that_travelled_again_are_as_young_as_their_last_transmission(ledger: Ledger) -> None:
    """A message repeated lately can be answered as before."""
    exchange(ledger, 0, 1)
    write(ledger, received("VN-0", body(0), outcome=Outcome.DUPLICATE), raw=body(0))
    ledger.retain(MOMENT, messages=1)
    assert kept(ledger, 2) == [0]


def test_bytes_that_come_again_after_they_were_dropped_stay_dropped(ledger: Ledger) -> None:
    """The same bytes are stored once; what is recorded of them is counted as before."""
    exchange(ledger, 0)
    ledger.retain(MOMENT, messages=0)
    write(ledger, sent("VN-0", body(0)), received("VN-0", body(0), outcome=Outcome.DUPLICATE), raw=body(0))
    assert kept(ledger, 1) == []
    assert reconcile(ledger).reconciled


def test_a_call_does_a_bounded_part_and_the_next_goes_on(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that receiving never waits long."""
    monkeypatch.setattr("asw_exchange.ledger.retention.BATCH", 4)
    exchange(ledger, *range(5))
    seen = []
    while not (found := ledger.retain(MOMENT, messages=2)).is_done:
        seen.append(found.messages)
    assert seen == sorted(seen)
    assert len(seen) >= 2
    assert (kept(ledger), found.messages, found.kept_messages) == ([4], 4, 2)


def test_only_emptying_is_let_through(ledger: Ledger) -> None:
    """Bytes cannot be replaced by others, nor moved to another address."""
    exchange(ledger, 0)
    for change in ("content = 'x'", "digest = 'x'", "digest = 'x', content = ''"):
        with pytest.raises(LedgerError, match="append-only"):
            ledger.database.run(f"UPDATE payloads SET {change}")
    assert kept(ledger, 1) == [0]
