"""The kill test: two servers deliver to each other, and one after the other is killed under load.

Viet Nam's gateway and Thailand's each have a server and a SQLite file of their own. A client posts signed
messages of Singapore to both, and has both send documents to each other; Singapore takes its answers at a
bare receiving end. Again and again one server gets SIGKILL at a moment that the seed chooses, sometimes
once more while it recovers, and is started again on the same file, with no help. In the end everything drains
by itself, both are stopped in an orderly way, and ``proof`` holds their ledgers against every promise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

from asw_exchange.testing import ControlClient
from tests.soak.load import Load, Target, loading
from tests.soak.messages import Writer
from tests.soak.process import PATIENCE, Server, free_ports, run_asw
from tests.soak.proof import Proof, prove

MESSAGES = 40
"""To each server between two kills."""
KILLED_AGAIN = 0.15
"""So many restarts are killed as well."""
LONGEST_PAUSE = 0.03
"""Seconds: within these after a request has begun the server dies, so at any step of any request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KillReport:
    """What came of it."""

    kills: int
    restarts: tuple[float, ...]
    """Seconds from each start of a killed server until it served again."""
    posts: int
    unanswered: int
    exit_codes: tuple[int, ...]
    proof: Proof

    @property
    def passed(self) -> bool:
        """Whether every promise was kept."""
        return self.proof.holds and not any(self.exit_codes)

    def __str__(self) -> str:
        proof = self.proof
        rows = (
            ("servers killed with SIGKILL", self.kills),
            ("messages posted", proof.messages),
            ("  requests for that", f"{self.posts}, of which {self.unanswered} broke off"),
            ("acknowledged", proof.acknowledged),
            ("documents submitted", proof.submitted),
            ("acknowledged, but lost", proof.lost),
            ("counted twice", proof.twice),
            ("repeated, and known again", proof.repeated),
            ("answered in two ways", proof.other_answers),
            ("left in an outbox", proof.in_flight),
            ("asw tally --db ... --db ... --check", "reconciled" if proof.reconciled else "NOT reconciled"),
            ("restart, median", f"{median(self.restarts):.2f} s"),
            ("restart, worst", f"{max(self.restarts):.2f} s"),
            ("orderly stop, exit codes", " ".join(map(str, self.exit_codes))),
        )
        table = "\n".join(f"  {name:38}{value}" for name, value in rows)
        faults = "".join(f"\n  FAULT: {fault}" for fault in proof.faults[:50])
        return f"kill test: {'passed' if self.passed else 'FAILED'}\n{table}{faults}\n{proof.tally}"


@dataclass(slots=True, kw_only=True)
class World:
    """Two servers, what is sent to them, and where their ledgers are."""

    pki: Path
    targets: list[Target]
    ledgers: dict[str, Path]
    outside: Server
    """Singapore's receiving end."""


async def kill_servers(
    folder: Path, *, kills: int, seed: int = 0, tell: Callable[[str], object] = lambda line: None
) -> KillReport:
    """Kill servers so often, and return what came of it. Everything is written to ``folder``."""
    world = await create_world(folder)
    servers = [target.server for target in world.targets]
    chance = Random(seed)
    try:
        await asyncio.gather(*(server.start() for server in (world.outside, *servers)))
        async with loading(Writer.load(world.pki, "SG", seed), world.targets) as load:
            for number in range(1, kills + 1):
                await _round(load, chance.choice(world.targets), chance)
                tell(f"{number} of {kills} kills")
            await load.finish()
        await asyncio.gather(*(drained(server) for server in servers))
        codes = [await server.stop() for server in servers]
    finally:
        for server in (world.outside, *servers):
            await server.kill()
    promises = [target.promises for target in world.targets]
    return KillReport(
        kills=kills,
        restarts=tuple(seconds for server in servers for seconds in server.starts[1:]),
        posts=sum(each.posts for each in promises),
        unanswered=sum(each.unanswered for each in promises),
        exit_codes=tuple(codes),
        proof=await prove(world.targets, world.ledgers, world.pki),
    )


async def _round(load: Load, victim: Target, chance: Random) -> None:
    """Send some, kill one server in the midst of it, and start it again."""
    for target in load.targets:
        load.add(target, MESSAGES)
    submissions = [asyncio.create_task(load.submit(target)) for target in load.targets]
    await victim.until(victim.begun + chance.randrange(1, MESSAGES))
    await asyncio.sleep(chance.uniform(0, LONGEST_PAUSE))
    await victim.server.kill()
    if chance.random() < KILLED_AGAIN:
        await victim.server.launch()
        await asyncio.sleep(chance.uniform(0, 1))
        await victim.server.kill()
    await victim.server.start()
    await asyncio.gather(*submissions)


async def create_world(folder: Path) -> World:
    """Make keys and settle who runs where; nothing runs yet."""
    pki = folder / "pki"
    code, said = await run_asw("pki", "init", str(pki))
    assert code == 0, said
    ports = dict(zip(("VN", "TH", "SG"), free_ports(3), strict=True))
    ledgers = {code: folder / f"{code}.db" for code in ("VN", "TH")}
    servers = {code: _server(code, ports, ledgers[code], pki) for code in ledgers}
    outside = Server(command=("listen", "--gateway", "SG", "--pki", str(pki)), port=ports["SG"])
    targets = [
        Target(gateway=code, other=other, server=servers[code])
        for code, other in (("VN", "TH"), ("TH", "VN"))
    ]
    return World(pki=pki, targets=targets, ledgers=ledgers, outside=outside)


def _server(code: str, ports: dict[str, int], ledger: Path, pki: Path) -> Server:
    command = ["serve", "--gateway", code, "--db", str(ledger), "--pki", str(pki)]
    for other, port in ports.items():
        if other != code:
            command += ["--partner", f"asean/{other}=http://127.0.0.1:{port}/asean/{other}"]
    return Server(command=tuple(command), port=ports[code])


async def drained(server: Server) -> None:
    """Wait until nothing is left in the outbox of a server."""
    client = ControlClient(server.url)
    async with asyncio.timeout(PATIENCE):
        while True:
            outbox = await asyncio.to_thread(client.outbox)
            if outbox.waiting == outbox.on_hold == outbox.dead == 0:
                return
            await asyncio.sleep(0.1)
