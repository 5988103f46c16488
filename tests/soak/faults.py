"""Two servers with every fault of the wire on, then off: all that waits arrives, once, and both sides agree.

Viet Nam's gateway has a server of its own, its partners in all corridors have another. All of them lose,
delay, cut, damage, reset and refuse what comes in and what leaves. When the faults are off, dead letters are
sent again and everything drains. Then the books differ only by what was damaged or doubled on its way.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asw_exchange.behaviours import read_rule
from asw_exchange.ledger import Defect, Ledger, State
from asw_exchange.model import Outcome
from asw_exchange.records import Direction
from asw_exchange.server.delivery import Retries
from asw_exchange.testing import ControlClient
from tests.soak.corridors import ROUTES, World, create_world, document
from tests.soak.process import PATIENCE, Server, run_asw

SHORT = 0.2
"""Seconds: what is slow is so slow."""
INCOMING: tuple[dict[str, Any], ...] = (
    {"name": "refuse-connection"},
    {"name": "reset-before"},
    {"name": "reset-after"},
    {"name": "stall", "seconds": SHORT},
    {"name": "status", "code": 500},
    {"name": "status", "code": 503, "retry_after": 1},
    {"name": "busy", "messages": 0, "seconds": 1},
    {"name": "storage-fails"},
    {"name": "maintenance", "seconds": SHORT},
    {"name": "slow-acknowledgement", "seconds": SHORT},
    {"name": "answer-before-acknowledgement"},
    {"name": "slow-bytes", "bytes_per_second": 20_000},
    {"name": "truncated-body"},
    {"name": "wrong-length", "by": 10},
    {"name": "wrong-content-type"},
)
LEAVING: tuple[dict[str, Any], ...] = (
    {"name": "refuse-connection"},
    {"name": "reset-before"},
    {"name": "reset-after"},
    {"name": "stall", "seconds": SHORT},
    {"name": "slow-bytes", "bytes_per_second": 20_000},
    {"name": "truncated-body"},
    {"name": "wrong-length", "by": -10},
    {"name": "wrong-content-type"},
    {"name": "lost"},
    {"name": "duplicated"},
    {"name": "tampered-in-transit"},
)
TELL_DIGESTS = ("asean", "korea")
"""Where acknowledgements tell which bytes arrived. Elsewhere what is tampered with is refused for good."""
DAMAGE = {("incoming", "truncated-body")} | {
    ("outgoing", word) for word in ("truncated-body", "wrong-length", "duplicated", "tampered-in-transit")
}
"""What makes other bytes arrive than were sent, or more of them: the books say so, by one of these."""
EXPLAINED = {Defect.NEVER_SENT, Defect.OTHER_BYTES, Defect.SURPLUS}


def rules(**when: Any) -> Iterator[dict[str, Any]]:
    """Return a rule for each fault, in both directions; ``when`` says when each acts."""
    for direction, actions in (("incoming", INCOMING), ("outgoing", LEAVING)):
        for action in actions:
            places = TELL_DIGESTS if action["name"] == "tampered-in-transit" else (None,)
            for corridor in places:
                match = {"direction": direction} | ({"corridor": corridor} if corridor else {})
                yield {"match": match, "action": action, **when}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultReport:
    """What came of it."""

    faults: Counter[tuple[str, str]]
    """Direction and word to how often it happened."""
    submitted: int
    dead: int
    """Dead letters that were sent again."""
    repeated: int
    """Receptions of what was there already."""
    differences: Counter[str]
    wrong: tuple[str, ...]
    """What should not be, in plain sentences."""

    @property
    def passed(self) -> bool:
        """Whether everything happened that can, and all converged."""
        return not self.wrong

    def __str__(self) -> str:
        damaged = sum(self.faults[each] for each in DAMAGE)
        rows = (
            ("faults that happened", f"{self.faults.total()}, of {len(self.faults)} kinds"),
            ("documents submitted", self.submitted),
            ("repeated, and known again", self.repeated),
            ("dead letters sent again", self.dead),
            ("damaged or doubled on their way", damaged),
            ("  differences of the books by that", self.differences.total()),
        )
        table = "\n".join(f"  {name:38}{value}" for name, value in rows)
        told = "".join(f"\n  WRONG: {each}" for each in self.wrong[:50])
        return f"faults on, then off: {'passed' if self.passed else 'FAILED'}\n{table}{told}"


async def mislead_servers(folder: Path, *, documents: int, seed: int = 0, **when: Any) -> FaultReport:
    """Let gateways exchange so many documents of each kind, with faults; return what came of it."""
    world = await create_world(folder)
    clients = {code: ControlClient(server.url) for code, server in world.servers.items()}
    faults = list(rules(**when or {"when": {"probability": 0.02}}))
    try:
        await asyncio.gather(*(server.start() for server in world.both))
        for code, client in clients.items():
            await asyncio.to_thread(client.behave, code, faults=faults)
        submitted = await _submit(clients, documents, seed)
        await _settled(world.both)
        happened = await asyncio.to_thread(_happened, clients)
        for code, client in clients.items():
            await asyncio.to_thread(client.behave, code, faults=[])
        await _hurry(world.both)
        dead = sum(await asyncio.gather(*(_recovered(server) for server in world.both)))
        for server in world.both:
            await server.stop()
    finally:
        for server in world.both:
            await server.kill()
    return await _report(world, happened, submitted, dead)


async def _submit(clients: dict[str, ControlClient], documents: int, seed: int) -> list[tuple[str, str]]:
    """Have gateways send documents; return kind and reference of each."""
    found = []
    for number in range(1, documents + 1):
        for route in ROUTES:
            client, made = clients[route.sender], document(route, number, seed)
            sent = await asyncio.to_thread(client.submit, route.kind, made)
            found.append((sent.kind, sent.reference or ""))
    return found


async def _hurry(servers: tuple[Server, ...]) -> None:
    """Let what has failed often, and would be tried in minutes, be tried now: it is as late as that.

    Nothing leaves until it is so everywhere, as a message from the future would be refused.
    """
    clients = [ControlClient(server.url) for server in servers]
    await asyncio.gather(*(asyncio.to_thread(client.hold) for client in clients))
    later = [asyncio.to_thread(client.change_clock, advance=Retries().most) for client in clients]
    await asyncio.gather(*later)
    await asyncio.gather(*(asyncio.to_thread(client.release) for client in clients))


async def _settled(servers: tuple[Server, ...]) -> None:
    """Wait until everything was tried at least once: what waits has failed, or is gone."""
    async with asyncio.timeout(PATIENCE):
        while not all([await asyncio.to_thread(_is_tried, server) for server in servers]):
            await _hurry(servers)
            await asyncio.sleep(SHORT)


def _is_tried(server: Server) -> bool:
    outbox = ControlClient(server.url).outbox(state=State.WAITING, limit=1000)
    return all(delivery.attempts for delivery in outbox.deliveries)


def _happened(clients: dict[str, ControlClient]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for code, client in clients.items():
        for state in client.gateway(code).faults:
            rule = read_rule(state.rule)
            found[rule.match.direction.value, rule.action.word] += state.fired
    return +found


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


async def _report(
    world: World, faults: Counter[tuple[str, str]], submitted: list[tuple[str, str]], dead: int
) -> FaultReport:
    """Hold what was submitted against both ledgers, and these against each other."""
    accepted, repeated = _received(world.places)
    places = [word for place in world.places for word in ("--db", str(place))]
    _, said = await run_asw("tally", *places, "--check", "--json")
    differences = json.loads(said)["differences"]
    damaged = sum(faults[each] for each in DAMAGE)
    wrong = [
        f"{kind} {name} was taken {accepted[kind, name]} times"
        for kind, name in submitted
        if accepted[kind, name] != 1
    ]
    wrong += [each["reason"] for each in differences if each["defect"] not in EXPLAINED]
    if len(differences) > damaged:
        wrong.append(f"{len(differences)} differences of the books, and only {damaged} damaged")
    wrong += [f"{way} {word} never happened" for way, word in sorted(_all() - faults.keys())]
    return FaultReport(
        faults=faults,
        submitted=len(submitted),
        dead=dead,
        repeated=repeated,
        differences=Counter(each["defect"] for each in differences),
        wrong=tuple(wrong),
    )


def _received(places: tuple[Path, ...]) -> tuple[Counter[tuple[str, str]], int]:
    accepted: Counter[tuple[str, str]] = Counter()
    repeated = 0
    for place in places:
        with Ledger.open(place, read_only=True) as ledger:
            received = ledger.entries(direction=Direction.RECEIVED)
        accepted.update(
            (each.kind, each.reference or "") for each in received if each.outcome is Outcome.ACCEPTED
        )
        repeated += sum(each.outcome is Outcome.DUPLICATE for each in received)
    return accepted, repeated


def _all() -> set[tuple[str, str]]:
    ways = (("incoming", INCOMING), ("outgoing", LEAVING))
    return {(way, action["name"]) for way, actions in ways for action in actions}
