"""A small world: all gateways of the corridors in one process, on one ledger, one clock, one network."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from asw_exchange.clock import VirtualClock
from asw_exchange.corridor import Corridor
from asw_exchange.ledger import Ledger
from asw_exchange.node import Node, ReplyRule
from asw_exchange.signature import create_pki
from asw_exchange.signature.pki import TestPki
from asw_exchange.simulator.network import Network

STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that a scenario plays with."""

    seed: int
    pki: TestPki
    clock: VirtualClock
    ledger: Ledger
    network: Network
    nodes: Mapping[str, Node]

    def settle(self) -> None:
        """Let everything that is due arrive, and a minute pass."""
        self.network.run()
        self.clock.advance(STEP)


def create_world(
    corridors: tuple[Corridor, ...],
    *,
    seed: int,
    start: datetime,
    ledger: Ledger,
    reply: ReplyRule | None = None,
) -> World:
    """Set up a gateway for every member of every corridor, with test keys from the seed."""
    codes = sorted({code for corridor in corridors for code in corridor.members})
    pki, clock, network = create_pki(seed, codes, start), VirtualClock(start), Network(ledger)
    trust = pki.trust_by_gateway()
    nodes = {
        code: Node(
            code,
            corridors={corridor.name: corridor for corridor in corridors if code in corridor.members},
            key=pki.key(code),
            trust=trust,
            ledger=ledger,
            clock=clock,
            new_id=_numbered(code),
            reply=reply,
        )
        for code in codes
    }
    for node in nodes.values():
        network.join(node)
    return World(seed=seed, pki=pki, clock=clock, ledger=ledger, network=network, nodes=nodes)


def _numbered(code: str) -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"{code}-{next(numbers):08}"
