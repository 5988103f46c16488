"""uvicorn's HTTP protocol with what it lacks: a time and a size for the head of a request, and the socket.

A stranger who sends the head of a request slowly, or without end, is cut off. The application is given the
transport, so that it can break a connection on purpose and ask who is at the other end.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
HEAD_BYTES = 32 * 1024
TRANSPORT = "asw.transport"

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def transport_of(scope: dict[str, Any]) -> Any:
    """Return the transport of a request; None where another server runs the application."""
    return scope.get("extensions", {}).get(TRANSPORT, {}).get("transport")


class GuardedProtocol(HttpToolsProtocol):
    """One connection. The only class here that inherits: it is how uvicorn takes a protocol."""

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the head is complete."""
        if self._head_timer is not None:
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
        if self._head_timer is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """The head is there in time."""
        self._stop_timer()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._cut, _TOO_SLOW)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _cut(self, answer: bytes) -> None:
        self._stop_timer()
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()
