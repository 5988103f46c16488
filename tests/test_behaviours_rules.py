"""Faults as rules: which message, which of them, how often; counted and repeatable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from asw_exchange.behaviours import FaultRule, Layer, Meeting, RuleBook, faults, read_rule, words
from asw_exchange.behaviours.rules import MOST_RULES
from asw_exchange.corridors import find_corridor
from asw_exchange.errors import InputError
from asw_exchange.model import Header, Outcome
from asw_exchange.records import Direction
from asw_exchange.signature.pki import TestPki
from tests.behaviour_cases import Pair, document_of, make_pair
from tests.builders import certificate

EVERY_LAYER = frozenset(Layer)


@pytest.fixture
def pair(pki: TestPki) -> Iterator[Pair]:
    """A pair of one corridor: rules are the same in all."""
    made = make_pair("asean", pki)
    with made.ledger:
        yield made


def met(**changes: Any) -> Meeting:
    """A certificate on its way from Viet Nam to Thailand."""
    document = certificate(**changes)
    header = Header(id="VN-1", kind="asean/eform-d", sender="VN", receiver="TH")
    return Meeting(
        gateway="TH",
        corridor=find_corridor("asean"),
        direction=Direction.RECEIVED,
        raw=b"",
        peer="unknown",
        written=(header, document),
    )


def fired(rule: dict[str, Any], count: int = 12, seed: str = "1") -> list[int]:
    """Which of so many messages a rule acts on, from 1 on."""
    book = RuleBook(seed)
    book.add(read_rule({"action": {"name": "silent"}, **rule}))
    return [number for number in range(1, count + 1) if book.fire(met(), EVERY_LAYER)]


@pytest.mark.parametrize(
    ("rule", "numbers"),
    [
        ({"when": {"nth": 3}}, [3]),
        ({"when": {"first": 2}}, [1, 2]),
        ({"when": {"every": 5}}, [5, 10]),
        ({"when": {"probability": 0}}, []),
        ({"when": {"probability": 1}, "times": 2}, [1, 2]),
        ({"when": {"every": 2}, "times": 3}, [2, 4, 6]),
        ({}, list(range(1, 13))),
    ],
)
def test_when(rule: dict[str, Any], numbers: list[int]) -> None:
    """By count, by chance, and until it is exhausted."""
    assert fired(rule) == numbers


def test_chance_follows_from_the_seed() -> None:
    """The same seed hits the same messages, another seed others, and about as many as was asked."""
    one, again, other = (fired({"when": {"probability": 0.3}}, 400, seed) for seed in ("1", "1", "2"))
    assert one == again != other
    assert 80 < len(one) < 160


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        ({}, True),
        ({"partner": "VN"}, True),
        ({"partner": "MY"}, False),
        ({"gateway": "TH"}, True),
        ({"gateway": "VN"}, False),
        ({"corridor": "asean"}, True),
        ({"corridor": "korea"}, False),
        ({"kind": "asean/eform-d"}, True),
        ({"kind": "asean/acdd"}, False),
        ({"direction": "outgoing"}, False),
        ({"field": {"path": "reference", "equals": "VN-TH 25/02/00006"}}, True),
        ({"field": {"path": "reference", "equals": "VN-TH 25/02/00007"}}, False),
        ({"field": {"path": "reference", "matches": "VN-TH 25/*"}}, True),
        ({"field": {"path": "reference", "matches": "25"}}, False),
        ({"field": {"path": "items.0.hs_code", "matches": "0901????"}}, True),
        ({"field": {"path": "items.7.hs_code", "equals": "09011120"}}, False),
        ({"field": {"path": "items.x.hs_code", "equals": "09011120"}}, False),
        ({"field": {"path": "exporter", "matches": "*"}}, False),
        ({"field": {"path": "nothing.like.it", "matches": "*"}}, False),
        ({"field": {"path": "__class__", "matches": "*"}}, False),
    ],
)
def test_match(match: dict[str, Any], fits: bool) -> None:
    """Everything that is named must fit."""
    if match.get("direction") == "outgoing":
        rule = read_rule({"match": match, "action": {"name": "lost"}})
    else:
        rule = read_rule({"match": match, "action": {"name": "silent"}})
    book = RuleBook("1")
    book.add(rule)
    assert (book.fire(met(), EVERY_LAYER) is not None) == fits
    assert book.states()[0].seen == int(fits)


def test_of_several_rules_the_first_that_is_due_acts_and_all_count() -> None:
    """The second has its turn when the first is exhausted."""
    book = RuleBook("1")
    book.add(read_rule({"action": {"name": "silent"}, "times": 1}))
    book.add(read_rule({"action": {"name": "mute"}}))
    assert [book.fire(met(), EVERY_LAYER) for _ in range(2)] == [words.Silent(), words.Mute()]
    assert [(each.seen, each.fired, each.exhausted) for each in book.states()] == [
        (1, 1, True),
        (2, 1, False),
    ]


def test_rules_are_numbered_removed_and_limited() -> None:
    """A number is not given twice."""
    book = RuleBook("1")
    rule = read_rule({"action": {"name": "silent"}})
    first = book.add(rule)
    book.remove(first)
    assert book.add(rule) == first + 1
    with pytest.raises(InputError, match="no rule of this number"):
        book.remove(first)
    for _ in range(MOST_RULES - 1):
        book.add(rule)
    with pytest.raises(InputError, match="too many rules"):
        book.add(rule)


@pytest.mark.parametrize(
    ("rule", "words_"),
    [
        ({"action": {"name": "slient"}}, "the words are late"),
        ({"action": {"name": "late", "minutes": 1}}, "late takes seconds"),
        ({"action": {"name": "late", "seconds": -1}}, "late takes seconds"),
        ({}, "missing required field `action`"),
        ({"action": {"name": "silent"}, "when": {"nth": 1, "first": 1}}, "takes one of"),
        ({"action": {"name": "silent"}, "when": {"probability": 2}}, "probability"),
        ({"action": {"name": "silent"}, "match": {"field": {"path": "a"}}}, "equals or matches"),
        ({"action": {"name": "silent"}, "match": {"who": "TH"}}, "unknown field `who`"),
        ({"action": {"name": "silent"}, "match": {"direction": "outgoing"}}, "cannot happen to outgoing"),
        ({"action": {"name": "lost"}}, "cannot happen to incoming"),
        ({"action": {"name": "silent"}, "times": 0}, "times"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_what_could(rule: dict[str, Any], words_: str) -> None:
    """From JSON, as it comes over a control API."""
    with pytest.raises(InputError) as refused:
        read_rule(msgspec.json.encode(rule))
    assert words_ in str(refused.value)


def test_a_rule_is_read_and_listed_as_it_was_written() -> None:
    """JSON in, the same JSON out."""
    written = {
        "match": {"partner": "TH", "field": {"path": "reference", "matches": "VN*"}},
        "when": {"nth": 3},
        "action": {"name": "stall", "seconds": 2.5},
        "times": 10,
    }
    assert msgspec.to_builtins(read_rule(msgspec.json.encode(written))) == written


def test_no_json_is_refused() -> None:
    """With one sentence."""
    with pytest.raises(InputError, match="no JSON"):
        read_rule(b"{")


def test_a_rule_meets_what_comes_over_the_network(pair: Pair) -> None:
    """The third message of a partner is refused, the others are not."""
    pair.rule("refuse", match={"partner": "VN", "kind": "asean/eform-d"}, when={"nth": 3})
    for _ in range(4):
        pair.send()
    outcomes = [entry.outcome for entry in pair.taken()]
    assert outcomes == [Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.REJECTED, Outcome.ACCEPTED]
    assert pair.books().reconciled


def test_a_rule_looks_into_the_document_that_comes(pair: Pair) -> None:
    """Only the certificate of this number goes unanswered."""
    pair.rule("silent", match={"field": {"path": "reference", "equals": document_of("asean", 2).reference}})
    for _ in range(3):
        pair.send()
    answered = [entry.reference for entry in pair.answers()]
    assert answered == [document_of("asean", number).reference for number in (1, 3)]


def test_a_rule_for_what_leaves_hits_the_answer_it_names(pair: Pair) -> None:
    """The Customs Response is tampered with; the acknowledgement is not."""
    pair.rule("tampered", match={"direction": "outgoing", "kind": "asean/customs-response"})
    pair.send()
    assert pair.acknowledgements()[0].outcome is Outcome.ACCEPTED
    assert pair.last().findings[0].rule_id == "SIGNATURE-DIGEST"


def test_what_cannot_be_read_fits_only_rules_that_do_not_look_into_it(pair: Pair) -> None:
    """It has no kind and no field."""
    pair.rule("silent", match={"kind": "asean/eform-d"})
    pair.rule("status", match={"partner": "VN"})
    treatment = pair.receiver.meet(b"no xml", corridor="asean", peer="VN")
    assert treatment.before == (faults.Status(),)
    assert [state.seen for state in pair.conduct.rules()] == [0, 1]


def test_the_same_seed_gives_the_same_faults(pki: TestPki) -> None:
    """Two runs of one story with chance in it are equal to the byte."""
    runs = []
    for _ in range(2):
        pair = make_pair("asean", pki)
        pair.rule("reset-after", when={"probability": 0.5})
        pair.rule("lost", match={"direction": "outgoing"}, when={"probability": 0.5})
        for _ in range(8):
            pair.send()
        runs.append([(entry.direction, entry.digest) for entry in pair.ledger.entries()])
        assert 0 < pair.conduct.rules()[0].fired < pair.conduct.rules()[0].seen
    assert runs[0] == runs[1]


def test_a_rule_may_be_made_without_json() -> None:
    """The records are the same; a rule that cannot be is refused all the same."""
    book = RuleBook("1")
    with pytest.raises(InputError):
        book.add(FaultRule(action=faults.Lost()))
