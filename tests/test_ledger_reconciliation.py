"""Both sides held against each other: every kind of difference is found, named, and hidden by no other."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from asw_exchange.ledger import Defect, Ledger, TallyRow, reconcile
from asw_exchange.model import Outcome
from asw_exchange.records import Direction, Entry
from tests.ledger_builders import (
    ACKNOWLEDGEMENT,
    EFORM_D,
    MOMENT,
    RAW,
    answer_received,
    answer_sent,
    on_sqlite,
    received,
    sent,
    sha256,
    told,
    unreadable,
    write,
)

OTHER = b"<certificate>changed</certificate>"


def defects(ledger: Ledger) -> list[tuple[Defect, str]]:
    """The differences in short, after a look at what all of them must have in common."""
    found = reconcile(ledger)
    assert found.reconciled == (not found.differences)
    return [(each.defect, each.reason) for each in found.differences]


def adds_up(row: TallyRow) -> bool:
    """The identity that a reconciled ledger has in every row."""
    arrived = row.accepted + row.rejected + row.duplicate
    return row.sent + row.repeated == arrived + row.in_flight + row.dead


def test_an_empty_ledger_is_reconciled(ledger: Ledger) -> None:
    """Nothing is missing where nothing was sent."""
    found = reconcile(ledger)
    assert (found.rows, found.reconciled, found.differences) == ((), True, ())


def test_a_whole_exchange_is_reconciled(ledger: Ledger) -> None:
    """Certificate, duplicate, both acknowledgements: all rows add up."""
    write(ledger, sent(), received(), answer_sent(), answer_received())
    write(ledger, sent(), received(outcome=Outcome.DUPLICATE), answer_sent())
    write(ledger, answer_received(outcome=Outcome.DUPLICATE, content_digest=None))
    found = reconcile(ledger)
    assert found.reconciled
    assert all(adds_up(row) for row in found.rows)


def test_what_is_in_flight_is_no_difference(ledger: Ledger) -> None:
    """Waiting in the outbox, or an acknowledgement not yet recorded."""
    write(ledger, sent(), queue=True)
    write(ledger, sent("VN-2"), received("VN-2"), answer_sent("TH-1", "VN-2"))
    assert defects(ledger) == []


def test_a_difference_names_the_message(ledger: Ledger) -> None:
    """Sender, receiver, kind, message id and reference."""
    write(ledger, sent())
    (found,) = reconcile(ledger).differences
    assert (found.gateway, found.peer, found.kind) == ("VN", "TH", EFORM_D)
    assert (found.message_id, found.reference) == ("VN-1", "VN-TH 25/02/00006")


def test_lost(ledger: Ledger) -> None:
    """Sent, never received, and nothing waits."""
    write(ledger, sent())
    expected = "VN sent it once, TH has no record of it, and nothing waits in the outbox"
    assert defects(ledger) == [(Defect.LOST, expected)]


def test_lost_though_acknowledged(ledger: Ledger) -> None:
    """The worst one: the sender believes that it arrived. It is told once, not twice."""
    write(ledger, sent(), answer_sent(), answer_received())
    expected = "VN sent it once, TH has no record of it, though VN holds an acknowledgement"
    assert defects(ledger) == [(Defect.LOST, expected)]


def test_lost_in_part(ledger: Ledger) -> None:
    """Of three transmissions one is missing."""
    write(ledger, sent(), sent(), sent(), received(), received(outcome=Outcome.DUPLICATE))
    expected = "VN sent it 3 times, TH received it twice, and nothing waits in the outbox"
    assert defects(ledger) == [(Defect.LOST, expected)]


def test_never_sent(ledger: Ledger) -> None:
    """The receiver has what its alleged sender knows nothing of."""
    write(ledger, received())
    expected = "TH received it from VN, which has no record of sending it"
    assert defects(ledger) == [(Defect.NEVER_SENT, expected)]


def test_never_sent_though_another_sent_the_same_id(ledger: Ledger) -> None:
    """Ids belong to their sender, messages to their receiver."""
    write(ledger, sent(peer="MY"), received(gateway="MY"), received())
    assert [defect for defect, _ in defects(ledger)] == [Defect.NEVER_SENT]


def test_surplus(ledger: Ledger) -> None:
    """Received more often than sent."""
    write(ledger, sent(), received(), received(outcome=Outcome.DUPLICATE))
    assert defects(ledger) == [(Defect.SURPLUS, "VN sent it once, TH received it twice")]


def test_other_bytes(ledger: Ledger) -> None:
    """Changed on the way: one difference, not a lost and a surplus message."""
    write(ledger, sent())
    write(ledger, received(raw=OTHER, outcome=Outcome.REJECTED, content_digest=None), raw=OTHER)
    expected = f"TH received bytes that VN did not send (SHA-256 {sha256(OTHER)[:16]}…)"
    assert defects(ledger) == [(Defect.OTHER_BYTES, expected)]


def test_other_bytes_do_not_hide_a_lost_message(ledger: Ledger) -> None:
    """Two sent, one changed and one lost: both are told."""
    write(ledger, sent(), sent())
    write(ledger, received(raw=OTHER, outcome=Outcome.REJECTED), raw=OTHER)
    assert [defect for defect, _ in defects(ledger)] == [Defect.LOST, Defect.OTHER_BYTES]


def test_an_acknowledgement_with_other_bytes(ledger: Ledger) -> None:
    """Answers are compared byte for byte as well."""
    write(ledger, sent(), received(), answer_sent())
    write_other = replace(answer_received(), digest=sha256(OTHER))
    ledger.append(write_other, OTHER)
    assert [defect for defect, _ in defects(ledger)] == [Defect.OTHER_BYTES]


def test_other_kind(ledger: Ledger) -> None:
    """Both have the same bytes, but they understood them differently."""
    write(ledger, sent(), received(kind="asean/acdd"))
    expected = "VN sent it as asean/eform-d, TH accepted it as asean/acdd"
    assert defects(ledger) == [(Defect.OTHER_KIND, expected)]


def test_a_refused_message_of_another_kind_is_no_difference(ledger: Ledger) -> None:
    """A receiver that refuses need not know what it was; the row is that of the sender."""
    write(ledger, sent(), received(kind="unknown", outcome=Outcome.REJECTED))
    (row,) = reconcile(ledger).rows
    assert (row.kind, row.sent, row.rejected) == (EFORM_D, 1, 1)
    assert defects(ledger) == []


def test_other_outcome(ledger: Ledger) -> None:
    """Told accepted, recorded as rejected."""
    write(ledger, sent(), received(outcome=Outcome.REJECTED), answer_sent(), answer_received())
    expected = "TH told VN that it was accepted, but recorded it as rejected"
    assert defects(ledger) == [(Defect.OTHER_OUTCOME, expected)]


def test_the_outcome_is_that_of_the_bytes_told_of(ledger: Ledger) -> None:
    """Other bytes under the same id were refused; what was accepted is told as accepted."""
    write(ledger, sent(), received(), answer_sent("TH-1"), answer_received("TH-1"))
    write(ledger, sent(raw=OTHER), received(raw=OTHER, outcome=Outcome.REJECTED), raw=OTHER)
    refusal = told(outcome=Outcome.REJECTED, raw=OTHER)
    write(ledger, answer_sent("TH-2", document=refusal), answer_received("TH-2", document=refusal))
    assert defects(ledger) == []
    wrong = told(outcome=Outcome.ACCEPTED, raw=OTHER)
    write(ledger, answer_sent("TH-3", document=wrong), answer_received("TH-3", document=wrong))
    assert [defect for defect, _ in defects(ledger)] == [Defect.OTHER_OUTCOME]


def test_acknowledged_unseen_while_it_still_waits(ledger: Ledger) -> None:
    """In flight, so nothing is lost, and yet somebody acknowledged it."""
    write(ledger, sent(), queue=True)
    write(ledger, answer_sent(), answer_received())
    expected = "TH told VN that it was accepted, but has no record of these bytes"
    assert defects(ledger) == [(Defect.ACKNOWLEDGED_UNSEEN, expected)]


def test_the_same_id_of_another_sender_does_not_prove_that_it_arrived(ledger: Ledger) -> None:
    """Thailand has a message VN-1, but from Malaysia; the acknowledgement names no bytes."""
    write(ledger, sent(), queue=True)
    write(ledger, sent(gateway="MY"), received(peer="MY"))
    write(ledger, answer_sent(document=None), answer_received(document=None))
    expected = "TH told VN that it was received, but has no record of these bytes"
    assert defects(ledger) == [(Defect.ACKNOWLEDGED_UNSEEN, expected)]


def test_acknowledged_with_other_bytes_than_recorded(ledger: Ledger) -> None:
    """The acknowledgement says which bytes it is about; those never came."""
    wrong = told(raw=OTHER)
    write(ledger, sent(), received(), answer_sent(document=wrong), answer_received(document=wrong))
    assert [defect for defect, _ in defects(ledger)] == [Defect.ACKNOWLEDGED_UNSEEN]


def test_an_acknowledgement_that_the_sender_refused_is_not_believed(ledger: Ledger) -> None:
    """Whatever it tells: its signature may be anybody's."""
    write(ledger, sent(), received(), answer_sent())
    write(ledger, answer_received(outcome=Outcome.REJECTED, document=told(outcome=Outcome.REJECTED)))
    assert defects(ledger) == []


