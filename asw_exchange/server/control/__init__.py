"""The control API, version 1: what a tester sees of a running server and does to it, over HTTP.

The same resources stand under ``/control`` for the main space and under ``/spaces/{space}/control`` for
another; ``openapi.json`` beside them describes each. Not here: where they stand (``control_mounts``).
"""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI

from asw_exchange.server.control import (
    catalogue,
    clock,
    documents,
    following,
    gateways,
    messages,
    outbox,
    partners,
    session,
    spaces,
    tallies,
)
from asw_exchange.server.control.access import Places, refuse_unknown_parameters
from asw_exchange.server.control.guard import Guard
from asw_exchange.server.control.problems import RESPONSES, install
from asw_exchange.server.spaces import Spaces

VERSION = "1.0"
_RESOURCES = (messages, following, documents, outbox, tallies, clock, partners, gateways, session, catalogue)
_OF_A_SPACE = tuple(module.router for module in _RESOURCES)


def control_applications(worlds: Spaces) -> tuple[Guard, Guard]:
    """Return the control API of the main space, and that of every other."""
    places = Places()
    main = _application(worlds, places, (*_OF_A_SPACE, spaces.router))
    return main, _application(worlds, places, _OF_A_SPACE)


def _application(worlds: Spaces, places: Places, routers: tuple[APIRouter, ...]) -> Guard:
    app = FastAPI(
        title="asw_exchange control API",
        version=VERSION,
        description="What a tester sees of a running server, and does to it.",
        docs_url=None,
        redoc_url=None,
        responses=RESPONSES,
        dependencies=[Depends(refuse_unknown_parameters)],
        generate_unique_id_function=lambda route: route.name,
    )
    install(app)
    app.state.spaces, app.state.places = worlds, places
    for router in routers:
        app.include_router(router)
    return Guard(app, worlds.settings)
