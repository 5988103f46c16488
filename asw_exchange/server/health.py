"""Whether a server is alive, and whether messages had better be sent to it.

Alive: the process answers. Ready: every ledger can be written, and nothing that could be delivered has
waited for too long.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from asw_exchange.errors import LedgerError
from asw_exchange.server.space import Space

STALE = timedelta(minutes=5)
"""For so long a transmission may be due and not delivered before the server says that it is not ready."""


def health_routes(spaces: Mapping[str, Space]) -> list[Route]:
    """Return ``/health/live`` and ``/health/ready``."""

    async def live(request: Request) -> JSONResponse:
        return JSONResponse({"alive": True})

    async def ready(request: Request) -> JSONResponse:
        reasons = [f"{space.name}: {reason}" for space in spaces.values() for reason in await troubles(space)]
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    return [Route("/health/live", live), Route("/health/ready", ready)]


async def troubles(space: Space) -> list[str]:
    """Return what is wrong with a space, in plain sentences; nothing is wrong with an empty list."""
    now = space.clock.now()
    try:
        await space.committer.run(lambda: space.ledger.set_note("ready", now.isoformat()))
        oldest = await space.committer.read(lambda: space.delivery.overdue_since(now))
    except LedgerError as error:
        return [f"the ledger cannot be used: {error.message}"]
    if oldest is not None and now - oldest > STALE:
        return [f"what was due at {oldest:%Y-%m-%dT%H:%M:%SZ} is not delivered yet"]
    return []
