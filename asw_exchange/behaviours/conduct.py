"""How one gateway behaves: the words in force, the rules, and what they have to remember.

A gateway without a conduct behaves as its corridor says. Threads may share a conduct. Not here: doing
what is said (``node`` and the transports).
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

import msgspec

from asw_exchange.behaviours import faults, words
from asw_exchange.behaviours.keys import PkiOrigin
from asw_exchange.behaviours.magic import has_magic, magic_of
from asw_exchange.behaviours.meeting import Meeting
from asw_exchange.behaviours.rules import FaultRule, RuleBook, RuleState, Way
from asw_exchange.behaviours.treatment import PLAIN, Treatment
from asw_exchange.behaviours.vocabulary import find_problem
from asw_exchange.behaviours.words import Behaviour, Layer, Stage
from asw_exchange.behaviours.writing import Letter, write
from asw_exchange.corridor import Corridor
from asw_exchange.model import Finding
from asw_exchange.signature import SigningKey

MOST_REMEMBERED = 10_000
"""Messages of which it is known how often they came."""
_ALL_LAYERS = frozenset(Layer)
_WRITING = frozenset({Layer.WRITING})
_WIRE = frozenset({Layer.WIRE})


class Conduct:
    """How one gateway behaves, until it is told otherwise."""

    def __init__(
        self,
        gateway: str,
        *,
        corridors: Mapping[str, Corridor],
        origin: PkiOrigin,
        magic: bool = True,
    ) -> None:
        self.gateway = gateway
        self.magic = magic
        """Whether magic values in documents count."""
        self._first_magic = magic
        self._corridors = corridors
        self._origin = origin
        self._lock = Lock()
        self._standing: tuple[Behaviour, ...] = ()
        self._usual: dict[str, Treatment] = {}
        """By corridor, how a message is treated that meets with the words in force and nothing else."""
        self._rules = RuleBook(f"{origin.seed}/{gateway}")
        self._forget()

    def _forget(self) -> None:
        self._since: datetime | None = None
        self._taken: deque[datetime] = deque()
        self._come: OrderedDict[str, int] = OrderedDict()
        self._written = 0

    @property
    def behaviours(self) -> tuple[Behaviour, ...]:
        """The words in force for every message."""
        return self._standing

    def behave(self, behaviours: Iterable[Behaviour], moment: datetime) -> None:
        """Put these words, and no others, in force from ``moment`` on; none of them is the plain behaviour.

        Raises InputError for a word or a reason that none of the gateway's corridors has.
        """
        wanted = tuple(behaviours)
        for behaviour in wanted:
            self.check(behaviour)
        with self._lock:
            self._forget()
            self._stand(wanted)
            self._since = moment

    def _stand(self, behaviours: tuple[Behaviour, ...]) -> None:
        self._standing = behaviours
        self._usual = {name: _in_force(behaviours, corridor) for name, corridor in self._corridors.items()}

    def check(self, behaviour: Behaviour) -> None:
        """Raise InputError for what no corridor of this gateway can do."""
        problems = [find_problem(behaviour, corridor) for corridor in self._corridors.values()]
        if problems and all(problems):
            raise next(filter(None, problems))

    def add_rule(self, rule: FaultRule) -> int:
        """Add a rule after the others and return its number. Raises InputError."""
        if rule.match.direction is Way.INCOMING:
            self.check(rule.action)
        with self._lock:
            return self._rules.add(rule)

    def remove_rule(self, number: int) -> None:
        """Remove a rule. Raises InputError where there is none of this number."""
        with self._lock:
            self._rules.remove(number)

    def rules(self) -> tuple[RuleState, ...]:
        """Return all rules with their counters."""
        with self._lock:
            return self._rules.states()

    def reset(self) -> None:
        """Behave as in the beginning: no words, no rules, nothing remembered, magic values as then."""
        with self._lock:
            self.magic = self._first_magic
            self._stand(())
            self._rules.clear()
            self._forget()

    def meet(self, meeting: Meeting, moment: datetime) -> Treatment:
        """Decide what a message that came in meets with; it is counted, so ask once for a transmission."""
        magic, remarks = self._magic(meeting)
        with self._lock:
            ruled = self._rules.fire(meeting, _ALL_LAYERS) if self._rules else None
            treatment = self._treatment(meeting.corridor, ((ruled,) if ruled else ()) + magic, remarks)
            if treatment is PLAIN:
                return PLAIN
            found = treatment.words.values()
            before = tuple(self._before(found, meeting.raw, moment))
            after = tuple(self._after(found, meeting))
            return replace(treatment, before=before, after=after) if before or after else treatment

    def _treatment(
        self, corridor: Corridor, more: tuple[Behaviour, ...], remarks: tuple[Finding, ...] = ()
    ) -> Treatment:
        """Return the treatment by the words in force and others."""
        if more or remarks:
            return _in_force((*self._standing, *more), corridor, remarks)
        return self._usual.get(corridor.name, PLAIN)

    def leaving(self, meeting: Meeting) -> Behaviour | None:
        """Return what happens to a delivery on its way, if anything; it is counted, so ask once."""
        with self._lock:
            return self._rules.fire(meeting, _WIRE) if self._rules else None

    def write(
        self, meeting: Meeting, key: SigningKey, *, about: Treatment | None, another: Callable[[], str]
    ) -> tuple[Letter, ...]:
        """Write a message that leaves: once or twice, now or later, as it should be or not.

        ``about`` is the treatment of the message that it answers; ``another`` gives one more message id.
        Raises as ``Corridor.pack``.
        """
        if meeting.written is None:
            raise AssertionError("only what this gateway writes can be written")
        header, document = meeting.written
        treatment, corridor = self._writing(about, meeting), meeting.corridor
        letter = write(treatment, corridor, header, document, key, self._origin)
        if not treatment or not corridor.kind(header.kind).acknowledged:
            return (letter,)
        delay = self._delay(treatment)
        if delay and header.sent_at:
            letter = replace(letter, due=header.sent_at + delay)
        twice = treatment.find(words.DuplicateAnswer)
        if twice is None:
            return (letter,)
        if not twice.new_id:
            return letter, letter
        again = msgspec.structs.replace(header, id=another())
        second = write(treatment, corridor, again, document, key, self._origin)
        return letter, replace(second, due=letter.due)

    def _writing(self, about: Treatment | None, meeting: Meeting) -> Treatment:
        """Decide how a message that leaves is written."""
        with self._lock:
            ruled = self._rules.fire(meeting, _WRITING) if self._rules else None
            more = (ruled,) if ruled else ()
            if about is None:
                return self._treatment(meeting.corridor, more)
            return _in_force((*about.words.values(), *more), meeting.corridor) if more else about

    def _delay(self, treatment: Treatment) -> timedelta:
        """Return how much later a message leaves; the last of a group that is turned round leaves first."""
        late, turned = treatment.find(words.Late), treatment.find(words.OutOfOrder)
        seconds = late.seconds if late else 0.0
        if turned:
            with self._lock:
                place = self._written % turned.group
                self._written += 1
            seconds += (turned.group - 1 - place) * turned.seconds
        return timedelta(seconds=seconds)

    def _magic(self, meeting: Meeting) -> tuple[tuple[Behaviour, ...], tuple[Finding, ...]]:
        if not self.magic or not has_magic(meeting.raw):
            return (), ()
        return magic_of(meeting)

    def _before(self, chosen: Iterable[Behaviour], raw: bytes, moment: datetime) -> Iterator[Behaviour]:
        """Yield what a transport does first; what is no fault of the wire itself is told as a status."""
        for word in chosen:
            match word:
                case faults.Maintenance():
                    yield from self._maintenance(word, moment)
                case faults.Busy():
                    yield from self._busy(word, moment)
                case faults.StorageFails():
                    yield from self._storage(word, raw)
                case _ if Stage.BEFORE in word.stages:
                    yield word

    def _maintenance(self, window: faults.Maintenance, moment: datetime) -> Iterator[Behaviour]:
        since = self._since if window in self._standing else None
        starts = window.starts_at or since or moment
        ends = window.ends_at or starts + timedelta(seconds=window.seconds)
        if starts <= moment < ends:
            yield faults.Status(code=503, retry_after=_whole(ends - moment))

    def _busy(self, limit: faults.Busy, moment: datetime) -> Iterator[Behaviour]:
        """Count what was taken in the window that ends now; beyond the limit nothing is."""
        window = timedelta(seconds=limit.seconds)
        while self._taken and self._taken[0] <= moment - window:
            self._taken.popleft()
        if len(self._taken) < limit.messages:
            self._taken.append(moment)
            return
        free = self._taken[0] + window if self._taken else moment + window
        yield faults.Status(code=429, retry_after=_whole(free - moment))

    def _storage(self, failing: faults.StorageFails, raw: bytes) -> Iterator[Behaviour]:
        if self._count(failing, raw) <= failing.times:
            yield faults.Status(code=503)

    def _after(self, chosen: Iterable[Behaviour], meeting: Meeting) -> Iterator[Behaviour]:
        """Yield what a transport does with the answer."""
        for word in chosen:
            match word:
                case faults.SlowAcknowledgement():
                    yield faults.Stall(seconds=word.seconds)
                case words.RetransmissionRequested():
                    if not meeting.corridor.manners.ask_again and self._count(word, meeting.raw) == 1:
                        yield faults.ResetAfter()
                case _ if Stage.AFTER in word.stages:
                    yield word

    def _count(self, word: Behaviour, raw: bytes) -> int:
        """Return how often a word was asked about these bytes, now included; the oldest are forgotten."""
        digest = f"{word.word}/{sha256(raw).hexdigest()}"
        self._come[digest] = self._come.pop(digest, 0) + 1
        if len(self._come) > MOST_REMEMBERED:
            self._come.popitem(last=False)
        return self._come[digest]


def _in_force(
    chosen: Iterable[Behaviour], corridor: Corridor, remarks: tuple[Finding, ...] = ()
) -> Treatment:
    """Leave out what the corridor cannot do; of one word given twice the later counts."""
    found = {type(word): word for word in chosen if find_problem(word, corridor) is None}
    return Treatment(words=found, remarks=remarks) if found or remarks else PLAIN


def _whole(wait: timedelta) -> float:
    """Return the whole seconds until a wait is over, at least one: the form of Retry-After (RFC 9110)."""
    return float(max(1, math.ceil(wait.total_seconds())))
