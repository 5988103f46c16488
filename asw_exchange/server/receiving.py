"""The address of a gateway: bytes come in by POST, the answer goes out with the response.

Not here: what a gateway makes of the bytes (``node``). A plain ASGI application, as it is on the hot path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from asw_exchange.codec import DEFAULT_LIMITS
from asw_exchange.errors import LedgerError
from asw_exchange.server.peers import peer_of
from asw_exchange.server.refusal import Refusal
from asw_exchange.server.space import MAIN, Space

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

BODY_SECONDS = 30.0
"""For the whole body of a request."""
TEXT = "text/plain; charset=utf-8"
_XML = frozenset({"text/xml", "application/xml"})


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
            envelope = space.corridors[corridor].envelope
            check_head(scope, envelope.media_type)
            peer = peer_of(scope, space)
            raw = await read_body(receive)
            answer = await space.receive(corridor, gateway, raw, peer)
        except Refusal as refusal:
            await respond(send, refusal.status, refusal.reason.encode(), TEXT, **refusal.headers)
        except LedgerError as error:
            reason = f"the message was not stored, send it again: {error.message}"
            await respond(send, 503, reason.encode(), TEXT, **{"retry-after": "1"})
        else:
            status = 202 if answer is None else envelope.status(answer)
            await respond(send, status, answer or b"", envelope.media_type)


def check_head(scope: Scope, media_type: str) -> None:
    """Refuse what is no POST of an uncompressed message of this media type and a fair length."""
    if scope["method"] != "POST":
        raise Refusal(405, "this is the address of a gateway: POST a message to it", allow="POST")
    headers = dict(scope["headers"])
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Refusal(415, "Content-Encoding is not accepted: send the XML as it is")
    given = headers.get(b"content-type", media_type.encode()).decode("latin-1")
    if not is_same_media_type(given, media_type):
        raise Refusal(415, f"a message here has the Content-Type {media_type}, not {given}")
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > DEFAULT_LIMITS.bytes:
        raise _too_large()


def is_same_media_type(given: str, wanted: str) -> bool:
    """Tell whether a Content-Type will do: text/xml and application/xml are one (RFC 7303, section 9.2).

    Parameters other than a charset, which must be UTF-8, are not looked at.
    """
    essence, *parameters = (part.strip().lower() for part in given.split(";"))
    charsets = [part[8:].strip('"') for part in parameters if part.startswith("charset=")]
    wanted_essence = wanted.partition(";")[0]
    alike = {essence, wanted_essence} <= _XML or essence == wanted_essence
    return alike and all(charset in ("utf-8", "us-ascii") for charset in charsets)


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
