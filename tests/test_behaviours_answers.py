"""What a partner sees of each behaviour of answers and acknowledgements, in every corridor that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from asw_exchange import model as m
from asw_exchange.behaviours import faults
from asw_exchange.corridors import find_corridor
from asw_exchange.model import Outcome
from asw_exchange.records import Entry
from asw_exchange.signature.pki import TestPki
from tests.behaviour_cases import ACKNOWLEDGEMENTS, ANSWERS, CORRIDORS, Pair, make_pair
from tests.builders import MOMENT

ACKNOWLEDGING = ("asean", "korea")
"""Corridors whose technical answer is an acknowledgement of ours."""


@pytest.fixture(params=CORRIDORS)
def pair(request: pytest.FixtureRequest, pki: TestPki) -> Iterator[Pair]:
    """A pair of each corridor."""
    made = make_pair(request.param, pki)
    with made.ledger:
        yield made


def having(*corridors: str) -> pytest.MarkDecorator:
    """Only the corridors that have it; tests/test_behaviours_catalogue.py says that these are all."""
    return pytest.mark.parametrize("pair", corridors, indirect=True)


def rules(entry: Entry) -> set[str]:
    """The ids of the findings."""
    return {finding.rule_id for finding in entry.findings}


def test_without_words_a_conduct_changes_nothing(pair: Pair) -> None:
    """Acknowledged, answered, and the books agree."""
    pair.send()
    assert [len(pair.acknowledgements()), len(pair.answers())] == [1, 1]
    assert pair.books().reconciled


def test_late(pair: Pair) -> None:
    """The acknowledgement at once, the answer when the time is over and not before."""
    pair.behave({"name": "late", "seconds": 30})
    pair.send()
    assert [len(pair.acknowledgements()), len(pair.answers())] == [1, 0]
    pair.wait(29)
    assert not pair.answers()
    pair.wait(1)
    assert pair.answers()[0].outcome is Outcome.ACCEPTED
    assert pair.books().reconciled


def test_silent(pair: Pair) -> None:
    """Acknowledged and never answered."""
    pair.behave("silent")
    pair.send()
    pair.wait(86_400)
    assert [len(pair.acknowledgements()), len(pair.answers())] == [1, 0]
    assert pair.taken()[0].outcome is Outcome.ACCEPTED


def test_mute(pair: Pair) -> None:
    """Taken, and nothing comes back at all."""
    pair.behave("mute")
    pair.send()
    assert pair.taken()[0].outcome is Outcome.ACCEPTED
    assert not pair.received(pair.sender)


def test_duplicate_answer_of_the_same_bytes(pair: Pair) -> None:
    """The second has no effect, and the books know of both."""
    pair.behave("duplicate-answer")
    pair.send()
    first, second = pair.answers()
    assert first.digest == second.digest
    assert [first.outcome, second.outcome] == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert pair.books().reconciled


def test_duplicate_answer_under_a_new_id(pair: Pair) -> None:
    """Two messages of the same content."""
    pair.behave({"name": "duplicate-answer", "new_id": True})
    pair.send()
    first, second = pair.answers()
    assert first.message_id != second.message_id
    assert first.reference == second.reference
    assert pair.books().reconciled


REJECTED: dict[str, Callable[[Entry], bool]] = {
    "asean": lambda entry: entry.document_as(m.CustomsResponse).decision == "rejected",
    "korea": lambda entry: entry.document_as(m.CustomsResponse).decision == "not-granted",
    "new-zealand": lambda entry: entry.document_as(m.ClearanceStatus).status_code == "41",
}


def test_reject_with_every_reason_of_the_corridor(pair: Pair) -> None:
    """A negative business answer that the sender accepts as one."""
    reasons = pair.corridor.manners.reasons
    assert reasons
    for reason in reasons:
        pair.behave({"name": "reject", "reason": reason})
        pair.send()
    assert {entry.outcome for entry in pair.taken()} == {Outcome.ACCEPTED}
    if pair.name == "eaeu":
        signals = pair.received(pair.sender, "eaeu/validation-error")
        assert [entry.document_as(m.Signal).errors[0].code for entry in signals] == list(reasons)
        assert not pair.answers()
    else:
        assert [entry.outcome for entry in pair.answers()] == [Outcome.ACCEPTED] * len(reasons)
        assert all(REJECTED[pair.name](entry) for entry in pair.answers())
    assert pair.books().reconciled


@pytest.mark.parametrize("corridor", ["asean", "korea"])
def test_reject_says_the_reason_that_was_given(corridor: str, pki: TestPki) -> None:
    """The code of the corridor's list stands in the answer."""
    pair = make_pair(corridor, pki)
    pair.behave({"name": "reject", "reason": "HS-mismatch"})
    pair.send()
    assert pair.answers()[0].document_as(m.CustomsResponse).reasons[0].code == "HS-mismatch"


