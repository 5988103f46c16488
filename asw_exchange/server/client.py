"""What delivers for a server: one POST, and what can be said of it afterwards.

Not here: how it travels (``connections``), when it is tried again (``delivery``), which addresses may be
spoken to (``outbound_addresses``).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from ssl import SSLContext
from typing import TYPE_CHECKING

from asw_exchange.server.once import Once
from asw_exchange.server.outbound_addresses import Allowed

if TYPE_CHECKING:
    from asw_exchange.server.connections import Connections


@dataclass(frozen=True, slots=True)
class Answered:
    """The partner took the transmission."""

    body: bytes
    """Perhaps empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The partner did not take it, or nobody can tell."""

    reason: str
    may_have_arrived: bool
    permanent: bool = False
    """Whether trying again is of no use."""
    retry_after: float | None = None
    """Seconds that the partner asks to wait."""


class Client:
    """Posts messages.

    The HTTP library is loaded when the first one leaves, aside from the event loop: it takes as long to load
    as all gateways take to start.
    """

    def __init__(self, allowed: Allowed, tls: Callable[[str], SSLContext]) -> None:
        self._allowed = allowed
        self._tls = tls
        self._connections = Once(self._open)

    async def post(
        self, url: str, raw: bytes | AsyncIterator[bytes], headers: Mapping[str, str], *, sender: str
    ) -> Answered | Failed:
        """Deliver ``raw`` for a gateway and return what came of it.

        Never raises for what a partner or the network does.
        """
        try:
            connections = await self._connections.get()
        except (OSError, ImportError) as error:  # the machine has no file descriptor left, or the like
            return Failed(reason=f"no connection can be made here: {error}", may_have_arrived=False)
        context = self._tls(sender) if url.startswith("https:") else None
        return await connections.post(url, raw, headers, context)

    async def close(self) -> None:
        """Close all connections."""
        connections = await self._connections.made()
        if connections is not None:
            await connections.close()

    async def _open(self) -> Connections:
        module = await asyncio.to_thread(import_module, "asw_exchange.server.connections")
        opened: Connections = module.Connections(self._allowed)
        return opened
