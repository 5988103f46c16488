"""Faults as rules: when which message comes, this happens. Counted, and at an end after some times.

A rule counts every message that fits its ``match`` and is due when its ``when`` says so. Of several that
are due at once the first one acts. Chance follows from the seed, the rule and its count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from asw_exchange.behaviours.meeting import Meeting, value_at
from asw_exchange.behaviours.vocabulary import plain, read_behaviour
from asw_exchange.behaviours.words import Behaviour, Layer, Short, Stage
from asw_exchange.errors import InputError
from asw_exchange.model import Value
from asw_exchange.records import Direction
from asw_exchange.signature.derivation import derive_octets

MOST_RULES = 200
MOST_TEXT = 1000
"""Characters of a value that a pattern is tried on."""
_CHANCES = 2.0**64

Count = Annotated[int, Meta(ge=1, le=1_000_000_000)]


class Way(StrEnum):
    """Which of the messages of a gateway a rule is about."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class FieldMatch(Value, frozen=True, kw_only=True):
    """A value in the document that equals a text, or matches a pattern as a whole."""

    path: Short
    """In the neutral model, for example ``reference`` or ``items.0.hs_code``."""
    equals: Short | None = None
    matches: Short | None = None
    """``*`` for any text, ``?`` for one character, ``[abc]`` for one of these: a pattern that no text can
    make slow, which a regular expression of a stranger could be."""


class Match(Value, frozen=True, kw_only=True):
    """Which messages: those that fit everything that is named; all, where nothing is."""

    direction: Way = Way.INCOMING
    partner: Short | None = None
    """Gateway code of the other side."""
    gateway: Short | None = None
    """This side, where rules stand for several gateways."""
    corridor: Short | None = None
    kind: Short | None = None
    field: FieldMatch | None = None


class When(Value, frozen=True, kw_only=True):
    """Which of them, by count from 1 on: one of the four; every one, where none is given."""

    nth: Count | None = None
    first: Count | None = None
    every: Count | None = None
    probability: Annotated[float, Meta(ge=0, le=1)] | None = None


class FaultRule(Value, frozen=True, kw_only=True):
    """One rule: match, when, action, and how often at most."""

    match: Match = Match()
    when: When = When()
    action: Any
    """A behaviour, or what happens to the transmission: any word of the vocabulary."""
    times: Count | None = None


class RuleState(Value, frozen=True, kw_only=True):
    """A rule with its counters, as it is listed."""

    number: int
    rule: FaultRule
    seen: int
    """Messages that fitted."""
    fired: int
    """Times that it acted."""
    exhausted: bool


def read_rule(source: bytes | object) -> FaultRule:
    """Read a rule, as JSON or as plain values. Raises InputError naming what is wrong."""
    if isinstance(source, FaultRule):
        return check_rule(source)
    found = plain(source)
    try:
        rule = msgspec.convert(found, FaultRule)
    except msgspec.ValidationError as error:
        hint = (
            'for example {"match": {"partner": "TH"}, "when": {"nth": 3}, "action": {"name": "reset-after"}}'
        )
        raise InputError(f"this is no rule: {error}", hint=hint) from error
    return check_rule(msgspec.structs.replace(rule, action=read_behaviour(rule.action, "action")))


def check_rule(rule: FaultRule) -> FaultRule:
    """Return a rule that can happen. Raises InputError for one that never could."""
    action: Behaviour = rule.action
    if sum(value is not None for value in msgspec.structs.astuple(rule.when)) > 1:
        raise InputError("a rule takes one of nth, first, every and probability", path="when")
    wanted = rule.match.field
    if wanted is not None and (wanted.equals is None) == (wanted.matches is None):
        raise InputError("a field either equals or matches", path="match.field", value=wanted.path)
    outgoing = rule.match.direction is Way.OUTGOING
    if not (action.outgoing() if outgoing else action.stages != {Stage.LEAVING}):
        message = f"{action.word} cannot happen to {rule.match.direction} messages"
        raise InputError(
            message, path="action", value=action.word, hint="asw behaviours explain says to which"
        )
    return rule


@dataclass(slots=True)
class _Counted:
    number: int
    rule: FaultRule
    seen: int = 0
    fired: int = 0

    @property
    def exhausted(self) -> bool:
        times = self.rule.times
        return times is not None and self.fired >= times


@dataclass(slots=True)
class RuleBook:
    """The rules of one gateway, or of a network. Not safe for threads: who holds it sees to that."""

    seed: str
    _rules: list[_Counted] = field(default_factory=list)
    _last: int = 0

    def __bool__(self) -> bool:
        return bool(self._rules)

    def add(self, rule: FaultRule) -> int:
        """Add a rule after the others and return its number. Raises InputError."""
        if len(self._rules) >= MOST_RULES:
            raise InputError("too many rules", hint=f"at most {MOST_RULES}; remove those that are exhausted")
        self._last += 1
        self._rules.append(_Counted(self._last, check_rule(rule)))
        return self._last

    def remove(self, number: int) -> None:
        """Remove a rule. Raises InputError where there is none of this number."""
        kept = [each for each in self._rules if each.number != number]
        if len(kept) == len(self._rules):
            raise InputError("there is no rule of this number", value=str(number))
        self._rules = kept

    def clear(self) -> None:
        """Remove all rules; numbers are not used again."""
        self._rules = []

    def states(self) -> tuple[RuleState, ...]:
        """Return all rules with their counters, in their order."""
        return tuple(
            RuleState(
                number=each.number,
                rule=each.rule,
                seen=each.seen,
                fired=each.fired,
                exhausted=each.exhausted,
            )
            for each in self._rules
        )

    def fire(self, meeting: Meeting, layers: frozenset[Layer]) -> Behaviour | None:
        """Count a message on all rules that it fits, and return what the first one due says.

        Only rules whose action is of one of ``layers`` are asked.
        """
        chosen: Behaviour | None = None
        for each in self._rules:
            action: Behaviour = each.rule.action
            if each.exhausted or action.layer not in layers or not _fits(each.rule.match, meeting):
                continue
            each.seen += 1
            if chosen is None and self._is_due(each):
                each.fired += 1
                chosen = action
        return chosen

    def _is_due(self, counted: _Counted) -> bool:
        when, seen = counted.rule.when, counted.seen
        if when.nth is not None:
            return seen == when.nth
        if when.first is not None:
            return seen <= when.first
        if when.every is not None:
            return seen % when.every == 0
        if when.probability is not None:
            drawn = derive_octets(self.seed, f"fault/{counted.number}/{seen}", 8)
            return int.from_bytes(drawn, "big") < when.probability * _CHANCES
        return True


def _fits(match: Match, meeting: Meeting) -> bool:
    outgoing = meeting.direction is Direction.SENT
    return (
        (match.direction is Way.OUTGOING) == outgoing
        and match.gateway in (None, meeting.gateway)
        and match.corridor in (None, meeting.corridor.name)
        and (match.partner is None or match.partner == meeting.partner)
        and (match.kind is None or match.kind == meeting.kind)
        and (match.field is None or _has(match.field, meeting.document))
    )


def _has(wanted: FieldMatch, document: Any) -> bool:
    found = value_at(document, wanted.path)
    if found is None:
        return False
    if wanted.equals is not None:
        return found == wanted.equals
    return fnmatchcase(found[:MOST_TEXT], wanted.matches or "")
