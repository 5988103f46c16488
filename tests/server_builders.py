"""Servers on real sockets for tests: in a thread of their own, on an ephemeral port of the loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import uvicorn

from asw_exchange.clock import VirtualClock
from asw_exchange.corridor import Corridor
from asw_exchange.corridors import all_corridors
from asw_exchange.ledger import Ledger
from asw_exchange.server.running import base_url, configuration, listen
from asw_exchange.server.settings import Settings
from asw_exchange.server.space import MAIN, Space
from asw_exchange.server.spaces import Spaces
from tests.builders import MOMENT

T = TypeVar("T")
PATIENCE = 30.0
"""Seconds after which a test gives up waiting for something that should happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server at work."""

    spaces: Spaces
    loop: asyncio.AbstractEventLoop

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.spaces.base_url

    @property
    def space(self) -> Space:
        """Its main space."""
        return self.spaces[MAIN]

    def do(self, coroutine: Any) -> Any:
        """Run a coroutine on the server's event loop and return its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    def read(self, job: Callable[[Ledger], T]) -> T:
        """Ask the ledger."""
        space = self.space
        found: T = self.do(space.committer.read(lambda: job(space.ledger)))
        return found

    def wait_until(self, holds: Callable[[Ledger], bool]) -> None:
        """Wait until something holds of the ledger, asking after each commit."""
        self.do(asyncio.wait_for(self._until(holds), PATIENCE))

    async def _until(self, holds: Callable[[Ledger], bool]) -> None:
        space = self.space
        while True:
            seen = space.feed.count
            if await space.committer.read(lambda: holds(space.ledger)):
                return
            await space.feed.wait(seen)


@contextmanager
def running(
    settings: Settings | None = None, corridors: tuple[Corridor, ...] | None = None
) -> Iterator[Running]:
    """Run a server at the tests' moment until the end of the block, on any free port."""
    settings = settings or Settings()
    with listen(settings.host, 0) as listener:
        url = base_url(listener, settings.scheme)
        known = corridors or all_corridors()
        spaces = Spaces(settings=settings, base_url=url, base_clock=VirtualClock(MOMENT), corridors=known)
        ready: Future[asyncio.AbstractEventLoop] = Future()
        server = uvicorn.Server(configuration(spaces, lambda: ready.set_result(asyncio.get_running_loop())))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield Running(spaces=spaces, loop=ready.result(PATIENCE))
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
