"""Who waits for something to happen hears of every commit."""

from __future__ import annotations

import asyncio


class Feed:
    """Wakes all that wait, each time something was committed or the clock was changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.count = 0
        """Of changes so far: read it before looking, so that none is missed between looking and waiting."""

    def changed(self) -> None:
        """Tell everybody. To be called on the event loop."""
        self.count += 1
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def wait(self, seen: int, timeout: float | None = None) -> bool:
        """Wait until there were more than ``seen`` changes; False when ``timeout`` seconds passed first."""
        if self.count > seen:
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(timeout):  # wait_for of Python 3.11 swallows a cancellation that
                await future  # comes together with the change, and whoever cancelled would wait for ever
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return True
