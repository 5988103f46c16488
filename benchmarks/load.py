"""A load of HTTP clients with keep-alive: rate and latencies of one run. The client's own cost is part of it.

Run as a process of its own, ``python -m benchmarks.load URL FOLDER CLIENTS``, which posts every file of a
folder once and prints the result as JSON, so that client and server share the machine as two programs do.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp


async def load(url: str, bodies: list[bytes], clients: int) -> dict[str, Any]:
    """Post every body once, over ``clients`` connections; return the rate and latencies in milliseconds."""
    waiting, latencies, statuses = iter(bodies), [], set()
    timeout = aiohttp.ClientTimeout(total=60)
    connector = aiohttp.TCPConnector(limit=clients)
    headers = {"Content-Type": "application/xml"}

    async def client(session: aiohttp.ClientSession) -> None:
        for body in waiting:
            start = perf_counter()
            async with session.post(url, data=body, headers=headers) as response:
                await response.read()
                statuses.add(response.status)
            latencies.append(perf_counter() - start)

    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        start = perf_counter()
        await asyncio.gather(*(client(session) for _ in range(clients)))
        seconds = perf_counter() - start
    latencies.sort()
    return {
        "per_second": len(bodies) / seconds,
        "p50_ms": 1000 * latencies[len(latencies) // 2],
        "p99_ms": 1000 * latencies[int(len(latencies) * 0.99)],
        "statuses": sorted(statuses),
    }


def main() -> None:
    """Post the files of a folder and print what came of it."""
    url, folder, clients = sys.argv[1:4]
    bodies = [path.read_bytes() for path in sorted(Path(folder).iterdir())]
    print(json.dumps(asyncio.run(load(url, bodies, int(clients)))))


if __name__ == "__main__":
    main()
