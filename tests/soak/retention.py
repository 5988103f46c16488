"""Very many messages to one server that keeps few: its memory stays flat, and everything is still counted.

Its gateway is told to be silent, so that nothing waits in the outbox: what waits is never dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from asw_exchange.testing import ControlClient
from tests.load_builders import Insisting
from tests.soak.messages import KIND, Writer
from tests.soak.process import Server, free_ports, run_asw

KEEP = 1000
"""Transmissions whose bytes are kept."""
CLIENTS = 8
MOST_GROWTH = 0.1
"""By so much the memory after the first tenth, when all caches are full, may grow until the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionReport:
    """What came of it; memory is the resident set of the server process, in MiB."""

    messages: int
    accepted: int
    dropped: int
    warm: float
    """After the first tenth."""
    peak: float
    end: float

    @property
    def passed(self) -> bool:
        """Whether memory was flat, everything was counted, and nearly everything dropped."""
        is_flat = self.peak <= self.warm * (1 + MOST_GROWTH)
        return is_flat and self.accepted == self.messages and self.dropped >= 2 * self.messages - 3 * KEEP

    def __str__(self) -> str:
        rows = (
            ("messages posted", self.messages),
            ("accepted, by the tally", self.accepted),
            (f"dropped beyond {KEEP}, with answers", self.dropped),
            ("memory after the first tenth", f"{self.warm:.1f} MiB"),
            ("memory at most after that", f"{self.peak:.1f} MiB"),
            ("memory at the end", f"{self.end:.1f} MiB"),
        )
        table = "\n".join(f"  {name:38}{value}" for name, value in rows)
        return f"retention: {'passed' if self.passed else 'FAILED'}\n{table}"


async def fill_server(
    folder: Path, *, messages: int, seed: int = 0, tell: Callable[[str], object] = lambda line: None
) -> RetentionReport:
    """Post so many messages, and return what came of it."""
    pki, port = folder / "pki", free_ports(1)[0]
    code, said = await run_asw("pki", "init", str(pki))
    assert code == 0, said
    options = ("--gateway", "VN", "--pki", str(pki), "--keep-messages", str(KEEP))
    server = Server(command=("serve", *options, "--db", str(folder / "VN.db")), port=port)
    await server.start()
    try:
        client = ControlClient(server.url)
        await asyncio.to_thread(client.behave, "VN", ["silent"])
        sizes: list[float] = []
        await _post(server, Writer.load(pki, "SG", seed), messages, sizes, tell)
        (row,) = await asyncio.to_thread(client.tally, gateway="SG", kind=KIND)
        dropped = await _dropped(client, 2 * messages - 2 * KEEP)
    finally:
        await server.kill()
    later = sizes[len(sizes) // 10 :]
    return RetentionReport(
        messages=messages,
        accepted=row.accepted,
        dropped=dropped,
        warm=later[0],
        peak=max(later),
        end=later[-1],
    )


async def _post(
    server: Server, writer: Writer, messages: int, sizes: list[float], tell: Callable[[str], object]
) -> None:
    """Post all, and look at the memory of the server a hundred times."""
    step = max(1, messages // 100)

    def bodies() -> Iterator[bytes]:
        for number in range(1, messages + 1):
            if number % step == 0:
                sizes.append(_resident(server.pid))
                tell(f"{number} of {messages} messages, {sizes[-1]:.1f} MiB")
            yield writer.message(number, "VN")[1]

    await Insisting(f"{server.url}/asean/VN").post(bodies(), CLIENTS)


async def _dropped(client: ControlClient, wanted: int) -> int:
    """Return how many messages were dropped, once that are so many, or as many as there will be."""
    found = 0
    while found < wanted:
        before, found = found, (await asyncio.to_thread(client.dropped)).messages
        if found == before:
            break
        await asyncio.sleep(3)
    return found


def _resident(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("this measurement needs /proc/PID/status")