@pytest.mark.parametrize("peer", ["VN", "unknown"])
def test_an_unreadable_message_is_reconciled_by_its_bytes(ledger: Ledger, peer: str) -> None:
    """The receiver knows neither id nor kind, but the bytes are the same, and so is what it tells."""
    address = f"sha256:{sha256(RAW)}"
    document = told(address, Outcome.REJECTED)
    write(ledger, sent(), unreadable(peer=peer))
    write(
        ledger,
        answer_sent("TH-1", address, document=document),
        answer_received("TH-1", address, document=document),
    )
    found = reconcile(ledger)
    assert found.reconciled
    assert all(adds_up(row) for row in found.rows)


def test_an_unreadable_message_with_other_bytes_is_two_differences(ledger: Ledger) -> None:
    """Nothing connects them: one was lost, another came out of nowhere."""
    write(ledger, sent())
    write(ledger, unreadable(OTHER), raw=OTHER)
    assert [defect for defect, _ in defects(ledger)] == [Defect.LOST, Defect.NEVER_SENT]


def test_a_lost_and_a_surplus_message_do_not_cancel_out(ledger: Ledger) -> None:
    """The sums are equal, and both differences are told."""
    write(ledger, sent("VN-1"), sent("VN-2"), received("VN-2"), received("VN-2", outcome=Outcome.DUPLICATE))
    found = reconcile(ledger)
    assert adds_up(found.rows[0])
    assert [(each.defect, each.message_id) for each in found.differences] == [
        (Defect.LOST, "VN-1"),
        (Defect.SURPLUS, "VN-2"),
    ]


