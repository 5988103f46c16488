"""The six transaction patterns of the integrated system as one table, with time-outs and retries.

EEC Decision N 5: who waits for which signal or answer, and when a transaction is complete. A transaction is
a value; an event or a moment makes another one of it. Nothing here sends: ``chase`` says what is to be
sent again. Times and the number of retries are parameters of each process; those here are *modelled*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from asw_exchange.corridor import Chase
from asw_exchange.corridors.eaeu import codes
from asw_exchange.records import Direction, Entry


class Pattern(StrEnum):
    """How the messages of a transaction follow each other."""

    MUTUAL_OBLIGATIONS = "mutual-obligations"
    QUESTION_RESPONSE = "question-response"
    REQUEST_RESPONSE = "request-response"
    REQUEST_CONFIRMATION = "request-confirmation"
    NOTIFICATION = "notification"
    DISTRIBUTION = "information-distribution"


class State(StrEnum):
    """What the initiator waits for, or how it ended."""

    WAIT_RECEIPT = "waiting-for-receipt"
    WAIT_ACCEPTANCE = "waiting-for-acceptance"
    WAIT_RESPONSE = "waiting-for-response"
    COMPLETE = "complete"
    REFUSED = "refused"
    """ERR or a fault came: what was begun has to be rolled back."""
    FAILED = "failed"
    """Nobody answered in time, and no retry is left."""


class Event(StrEnum):
    """What can come in."""

    RECEIVED = "P.MSG.RCV"
    ACCEPTED = "P.MSG.PRS"
    ERROR = "P.MSG.ERR"
    RESPONSE = "response"


ENDED = frozenset({State.COMPLETE, State.REFUSED, State.FAILED})

_WAITS: Mapping[Pattern, tuple[State, ...]] = {
    Pattern.MUTUAL_OBLIGATIONS: (State.WAIT_RECEIPT, State.WAIT_ACCEPTANCE, State.WAIT_RESPONSE),
    Pattern.QUESTION_RESPONSE: (State.WAIT_RESPONSE,),
    Pattern.REQUEST_RESPONSE: (State.WAIT_RECEIPT, State.WAIT_ACCEPTANCE, State.WAIT_RESPONSE),
    Pattern.REQUEST_CONFIRMATION: (State.WAIT_RESPONSE,),
    Pattern.NOTIFICATION: (State.WAIT_RECEIPT,),
    Pattern.DISTRIBUTION: (),
}
"""The states of each pattern in their order; after the last it is complete. With guaranteed delivery."""
_AWAITED = {
    Event.RECEIVED: State.WAIT_RECEIPT,
    Event.ACCEPTED: State.WAIT_ACCEPTANCE,
    Event.RESPONSE: State.WAIT_RESPONSE,
}

PATTERNS: Mapping[str, Pattern] = {
    codes.CERTIFICATE: Pattern.MUTUAL_OBLIGATIONS,
    codes.REQUEST: Pattern.REQUEST_CONFIRMATION,
    codes.DECLARATION: Pattern.NOTIFICATION,
}
"""The kinds that open a transaction, and its pattern (modelled)."""
RESPONSES = {codes.CERTIFICATE: codes.RESULT, codes.REQUEST: codes.REPLY}
"""What the other side answers to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The parameters of a transaction."""

    receipt: timedelta = timedelta(minutes=5)
    acceptance: timedelta = timedelta(minutes=30)
    response: timedelta = timedelta(hours=4)
    retries: int = 3

    def of(self, state: State) -> timedelta:
        """Return how long a state may last."""
        known = {State.WAIT_RECEIPT: self.receipt, State.WAIT_ACCEPTANCE: self.acceptance}
        return known.get(state, self.response)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One transaction as its initiator sees it."""

    pattern: Pattern
    state: State
    since: datetime
    """When this state began, or the last retry was sent."""
    retries: int = 0

    def advance(self, event: Event, moment: datetime) -> Transaction:
        """Take in what came; what is not waited for, or comes too late, changes nothing.

        A later signal stands for the earlier ones: they may overtake each other.
        """
        if self.state in ENDED:
            return self
        if event is Event.ERROR:
            return replace(self, state=State.REFUSED, since=moment)
        waits, awaited = _WAITS[self.pattern], _AWAITED[event]
        if awaited not in waits or waits.index(awaited) < waits.index(self.state):
            return self
        after = waits.index(awaited) + 1
        state = waits[after] if after < len(waits) else State.COMPLETE
        return replace(self, state=state, since=moment)

    def is_overdue(self, moment: datetime, times: Times) -> bool:
        """Tell whether a retry, or giving up, is due."""
        return self.state not in ENDED and moment >= self.since + times.of(self.state)

    def is_over(self, moment: datetime, times: Times) -> bool:
        """Tell whether it has ended, or nobody answered in time and no retry is left."""
        return self.state in ENDED or (self.retries >= times.retries and self.is_overdue(moment, times))

    def expire(self, moment: datetime, times: Times) -> Transaction:
        """Count a retry, or fail when none is left. A transaction that is not overdue stays as it is."""
        if not self.is_overdue(moment, times):
            return self
        if self.retries >= times.retries:
            return replace(self, state=State.FAILED, since=moment)
        return replace(self, retries=self.retries + 1, since=moment)


