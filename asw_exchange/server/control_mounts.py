"""Where the control API stands; it is built when somebody first asks for it.

Its description in types takes as long to load as everything else together, and a server that nobody steers
starts without it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from asw_exchange.server.asgi import TEXT, Response, respond
from asw_exchange.server.once import Once
from asw_exchange.server.spaces import Spaces

if TYPE_CHECKING:
    from asw_exchange.server.control.guard import Guard

PATHS = ("/control", "/spaces/{space}/control")
"""Of the main space, and of the others."""


class Later:
    """Builds both applications once, aside from the event loop, and lets requests through to one of them."""

    def __init__(self, spaces: Spaces) -> None:
        self._spaces = spaces
        self._applications = Once(lambda: asyncio.to_thread(self._build))

    async def answer(self, number: int, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to the application of a path."""
        try:
            applications = await self._applications.get()
        except (OSError, ImportError, RuntimeError) as error:
            reason = f"the control API cannot be loaded now: {error}"
            await respond(send, Response(503, reason.encode(), TEXT, (("retry-after", "1"),)))
            return
        await applications[number](scope, receive, send)

    def _build(self) -> tuple[Guard, Guard]:
        from asw_exchange.server.control import control_applications

        return control_applications(self._spaces)


def control_mounts(spaces: Spaces) -> list[Mount]:
    """Return the control API of the main space, and that of every other."""
    later = Later(spaces)
    return [Mount(path, _application(later, number)) for number, path in enumerate(PATHS)]


def _application(later: Later, number: int) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await later.answer(number, scope, receive, send)

    return answer