def test_opposite_directions_do_not_cancel_out(ledger: Ledger) -> None:
    """What is missing from VN to TH is not made good by a surplus from TH to VN."""
    write(ledger, sent("X-1"), received("X-1", gateway="VN", peer="TH"))
    assert [defect for defect, _ in defects(ledger)] == [Defect.NEVER_SENT, Defect.LOST]


def test_a_part_is_reconciled_on_its_own(ledger: Ledger) -> None:
    """Differences outside the filter are not told, those inside are."""
    write(ledger, sent("1"), sent("2", kind="asean/acdd"), sent("3", peer="MY"))
    assert [each.message_id for each in reconcile(ledger, kind="asean/acdd").differences] == ["2"]
    assert [each.message_id for each in reconcile(ledger, peer="MY").differences] == ["3"]
    assert len(reconcile(ledger, corridor="asean", since=MOMENT).differences) == 3
    assert reconcile(ledger, until=MOMENT).reconciled


class Happening(NamedTuple):
    """One thing that may happen to a message: what each side writes down of it."""

    sender: str
    receiver: str
    number: int
    """With the sender it makes the message id."""
    body: int
    times_sent: int
    times_queued: int
    times_uncertain: int
    """Attempts of its first transmission that may have arrived."""
    given_up: bool
    """Whether what is queued is a dead letter."""
    times_received: int
    as_unreadable: str
    """Empty, or the peer that the receiver of unreadable bytes writes down."""
    told_outcome: Outcome | None
    outcome: Outcome

    @property
    def message_id(self) -> str:
        return f"{self.sender}-{self.number}"

    @property
    def raw(self) -> bytes:
        return f"{self.message_id}/{self.body}".encode()


GATEWAYS = ("VN", "TH", "MY")

happenings = st.lists(
    st.builds(
        Happening,
        st.sampled_from(GATEWAYS[:2]),
        st.sampled_from(GATEWAYS[1:]),
        st.integers(1, 3),
        st.integers(1, 2),
        st.integers(0, 2),
        st.integers(0, 1),
        st.integers(0, 2),
        st.booleans(),
        st.integers(0, 3),
        st.sampled_from(["", "", "", "known", "unknown"]),
        st.sampled_from([None, None, *Outcome]),
        st.sampled_from(Outcome),
    ).filter(lambda each: each.sender != each.receiver),
    max_size=6,
)


def entries_of(happening: Happening) -> Iterable[tuple[Entry, bool]]:
    """What is written down, and whether it is queued."""
    sides: dict[str, Any] = {"gateway": happening.sender, "peer": happening.receiver, "raw": happening.raw}
    for index in range(happening.times_sent):
        yield sent(happening.message_id, **sides), index < happening.times_queued
    back: dict[str, Any] = {"gateway": happening.receiver, "peer": happening.sender, "raw": happening.raw}
    for _ in range(happening.times_received):
        if happening.as_unreadable:
            peer = "unknown" if happening.as_unreadable == "unknown" else happening.sender
            yield unreadable(**back | {"peer": peer}), False
        else:
            yield received(happening.message_id, outcome=happening.outcome, **back), False


