"""The ePhyto hub over HTTP: one address that takes SOAP requests and hands out its WSDL."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from asw_exchange.clock import Clock
from asw_exchange.codec import DEFAULT_LIMITS
from asw_exchange.corridors.new_zealand.hub import Hub
from asw_exchange.corridors.new_zealand.hub_wsdl import wsdl
from asw_exchange.server.soap import answer
from asw_exchange.signature import TrustStore

PATH = "/hub/DeliveryService"
"""As on the real hub."""
XML = "text/xml; charset=utf-8"


def hub_application(hub: Hub, *, trust: Mapping[str, TrustStore], clock: Clock) -> Starlette:
    """Return the ASGI application of a hub; ``trust`` maps countries to their certification authorities."""

    async def describe(request: Request) -> Response:
        return Response(wsdl(str(request.url.replace(query=""))), media_type=XML)

    async def take(request: Request) -> Response:
        raw = await _read(request)
        if raw is None:
            return Response(f"more than {DEFAULT_LIMITS.bytes} bytes", status_code=413)
        status, told = answer(raw, hub=hub, trust=trust, clock=clock)
        return Response(told, status_code=status, media_type=XML)

    return Starlette(routes=[Route(PATH, describe, methods=["GET"]), Route(PATH, take, methods=["POST"])])


async def _read(request: Request) -> bytes | None:
    """Return the body, or None where it is longer than the reader would take."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > DEFAULT_LIMITS.bytes:
            return None
    return bytes(body)
