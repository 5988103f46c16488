"""The ePhyto hub over HTTP: one address that takes SOAP requests and hands out its WSDL.

In a server its store is the ledger of a space (``hub_ledger``); a hub alone may have another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from asw_exchange.clock import Clock
from asw_exchange.corridors.new_zealand import CORRIDOR
from asw_exchange.corridors.new_zealand.hub import Hub
from asw_exchange.corridors.new_zealand.hub_wsdl import wsdl
from asw_exchange.errors import LedgerError
from asw_exchange.server.asgi import Receive, Response, Scope, Send, read_body, refused, respond
from asw_exchange.server.hub_ledger import open_hub
from asw_exchange.server.peers import peer_of
from asw_exchange.server.receiving import check_head
from asw_exchange.server.refusal import Refusal
from asw_exchange.server.soap import Callers, answer, fault
from asw_exchange.server.space import MAIN, Space
from asw_exchange.signature import TrustStore

PATH = "/hub/DeliveryService"
"""As on the real hub."""
XML = CORRIDOR.envelope.media_type

Call = Callable[[Scope, bytes, str], Awaitable[tuple[int, bytes]]]
"""From the scope, the body and the SOAPAction of a request to HTTP status and answer."""


class HubEndpoint:
    """Takes GET for the WSDL, and POST for a call."""

    def __init__(self, call: Call) -> None:
        self._call = call

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] in ("GET", "HEAD"):
            address = str(Request(scope).url.replace(query=""))
            await respond(send, Response(200, wsdl(address), XML))
            return
        try:
            check_head(scope, XML)
            action = dict(scope["headers"]).get(b"soapaction", b"").decode("latin-1").strip().strip('"')
            status, told = await self._call(scope, await read_body(receive), action)
        except Refusal as refusal:
            await respond(send, refused(refusal))
        except LedgerError as error:
            told = fault("soap:Server", f"the request was not stored, send it again: {error.message}")
            await respond(send, Response(500, told, XML))
        else:
            await respond(send, Response(status, told, XML))


def hub_application(hub: Hub, *, trust: Mapping[str, TrustStore], clock: Clock) -> Starlette:
    """Return the ASGI application of a hub alone; ``trust`` maps countries to their authorities."""
    callers = Callers(trust)

    async def call(scope: Scope, raw: bytes, action: str) -> tuple[int, bytes]:
        return answer(raw, hub=hub, callers=callers, moment=clock.now(), action=action)

    return Starlette(routes=[Route(PATH, HubEndpoint(call))])


def served_hub(spaces: Mapping[str, Space]) -> HubEndpoint:
    """Return the endpoint of the hubs of all spaces, each on the ledger of its space."""
    callers: dict[str, Callers] = {}

    async def call(scope: Scope, raw: bytes, action: str) -> tuple[int, bytes]:
        name = scope["path_params"].get("space", MAIN)
        space = spaces.get(name)
        if space is None:
            raise Refusal(404, f"there is no space {name}")
        peer_of(scope, space)
        trust = {code: space.trust[code] for code in CORRIDOR.members if code in space.trust}
        if not trust:
            raise Refusal(404, "no country of the hub is known here")
        known = callers.setdefault(name, Callers(trust))
        return await space.committer.run(
            lambda: answer(raw, hub=open_hub(space), callers=known, moment=space.clock.now(), action=action)
        )

    return HubEndpoint(call)
