"""The HTTP connections of outbound deliveries: loaded by ``client`` when the first message leaves."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from ssl import SSLContext

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from asw_exchange.codec import DEFAULT_LIMITS
from asw_exchange.server.client import Answered, Failed
from asw_exchange.server.outbound_addresses import Allowed, Forbidden, check_literal

CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 30.0
_PERMANENT = frozenset({400, 405, 406, 410, 411, 413, 414, 415, 422, 431, 501, 505})
"""Statuses after which the very same request will be refused again (RFC 9110, section 15)."""
_NOT_TAKEN = frozenset({401, 403, 404, 408, 421, 425, 429, 503}) | _PERMANENT
"""Statuses of a server that did not take the message."""
_SOAP_FAULTS = frozenset({400, 500})
"""Statuses that carry a SOAP fault, which is an answer (SOAP 1.2 Part 2, section 7.4.2; SOAP 1.1, 6.2)."""


_MOST_WORDS = 300
"""Bytes that are kept of a partner's explanation."""


class Connections:
    """Connections are kept and used again."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        connector = aiohttp.TCPConnector(limit=0, limit_per_host=16, resolver=Resolver(allowed))
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS),
            auto_decompress=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "asw-exchange"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def post(
        self,
        url: str,
        raw: bytes | AsyncIterator[bytes],
        headers: Mapping[str, str],
        context: SSLContext | None,
    ) -> Answered | Failed:
        """Post ``raw`` and return what came of it; ``context`` is that of HTTPS."""
        try:
            check_literal(url, self._allowed)
            async with self._session.post(
                url,
                data=raw,
                headers=headers,
                allow_redirects=False,
                ssl=context or True,
            ) as response:
                body = await _read(response)
                return _judge(response, body)
        except (Forbidden, aiohttp.InvalidURL) as error:
            return Failed(reason=str(error), may_have_arrived=False, permanent=True)
        except aiohttp.ClientConnectorError as error:
            return Failed(reason=f"no connection: {_why(error)}", may_have_arrived=False)
        except TimeoutError:
            return Failed(reason="no answer in time", may_have_arrived=True)
        except (aiohttp.ClientError, ValueError, OSError, asyncio.IncompleteReadError) as error:
            return Failed(reason=_broken(error, context), may_have_arrived=True)

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()


class Resolver(AbstractResolver):
    """Resolves names and refuses addresses that are not allowed."""

    def __init__(self, allowed: Allowed) -> None:
        self.allowed = allowed
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises Forbidden when one of them is not allowed."""
        found = await self._names.resolve(host, port, family)
        for each in found:
            self.allowed.check(host, each["host"])
        return found

    async def close(self) -> None:
        """Let go of what the resolver holds."""
        await self._names.close()


def _why(error: aiohttp.ClientConnectorError) -> str:
    """Say why there is no connection, without the objects that the library prints."""
    reason, place = error.os_error, f"{error.host}:{error.port}"
    if isinstance(reason, ssl.SSLCertVerificationError):
        return (
            f"the certificate of {place} is not believed: {reason.verify_message}"
            " (--tls-ca names the authorities of servers)"
        )
    if isinstance(reason, ssl.SSLError):
        return f"{place}: TLS failed: {(reason.reason or str(reason)).lower().replace('_', ' ')}"
    is_system = reason.errno is not None and reason.errno > 0  # of a failed look-up of a name it is not
    words = os.strerror(reason.errno or 0) if is_system else reason.strerror or str(reason)
    return f"{place}: {words.lower()}"


def _broken(error: Exception, context: SSLContext | None) -> str:
    """Say how a connection broke, and what that usually means."""
    if context is not None:
        words = str(error) or type(error).__name__
        hint = "so it looks, too, where no client certificate, or another one, was wanted"
        return f"the connection broke: {words} ({hint})"
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionResetError):
        return "the server closed the connection without an answer: does it speak HTTPS?"
    return f"the connection broke: {str(error) or type(error).__name__}"


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > DEFAULT_LIMITS.bytes:
            raise aiohttp.ClientPayloadError(f"the answer has more than {DEFAULT_LIMITS.bytes} bytes")
    return bytes(body)


def _judge(response: aiohttp.ClientResponse, body: bytes) -> Answered | Failed:
    status = response.status
    is_fault = (
        status in _SOAP_FAULTS and body and response.content_type in ("text/xml", "application/soap+xml")
    )
    if 200 <= status < 300 or is_fault:
        return Answered(body)
    return Failed(
        reason=f"HTTP status {status}{_words(response, body)}",
        may_have_arrived=status not in _NOT_TAKEN,
        permanent=status in _PERMANENT,
        retry_after=_seconds(response.headers.get("Retry-After")),
    )


def _words(response: aiohttp.ClientResponse, body: bytes) -> str:
    """Return what the partner says of it in plain text, in one line and not much of it."""
    if response.content_type != "text/plain":
        return ""
    text = " ".join(body[:_MOST_WORDS].decode(errors="replace").split())
    return f": {text}" if text.isprintable() and text else ""


def _seconds(text: str | None) -> float | None:
    """Read Retry-After in seconds; a date is not looked at (RFC 9110, section 10.2.3, allows either)."""
    return min(float(text), 3600.0) if text and text.isascii() and text.isdigit() else None
