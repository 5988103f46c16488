"""The six transaction patterns of the integrated system as one table, with time-outs and retries.

EEC Decision N 5: who waits for which signal or answer, and when a transaction is complete. A transaction is
a value; an event or a moment makes another one of it. Nothing here sends: ``overdue`` says what is to be
sent again. Times and the number of retries are parameters of each process; those here are *modelled*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

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


def follow(entries: Iterable[Entry]) -> dict[str, Transaction]:
    """Return the transactions that a gateway has opened, by the id of their first message.

    ``entries`` are those of one gateway, oldest first. A retry under a new id belongs to the transaction of
    the message that it repeats: it has the same document.
    """
    found: dict[str, Transaction] = {}
    first_of: dict[str, str] = {}
    by_document: dict[tuple[str, str, bytes], str] = {}
    for entry in entries:
        if entry.direction is Direction.SENT and entry.kind in PATTERNS:
            key = entry.kind, entry.peer, entry.document or b""
            first = by_document.setdefault(key, entry.message_id)
            first_of[entry.message_id] = first
            found[first] = _sent(found.get(first), entry)
        elif entry.direction is Direction.RECEIVED and entry.refers_to in first_of:
            first, event = first_of[entry.refers_to], _event(entry)
            if event is not None:
                found[first] = found[first].advance(event, entry.moment)
    return found


def _sent(before: Transaction | None, entry: Entry) -> Transaction:
    if before is None:
        return begin(PATTERNS[entry.kind], entry.moment)
    return (
        before if before.state in ENDED else replace(before, retries=before.retries + 1, since=entry.moment)
    )


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


def overdue(entries: Iterable[Entry], moment: datetime, times: Times | None = None) -> tuple[Entry, ...]:
    """Return the first messages of the transactions whose time is over and that have a retry left.

    Sending one again gives it a new MessageID; Action, ConversationID and ProcedureID stay (Decision N 5).
    """
    times, known = times or Times(), tuple(entries)
    late = {
        first
        for first, transaction in follow(known).items()
        if transaction.is_overdue(moment, times) and transaction.retries < times.retries
    }
    return tuple(entry for entry in known if entry.direction is Direction.SENT and entry.message_id in late)
