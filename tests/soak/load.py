"""A client that behaves as a partner should: it repeats the same bytes until they are acknowledged.

It remembers every promise that a server made, for ``proof`` to hold against the ledgers.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import aiohttp

from asw_exchange.testing import ControlClient, Problem, Unreachable
from tests.soak.messages import KIND, Writer
from tests.soak.process import PATIENCE, Server

REPEAT = 0.1
"""So many of the messages that were acknowledged are sent once more."""


@dataclass(slots=True)
class Promises:
    """What servers told of the messages to one gateway."""

    answers: dict[str, bytes] = field(default_factory=dict)
    """Message id to the acknowledgement."""
    submitted: list[str] = field(default_factory=list)
    """Ids of messages that the control API said it would send."""
    posts: int = 0
    """Requests with messages, also those that nobody answered."""
    unanswered: int = 0
    """Those of them that broke off, or were turned away."""
    other_answers: list[str] = field(default_factory=list)
    """Ids of messages that were acknowledged in two ways."""
    refusals: list[str] = field(default_factory=list)
    """What servers said that they should not have."""


@dataclass(slots=True, kw_only=True)
class Target:
    """A gateway that is sent to, at the server that runs it."""

    gateway: str
    other: str
    """Where its own documents go."""
    server: Server
    promises: Promises = field(default_factory=Promises)
    work: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    """Numbers of messages to be sent to it."""
    begun: int = 0
    _watch: dict[int, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))

    def count(self) -> None:
        """A request begins."""
        self.begun += 1
        self._watch.pop(self.begun, asyncio.Event()).set()

    async def until(self, begun: int) -> None:
        """Wait until so many requests have begun."""
        if self.begun < begun:
            async with asyncio.timeout(PATIENCE):
                await self._watch[begun].wait()


class Load:
    """Posts what stands in the queues of the targets, over keep-alive connections."""

    def __init__(self, writer: Writer, targets: list[Target], clients: int, session: aiohttp.ClientSession):
        self.writer = writer
        self.targets = targets
        self._session = session
        self._clients = clients
        self._numbers = 0

    def add(self, target: Target, count: int) -> None:
        """Let so many more messages go to a gateway."""
        for _ in range(count):
            self._numbers += 1
            target.work.put_nowait(self._numbers)

    async def submit(self, target: Target) -> None:
        """Have the gateway send a document of its own; whether it does is unknown when nobody answers."""
        self._numbers += 1
        document = self.writer.document(self._numbers, target.gateway, target.other)
        client = ControlClient(target.server.url)
        try:
            sent = await asyncio.to_thread(client.submit, KIND, document)
            target.promises.submitted.append(sent.message_id)
        except Unreachable:
            pass
        except Problem as problem:
            if problem.status != 503:
                target.promises.refusals.append(f"submit: {problem.status} {problem}")

    async def finish(self) -> None:
        """Wait until every message is acknowledged."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(target.work.join() for target in self.targets))

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as group:
            for target in self.targets:
                for number in range(self._clients):
                    chance = Random(f"{self.writer.seed}/{target.gateway}/{number}")
                    group.create_task(self._client(target, chance))

    async def _client(self, target: Target, chance: Random) -> None:
        while True:
            number = await target.work.get()
            message_id, raw = self.writer.message(number, target.gateway)
            for _ in range(2 if chance.random() < REPEAT else 1):
                self._note(target.promises, message_id, await self._insist(target, raw))
            target.work.task_done()

    def _note(self, promises: Promises, message_id: str, answer: bytes) -> None:
        if promises.answers.setdefault(message_id, answer) != answer:
            promises.other_answers.append(message_id)

    async def _insist(self, target: Target, raw: bytes) -> bytes:
        """Post until there is an acknowledgement."""
        while True:
            await target.server.up.wait()
            target.promises.posts += 1
            target.count()
            answer = await self._post(target, raw)
            if answer is not None:
                return answer
            target.promises.unanswered += 1

    async def _post(self, target: Target, raw: bytes) -> bytes | None:
        url = f"{target.server.url}/asean/{target.gateway}"
        try:
            async with self._session.post(url, data=raw) as response:
                body = await response.read()
                if response.status == 200 and body:
                    return body
                if response.status != 503:
                    target.promises.refusals.append(f"{response.status} {body[:200]!r}")
        except (aiohttp.ClientError, OSError, TimeoutError):
            pass
        await asyncio.sleep(0.02)  # as the partner's back-off; the one who ended the server says so meanwhile
        return None


@asynccontextmanager
async def loading(writer: Writer, targets: list[Target], clients: int = 4) -> AsyncIterator[Load]:
    """Run a load as long as the context lasts."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    headers = {"Content-Type": "application/xml"}
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as session:
        load = Load(writer, targets, clients, session)
        task = asyncio.create_task(load.run())
        try:
            yield load
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