def begin(pattern: Pattern, moment: datetime) -> Transaction:
    """Return a transaction whose first message was sent at ``moment``."""
    waits = _WAITS[pattern]
    return Transaction(pattern=pattern, state=waits[0] if waits else State.COMPLETE, since=moment)


def follow(entries: Iterable[Entry], times: Times | None = None) -> dict[str, Transaction]:
    """Return the transactions that a gateway has opened, by the id of their first message.

    ``entries`` are those of one gateway, oldest first. A retry under a new id belongs to the transaction of
    the message that it repeats: it has the same document. Sent again after that is over, it opens another.
    """
    return _follow(entries, times or Times())[0]


def _follow(entries: Iterable[Entry], times: Times) -> tuple[dict[str, Transaction], dict[str, str]]:
    """Return the transactions, and the id of each message to that of the first of its transaction."""
    found: dict[str, Transaction] = {}
    first_of: dict[str, str] = {}
    by_document: dict[tuple[str, str, bytes], str] = {}
    for entry in entries:
        if entry.direction is Direction.SENT and entry.kind in PATTERNS:
            key = entry.kind, entry.peer, entry.document or b""
            before = found.get(by_document.get(key, ""))
            if before is None or before.is_over(entry.moment, times):
                by_document[key] = entry.message_id
                found[entry.message_id] = begin(PATTERNS[entry.kind], entry.moment)
            else:
                found[by_document[key]] = replace(before, retries=before.retries + 1, since=entry.moment)
            first_of[entry.message_id] = by_document[key]
        elif entry.direction is Direction.RECEIVED and entry.refers_to in first_of:
            first, event = first_of[entry.refers_to], _event(entry)
            if event is not None:
                found[first] = found[first].advance(event, entry.moment)
    return found, first_of


_EVENTS = {
    codes.RECEIVED: Event.RECEIVED,
    codes.ACCEPTED: Event.ACCEPTED,
    codes.REFUSED: Event.ERROR,
    codes.FAULT: Event.ERROR,
    codes.RESULT: Event.RESPONSE,
    codes.REPLY: Event.RESPONSE,
}


def _event(entry: Entry) -> Event | None:
    accepted = entry.outcome is not None and entry.outcome != "rejected"
    return _EVENTS.get(entry.kind) if accepted else None


def chase(entries: Iterable[Entry], moment: datetime, times: Times | None = None) -> Chase:
    """Return what a gateway waits for: overdue are first messages whose time is over and a retry left.

    Sending one again gives it a new MessageID; Action, ConversationID and ProcedureID stay (Decision N 5).
    """
    times, known = times or Times(), tuple(entries)
    found, first_of = _follow(known, times)
    open_ = {first: each for first, each in found.items() if not each.is_over(moment, times)}
    late = {first for first, each in open_.items() if each.is_overdue(moment, times)}
    ends = [each.since + times.of(each.state) for first, each in open_.items() if first not in late]
    return Chase(
        overdue=tuple(
            entry for entry in known if entry.direction is Direction.SENT and entry.message_id in late
        ),
        open=tuple(entry for entry in known if _transaction_of(entry, first_of) in open_),
        next=min(ends, default=None),
    )


def _transaction_of(entry: Entry, first_of: Mapping[str, str]) -> str | None:
    named = entry.message_id if entry.direction is Direction.SENT else entry.refers_to
    return first_of.get(named or "")
