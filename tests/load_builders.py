"""Clients for tests of servers under load: many at once, over keep-alive connections."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

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
