"""Requests to a control API over the standard library's HTTP client, and what a server says when it refuses.

Environment variables for proxies are not looked at: a test speaks to the server that it names.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from ssl import SSLContext
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from asw_exchange.errors import ConfigurationError, ExchangeError

TIMEOUT_SECONDS = 90.0
"""Longer than a server waits in one request."""


class Problem(ExchangeError):
    """What a server says when it does not do a request; the reply code is the server's."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        super().__init__(
            str(told.get("detail", f"HTTP status {status}")),
            path=told.get("path"),
            line=told.get("line"),
            value=told.get("value"),
            hint=told.get("hint"),
        )
        self.status = status
        self.reply_code = str(told.get("reply_code", ExchangeError.reply_code))  # type: ignore[misc]


class Unreachable(ExchangeError):
    """Nobody answers at the address of the server, or the connection broke."""

    reply_code = "UNREACHABLE"


class Connection:
    """Where requests go; each has a connection of its own, so threads may share this."""

    def __init__(self, url: str, token: str | None, tls: SSLContext | None) -> None:
        parts = urlsplit(url)
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if parts.scheme not in ("http", "https") or not host:
            raise ConfigurationError("this is no address of a server", value=url, hint="http://host:port")
        self._host, self._port, self._path = host, port, parts.path
        self._tls = tls
        self._is_https = parts.scheme == "https"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        media_type: str = "application/json",
    ) -> bytes:
        """Return the body of the response. Raises Problem and Unreachable."""
        with self.open(method, path, query, body, media_type) as response:
            return response.read()

    @contextmanager
    def open(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        media_type: str = "application/json",
    ) -> Iterator[http.client.HTTPResponse]:
        """Give the response while its body is still coming. Raises Problem and Unreachable."""
        connection = self._connection()
        headers = self._headers | ({"Content-Type": media_type} if body is not None else {})
        try:
            connection.request(method, f"{self._path}/{path}{_written(query)}", body, headers)
            response = connection.getresponse()
            if response.status >= 400:
                raise Problem(response.status, _problem(response.read()))
            yield response
        except (OSError, http.client.HTTPException) as error:
            reason = str(error) or type(error).__name__
            place = f"{self._host}:{self._port}"
            raise Unreachable(f"no answer: {reason}", value=place, hint="is asw serve running?") from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self._is_https:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=self._tls
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)


def _written(query: Mapping[str, Any] | None) -> str:
    words = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in (query or {}).items()
        if value is not None
    }
    return f"?{urlencode(words)}" if words else ""


def _problem(body: bytes) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
