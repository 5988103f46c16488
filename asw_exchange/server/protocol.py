"""uvicorn's HTTP protocol with what it lacks: a time for a request, a size for its head, and the socket.

A stranger who sends a request slowly, never ends it, or says nothing, is cut off. The application is given
the transport, so that it can break a connection on purpose and ask who is at the other end.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 32 * 1024
TRANSPORT = "asw.transport"

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def transport_of(scope: dict[str, Any]) -> Any:
    """Return the transport of a request; None where another server runs the application."""
    return scope.get("extensions", {}).get(TRANSPORT, {}).get("transport")


class GuardedProtocol(HttpToolsProtocol):
    """One connection. The only class here that inherits: it is how uvicorn takes a protocol."""

    def __init__(self, *given: Any, head_seconds: float, body_seconds: float, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head_seconds, self._body_seconds = head_seconds, body_seconds
        self._timer: asyncio.TimerHandle | None = None
        self._head_bytes: int | None = None
        """Bytes of a head that is not complete; None while none is awaited."""

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the head is complete, also where no request has begun yet."""
        if self._timer is None and (self.cycle is None or self.cycle.response_complete):
            self._await_head()
        if self._head_bytes is not None:
            self._head_bytes += len(data)
            head = data.find(b"\r\n\r\n")
            if self._head_bytes - (len(data) - head if head >= 0 else 0) > HEAD_BYTES:
                self._cut(_TOO_LARGE)
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Give the application the socket; a further request on the connection is waited for anew."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {"transport": self.transport}}
        if self._timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """The head is there in time; wait for the body."""
        self._head_bytes = None
        self._wait(self._body_seconds)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The whole request is there."""
        self._stop_timer()
        super().on_message_complete()

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._wait(self._head_seconds)

    def _wait(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._cut, _TOO_SLOW)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cut(self, answer: bytes) -> None:
        """Close the connection, with an answer unless one has begun or was given already."""
        self._stop_timer()
        if not self.transport.is_closing():
            if self.cycle is None or self._head_bytes is not None or not self.cycle.response_started:
                self.transport.write(answer)
            self.transport.close()
