"""A space: the world of one tester, with a ledger, a clock and gateways of its own.

Spaces share a process and nothing else, so testers who use different ones do not see each other. Not here:
HTTP (``receiving``, ``control``), what a server is started with (``settings``).
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from asw_exchange.clock import AdjustableClock, Clock
from asw_exchange.corridor import Corridor
from asw_exchange.ledger import Ledger
from asw_exchange.model import Value
from asw_exchange.node import Node
from asw_exchange.records import UNKNOWN, Entry
from asw_exchange.server.client import Client
from asw_exchange.server.committer import Committer
from asw_exchange.server.delivery import Delivery, Retries
from asw_exchange.server.feed import Feed
from asw_exchange.server.partners import Partners
from asw_exchange.signature import TestPki
from asw_exchange.simulator.world import create_nodes

MAIN = "main"
"""The space that is meant where none is named."""


@dataclass(slots=True, kw_only=True)
class Space:
    """One tester's world, at work from ``start`` to ``close``."""

    name: str
    ledger: Ledger
    corridors: Mapping[str, Corridor]
    pki: TestPki
    nodes: Mapping[str, Node]
    clock: AdjustableClock
    committer: Committer
    feed: Feed
    partners: Partners
    delivery: Delivery
    _task: asyncio.Task[None] | None = field(default=None, init=False)

    def joined(self, corridor: str, gateway: str) -> bool:
        """Tell whether a gateway of this space takes messages in a corridor."""
        known = self.corridors.get(corridor)
        return known is not None and gateway in known.members and gateway in self.nodes

    async def start(self) -> None:
        """Take up the work where it was left, also after a crash."""
        moment = self.clock.now()
        await self.committer.run(lambda: self.ledger.recover(moment))
        self._task = asyncio.create_task(self.delivery.run())

    async def receive(self, corridor: str, gateway: str, raw: bytes, peer: str = UNKNOWN) -> bytes | None:
        """Let a gateway take a message in; return its answer once that is committed. Raises LedgerError."""
        node = self.nodes[gateway]
        return await self.committer.run(lambda: node.receive(raw, corridor=corridor, peer=peer))

    async def submit(self, kind: str, document: Value, sender: str, receiver: str) -> Entry:
        """Build, sign and queue a document. Raises BuildError, UnknownKind and LedgerError."""
        node = self.nodes[sender]
        return await self.committer.run(lambda: node.send(kind, document, receiver))

    async def close(self) -> None:
        """See through what is under way, then let everything go."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.delivery.finish()
        await self.committer.close()
        await self.delivery.client.close()
        self.ledger.close()


def open_space(
    name: str,
    *,
    ledger: Ledger,
    corridors: Iterable[Corridor],
    gateways: Iterable[str],
    pki: TestPki,
    partners: Partners,
    client: Client,
    base: Clock | None = None,
    retries: Retries | None = None,
) -> Space:
    """Set up a space over an open ledger for the ``gateways`` that run here; it rests until ``start``."""
    joined = tuple(corridors)
    clock, feed, codes = AdjustableClock(base), Feed(), tuple(gateways)
    committer = Committer(ledger, feed.changed)
    nodes = create_nodes(joined, codes, pki=pki, ledger=ledger, clock=clock, numbered=_numbered(clock))
    by_name = {corridor.name: corridor for corridor in joined}
    ledger.host(codes)
    delivery = Delivery(
        ledger=ledger,
        nodes=nodes,
        corridors=by_name,
        clock=clock,
        committer=committer,
        feed=feed,
        partners=partners,
        client=client,
        retries=retries or Retries(),
    )
    return Space(
        name=name,
        ledger=ledger,
        corridors=by_name,
        pki=pki,
        nodes=nodes,
        clock=clock,
        committer=committer,
        feed=feed,
        partners=partners,
        delivery=delivery,
    )


def _numbered(clock: Clock) -> Callable[[str], Callable[[], str]]:
    """Number messages from the moment of the start on: a partner remembers the numbers of earlier runs."""
    start = f"{clock.now():%y%m%d%H%M%S%f}"

    def numbers(code: str) -> Callable[[], str]:
        count = itertools.count(1)
        return lambda: f"{code}-{start}-{next(count):06}"

    return numbers
