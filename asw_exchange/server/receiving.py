"""The address of a gateway: bytes come in by POST, the answer goes out with the response.

Not here: what a gateway makes of the bytes (``node``). A plain ASGI application, as it is on the hot path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from asw_exchange.codec import DEFAULT_LIMITS
from asw_exchange.errors import LedgerError
from asw_exchange.server.space import MAIN, Space

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

BODY_SECONDS = 30.0
"""For the whole body of a request."""
_TEXT = "text/plain; charset=utf-8"


class Refusal(Exception):
    """A request that does not even reach a gateway."""

    def __init__(self, status: int, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers


class MessageEndpoint:
    """Takes ``POST /<corridor>/<gateway>``, in the space that the path names."""

    def __init__(self, spaces: Mapping[str, Space]) -> None:
        self._spaces = spaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        names = scope["path_params"]
        try:
            space = self._spaces.get(names.get("space", MAIN))
            corridor, gateway = names["corridor"], names["gateway"]
            if space is None or not space.joined(corridor, gateway):
                raise Refusal(404, f"no gateway {gateway} of the corridor {corridor} runs here")
            _check_head(scope)
            raw = await read_body(receive)
            answer = await space.receive(corridor, gateway, raw)
        except Refusal as refusal:
            await respond(send, refusal.status, refusal.reason.encode(), _TEXT, **refusal.headers)
        except LedgerError as error:
            reason = f"the message was not stored, send it again: {error.message}"
            await respond(send, 503, reason.encode(), _TEXT, **{"retry-after": "1"})
        else:
            status = 202 if answer is None else 200
            await respond(send, status, answer or b"", space.corridors[corridor].envelope.media_type)


def _check_head(scope: Scope) -> None:
    if scope["method"] != "POST":
        raise Refusal(405, "this is the address of a gateway: POST a message to it", allow="POST")
    headers = dict(scope["headers"])
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Refusal(415, "Content-Encoding is not accepted: send the XML as it is")
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > DEFAULT_LIMITS.bytes:
        raise _too_large()


async def read_body(receive: Receive, limit: int = DEFAULT_LIMITS.bytes) -> bytes:
    """Return the body of a request. Raises Refusal when it is too large, too slow or broken off."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            message = await receive()
            body: bytes = message.get("body", b"")
            if message["type"] == "http.request" and not message.get("more_body") and len(body) <= limit:
                return body
            return await _read_on(message, receive, limit)
    except TimeoutError as error:
        raise Refusal(408, f"the message did not arrive within {BODY_SECONDS:.0f} seconds") from error


async def _read_on(message: dict[str, Any], receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        if message["type"] == "http.disconnect":
            raise Refusal(400, "the connection was closed before the message was complete")
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large()
        if not message.get("more_body"):
            return bytes(body)
        message = await receive()


def _too_large() -> Refusal:
    return Refusal(413, f"a message has at most {DEFAULT_LIMITS.bytes} bytes", connection="close")


async def respond(send: Send, status: int, body: bytes, media_type: str, **headers: str) -> None:
    """Send a whole response."""
    fields = {"content-type": media_type, "content-length": str(len(body)), **headers}
    encoded = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
