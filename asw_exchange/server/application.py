"""The ASGI application of a server: the addresses of its gateways, and what stands beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Route

from asw_exchange.errors import ExchangeError
from asw_exchange.server.asgi import Receive, Scope, Send
from asw_exchange.server.control_mounts import control_mounts
from asw_exchange.server.ephyto_hub import PATH, served_hub
from asw_exchange.server.health import health_routes
from asw_exchange.server.metrics import Timed, metrics_route
from asw_exchange.server.receiving import MessageEndpoint
from asw_exchange.server.spaces import Spaces


@dataclass(frozen=True, slots=True)
class Application:
    """Takes a message of the main space straight to its gateway, and everything else through the routes.

    A router looks at each route in turn, which here costs as much as to store the message.
    """

    messages: Timed
    others: Callable[..., Awaitable[None]]
    corridors: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        parts: list[str] = scope["path"].split("/") if scope["type"] == "http" else []
        if len(parts) == 3 and parts[1] in self.corridors:
            scope["path_params"] = {"corridor": parts[1], "gateway": parts[2]}
            await self.messages(scope, receive, send)
        else:
            await self.others(scope, receive, send)


def application(spaces: Spaces, ready: Callable[[], object] = lambda: None) -> Application:
    """Return the application; ``ready`` is called once all spaces are at work."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            await spaces.start()
            ready()
        except ExchangeError as error:  # not raised from here, as Starlette makes a traceback of it
            spaces.failure = error
            spaces.end()
        try:
            yield
        finally:
            await spaces.close()

    endpoint, hub = spaces.metrics.timed(MessageEndpoint(spaces)), served_hub(spaces)
    routes = [
        *health_routes(spaces),
        metrics_route(spaces.metrics, spaces),
        *(control_mounts(spaces) if spaces.settings.control else ()),
        Route(f"/new-zealand{PATH}", hub),
        Route(f"/spaces/{{space}}/new-zealand{PATH}", hub),
        Route("/{corridor}/{gateway}", endpoint),  # of a corridor that there is not
        Route("/spaces/{space}/{corridor}/{gateway}", endpoint),
    ]
    corridors = frozenset(corridor.name for corridor in spaces.corridors)
    return Application(endpoint, Starlette(routes=routes, lifespan=lifespan), corridors)
