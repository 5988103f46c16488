"""What a gateway does to the connection of a message that comes in, when it is told to misbehave.

The words are those of ``behaviours.faults``; here they become bytes and broken connections. A request that
was dealt with in this way is over. Not here: what is decided (``Node.meet``).
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from asw_exchange.behaviours import Behaviour, damage, faults
from asw_exchange.server.asgi import TEXT, Receive, Response, Scope, Send, respond
from asw_exchange.server.protocol import transport_of

_DROPS = (faults.RefuseConnection, faults.ResetBefore, faults.ResetAfter)
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: to close is to reset."""
_PIECES_A_SECOND = 10


@dataclass(frozen=True, slots=True)
class Connection:
    """The three things that ASGI gives for a request."""

    scope: Scope
    receive: Receive
    send: Send

    async def refuse(self, before: Iterable[Behaviour]) -> bool:
        """Do what is to be done before a message is received; True when the request is over."""
        for fault in before:
            if isinstance(fault, faults.Stall):
                await asyncio.sleep(fault.seconds)
            elif isinstance(fault, faults.Status):
                await respond(self.send, _status(fault))
                return True
            elif isinstance(fault, _DROPS):
                await self.drop()
                return True
        return False

    async def misbehave(self, response: Response, after: Iterable[Behaviour]) -> None:
        """Send the answer in the way that is wanted, or not at all."""
        rate = announced = None
        for fault in after:
            match fault:
                case faults.Stall():
                    await asyncio.sleep(fault.seconds)
                case faults.SlowBytes():
                    rate = fault.bytes_per_second
                case faults.WrongLength():
                    announced = max(0, len(response.body) + fault.by)
                case faults.RefuseConnection() | faults.ResetBefore() | faults.ResetAfter():
                    await self.drop()
                    return
                case _:
                    response = _changed(response, fault)
        if announced is not None:
            await self._announce(response, announced)
        elif rate is not None:
            await self._drip(response, rate)
        else:
            await respond(self.send, response)

    async def _drip(self, response: Response, rate: int) -> None:
        """Send so many bytes a second."""
        await self.send(response.head())
        size = max(1, rate // _PIECES_A_SECOND)
        for start in range(0, len(response.body), size):
            piece = response.body[start : start + size]
            await self.send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(size / rate)
        await self.send({"type": "http.response.body", "body": b""})

    async def drop(self) -> None:
        """Reset the connection."""
        transport = self._transport()
        found = transport.get_extra_info("socket")
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
        await self._gone()

    async def _announce(self, response: Response, length: int) -> None:
        """Write a response whose head tells this length, and close."""
        reason = HTTPStatus(response.status).phrase
        head = (
            f"HTTP/1.1 {response.status} {reason}\r\ncontent-type: {response.media_type}\r\n"
            f"content-length: {length}\r\nconnection: close\r\n\r\n"
        )
        transport = self._transport()
        transport.write(head.encode() + response.body)
        transport.close()
        await self._gone()

    async def _gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass

    def _transport(self) -> Any:
        return transport_of(self.scope)


def _changed(response: Response, fault: Behaviour) -> Response:
    match fault:
        case faults.TruncatedBody():
            return replace(response, body=damage.break_off(response.body, fault.percent))
        case faults.WrongContentType():
            return replace(response, media_type=fault.content_type)
    return response


def _status(fault: faults.Status) -> Response:
    headers = (("retry-after", str(int(fault.retry_after))),) if fault.retry_after is not None else ()
    return Response(fault.code, b"this gateway was told to answer so", TEXT, headers)
