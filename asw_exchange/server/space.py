"""A space: the world of one tester, with a ledger, a clock and gateways of its own.

Spaces share a process and nothing else, so testers who use different ones do not see each other. Not here:
HTTP (``receiving``, ``control``), what a server is started with (``settings``).
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from asw_exchange.behaviours import PkiOrigin, Treatment
from asw_exchange.clock import AdjustableClock, Clock
from asw_exchange.corridor import Corridor
from asw_exchange.errors import LedgerError
from asw_exchange.gateway import Laps
from asw_exchange.ledger import Ledger
from asw_exchange.model import Value
from asw_exchange.node import Node
from asw_exchange.records import UNKNOWN, Entry
from asw_exchange.server.authorities import find_estranged, note_authorities
from asw_exchange.server.client import Client
from asw_exchange.server.committer import Committer
from asw_exchange.server.delivery import Delivery, Retries
from asw_exchange.server.examiner import Examiner
from asw_exchange.server.feed import Feed
from asw_exchange.server.partners import Key, Partners
from asw_exchange.server.workers import Question
from asw_exchange.signature import TestPki, TrustStore
from asw_exchange.simulator.world import create_nodes

T = TypeVar("T")

MAIN = "main"
"""The space that is meant where none is named."""
STANDING = "standing"
"""The note of how a space stands (``notes``)."""
AT_WORK = "at work"
"""A note that stands in the ledger while a server has it open."""


@dataclass(slots=True, kw_only=True)
class Space:
    """One tester's world, at work from ``start`` to ``close``."""

    name: str
    ledger: Ledger
    corridors: Mapping[str, Corridor]
    pki: TestPki
    trust: Mapping[str, TrustStore]
    """The authorities of every gateway, by its code."""
    nodes: Mapping[str, Node]
    clock: AdjustableClock
    committer: Committer
    examiner: Examiner
    feed: Feed
    partners: Partners
    delivery: Delivery
    reader: Ledger | None = None
    """The same ledger once more, so that to read it does not hold up what is written; None in memory."""
    closed: bool = field(default=False, init=False)
    is_at_work: bool = field(default=False, init=False)
    """Whether it has taken up what an earlier run has left, and noted that."""
    resets: int = field(default=0, init=False)
    """How often everything was forgotten: sequences began anew each time."""
    estranged: tuple[str, ...] = field(default=(), init=False)
    """Gateways of which the ledger has messages that were signed under other keys than theirs of now."""
    first_partners: Mapping[Key, str] = field(init=False)
    """The partner table that the space began with."""
    first_ahead: timedelta = field(init=False)
    """How far its clock was ahead of the machine's then."""
    _tasks: list[asyncio.Task[None]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.first_partners = dict(self.partners.urls)
        self.first_ahead = self.clock.offset

    @property
    def warning(self) -> str | None:
        """What whoever uses it should know."""
        if not self.estranged:
            return None
        return (
            f"the ledger of {self.name} is of a server with other keys of {', '.join(self.estranged)}: "
            "what they signed there does not verify here; start with the --seed, --pki or --trust of before"
        )

    def joined(self, corridor: str, gateway: str) -> bool:
        """Tell whether a gateway of this space takes messages in a corridor."""
        known = self.corridors.get(corridor)
        return known is not None and gateway in known.members and gateway in self.nodes

    async def start(self) -> None:
        """Take up the work where it was left, also after a crash."""
        await self.committer.run(self._take_up)
        self.is_at_work = True
        self.attend(self.delivery.run())

    def attend(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on beside receiving, until the space is closed."""
        self._tasks.append(asyncio.create_task(work))

    def _take_up(self) -> None:
        """After anything but an orderly stop nobody knows what became of what was under way.

        What failed before is tried at once, as the network may be another: else two servers that have lost
        each other would each wait for a sign of life.
        """
        now = self.clock.now()
        if self.ledger.note(AT_WORK) is not None:
            self.ledger.recover(now)
        for partner in sorted(self.ledger.put_off()):
            self.ledger.hurry(*partner, now)
        self.ledger.set_note(AT_WORK, "yes")
        self.estranged = find_estranged(self.ledger, self.trust)

    async def receive(
        self, corridor: str, gateway: str, raw: bytes, peer: str = UNKNOWN, treatment: Treatment | None = None
    ) -> bytes | None:
        """Let a gateway take a message in; return its answer once that is committed.

        ``treatment`` is what the gateway decided when it met the message; None: it is asked here. Raises
        LedgerError, and ConfigurationError when one of our own checks could not run.
        """
        node = self.nodes[gateway]
        met = node.meet(raw, corridor=corridor, peer=peer) if treatment is None else treatment
        moment = met.moment(self.clock.now())
        examination = await self.examiner.examine(
            Question(gateway=gateway, corridor=corridor, peer=peer, moment=moment, raw=raw)
        )
        return await self.committer.run(
            lambda: node.receive(raw, corridor=corridor, peer=peer, treatment=met, examination=examination)
        )

    async def submit(self, kind: str, document: Value, sender: str, receiver: str) -> Entry:
        """Build, sign and queue a document. Raises BuildError, UnknownKind and LedgerError."""
        node = self.nodes[sender]
        return await self.committer.run(lambda: node.send(kind, document, receiver))

    async def read(self, job: Callable[[Ledger], T]) -> T:
        """Let a job read the ledger, apart from what writes; what it saw is on the disk.

        Raises what the job raises, and LedgerError.
        """
        if self.reader is None:
            return await self.committer.read(lambda: job(self.ledger))
        result = await asyncio.to_thread(job, self.reader)
        await self.committer.catch_up()
        return result

    async def reset(self) -> None:
        """Forget everything that has happened or was set, in one commit. Raises LedgerError.

        Deliveries that are under way are seen through, and forgotten as well.
        """
        steps = self.delivery.steps
        try:
            await self.delivery.finish()
            await self.committer.run(self._forget)
            self.resets += 1
            self.estranged = ()
            await self.delivery.finish()
            self.delivery.forget()
            self.clock.reset()
            self.clock.advance(self.first_ahead)
            for node in self.nodes.values():
                if node.conduct is not None:
                    node.conduct.reset()
            self.partners.urls = dict(self.first_partners)
            steps = None
        finally:
            self.delivery.steps = steps
            self.delivery.wake()

    def _forget(self) -> None:
        self.ledger.clear()
        self.ledger.set_note(STANDING, None)
        note_authorities(self.ledger, self.trust)

    async def close(self) -> None:
        """See through what is under way, then let everything go."""
        self.closed = True
        self.feed.changed()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.delivery.finish()
        with suppress(LedgerError):  # what cannot be written now is looked after at the next start
            if self.is_at_work:
                await self.committer.run(lambda: self.ledger.set_note(AT_WORK, None))
        await self.committer.close()
        await self.delivery.client.close()
        if self.reader is not None:
            self.reader.close()
        self.ledger.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What the spaces of one server have in common."""

    corridors: tuple[Corridor, ...]
    gateways: tuple[str, ...]
    """Those that run here."""
    pki: TestPki
    trust: Mapping[str, TrustStore]
    origin: PkiOrigin
    examiner: Examiner
    base: Clock | None = None
    moment: datetime | None = None
    """What the clock of a new space shows; None: what ``base`` does."""
    retries: Retries = field(default_factory=Retries)
    observe: Callable[[Laps], object] = lambda laps: None
    """Is told how long steps of receiving took."""

    def nodes(self, ledger: Ledger, clock: AdjustableClock) -> dict[str, Node]:
        """Return the gateways of a new space."""
        numbered = _numbered(clock)
        return create_nodes(
            self.corridors,
            self.gateways,
            self.pki,
            self.trust,
            ledger=ledger,
            clock=clock,
            origin=self.origin,
            numbered=numbered,
            observe=self.observe,
        )


def open_space(
    name: str,
    common: Common,
    *,
    ledger: Ledger,
    partners: Partners,
    client: Client,
    reader: Ledger | None = None,
) -> Space:
    """Set up a space over an open ledger; it rests until ``start``. Raises LedgerError."""
    ledger.host(common.gateways)
    clock, feed = AdjustableClock(common.base), Feed()
    if common.moment is not None:
        clock.set(common.moment)
    delivery = Delivery(
        ledger=ledger,
        nodes=common.nodes(ledger, clock),
        corridors={corridor.name: corridor for corridor in common.corridors},
        clock=clock,
        committer=Committer(ledger, feed.changed),
        examiner=common.examiner,
        feed=feed,
        partners=partners,
        client=client,
        retries=common.retries,
    )
    return _space(name, common, delivery, reader)


def _space(name: str, common: Common, delivery: Delivery, reader: Ledger | None) -> Space:
    return Space(
        name=name,
        ledger=delivery.ledger,
        reader=reader,
        corridors=delivery.corridors,
        pki=common.pki,
        trust=common.trust,
        nodes=delivery.nodes,
        clock=delivery.clock,
        committer=delivery.committer,
        examiner=delivery.examiner,
        feed=delivery.feed,
        partners=delivery.partners,
        delivery=delivery,
    )


def _numbered(clock: Clock) -> Callable[[str], Callable[[], str]]:
    """Number messages from the moment of the start on: a partner remembers the numbers of earlier runs."""
    start = f"{clock.now():%y%m%d%H%M%S%f}"

    def numbers(code: str) -> Callable[[], str]:
        count = itertools.count(1)
        return lambda: f"{code}-{start}-{next(count):06}"

    return numbers
