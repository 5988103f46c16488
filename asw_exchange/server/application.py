"""The ASGI application of a server: the addresses of its gateways, and what stands beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route

from asw_exchange.errors import ExchangeError
from asw_exchange.server.control_mounts import control_mounts
from asw_exchange.server.ephyto_hub import PATH, served_hub
from asw_exchange.server.health import health_routes
from asw_exchange.server.metrics import metrics_route
from asw_exchange.server.receiving import MessageEndpoint
from asw_exchange.server.spaces import Spaces


def application(spaces: Spaces, ready: Callable[[], object] = lambda: None) -> Starlette:
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
        *control_mounts(spaces),
        Route(f"/new-zealand{PATH}", hub),
        Route(f"/spaces/{{space}}/new-zealand{PATH}", hub),
        Route("/{corridor}/{gateway}", endpoint),
        Route("/spaces/{space}/{corridor}/{gateway}", endpoint),
    ]
    return Starlette(routes=routes, lifespan=lifespan)
