"""Things that a server makes when it first needs them, once; what could not be made is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from asw_exchange.errors import ConfigurationError

T = TypeVar("T")


class Once(Generic[T]):
    """Something that is made when somebody first asks for it. Who asks meanwhile waits for the same."""

    def __init__(self, make: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._make = make
        self._making: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """Return it. Raises what making it raised; the next who asks has it made again."""
        if self._making is None or _has_failed(self._making):
            self._making = asyncio.create_task(self._make())
        return await asyncio.shield(self._making)

    async def made(self) -> T | None:
        """Return it where it was made, or is being made; else None."""
        if self._making is None:
            return None
        (found,) = await asyncio.gather(self._making, return_exceptions=True)
        return None if isinstance(found, BaseException) else found


def _has_failed(making: asyncio.Task[Any]) -> bool:
    return making.done() and (making.cancelled() or making.exception() is not None)


def one_thread(name: str) -> ThreadPoolExecutor:
    """Return what runs one job after the other in one thread.

    The thread is started now: when there is work, the machine may have none left. Raises ConfigurationError.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix=name)
    try:
        thread.submit(bool)
    except RuntimeError as error:
        raise ConfigurationError(f"no thread can be started: {error}") from error
    return thread