def test_refuse(pair: Pair) -> None:
    """Refused with the rule that was named; the sender is told; nothing is answered."""
    pair.behave({"name": "refuse", "rule": "D99", "message": "not today"})
    pair.send()
    assert pair.taken()[0].outcome is Outcome.REJECTED
    assert rules(pair.taken()[0]) == {"D99"}
    assert not pair.answers()
    told = "eaeu/validation-error" if pair.name == "eaeu" else ACKNOWLEDGEMENTS[pair.name]
    assert b"D99" in (pair.received(pair.sender, told)[0].document or b"")
    assert pair.books().reconciled


@having("asean", "korea")
def test_utilise_partly(pair: Pair) -> None:
    """The items that are named are refused, the others granted."""
    pair.behave({"name": "utilise-partly", "refused": [1], "reason": "not-originating"})
    pair.send()
    response = pair.answers()[0].document_as(m.CustomsResponse)
    assert response.decision == "partly-utilised"
    assert [item.number for item in response.refused_items] == [1]
    assert pair.answers()[0].outcome is Outcome.ACCEPTED


@having("asean", "korea", "new-zealand")
def test_accept_with_warnings(pair: Pair) -> None:
    """Accepted and answered, and the acknowledgement tells of the warning."""
    pair.behave("accept-with-warnings")
    pair.send()
    assert pair.taken()[0].outcome is Outcome.ACCEPTED
    assert b"TEST-WARNING" in (pair.acknowledgements()[0].document or b"")
    assert pair.answers()[0].outcome is Outcome.ACCEPTED


def test_retransmission_requested(pair: Pair) -> None:
    """ASEAN has a message for it; elsewhere the answer is lost and the transmission repeated."""
    pair.behave("retransmission-requested")
    pair.send()
    pair.wait(1)
    assert [entry.outcome for entry in pair.taken()] == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert len(pair.received(pair.sender, "asean/retransmission-request")) == (pair.name == "asean")
    assert len(pair.answers()) == 1
    assert pair.books().reconciled


def test_answer_before_acknowledgement(pair: Pair) -> None:
    """The answer is in the sender's books before the acknowledgement."""
    pair.behave("answer-before-acknowledgement")
    pair.send()
    kinds = [entry.kind for entry in pair.received(pair.sender)]
    assert kinds.index(ANSWERS[pair.name]) < kinds.index(ACKNOWLEDGEMENTS[pair.name])
    assert pair.books().reconciled


def test_answer_for_another_document(pair: Pair) -> None:
    """The answer bears a number that was never sent."""
    pair.behave("answer-for-another-document")
    sent = pair.send()
    assert len(pair.answers()) == 1
    assert pair.answers()[0].reference not in (sent.reference, None)


def test_answer_for_a_document_that_is_named(pair: Pair) -> None:
    """The number is the one that was given."""
    pair.behave({"name": "answer-for-another-document", "reference": "VN-TH 25/02/09999"})
    pair.send()
    assert "VN-TH 25/02/09999" in (pair.answers()[0].document or b"").decode()


def test_wrong_correlation(pair: Pair) -> None:
    """The acknowledgement names a message that was never sent."""
    pair.behave("wrong-correlation")
    sent = pair.send()
    assert pair.acknowledgements()[0].refers_to not in (sent.message_id, None)


@having(*ACKNOWLEDGING)
def test_wrong_acknowledgement_digest(pair: Pair) -> None:
    """The acknowledgement is of other bytes."""
    pair.behave("wrong-acknowledgement-digest")
    sent = pair.send()
    told = pair.acknowledgements()[0].document_as(m.Acknowledgement)
    assert told.refers_to == sent.message_id
    assert told.digest != sent.digest


def test_clock_skew(pair: Pair) -> None:
    """Headers and receipts are off; the books are not."""
    pair.behave({"name": "clock-skew", "seconds": -7200})
    pair.send()
    off = MOMENT - timedelta(hours=2)
    if pair.name in ACKNOWLEDGING:
        assert pair.acknowledgements()[0].document_as(m.Acknowledgement).received_at == off
    elif pair.name == "eaeu":
        assert pair.acknowledgements()[0].document_as(m.Signal).occurred_at == off
    else:
        assert pair.answers()[0].document_as(m.ClearanceStatus).issued_at == off
    assert pair.taken()[0].moment == MOMENT


def test_out_of_order(pair: Pair) -> None:
    """Of two answers the later one arrives first."""
    pair.behave({"name": "out-of-order", "group": 2, "seconds": 10})
    first, second = pair.send(), pair.send()
    assert [entry.reference for entry in pair.answers()] == [second.reference]
    pair.wait(10)
    assert [entry.reference for entry in pair.answers()] == [second.reference, first.reference]
    assert pair.books().reconciled


def test_slow_acknowledgement(pair: Pair) -> None:
    """The transport is told to wait after the commit."""
    pair.behave({"name": "slow-acknowledgement", "seconds": 7})
    assert pair.meet().after == (faults.Stall(seconds=7),)


def test_every_corridor_says_how_it_behaves() -> None:
    """Each has words for its answers, and reasons."""
    for name in CORRIDORS:
        manners = find_corridor(name).manners
        assert manners.reasons
        assert manners.reject
        assert manners.announce_unknown
