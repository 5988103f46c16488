"""A load of HTTP clients: rate and latencies of one run. The client's own cost is part of it.

Connections are kept as long as the server keeps them.

Run as a process of its own, ``python -m benchmarks.load URL FOLDER CLIENTS``, which posts every file of a
folder once and prints the result as JSON, so that client and server share the machine as two programs do.
It speaks no more HTTP than it needs, as a client library would take as long as the server.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import deque
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)


class _Client(asyncio.Protocol):
    """One connection: sends a request, waits for the whole answer, and sends the next, while it is kept."""

    def __init__(self, requests: deque[bytes], latencies: list[float], statuses: set[int]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests, self._latencies, self._statuses = requests, latencies, statuses
        self._answer = b""
        self._start = perf_counter()
        """To connect is part of the first request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head = self._answer.find(b"\r\n\r\n") + 4
        length = _LENGTH.search(self._answer[:head])
        if head < 4 or (length and len(self._answer) < head + int(length[1])):
            return
        self._latencies.append(perf_counter() - self._start)
        self._statuses.add(int(self._answer[9:12]))
        if length is None:
            self._fail("the answer does not say how long it is")
        elif self._answer.startswith(b"HTTP/1.0"):
            self._end()
        else:
            self._start = perf_counter()
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        self._fail("the server has closed the connection")

    def _next(self) -> None:
        self._answer = b""
        if self._requests:
            self._transport.write(self._requests.popleft())
        else:
            self._end()

    def _end(self) -> None:
        self.done.set_result(None)
        self._transport.close()

    def _fail(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError(reason))


def request(url: str, body: bytes) -> bytes:
    """Return the bytes of a POST."""
    parts = urlsplit(url)
    head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/xml\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def load(url: str, bodies: list[bytes], clients: int) -> dict[str, Any]:
    """Post every body once, over ``clients`` connections; return the rate and latencies in milliseconds."""
    requests = deque(request(url, body) for body in bodies)
    latencies: list[float] = []
    statuses: set[int] = set()
    parts, loop = urlsplit(url), asyncio.get_running_loop()

    async def client() -> None:
        while requests:
            _, protocol = await loop.create_connection(
                lambda: _Client(requests, latencies, statuses), parts.hostname, parts.port
            )
            await protocol.done

    start = perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
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
    print(json.dumps(uvloop.run(load(url, bodies, int(clients)))))


if __name__ == "__main__":
    main()
