"""Outbound: takes what is due from the outbox to the partners, tries again, and gives up in the end.

A lane is all that goes from one gateway to another in one corridor: it keeps its order, and rests after a
failure. Lanes do not wait for each other. An answer that says nothing of what was sent counts as none. Not
here: how bytes travel (``client``), what is due (the ledger), what ends a rest (``resting``), what is sent
once more because nobody answered (``chasing``).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from asw_exchange.clock import AdjustableClock
from asw_exchange.corridor import Corridor
from asw_exchange.errors import ConfigurationError, ExchangeError, LedgerError
from asw_exchange.gateway import Examination
from asw_exchange.ledger import Ledger, Queued
from asw_exchange.node import Node
from asw_exchange.records import Entry
from asw_exchange.server.chasing import Watch, look, watches
from asw_exchange.server.client import Answered, Client, Failed
from asw_exchange.server.committer import Committer
from asw_exchange.server.examiner import Examiner
from asw_exchange.server.feed import Feed
from asw_exchange.server.leaving import leave
from asw_exchange.server.log import LOGGER
from asw_exchange.server.partners import Partners
from asw_exchange.server.resting import Lane, Peer, Rests, peer_of
from asw_exchange.server.workers import Question

DRAIN_SECONDS = 10.0
LEDGER_SECONDS = 1.0
"""After so long a ledger that could not be used is tried again: of the machine's time, not the clock's."""
MOST_DUE = 64
"""Transmissions to one gateway that are looked at in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """When a failed transmission is tried again."""

    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(minutes=5)
    attempts: int = 12
    """After so many it is a dead letter, until somebody sends it again; not before ``shortest``."""

    def pause(self, attempts: int, seed: str) -> timedelta:
        """Return how long to wait after so many failures: doubling, with jitter from ``seed``."""
        doubled: timedelta = min(self.first * 2 ** min(attempts - 1, 30), self.most)
        return doubled * random.Random(f"{seed}/{attempts}").uniform(0.5, 1.0)

    @property
    def shortest(self) -> timedelta:
        """How long all attempts take at least: what was tried before its time is not given up sooner."""
        pauses = (min(self.first * 2 ** min(number, 30), self.most) for number in range(self.attempts - 1))
        return sum(pauses, timedelta(0)) / 2


