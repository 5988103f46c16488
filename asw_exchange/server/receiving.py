"""The address of a gateway: bytes come in by POST, the answer goes out with the response.

Not here: what a gateway makes of the bytes (``node``). A plain ASGI application, as it is on the hot path.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from asw_exchange.behaviours.faults import AnswerBeforeAcknowledgement
from asw_exchange.codec import DEFAULT_LIMITS
from asw_exchange.errors import ConfigurationError, LedgerError
from asw_exchange.server.asgi import (
    TEXT,
    Receive,
    Response,
    Scope,
    Send,
    read_body,
    refused,
    respond,
    too_large,
)
from asw_exchange.server.log import LOGGER
from asw_exchange.server.peers import peer_of
from asw_exchange.server.refusal import Refusal
from asw_exchange.server.space import MAIN, Space
from asw_exchange.server.wire import Connection

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
            treatment = space.nodes[gateway].meet(raw, corridor=corridor, peer=peer)
            connection = Connection(scope, receive, send)
            if treatment.before and await connection.refuse(treatment.before):
                return
            answer = await space.receive(corridor, gateway, raw, peer, treatment)
            status = 202 if answer is None else envelope.status(answer)
            if any(isinstance(fault, AnswerBeforeAcknowledgement) for fault in treatment.after):
                await space.delivery.drain(corridor, gateway)
            response = Response(status, answer or b"", envelope.media_type)
            await connection.misbehave(response, treatment.after)
        except Refusal as refusal:
            LOGGER.info(
                {
                    "event": "refused",
                    "path": scope["path"],
                    "status": refusal.status,
                    "reason": refusal.reason,
                }
            )
            await respond(send, refused(refusal))
        except ConfigurationError as error:
            LOGGER.error({"event": "check-failed", "path": scope["path"], "reason": str(error)})
            reason = f"the message was not stored, as a check of this gateway could not run: {error.message}"
            await respond(send, Response(500, reason.encode(), TEXT))
        except LedgerError as error:
            reason = f"the message was not stored, send it again: {error.message}"
            await respond(send, Response(503, reason.encode(), TEXT, (("retry-after", "1"),)))


def check_head(scope: Scope, media_type: str) -> None:
    """Refuse what is no POST of an uncompressed message of this media type and a fair length."""
    if scope["method"] != "POST":
        raise Refusal(405, "this is the address of a gateway: POST a message to it", allow="POST")
    headers = dict(scope["headers"])
    if b"origin" in headers:
        raise Refusal(403, "this is the address of a gateway: no page in a browser speaks to it")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Refusal(415, "Content-Encoding is not accepted: send the XML as it is")
    given = headers.get(b"content-type", media_type.encode()).decode("latin-1")
    if not is_same_media_type(given, media_type):
        raise Refusal(415, f"a message here has the Content-Type {media_type}, not {given}")
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > DEFAULT_LIMITS.bytes:
        raise too_large()


@lru_cache(maxsize=64)
def is_same_media_type(given: str, wanted: str) -> bool:
    """Tell whether a Content-Type will do: text/xml and application/xml are one (RFC 7303, section 9.2).

    Parameters other than a charset, which must be UTF-8, are not looked at.
    """
    essence, *parameters = (part.strip().lower() for part in given.split(";"))
    charsets = [part[8:].strip('"') for part in parameters if part.startswith("charset=")]
    wanted_essence = wanted.partition(";")[0]
    alike = {essence, wanted_essence} <= _XML or essence == wanted_essence
    return alike and all(charset in ("utf-8", "us-ascii") for charset in charsets)
