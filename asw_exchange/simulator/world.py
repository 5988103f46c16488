"""A small world: all gateways of the corridors in one process, on one ledger, one clock, one network."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from asw_exchange.behaviours import Conduct, PkiOrigin
from asw_exchange.clock import Clock, VirtualClock
from asw_exchange.corridor import Corridor
from asw_exchange.gateway import Laps
from asw_exchange.ledger import Ledger
from asw_exchange.node import Node, ReplyRule
from asw_exchange.signature import TrustStore, create_pki
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
    codes = codes_of(corridors)
    pki, clock, network = create_pki(seed, codes, start), VirtualClock(start), Network(ledger, seed=seed)
    nodes = create_nodes(
        corridors,
        codes,
        pki,
        pki.trust_by_gateway(),
        ledger=ledger,
        clock=clock,
        origin=PkiOrigin(seed=str(seed), start=start),
        numbered=_numbered,
        reply=reply,
    )
    for node in nodes.values():
        network.join(node)
    return World(seed=seed, pki=pki, clock=clock, ledger=ledger, network=network, nodes=nodes)


def codes_of(corridors: tuple[Corridor, ...]) -> tuple[str, ...]:
    """Return the gateway codes of all members, sorted."""
    return tuple(sorted({code for corridor in corridors for code in corridor.members}))


def create_nodes(
    corridors: tuple[Corridor, ...],
    codes: Iterable[str],
    pki: TestPki,
    trust: Mapping[str, TrustStore],
    *,
    ledger: Ledger,
    clock: Clock,
    origin: PkiOrigin,
    numbered: Callable[[str], Callable[[], str]],
    reply: ReplyRule | None = None,
    observe: Callable[[Laps], object] = lambda laps: None,
) -> dict[str, Node]:
    """Make a gateway for each code, in the corridors that it is a member of; nothing connects them yet.

    Each has a conduct, so that it misbehaves when it is asked to; ``origin`` is what ``pki`` was made from.
    ``numbered`` gives for a code the function that makes its serial numbers of messages; ``trust`` maps all
    gateways to their authorities. ``observe`` is told how long the steps took that ask the ledger.
    """
    joined = {
        code: {corridor.name: corridor for corridor in corridors if code in corridor.members}
        for code in codes
    }
    return {
        code: Node(
            code,
            corridors=joined[code],
            key=pki.key(code),
            trust=trust,
            ledger=ledger,
            clock=clock,
            new_id=numbered(code),
            reply=reply,
            observe=observe,
            conduct=Conduct(code, corridors=joined[code], origin=origin),
        )
        for code in joined
    }


def _numbered(code: str) -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"{code}-{next(numbers):08}"
