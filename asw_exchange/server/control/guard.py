"""Who may speak to the control API: with a token, by the server's own name, from no foreign page.

A page in a browser of this machine could otherwise be led to send requests here (cross-site requests), or
give its own name this machine's address (DNS rebinding). Not here: what is asked.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from asw_exchange.errors import ExchangeError
from asw_exchange.server.asgi import read_body
from asw_exchange.server.control.problems import BodyRefused, ForeignOrigin, TokenMissing, response_of
from asw_exchange.server.exposure import is_loopback
from asw_exchange.server.refusal import Refusal
from asw_exchange.server.settings import Settings

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
STREAMED = ("PUT", "/session")
"""The one request whose body is not read into memory: the import of a session."""
_WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, not listened at
_ALWAYS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


class Guard:
    """Lets a request through to the application, or refuses it with problem details."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._token = settings.token
        self._host = settings.host.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_ALWAYS]
            await send(message)

        try:
            self._check(scope)
            body = await _body(scope, receive)
        except ExchangeError as error:
            await response_of(error)(scope, receive, sealed)
        else:
            await self._app(scope, body, sealed)

    def _check(self, scope: Scope) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get(b"host", ""), headers.get(b"origin")
        if not self._is_ours(_name(host)):
            hint = "use the address that the server was started with"
            raise ForeignOrigin("this is not the name of this server", value=host, hint=hint)
        if scope["method"] not in _READING and origin not in (None, f"{scope['scheme']}://{host}"):
            raise ForeignOrigin("a page of another site may change nothing here", value=origin)
        if self._token is not None:
            self._check_token(headers.get(b"authorization", ""))

    def _is_ours(self, name: str) -> bool:
        """Where every address is listened at, a server has any name, and the token alone protects it."""
        return is_loopback(name) or name == self._host or self._host in _WILDCARDS

    def _check_token(self, given: str) -> None:
        scheme, _, token = given.partition(" ")
        same = hmac.compare_digest(token.strip().encode(), (self._token or "").encode())
        if scheme.lower() != "bearer" or not same:
            raise TokenMissing(
                "the token of the control API is missing or wrong", hint="send Authorization: Bearer TOKEN"
            )


def _name(host: str) -> str:
    """Return the host of a Host header without its port, or nothing for one that cannot be read."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


async def _body(scope: Scope, receive: Receive) -> Receive:
    """Read the body whole, within the caps of every message, and return what gives it once more."""
    if (scope["method"], scope["path"][-len(STREAMED[1]) :]) == STREAMED:
        return receive
    try:
        body = await read_body(receive)  # type: ignore[arg-type]
    except Refusal as refusal:
        raise BodyRefused(refusal.status, refusal.reason) from refusal
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