def recorded(happening: Happening) -> tuple[str, Outcome]:
    """Under which id and with which outcome the receiver knows it."""
    if happening.as_unreadable:
        return f"sha256:{sha256(happening.raw)}", Outcome.REJECTED
    return happening.message_id, happening.outcome


def disagreements(everything: list[Happening]) -> set[tuple[str, str]]:
    """The model: two bags of transmissions, each with its bytes, and a set of what was told.

    Returns receiver and message id of everything that the two sides do not record alike.
    """
    owed: Counter[tuple[str, str, str, bytes]] = Counter()
    out: Counter[tuple[str, str, str, bytes]] = Counter()
    again: Counter[tuple[str, str, str, bytes]] = Counter()
    seen: Counter[tuple[str, str, str, bytes]] = Counter()
    known: set[tuple[str, str, bytes, str, Outcome]] = set()
    for each in everything:
        way = (each.sender, each.receiver, each.message_id, each.raw)
        out[way] += each.times_sent
        owed[way] += min(each.times_queued, each.times_sent)
        again[way] += each.times_uncertain if each.times_sent else 0
        seen[way] += each.times_received
        if each.times_received:
            known.add((each.sender, each.receiver, each.raw, *recorded(each)))
    transmitted = {
        way[1:3]
        for way in out | seen
        if seen[way] > out[way] + again[way] or out[way] > seen[way] + owed[way]
    }
    misled = {
        (each.receiver, each.message_id)
        for each in everything
        if each.told_outcome
        and (each.sender, each.receiver, each.raw, recorded(each)[0], each.told_outcome) not in known
    }
    return transmitted | misled


def write_down(ledger: Ledger, number: int, happening: Happening) -> None:
    """Write what each side records of one happening."""
    for index, (entry, queue) in enumerate(entries_of(happening)):
        (written,) = write(ledger, entry, raw=happening.raw, queue=queue)
        fate: dict[str, Any] = {"moment": MOMENT, "failure": "time-out"}
        assert written.sequence is not None
        for _ in range(happening.times_uncertain if index == 0 and happening.times_sent else 0):
            ledger.failed(written.sequence, due=MOMENT, may_have_arrived=True, **fate)
        if queue and happening.given_up:
            ledger.bury(written.sequence, may_have_arrived=False, **fate)
    if happening.told_outcome:
        refers_to, _ = recorded(happening)
        document = told(refers_to, happening.told_outcome, happening.raw)
        back = {"gateway": happening.receiver, "peer": happening.sender, "document": document}
        there = {"gateway": happening.sender, "peer": happening.receiver, "document": document}
        write(ledger, answer_sent(f"A-{number}", refers_to, **back))
        write(ledger, answer_received(f"A-{number}", refers_to, **there))


@settings(max_examples=300, deadline=None)
@given(happenings)
def test_what_the_ledger_says_is_what_a_model_of_both_sides_says(everything: list[Happening]) -> None:
    """Whatever is lost, doubled, changed, unreadable or misreported: each is named, nothing else is."""
    with Ledger.open(":memory:") as ledger:
        for number, each in enumerate(everything):
            write_down(ledger, number, each)
        found = reconcile(ledger)
    ids = {f"sha256:{sha256(each.raw)}": each.message_id for each in everything}
    named = {(each.peer, ids.get(each.message_id, each.message_id)) for each in found.differences}
    assert named == disagreements(everything)
    assert found.reconciled == (not named)
    assert not found.reconciled or all(adds_up(row) for row in found.rows)
    rows = [row for row in found.rows if row.kind != ACKNOWLEDGEMENT]
    assert sum(row.sent for row in rows) == sum(each.times_sent for each in everything)
    assert sum(row.received for row in rows) == sum(each.times_received for each in everything)


@on_sqlite
def test_ten_thousand_messages_are_reconciled_at_once(ledger: Ledger) -> None:
    """Of 40,000 entries one is missing: found, in a time that grows with the number, not its square."""
    with ledger.transaction():
        for number in range(10_000):
            write(ledger, sent(f"VN-{number}"), answer_sent(f"TH-{number}", f"VN-{number}"))
            if number != 5_000:
                write(ledger, received(f"VN-{number}"))
            write(ledger, answer_received(f"TH-{number}", f"VN-{number}"))
    begin = time.perf_counter()
    found = reconcile(ledger)
    assert time.perf_counter() - begin < 10
    assert [each.message_id for each in found.differences] == ["VN-5000"]
    assert {entry.direction for entry in ledger.entries(message_id="VN-5000")} == {Direction.SENT}
