"""Two servers with every fault of the wire on, then off: all that waits arrives, and both sides agree.

The world is that of ``kills``. Both gateways lose, delay, cut, reset and refuse by chance, from the seed,
what comes in and what leaves. When the faults are off, dead letters are sent again and everything drains.
Left out are the words that make books disagree on purpose, as what arrives is not what was sent:
``tampered-in-transit``, ``truncated-body``, ``wrong-length`` of what leaves, and ``duplicated``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asw_exchange.ledger import State
from asw_exchange.testing import ControlClient
from tests.soak.kills import create_world, hurry
from tests.soak.load import loading
from tests.soak.messages import Writer
from tests.soak.process import PATIENCE, Server
from tests.soak.proof import Proof, prove

SHORT = 0.2
"""Seconds: what is slow is so slow."""
INCOMING: tuple[dict[str, Any], ...] = (
    {"name": "refuse-connection"},
    {"name": "reset-before"},
    {"name": "reset-after"},
    {"name": "stall", "seconds": SHORT},
    {"name": "status", "code": 500},
    {"name": "status", "code": 503, "retry_after": 1},
    {"name": "status", "code": 429, "retry_after": 1},
    {"name": "storage-fails"},
    {"name": "maintenance", "seconds": SHORT},
    {"name": "slow-acknowledgement", "seconds": SHORT},
    {"name": "answer-before-acknowledgement"},
    {"name": "slow-bytes", "bytes_per_second": 20_000},
    {"name": "wrong-length", "by": 10},
    {"name": "wrong-content-type"},
)
LEAVING: tuple[dict[str, Any], ...] = (
    {"name": "refuse-connection"},
    {"name": "reset-before"},
    {"name": "reset-after"},
    {"name": "stall", "seconds": SHORT},
    {"name": "slow-bytes", "bytes_per_second": 20_000},
    {"name": "wrong-content-type"},
    {"name": "lost"},
)


def rules(partner: str, probability: float) -> Iterator[dict[str, Any]]:
    """Return a rule for each fault, in both directions."""
    for direction, actions in (("incoming", INCOMING), ("outgoing", LEAVING)):
        for action in actions:
            match = {"partner": partner, "direction": direction}
            yield {"match": match, "when": {"probability": probability}, "action": action}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultReport:
    """What came of it."""

    faults: int
    """Times that a rule acted."""
    words: int
    """Different rules that acted."""
    dead: int
    """Dead letters that were sent again."""
    proof: Proof

    @property
    def passed(self) -> bool:
        """Whether all converged, and there was something to recover from."""
        return self.proof.holds and self.faults > 0

    def __str__(self) -> str:
        proof = self.proof
        rows = (
            ("faults that happened", f"{self.faults}, by {self.words} rules"),
            ("documents submitted", proof.submitted),
            ("  not accepted by the other side", proof.lost),
            ("counted twice", proof.twice),
            ("repeated, and known again", proof.repeated),
            ("dead letters sent again", self.dead),
            ("left in an outbox", proof.in_flight),
            ("asw tally --db ... --db ... --check", "reconciled" if proof.reconciled else "NOT reconciled"),
        )
        table = "\n".join(f"  {name:38}{value}" for name, value in rows)
        told = "".join(f"\n  FAULT: {fault}" for fault in proof.faults[:50])
        return f"faults on, then off: {'passed' if self.passed else 'FAILED'}\n{table}{told}\n{proof.tally}"


async def mislead_servers(
    folder: Path, *, documents: int, seed: int = 0, probability: float = 0.02
) -> FaultReport:
    """Let two servers exchange so many documents each, with faults; return what came of it."""
    world = await create_world(folder)
    servers = [target.server for target in world.targets]
    clients = {target.gateway: ControlClient(target.server.url) for target in world.targets}
    try:
        await asyncio.gather(*(server.start() for server in servers))
        for target in world.targets:
            faults = list(rules(target.other, probability))
            await asyncio.to_thread(clients[target.gateway].behave, target.gateway, faults=faults)
        async with loading(Writer.load(world.pki, "SG", seed), world.targets, clients=0) as load:
            for _ in range(documents):
                await asyncio.gather(*(load.submit(target) for target in world.targets))
        await _settled(servers)
        counts = [
            fault.fired
            for gateway, client in clients.items()
            for fault in (await asyncio.to_thread(client.gateway, gateway)).faults
        ]
        for gateway, client in clients.items():
            await asyncio.to_thread(client.behave, gateway, faults=[])
        await hurry(servers)
        dead = sum(await asyncio.gather(*(_recovered(server) for server in servers)))
        for server in servers:
            await server.stop()
    finally:
        for server in servers:
            await server.kill()
    return FaultReport(
        faults=sum(counts),
        words=sum(count > 0 for count in counts),
        dead=dead,
        proof=await prove(world.targets, world.ledgers, world.pki),
    )


async def _settled(servers: list[Server]) -> None:
    """Wait until everything was tried at least once: what waits has failed, or is gone."""
    async with asyncio.timeout(PATIENCE):
        while not all([await asyncio.to_thread(_is_tried, server) for server in servers]):
            await hurry(servers)
            await asyncio.sleep(1)


def _is_tried(server: Server) -> bool:
    outbox = ControlClient(server.url).outbox(state=State.WAITING, limit=1000)
    return all(delivery.attempts for delivery in outbox.deliveries)


async def _recovered(server: Server) -> int:
    """Send dead letters again until nothing is left in the outbox; return how many those were."""
    client, dead = ControlClient(server.url), set()
    async with asyncio.timeout(PATIENCE):
        while True:
            outbox = await asyncio.to_thread(client.outbox)
            if not outbox.deliveries:
                return len(dead)
            for delivery in outbox.deliveries:
                if delivery.state is State.DEAD:
                    dead.add(delivery.sequence)
                    await asyncio.to_thread(client.resend, delivery.sequence)
            await asyncio.sleep(0.1)