@dataclass(slots=True, kw_only=True)
class Delivery:
    """Delivers the outbox of one ledger."""

    ledger: Ledger
    nodes: Mapping[str, Node]
    corridors: Mapping[str, Corridor]
    clock: AdjustableClock
    committer: Committer
    examiner: Examiner
    feed: Feed
    partners: Partners
    client: Client
    retries: Retries = field(default_factory=Retries)
    steps: int | None = None
    """How many more transmissions may leave; None: all of them. Zero holds everything."""
    _lanes: dict[Lane, asyncio.Task[None]] = field(default_factory=dict)
    _rests: Rests = field(default_factory=Rests)
    _heard: int | None = None
    """Sequence of the newest entry that was looked at for signs of life; None: none is looked for."""
    _watches: tuple[Watch, ...] = ()
    _missed: set[Peer] = field(default_factory=set)
    """Partners of whom it was told that something waits for them, and that they have no address."""
    _is_at_work: bool = False
    """Whether it is known what an earlier run has left waiting."""

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Know nothing of what was before, as when the ledger was cleared."""
        self._rests, self._heard, self._missed = Rests(), None, set()
        self._watches = watches(self.corridors.values())

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then is seen through by ``finish``."""
        while True:
            seen = self.feed.count
            try:
                patience = self._patience(await self._look())
            except LedgerError:  # a server of databases that is away comes again
                patience = LEDGER_SECONDS
            await self.feed.wait(seen, patience)

    async def _look(self) -> datetime | None:
        """Set going what is due; return when more of what is in the outbox will be, if ever."""
        if self.steps == 0:
            return None
        await self._chase()
        await self._listen()
        busy, now = frozenset(self._lanes), self.clock.now()
        due, later = await self.committer.read(partial(self._due, now))
        self._start(due, busy, now)
        return later

    def _due(self, now: datetime) -> tuple[tuple[Queued, ...], datetime | None]:
        """Return what is due to the partners, and when more will be. One question, where nothing is."""
        first = self.ledger.next_due()
        if first is None or first > now:
            return (), first
        self._miss(now)
        found = (self.ledger.due_to(*partner, now, limit=MOST_DUE) for partner in sorted(self.partners.urls))
        return tuple(queued for due in found for queued in due), self.ledger.next_due(after=now)

    def _miss(self, now: datetime) -> None:
        """Tell once of each partner that something is due to, while it has no address."""
        away = {
            (corridor.name, code)
            for corridor in self.corridors.values()
            for code in corridor.members
            if self.partners.is_out_of_reach(corridor.name, code)
        }
        for peer in sorted(away - self._missed):
            if self.ledger.due_to(*peer, now, limit=1):
                self._missed.add(peer)
                reason = self.partners.obstacle(*peer)
                LOGGER.warning({"event": "no-address", "partner": "/".join(peer), "reason": reason})
        self._missed &= away

    async def _chase(self) -> None:
        """Put into the outbox once more what was not answered in time."""
        now = self.clock.now()
        for watch in self._watches:
            if watch.is_due(now):
                seen = await self.committer.run(partial(look, watch, self.ledger, self.nodes, now))
                self._watches = tuple(seen if each is watch else each for each in self._watches)

    async def _listen(self) -> None:
        """Hear from whom something came since it was in trouble: that partner is there again."""
        if not self._is_at_work:
            self._rests.troubled.update(await self.committer.read(self.ledger.put_off))
            self._is_at_work = True
        if not self._rests.troubled:
            self._heard = None
            return
        self._heard, heard = await self.committer.read(partial(self._hear, self._heard))
        for peer in heard & self._rests.troubled:
            await self.committer.run(partial(self.ledger.hurry, *peer, self.clock.now()))
            self._rests.seen(peer)

    def _hear(self, after: int | None) -> tuple[int, frozenset[Peer]]:
        """Return the newest sequence, and from whom something came after another one."""
        last = self.ledger.last_sequence()
        return last, frozenset() if after is None or after == last else self.ledger.heard(after=after)

    async def finish(self) -> None:
        """See through what is under way, and start nothing more."""
        self.steps = 0
        await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    async def drain(self, corridor: str, gateway: str) -> None:
        """Wait until a gateway has delivered what it can now, or DRAIN_SECONDS."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                seen = self.feed.count
                while await self._can_deliver(corridor, gateway):
                    await self.feed.wait(seen)
                    seen = self.feed.count

    async def _can_deliver(self, corridor: str, gateway: str) -> bool:
        now = self.clock.now()
        due = await self.committer.read(lambda: self.ledger.due_of(gateway, now))
        peers = {entry.peer for entry in due if entry.kind.startswith(f"{corridor}/")}
        rested = {peer for peer in peers if self._rests.is_over((corridor, gateway, peer), now)}
        return any(self.partners.url(corridor, peer) for peer in rested)

    def wake(self) -> None:
        """Look again at once, also at lanes that rest, and by whatever time it is now."""
        self._rests.clear()
        self._watches = tuple(replace(watch, next=None) for watch in self._watches)
        self.feed.changed()

    def overdue_since(self, moment: datetime) -> datetime | None:
        """Return since when the oldest of what could be delivered at ``moment`` has been due."""
        lanes = sorted(self.partners.urls)
        firsts = [self.ledger.due_to(corridor, peer, moment, limit=1) for corridor, peer in lanes]
        return min((queued.due for first in firsts for queued in first), default=None)

    def _patience(self, next_due: datetime | None) -> float | None:
        """Return the seconds until something is due by itself; None where nothing will be."""
        if not self.clock.running or self.steps == 0:
            return None
        now = self.clock.now()
        looks = (watch.next for watch in self._watches)
        found = (next_due, *self._rests.until.values(), *looks)
        times = [time for time in found if time is not None and time > now]
        return (min(times) - now).total_seconds() + 0.001 if times else None

    def _start(self, due: tuple[Queued, ...], busy: frozenset[Lane], now: datetime) -> None:
        """Set each lane going that has something due; what failed before goes first, so nothing overtakes it.

        ``now`` is when ``due`` was asked for; ``busy`` are the lanes that were at work then, so that it may
        tell of what they took.
        """
        lanes: dict[Lane, list[Queued]] = {}
        for queued in sorted(due, key=lambda each: not each.attempts):
            lanes.setdefault(_lane(queued), []).append(queued)
        for lane, waiting in lanes.items():
            if lane not in busy and self._rests.is_over(lane, now):
                self._lanes[lane] = asyncio.create_task(self._run_lane(lane, waiting))

    async def _run_lane(self, lane: Lane, waiting: list[Queued]) -> None:
        """Deliver; a fault of ours on the way is told, and not met again at once."""
        try:
            (fault,) = await asyncio.gather(self._carry_all(lane, waiting), return_exceptions=True)
            if isinstance(fault, Exception):
                LOGGER.error({"event": "delivery-fault", "lane": "/".join(lane), "fault": repr(fault)})
                self._rests.begin(lane, self.clock.now() + self.retries.most, firm=True)
        finally:
            del self._lanes[lane]
            self.feed.changed()

    async def _carry_all(self, lane: Lane, waiting: list[Queued]) -> None:
        for queued in waiting:
            if self.steps == 0 or not await self._carry(lane, queued):
                return

    async def _carry(self, lane: Lane, queued: Queued) -> bool:
        """Deliver one transmission; False when the lane has to rest."""
        url, entry = self.partners.url(lane[0], lane[2]), queued.entry
        if url is None:
            return False
        if self.steps is not None:
            self.steps -= 1
        node = self.nodes[entry.gateway]
        try:
            raw = await self.committer.read(lambda: self.ledger.raw(entry.digest))
            result = await leave(
                partial(self.client.post, url, sender=entry.gateway),
                raw,
                self.corridors[lane[0]].envelope.request_headers(raw),
                node.leaving(raw, corridor=lane[0], peer=entry.peer),
            )
            result, examination = await self._examine(entry, result)
            failed, due = await self.committer.run(lambda: self._conclude(lane, queued, result, examination))
        except ExchangeError:  # the ledger could not take it: it is still in the outbox
            await asyncio.sleep(LEDGER_SECONDS)
            return False
        if failed is None:
            self._rests.delivered(lane)
            return True
        _log(queued, failed)
        if due is not None:
            self._rests.begin(lane, due, firm=failed.retry_after is not None)
        return due is None

    async def _examine(
        self, entry: Entry, result: Answered | Failed
    ) -> tuple[Answered | Failed, Examination | None]:
        """Examine an answer; one that cannot be examined, by a fault of ours, counts as none."""
        if isinstance(result, Failed) or not result.body:
            return result, None
        corridor, now = entry.kind.split("/")[0], self.clock.now()
        asked = Question(
            gateway=entry.gateway, corridor=corridor, peer=entry.peer, moment=now, raw=result.body
        )
        try:
            return result, await self.examiner.examine(asked)
        except ConfigurationError as error:
            reason = f"the answer could not be examined: {error.message}"
            return Failed(reason=reason, may_have_arrived=True), None

    def _conclude(
        self, lane: Lane, queued: Queued, result: Answered | Failed, examination: Examination | None
    ) -> tuple[Failed | None, datetime | None]:
        """Write down what came of a delivery; return how it failed, and when it is tried again, if it is."""
        entry = queued.entry
        if isinstance(result, Answered):
            doubt = self.nodes[entry.gateway].settle(entry, result.body, examination)
            if doubt is None:
                if peer_of(lane) in self._rests.troubled:
                    self.ledger.hurry(*peer_of(lane), self.clock.now())
                return None, None
            result = Failed(reason=doubt, may_have_arrived=True)
        return result, self._put_off(queued, result)

    def _put_off(self, queued: Queued, failed: Failed) -> datetime | None:
        """Write a failure down; return when it is tried again, None where it is given up."""
        now, attempts, sequence = self.clock.now(), queued.attempts + 1, queued.sequence
        reason, arrived = failed.reason, failed.may_have_arrived
        waited = now - queued.entry.moment >= self.retries.shortest
        if failed.permanent or (attempts >= self.retries.attempts and waited):
            self.ledger.bury(sequence, moment=now, failure=reason, may_have_arrived=arrived)
            return None
        pause = self.retries.pause(attempts, queued.entry.digest)
        due = now + max(pause, timedelta(seconds=failed.retry_after or 0))
        self.ledger.failed(sequence, moment=now, due=due, failure=reason, may_have_arrived=arrived)
        return due


def _log(queued: Queued, failed: Failed) -> None:
    entry = queued.entry
    LOGGER.warning(
        {
            "event": "delivery-failed",
            "gateway": entry.gateway,
            "peer": entry.peer,
            "kind": entry.kind,
            "message_id": entry.message_id,
            "reference": entry.reference,
            "attempt": queued.attempts + 1,
            "failure": failed.reason,
        }
    )


def _lane(queued: Queued) -> Lane:
    entry = queued.entry
    return entry.kind.split("/")[0], entry.gateway, entry.peer
