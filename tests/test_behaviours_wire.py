"""What transports are told, before and after, and what the virtual network makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from asw_exchange.behaviours import PLAIN, faults
from asw_exchange.model import Outcome
from asw_exchange.records import Direction
from asw_exchange.signature.pki import TestPki
from tests.behaviour_cases import ANSWERS, CORRIDORS, Pair, make_pair
from tests.builders import MOMENT


@pytest.fixture(params=CORRIDORS)
def pair(request: pytest.FixtureRequest, pki: TestPki) -> Iterator[Pair]:
    """A pair of each corridor."""
    made = make_pair(request.param, pki)
    with made.ledger:
        yield made


@pytest.fixture
def asean(pki: TestPki) -> Iterator[Pair]:
    """A pair of one corridor, where corridors have no part in it."""
    made = make_pair("asean", pki)
    with made.ledger:
        yield made


def test_nothing_is_told_where_nothing_is_asked(asean: Pair) -> None:
    """The plain treatment is one and the same."""
    assert asean.meet() is PLAIN


def test_storage_fails_once_for_each_message(pair: Pair) -> None:
    """Nothing is stored; sent again, the message is taken for the first time."""
    pair.behave("storage-fails")
    pair.send()
    assert not pair.received(pair.receiver)
    pair.network.run()
    assert [entry.outcome for entry in pair.taken()] == [Outcome.ACCEPTED]
    assert pair.answers()[0].outcome is Outcome.ACCEPTED
    assert pair.books().reconciled


def test_storage_can_fail_more_often(asean: Pair) -> None:
    """As often as was asked, for one and the same message."""
    asean.behave({"name": "storage-fails", "times": 2})
    asean.queue()
    assert [asean.network.run() > 0 for _ in range(3)] == [False, False, True]


def test_busy_is_a_real_limit(pair: Pair) -> None:
    """So many in so many seconds; the next hears how long to wait, and then is taken."""
    pair.behave({"name": "busy", "messages": 2, "seconds": 60})
    assert [pair.meet().before for _ in range(2)] == [(), ()]
    pair.clock.advance(timedelta(seconds=15))
    assert pair.meet().before == (faults.Status(code=429, retry_after=45),)
    pair.clock.advance(timedelta(seconds=45))
    assert pair.meet().before == ()


def test_the_window_of_a_limit_slides(asean: Pair) -> None:
    """Each message counts for its own sixty seconds."""
    asean.behave({"name": "busy", "messages": 2, "seconds": 60})
    for step in (0, 30):
        asean.clock.advance(timedelta(seconds=step))
        assert asean.meet().before == ()
    asean.clock.advance(timedelta(seconds=30))
    assert asean.meet().before == ()
    assert asean.meet().before == (faults.Status(code=429, retry_after=30),)


def test_maintenance_for_the_next_seconds(pair: Pair) -> None:
    """From the moment on at which it was asked for, and not at its end."""
    pair.behave({"name": "maintenance", "seconds": 60})
    pair.clock.advance(timedelta(seconds=20))
    assert pair.meet().before == (faults.Status(code=503, retry_after=40),)
    pair.clock.advance(timedelta(seconds=40))
    assert pair.meet().before == ()


def test_maintenance_in_a_window(asean: Pair) -> None:
    """From one moment to another."""
    window = {"starts_at": MOMENT + timedelta(seconds=10), "ends_at": MOMENT + timedelta(seconds=20)}
    asean.behave({"name": "maintenance", **window})
    found = []
    for _ in range(3):
        found.append(asean.meet().before)
        asean.clock.advance(timedelta(seconds=10))
    assert found == [(), (faults.Status(code=503, retry_after=10),), ()]


@pytest.mark.parametrize(
    ("word", "fault"),
    [
        ("refuse-connection", faults.RefuseConnection()),
        ("reset-before", faults.ResetBefore()),
        ({"name": "stall", "seconds": 3}, faults.Stall(seconds=3)),
        ({"name": "status", "code": 502}, faults.Status(code=502)),
    ],
)
def test_what_happens_before_a_message_is_looked_at(pair: Pair, word: Any, fault: faults.Fault) -> None:
    """The transport is told before."""
    pair.behave(word)
    treatment = pair.meet()
    assert (treatment.before, treatment.after) == ((fault,), ())


@pytest.mark.parametrize(
    ("word", "fault"),
    [
        ("reset-after", faults.ResetAfter()),
        ({"name": "slow-bytes", "bytes_per_second": 7}, faults.SlowBytes(bytes_per_second=7)),
        ({"name": "truncated-body", "percent": 10}, faults.TruncatedBody(percent=10)),
        ({"name": "wrong-length", "by": -3}, faults.WrongLength(by=-3)),
        ({"name": "wrong-content-type", "content_type": "a/b"}, faults.WrongContentType(content_type="a/b")),
    ],
)
def test_what_happens_to_the_answer_of_a_transmission(pair: Pair, word: Any, fault: faults.Fault) -> None:
    """The transport is told after."""
    pair.behave(word)
    treatment = pair.meet()
    assert (treatment.before, treatment.after) == ((), (fault,))


@pytest.mark.parametrize("word", ["refuse-connection", "reset-before", "status"])
def test_a_transmission_that_is_not_taken_stays_in_the_outbox(pair: Pair, word: str) -> None:
    """It arrives as soon as the gateway behaves again."""
    pair.behave(word)
    pair.send()
    assert not pair.received(pair.receiver)
    pair.behave()
    pair.network.run()
    assert pair.taken()[0].outcome is Outcome.ACCEPTED
    assert pair.books().reconciled


@pytest.mark.parametrize("word", ["reset-after", "wrong-length"])
def test_an_answer_that_is_lost_is_given_again(pair: Pair, word: str) -> None:
    """The message is taken once; the repeat gets the stored answer; the books explain the second arrival."""
    pair.behave(word)
    pair.send()
    assert not pair.acknowledgements()
    pair.behave()
    pair.network.run()
    assert [entry.outcome for entry in pair.taken()] == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert len(pair.acknowledgements()) == 1
    assert len(pair.answers()) == 1
    assert pair.books().reconciled


def test_half_an_acknowledgement_says_nothing(pair: Pair) -> None:
    """It is kept and refused; the message is sent again, and gets the stored answer."""
    pair.behave("truncated-body")
    pair.send()
    broken = [entry for entry in pair.received(pair.sender) if entry.outcome is Outcome.REJECTED]
    assert broken[0].findings[0].rule_id == "XML-SYNTAX"
    pair.behave()
    pair.wait(1)
    assert [entry.outcome for entry in pair.taken()] == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert pair.acknowledgements()[-1].outcome is Outcome.ACCEPTED
    assert len(pair.answers()) == 1
    assert [each.message_id for each in pair.books().differences] == [f"sha256:{broken[0].digest}"]


@pytest.mark.parametrize(
    ("corridor", "word"),
    [
        *((corridor, "wrong-correlation") for corridor in CORRIDORS),
        ("asean", "wrong-acknowledgement-digest"),
        ("korea", "wrong-acknowledgement-digest"),
    ],
)
def test_an_acknowledgement_of_something_else_says_nothing(corridor: str, word: str, pki: TestPki) -> None:
    """As long as none is about what was sent, the message waits to be sent again; each try is noted."""
    pair = make_pair(corridor, pki)
    pair.behave(word)
    sent = pair.send()
    pair.wait(1)
    (queued,) = pair.ledger.queue(gateway=pair.sender.gateway)
    assert (queued.sequence, queued.attempts) == (sent.sequence, 2)
    assert all(attempt.may_have_arrived for attempt in pair.ledger.attempts(queued.sequence))
    assert len(pair.taken()) == 2


def test_a_refusal_of_the_very_bytes_is_final(pair: Pair) -> None:
    """Sent broken and received so: to repeat it is of no use, whatever the answer can call it by."""
    for word in ("malformed-answer", "oversize-answer"):
        pair.behave(word)
        pair.send()
    assert not pair.ledger.queue()


@pytest.mark.parametrize("corridor", ["asean", "korea"])
def test_what_was_damaged_on_its_way_is_sent_again(corridor: str, pki: TestPki) -> None:
    """The receiver refuses other bytes than were sent, so the message that was sent arrives later."""
    pair = make_pair(corridor, pki)
    pair.rule("tampered-in-transit", match={"direction": "outgoing"}, times=1)
    pair.send()
    assert pair.last().outcome is Outcome.REJECTED
    pair.wait(1)
    assert pair.answers()[-1].outcome is Outcome.ACCEPTED
    assert not pair.ledger.queue()


@pytest.mark.parametrize("word", ["lost", "refuse-connection", "reset-before", "tampered-in-transit"])
def test_deliveries_fail_by_rule(pair: Pair, word: str) -> None:
    """Of what the gateway delivers the answer is hit, once, and the rule is exhausted."""
    match = {"direction": "outgoing", "kind": ANSWERS[pair.name]}
    pair.rule(word, match=match, times=1)
    pair.send()
    (state,) = pair.conduct.rules()
    assert (state.fired, state.exhausted) == (1, True)
    if word == "tampered-in-transit":
        assert pair.last().outcome is Outcome.REJECTED
        return
    assert not pair.answers() or pair.answers()[0].outcome is Outcome.ACCEPTED
    pair.network.run()
    assert pair.answers()[0].outcome is Outcome.ACCEPTED
    assert pair.books().reconciled


def test_a_delivery_that_arrives_twice_is_a_duplicate(pair: Pair) -> None:
    """One was sent, two arrived."""
    pair.rule("duplicated", match={"direction": "outgoing", "kind": ANSWERS[pair.name]})
    pair.send()
    assert [entry.outcome for entry in pair.answers()] == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert len(pair.ledger.entries(kind=ANSWERS[pair.name], direction=Direction.SENT)) == 1


def test_a_network_has_rules_of_its_own(asean: Pair) -> None:
    """Two faults for a pair of gateways hit its next two transmissions, one after the other."""
    for fault in (faults.Lost(), faults.TamperedInTransit()):
        asean.network.fail_next("VN", "TH", fault)
    asean.send()
    assert not asean.taken()
    asean.network.run()
    assert asean.received(asean.receiver)[0].outcome is Outcome.REJECTED
