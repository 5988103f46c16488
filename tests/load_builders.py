"""Clients for tests of servers under load: many at once, over keep-alive connections."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import aiohttp

from tests.builders import MOMENT
from tests.server_builders import PATIENCE, Running
from tests.soak.messages import Writer

HEADERS = {"Content-Type": "application/xml"}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; status 0 where it did not."""

    status: int
    body: bytes
    retry_after: str | None = None


def writer(server: Running, gateway: str = "SG") -> Writer:
    """Return a gateway that writes messages to those of a server, with the test key of its own."""
    return Writer(gateway=gateway, key=server.spaces.pki.key(gateway), seed=1, now=MOMENT)


def post(url: str, *bodies: bytes, clients: int = 1) -> list[Reply]:
    """Post all, each once, by so many clients at the same time; return the replies in the order of bodies."""
    return asyncio.run(_post_all(url, bodies, clients))


async def _post_all(url: str, bodies: Iterable[bytes], clients: int) -> list[Reply]:
    waiting = list(enumerate(bodies))[::-1]
    found: dict[int, Reply] = {}

    async def client(session: aiohttp.ClientSession) -> None:
        while waiting:
            number, raw = waiting.pop()
            found[number] = await post_one(session, url, raw)

    connector, timeout = aiohttp.TCPConnector(limit=clients), aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers=HEADERS) as session:
        await asyncio.gather(*(client(session) for _ in range(clients)))
    return [found[number] for number in sorted(found)]


async def post_one(session: aiohttp.ClientSession, url: str, raw: bytes) -> Reply:
    """Post one message; a connection that breaks is a reply with status 0."""
    try:
        async with session.post(url, data=raw) as response:
            return Reply(response.status, await response.read(), response.headers.get("Retry-After"))
    except aiohttp.ClientError:
        return Reply(0, b"")


@dataclass(slots=True)
class Insisting:
    """Clients that post each message until it is acknowledged, and what they have been told so far."""

    url: str
    statuses: list[int] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, bodies: Iterable[bytes], clients: int) -> None:
        """Post all."""
        waiting, timeout = iter(bodies), aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(headers=HEADERS, timeout=timeout) as session:
            await asyncio.gather(*(self._client(session, waiting) for _ in range(clients)))

    async def _client(self, session: aiohttp.ClientSession, waiting: Iterator[bytes]) -> None:
        for raw in waiting:
            while not await self._is_taken(session, raw):
                pass

    async def _is_taken(self, session: aiohttp.ClientSession, raw: bytes) -> bool:
        status = (await post_one(session, self.url, raw)).status
        self.statuses.append(status)
        self.news.set()
        return status == 200

    async def until(self, status: int, times: int) -> None:
        """Wait until so many replies had a status."""
        while self.statuses.count(status) < times:
            self.news.clear()
            await self.news.wait()
