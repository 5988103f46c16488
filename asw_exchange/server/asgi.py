"""ASGI in the few words that are needed where every microsecond counts: read a body, send a response.

Not here: what is received (``receiving``), connections that are broken on purpose (``wire``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from asw_exchange.codec import DEFAULT_LIMITS
from asw_exchange.server.refusal import Refusal

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer on its way out."""

    status: int
    body: bytes
    media_type: str
    headers: tuple[tuple[str, str], ...] = ()

    def head(self) -> dict[str, Any]:
        """Return what ASGI is told first."""
        fields = (("content-type", self.media_type), ("content-length", str(len(self.body))), *self.headers)
        encoded = [(name.encode(), value.encode()) for name, value in fields]
        return {"type": "http.response.start", "status": self.status, "headers": encoded}


def refused(refusal: Refusal) -> Response:
    """Return the answer to a request that is refused."""
    return Response(refusal.status, refusal.reason.encode(), TEXT, tuple(refusal.headers.items()))


async def respond(send: Send, response: Response) -> None:
    """Send a whole response."""
    await send(response.head())
    await send({"type": "http.response.body", "body": response.body})


async def read_body(receive: Receive, limit: int = DEFAULT_LIMITS.bytes) -> bytes:
    """Return the body of a request. Raises Refusal when it is too large or broken off.

    How long it may take is not looked at here: ``protocol`` cuts the connection.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body") and len(body) <= limit:
        return body
    return await _read_on(message, receive, limit)


async def _read_on(message: dict[str, Any], receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        if message["type"] == "http.disconnect":
            raise Refusal(400, "the connection was closed before the message was complete")
        body += message.get("body", b"")
        if len(body) > limit:
            raise too_large()
        if not message.get("more_body"):
            return bytes(body)
        message = await receive()


def too_large() -> Refusal:
    """Make the refusal of a body that is over the cap."""
    return Refusal(413, f"a message has at most {DEFAULT_LIMITS.bytes} bytes", connection="close")
