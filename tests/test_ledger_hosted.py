"""Gateways outside: they keep their record elsewhere, so what our side knows stands in for it."""

from __future__ import annotations

from typing import Any

import pytest

from asw_exchange.ledger import Defect, Ledger, TallyRow, reconcile
from asw_exchange.model import Outcome
from tests.ledger_builders import (
    ACKNOWLEDGEMENT,
    EFORM_D,
    RAW,
    answer_received,
    answer_sent,
    received,
    sent,
    sha256,
    told,
    write,
)

OTHER = b"<certificate>changed</certificate>"


def row_of(ledger: Ledger, kind: str = EFORM_D) -> TallyRow:
    """The one row of a kind."""
    (row,) = reconcile(ledger, kind=kind).rows
    return row


def numbers(row: TallyRow, *names: str) -> tuple[int, ...]:
    """Some counts of a row."""
    return tuple(getattr(row, name) for name in names)


def test_without_a_word_all_gateways_are_hosted(ledger: Ledger) -> None:
    """Each is held against the record of the other."""
    write(ledger, sent())
    assert [each.defect for each in reconcile(ledger).differences] == [Defect.LOST]


def test_hosted_gateways_are_held_against_each_other(ledger: Ledger) -> None:
    """Also when others are outside; naming one twice changes nothing."""
    ledger.host(["VN", "TH"])
    ledger.host(["TH"])
    write(ledger, sent())
    assert [each.defect for each in reconcile(ledger).differences] == [Defect.LOST]


@pytest.mark.parametrize("outcome", [Outcome.ACCEPTED, Outcome.REJECTED])
def test_what_an_outside_gateway_acknowledged_stands_in_for_its_record(
    ledger: Ledger, outcome: Outcome
) -> None:
    """With the outcome that it told of these bytes."""
    ledger.host(["VN"])
    write(ledger, sent(), answer_received(document=told(outcome=outcome)))
    assert reconcile(ledger).reconciled
    row = row_of(ledger)
    assert numbers(row, "sent", "acknowledged", "received", outcome.value) == (1, 1, 1, 1)
    assert numbers(row, "in_flight", "duplicate") == (0, 0)


def test_what_an_outside_gateway_has_not_acknowledged_is_in_flight(ledger: Ledger) -> None:
    """Nobody can tell, and it is not called lost."""
    ledger.host(["VN"])
    write(ledger, sent())
    assert reconcile(ledger).reconciled
    assert numbers(row_of(ledger), "sent", "received", "in_flight") == (1, 0, 1)


def test_the_answers_of_an_outside_gateway_need_no_record_of_sending(ledger: Ledger) -> None:
    """What was received of it counts as what it sent."""
    ledger.host(["VN"])
    write(ledger, sent(), answer_received())
    assert numbers(row_of(ledger, ACKNOWLEDGEMENT), "sent", "received", "accepted") == (1, 1, 1)


def test_the_messages_of_an_outside_gateway_were_sent_as_often_as_they_came(ledger: Ledger) -> None:
    """Neither never sent nor surplus; our acknowledgement of them was handed over."""
    ledger.host(["TH"])
    write(ledger, received(), received(outcome=Outcome.DUPLICATE), answer_sent())
    assert reconcile(ledger).reconciled
    assert numbers(row_of(ledger), "sent", "accepted", "duplicate", "repeated") == (2, 1, 1, 0)
    assert numbers(row_of(ledger, ACKNOWLEDGEMENT), "sent", "in_flight") == (1, 1)


@pytest.mark.parametrize(
    "answer",
    [
        answer_received(document=told(raw=OTHER)),
        answer_received(refers_to="VN-9", document=told("VN-9")),
    ],
    ids=["other bytes", "another message"],
)
def test_an_acknowledgement_of_what_was_never_sent_to_it_is_a_difference(ledger: Ledger, answer: Any) -> None:
    """Outside or not: nobody can have received it."""
    ledger.host(["VN"])
    write(ledger, sent(), answer)
    assert [each.defect for each in reconcile(ledger).differences] == [Defect.ACKNOWLEDGED_UNSEEN]
    assert row_of(ledger).in_flight == 1


def test_a_dead_letter_to_an_outside_gateway_is_dead(ledger: Ledger) -> None:
    """It was not handed over."""
    ledger.host(["VN"])
    (entry,) = write(ledger, sent(), queue=True)
    ledger.bury(entry.sequence or 0, moment=entry.moment, failure="gone", may_have_arrived=False)
    assert numbers(row_of(ledger), "sent", "in_flight", "dead") == (1, 0, 1)


def test_an_unreadable_message_may_be_acknowledged_by_its_bytes(ledger: Ledger) -> None:
    """The outside gateway could not read its id."""
    ledger.host(["VN"])
    address = f"sha256:{sha256(RAW)}"
    write(ledger, sent(), answer_received(refers_to=address, document=told(address, Outcome.REJECTED)))
    assert reconcile(ledger).reconciled
    assert numbers(row_of(ledger), "sent", "rejected", "in_flight") == (1, 1, 0)
