"""Counting on ledgers made by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from asw_exchange.ledger import Ledger, TallyRow, tally
from asw_exchange.ledger.transmissions import UNKNOWN
from asw_exchange.model import Outcome
from asw_exchange.records import Entry
from tests.ledger_builders import (
    ACKNOWLEDGEMENT,
    EFORM_D,
    MOMENT,
    answer_received,
    answer_sent,
    received,
    sent,
    sha256,
    unreadable,
    write,
)

ROW = TallyRow(
    gateway="VN",
    peer="TH",
    kind=EFORM_D,
    sent=0,
    acknowledged=0,
    repeated=0,
    received=0,
    accepted=0,
    rejected=0,
    duplicate=0,
    in_flight=0,
    dead=0,
)


def counts(ledger: Ledger, kind: str = EFORM_D, **filters: Any) -> dict[str, int]:
    """What is not zero in the one row of a kind."""
    (row,) = tally(ledger, kind=kind, **filters)
    return {
        name: value
        for name in ROW.__struct_fields__
        if isinstance(value := getattr(row, name), int) and value
    }


def test_an_empty_ledger_has_no_rows(ledger: Ledger) -> None:
    """Nothing sent, nothing counted."""
    assert tally(ledger) == ()


def test_a_whole_exchange_is_counted_on_both_sides(ledger: Ledger) -> None:
    """Certificate and acknowledgement: one row for each direction, in the order of the names."""
    write(ledger, sent(), received(), answer_sent(), answer_received())
    answer, certificate = tally(ledger)
    assert certificate == TallyRow(
        gateway="VN",
        peer="TH",
        kind=EFORM_D,
        sent=1,
        acknowledged=1,
        repeated=0,
        received=1,
        accepted=1,
        rejected=0,
        duplicate=0,
        in_flight=0,
        dead=0,
    )
    assert (answer.gateway, answer.peer, answer.kind) == ("TH", "VN", ACKNOWLEDGEMENT)
    assert (answer.sent, answer.acknowledged, answer.accepted, answer.in_flight) == (1, 0, 1, 0)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_is_received_is_counted_by_outcome(ledger: Ledger, outcome: Outcome) -> None:
    """Accepted, rejected or duplicate, and received in any case."""
    write(ledger, sent(), received(outcome=outcome))
    assert counts(ledger) == {"sent": 1, "received": 1, outcome.value: 1}


def test_transmissions_are_counted_and_messages_acknowledged(ledger: Ledger) -> None:
    """Two transmissions of one message with two acknowledgements are two sent and one acknowledged."""
    write(ledger, sent(), sent(), received(), received(outcome=Outcome.DUPLICATE))
    write(ledger, *(answer_received(f"TH-{number}") for number in range(2)))
    assert counts(ledger) == {"sent": 2, "acknowledged": 1, "received": 2, "accepted": 1, "duplicate": 1}


@pytest.mark.parametrize(
    "answer",
    [
        answer_received(outcome=Outcome.REJECTED),
        answer_received(refers_to="VN-2"),
        answer_received(peer="MY"),
        answer_received(gateway="MY"),
        answer_sent(),
        received("TH-1", gateway="VN", peer="TH", refers_to="VN-1", kind="asean/customs-response"),
    ],
    ids=["not accepted", "of another message", "from another", "of another gateway", "only sent", "business"],
)
def test_only_an_accepted_acknowledgement_of_the_receiver_counts(ledger: Ledger, answer: Entry) -> None:
    """Nothing else says that the message arrived."""
    write(ledger, sent(), received())
    write(ledger, answer)
    assert "acknowledged" not in counts(ledger, gateway="VN", peer="TH")


def test_what_waits_in_the_outbox_is_in_flight(ledger: Ledger) -> None:
    """Sent, not yet received, still owed."""
    write(ledger, sent(), queue=True)
    assert counts(ledger) == {"sent": 1, "in_flight": 1}


def test_what_was_received_is_not_in_flight_though_it_still_waits(ledger: Ledger) -> None:
    """Between its arrival and the acknowledgement a message is in the outbox and at the receiver."""
    write(ledger, sent(), queue=True)
    write(ledger, received())
    assert counts(ledger) == {"sent": 1, "received": 1, "accepted": 1}


def test_of_two_transmissions_one_may_be_in_flight(ledger: Ledger) -> None:
    """The first arrived, the retransmission waits."""
    write(ledger, sent(), received())
    write(ledger, sent(), queue=True)
    assert counts(ledger) == {"sent": 2, "received": 1, "accepted": 1, "in_flight": 1}


def test_an_acknowledgement_handed_over_is_in_flight_until_it_is_recorded(ledger: Ledger) -> None:
    """Nobody acknowledges it, so it has no place in the outbox."""
    write(ledger, answer_sent())
    assert counts(ledger, ACKNOWLEDGEMENT) == {"sent": 1, "in_flight": 1}
    write(ledger, answer_received())
    assert counts(ledger, ACKNOWLEDGEMENT) == {"sent": 1, "received": 1, "accepted": 1}


def test_what_is_neither_received_nor_owed_is_not_in_flight(ledger: Ledger) -> None:
    """It is lost: the row does not add up, and reconcile names it."""
    write(ledger, sent())
    assert counts(ledger) == {"sent": 1}


@pytest.mark.parametrize("peer", ["VN", UNKNOWN])
def test_what_could_not_be_read_counts_for_the_message_whose_bytes_it_was(ledger: Ledger, peer: str) -> None:
    """The receiver knows only the bytes and, at best, who delivered them."""
    write(ledger, sent(), unreadable(peer=peer))
    write(ledger, answer_received(refers_to=f"sha256:{sha256(b'<certificate/>')}", document=None))
    assert counts(ledger) == {"sent": 1, "acknowledged": 1, "received": 1, "rejected": 1}


def test_what_could_not_be_read_and_nobody_sent_has_a_row_of_its_own(ledger: Ledger) -> None:
    """Bytes from outside are counted too."""
    write(ledger, unreadable())
    assert counts(ledger, UNKNOWN) == {"received": 1, "rejected": 1}


def test_two_gateways_that_send_the_same_unreadable_bytes_are_told_apart(ledger: Ledger) -> None:
    """Each reception counts for the one that delivered it."""
    write(ledger, sent(), sent("MY-1", gateway="MY"), unreadable(), unreadable(peer="MY"))
    assert [(row.gateway, row.sent, row.rejected) for row in tally(ledger)] == [("MY", 1, 1), ("VN", 1, 1)]


def test_every_ordered_pair_and_kind_is_a_row(ledger: Ledger) -> None:
    """Directions and kinds are never mixed, and the order is that of the names."""
    write(
        ledger,
        sent("1", kind="asean/acdd"),
        sent("2"),
        sent("3", peer="MY"),
        sent("4", gateway="TH", peer="VN"),
        sent("5", kind="korea/certificate-kv", peer="KR"),
    )
    assert [(row.gateway, row.peer, row.kind) for row in tally(ledger)] == [
        ("TH", "VN", EFORM_D),
        ("VN", "KR", "korea/certificate-kv"),
        ("VN", "MY", EFORM_D),
        ("VN", "TH", "asean/acdd"),
        ("VN", "TH", EFORM_D),
    ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, 4),
        ({"gateway": "VN"}, 3),
        ({"peer": "VN"}, 1),
        ({"gateway": "VN", "peer": "TH"}, 2),
        ({"kind": "asean/acdd"}, 1),
        ({"corridor": "asean"}, 3),
        ({"corridor": "korea"}, 1),
        ({"corridor": "%"}, 0),
        ({"since": MOMENT + timedelta(days=1)}, 3),
        ({"until": MOMENT + timedelta(days=1)}, 1),
        ({"since": MOMENT + timedelta(days=1), "until": MOMENT + timedelta(days=2)}, 1),
    ],
)
def test_the_tally_is_asked_for_a_part(ledger: Ledger, filters: dict[str, Any], expected: int) -> None:
    """By sender, receiver, kind, corridor and period; until is the first moment that does not count."""
    days = [MOMENT + timedelta(days=number) for number in range(4)]
    write(
        ledger,
        sent("1", kind="asean/acdd", moment=days[0]),
        sent("2", moment=days[1]),
        sent("3", gateway="TH", peer="VN", moment=days[2]),
        sent("4", kind="korea/certificate-kv", peer="KR", moment=days[3]),
    )
    assert sum(row.sent for row in tally(ledger, **filters)) == expected


def test_a_message_belongs_to_the_period_in_which_it_was_first_sent(ledger: Ledger) -> None:
    """Received after midnight it still adds up with the day on which it was sent."""
    midnight = MOMENT + timedelta(hours=1)
    write(ledger, sent(), received(moment=midnight))
    assert counts(ledger, until=midnight) == {"sent": 1, "received": 1, "accepted": 1}
    assert tally(ledger, since=midnight) == ()
