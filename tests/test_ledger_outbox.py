"""The outbox: what is due, what failed, what is held or given up, and what a crash leaves open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Attempt, Defect, Ledger, Queued, QueueDepth, State, reconcile
from asw_exchange.model import Outcome
from tests.ledger_builders import MOMENT, RAW, on_sqlite, received, sent, write

SECOND = timedelta(seconds=1)
LATER = MOMENT + 60 * SECOND


def queue(ledger: Ledger, message_id: str = "VN-1", **changes: Any) -> int:
    """Put a message into the outbox; return its sequence."""
    due = changes.pop("due", None)
    sequence = ledger.append(sent(message_id, **changes), RAW, queue=True, due=due).sequence
    assert sequence is not None
    return sequence


def fail(ledger: Ledger, sequence: int, *, may_have_arrived: bool = False) -> None:
    """Note a failed attempt, to be repeated a minute later."""
    ledger.failed(
        sequence,
        moment=MOMENT,
        due=LATER,
        failure="connection refused",
        may_have_arrived=may_have_arrived,
    )


def bury(ledger: Ledger, sequence: int, *, may_have_arrived: bool = False) -> None:
    """Give a message up."""
    ledger.bury(sequence, moment=MOMENT, failure="HTTP 410", may_have_arrived=may_have_arrived)


def due(ledger: Ledger, now: datetime = MOMENT, **options: Any) -> tuple[Queued, ...]:
    """What is due to Thailand."""
    return ledger.due_to("asean", "TH", now, **options)


def due_ids(ledger: Ledger, **options: Any) -> list[str]:
    """The ids of what is due now."""
    return [each.entry.message_id for each in due(ledger, MOMENT, **options)]


def test_what_is_queued_is_due_at_once(ledger: Ledger) -> None:
    """With its entry, as it was written, and nothing tried yet."""
    entry = ledger.append(sent(document=b"{}"), RAW, queue=True)
    (queued,) = due(ledger)
    assert (queued.sequence, queued.entry) == (entry.sequence, entry)
    assert (queued.attempts, queued.due, queued.state, queued.failure) == (0, MOMENT, State.WAITING, None)
    assert due(ledger, MOMENT - SECOND) == ()


def test_the_longest_overdue_comes_first(ledger: Ledger) -> None:
    """Then the order of writing; what is due later is not there yet."""
    for message_id, seconds in (("VN-1", 0), ("VN-2", -1), ("VN-3", 0), ("VN-4", 1)):
        queue(ledger, message_id, due=MOMENT + seconds * SECOND)
    assert due_ids(ledger) == ["VN-2", "VN-1", "VN-3"]
    assert due_ids(ledger, limit=2) == ["VN-2", "VN-1"]


def test_the_next_moment_of_work_is_known(ledger: Ledger) -> None:
    """Of what waits, not of what is held."""
    assert ledger.next_due() is None
    held = queue(ledger, "VN-1", due=LATER)
    ledger.hold(held)
    assert ledger.next_due() is None
    queue(ledger, "VN-2", due=LATER + SECOND)
    assert ledger.next_due() == LATER + SECOND


def test_a_failed_attempt_is_postponed_and_written_down(ledger: Ledger) -> None:
    """Counted, with its reason, and due again only when it was said."""
    sequence = queue(ledger)
    fail(ledger, sequence)
    assert due(ledger) == ()
    (queued,) = due(ledger, LATER)
    assert (queued.attempts, queued.due, queued.failure) == (1, LATER, "connection refused")
    expected = Attempt(moment=MOMENT, failure="connection refused", may_have_arrived=False)
    assert ledger.attempts(sequence) == (expected,)


def test_a_dead_letter_is_kept_until_it_is_released(ledger: Ledger) -> None:
    """It is not due and not pending, but listed with its reason; released, it starts afresh."""
    sequence = queue(ledger)
    fail(ledger, sequence)
    bury(ledger, sequence)
    assert (due(ledger, LATER), ledger.pending(), ledger.next_due()) == ((), (), None)
    (dead,) = ledger.queue(state=State.DEAD)
    assert (dead.sequence, dead.attempts, dead.failure) == (sequence, 2, "HTTP 410")
    assert ledger.release(sequence, LATER)
    (queued,) = due(ledger, LATER)
    assert (queued.attempts, queued.due, queued.state) == (0, LATER, State.WAITING)
    assert len(ledger.attempts(sequence)) == 2


def test_what_is_held_waits_for_its_release(ledger: Ledger) -> None:
    """Each tells whether it changed anything."""
    sequence = queue(ledger)
    assert not ledger.release(sequence, MOMENT)
    assert ledger.hold(sequence)
    assert not ledger.hold(sequence)
    assert (due(ledger), ledger.pending()) == ((), ())
    assert ledger.release(sequence, MOMENT)
    assert due_ids(ledger) == ["VN-1"]


def test_what_is_held_stays_held_when_its_last_attempt_fails(ledger: Ledger) -> None:
    """Somebody held it while it was under way."""
    sequence = queue(ledger)
    ledger.hold(sequence)
    fail(ledger, sequence)
    (queued,) = ledger.queue()
    assert (queued.state, queued.attempts) == (State.HELD, 1)


def test_what_was_taken_meanwhile_is_not_queued_again(ledger: Ledger) -> None:
    """A failure told too late is written down, and nothing else."""
    sequence = queue(ledger)
    ledger.delivered(sequence)
    fail(ledger, sequence)
    bury(ledger, sequence)
    assert ledger.queue() == ()
    assert not ledger.release(sequence, MOMENT)
    assert len(ledger.attempts(sequence)) == 2


def test_an_attempt_at_nothing_is_refused(ledger: Ledger) -> None:
    """No entry has this sequence."""
    with pytest.raises(LedgerError, match="cannot be written"):
        fail(ledger, 7)


def test_attempts_cannot_be_changed(ledger: Ledger) -> None:
    """They are part of the record."""
    fail(ledger, queue(ledger))
    for change in ("UPDATE attempts SET may_have_arrived = 1", "DELETE FROM attempts"):
        with pytest.raises(LedgerError, match="append-only"):
            ledger.database.run(change)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["VN-1", "VN-2", "TH-1"]),
        ({"gateway": "VN"}, ["VN-1", "VN-2"]),
        ({"peer": "VN"}, ["TH-1"]),
        ({"state": State.DEAD}, ["VN-2"]),
        ({"state": State.WAITING, "gateway": "VN"}, ["VN-1"]),
        ({"message_id": "TH-1"}, ["TH-1"]),
        ({"limit": 1}, ["VN-1"]),
    ],
)
def test_the_outbox_is_listed_by_what_is_asked_for(
    ledger: Ledger, filters: dict[str, Any], expected: list[str]
) -> None:
    """In the order of writing."""
    queue(ledger, "VN-1")
    bury(ledger, queue(ledger, "VN-2"))
    queue(ledger, "TH-1", gateway="TH", peer="VN")
    assert [each.entry.message_id for each in ledger.queue(**filters)] == expected


def test_the_depth_of_the_outbox_is_counted_by_state(ledger: Ledger) -> None:
    """And since when the oldest waits, whatever was tried meanwhile."""
    assert ledger.queue_depth() == QueueDepth(waiting=0, held=0, dead=0, oldest=None)
    bury(ledger, queue(ledger, "VN-1"))
    ledger.hold(queue(ledger, "VN-2"))
    fail(ledger, queue(ledger, "VN-3", moment=MOMENT + SECOND))
    queue(ledger, "VN-4", moment=MOMENT + 2 * SECOND)
    assert ledger.queue_depth() == QueueDepth(waiting=2, held=1, dead=1, oldest=MOMENT + SECOND)


@on_sqlite
@pytest.mark.parametrize(
    "question",
    [
        "SELECT sequence FROM outbox WHERE state = 'waiting' AND due <= 5 ORDER BY due, sequence LIMIT 100",
        "SELECT min(due) FROM outbox WHERE state = 'waiting'",
        "SELECT state, count(*) FROM outbox GROUP BY state",
    ],
)
def test_a_long_outbox_is_not_sorted_nor_read_row_by_row(ledger: Ledger, question: str) -> None:
    """The index gives what is due in its order."""
    details = [row[3] for row in ledger.database.fetch(f"EXPLAIN QUERY PLAN {question}")]
    assert all("outbox_by_due" in detail for detail in details), details


def test_a_repetition_after_an_unknown_end_is_explained(ledger: Ledger) -> None:
    """The first attempt arrived though no answer came; the second is a duplicate, and not a surplus."""
    sequence = queue(ledger)
    fail(ledger, sequence, may_have_arrived=True)
    write(ledger, received(), received(outcome=Outcome.DUPLICATE))
    ledger.delivered(sequence)
    found = reconcile(ledger)
    (row,) = found.rows
    assert found.reconciled
    assert (row.sent, row.repeated, row.accepted, row.duplicate, row.in_flight) == (1, 1, 1, 1, 0)


def test_an_attempt_that_cannot_have_arrived_explains_nothing(ledger: Ledger) -> None:
    """The connection was refused: the second reception came from somewhere else."""
    sequence = queue(ledger)
    fail(ledger, sequence)
    write(ledger, received(), received(outcome=Outcome.DUPLICATE))
    ledger.delivered(sequence)
    assert [each.defect for each in reconcile(ledger).differences] == [Defect.SURPLUS]


def test_more_than_the_attempts_explain_is_a_surplus(ledger: Ledger) -> None:
    """One attempt explains one reception, of its own message only."""
    fail(ledger, queue(ledger, "VN-1"), may_have_arrived=True)
    ledger.delivered(queue(ledger, "VN-2"))
    write(ledger, received("VN-2"), received("VN-2", outcome=Outcome.DUPLICATE))
    write(ledger, received("VN-1"), *(received("VN-1", outcome=Outcome.DUPLICATE) for _ in range(2)))
    surplus = [(each.message_id, each.defect) for each in reconcile(ledger).differences]
    assert surplus == [("VN-1", Defect.SURPLUS), ("VN-2", Defect.SURPLUS)]


def test_an_attempt_that_may_have_arrived_and_did_not_is_no_difference(ledger: Ledger) -> None:
    """Still in flight: it is tried again."""
    fail(ledger, queue(ledger), may_have_arrived=True)
    found = reconcile(ledger)
    assert (found.reconciled, found.rows[0].in_flight, found.rows[0].repeated) == (True, 1, 0)


def test_a_dead_letter_has_a_column_of_its_own(ledger: Ledger) -> None:
    """It is neither lost nor in flight: the sender knows that it gave it up."""
    bury(ledger, queue(ledger))
    found = reconcile(ledger)
    assert (found.reconciled, found.rows[0].dead, found.rows[0].in_flight) == (True, 1, 0)


def test_a_dead_letter_that_arrived_counts_as_received(ledger: Ledger) -> None:
    """Only the answer to it was lost."""
    bury(ledger, queue(ledger), may_have_arrived=True)
    write(ledger, received())
    found = reconcile(ledger)
    assert (found.reconciled, found.rows[0].dead, found.rows[0].accepted) == (True, 0, 1)


def test_what_is_held_is_in_flight(ledger: Ledger) -> None:
    """It will be sent when it is released."""
    ledger.hold(queue(ledger))
    found = reconcile(ledger)
    assert (found.reconciled, found.rows[0].in_flight) == (True, 1)


def test_after_a_crash_all_that_waits_may_have_arrived(ledger: Ledger) -> None:
    """It waits as before, and its repetition is explained; what was held was not under way."""
    waiting, held = queue(ledger, "VN-1"), queue(ledger, "VN-2")
    ledger.hold(held)
    assert ledger.recover(LATER) == 1
    (attempt,) = ledger.attempts(waiting)
    assert (attempt.moment, attempt.may_have_arrived) == (LATER, True)
    assert ledger.attempts(held) == ()
    (queued,) = due(ledger)
    assert queued.attempts == 0
    write(ledger, received("VN-1"), received("VN-1", outcome=Outcome.DUPLICATE))
    ledger.delivered(waiting)
    assert reconcile(ledger).reconciled


def test_a_failure_that_is_rolled_back_leaves_nothing(ledger: Ledger) -> None:
    """Attempt and new due moment go with the transaction."""
    sequence = queue(ledger)

    def work() -> None:
        with ledger.transaction():
            fail(ledger, sequence)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert ledger.attempts(sequence) == ()
    assert due_ids(ledger) == ["VN-1"]


def test_the_entries_of_a_page_come_from_the_outbox(ledger: Ledger) -> None:
    """Of many entries only those that wait are read."""
    with ledger.transaction():
        for number in range(50):
            ledger.delivered(queue(ledger, f"VN-{number}"))
    queue(ledger, "VN-last")
    assert due_ids(ledger) == ["VN-last"]
    assert ledger.database.select(text("SELECT count(*) FROM outbox")) == [(1,)]


def test_what_has_failed_can_be_hurried(ledger: Ledger) -> None:
    """To one peer in one corridor; what was never tried is due when it was meant to be."""
    failed, other = queue(ledger), queue(ledger, "VN-2", peer="SG")
    queue(ledger, "VN-3", due=LATER)
    for sequence in (failed, other):
        fail(ledger, sequence)
    assert ledger.put_off() == {("asean", "TH"), ("asean", "SG")}
    ledger.hurry("korea", "TH", MOMENT)
    assert not due(ledger)
    ledger.hurry("asean", "TH", MOMENT)
    assert due_ids(ledger) == ["VN-1"]
    assert [each.entry.message_id for each in ledger.due_to("asean", "SG", MOMENT)] == []


def test_the_ledger_tells_from_whom_something_came(ledger: Ledger) -> None:
    """What was refused may have come from anybody."""
    (taken,) = write(ledger, received("VN-1"))
    write(ledger, received("VN-2", outcome=Outcome.REJECTED))
    assert ledger.heard(after=0) == {("asean", "VN")}
    assert ledger.heard(after=taken.sequence or 0) == frozenset()


def test_the_ledger_tells_what_has_not_left(ledger: Ledger) -> None:
    """Whether it waits or was given up; of one gateway."""
    waiting, dead, gone = queue(ledger), queue(ledger, "VN-2"), queue(ledger, "VN-3")
    bury(ledger, dead)
    ledger.delivered(gone)
    assert ledger.undelivered("VN") == {waiting, dead}
    assert ledger.undelivered("TH") == frozenset()
