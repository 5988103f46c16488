"""Runs a server in this process until it is told to stop: the socket first, then everything else.

On SIGTERM or SIGINT uvicorn takes no more connections, sees requests through, and the spaces close.
"""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from functools import partial

import uvicorn

from asw_exchange.errors import FileError, WrongOption
from asw_exchange.server.application import application
from asw_exchange.server.exposure import check_exposure
from asw_exchange.server.log import log_to_stderr
from asw_exchange.server.protocol import GuardedProtocol
from asw_exchange.server.settings import Settings
from asw_exchange.server.spaces import Spaces

_GRACE_SECONDS = 10
_MOST_CONNECTIONS = 1000
_BACKLOG = 1024


def serve(settings: Settings, announce: Callable[[Spaces], object] = lambda spaces: None) -> None:
    """Listen and serve until stopped; ``announce`` is called once messages can come.

    Raises ConfigurationError, CredentialError, FileError for a port that cannot be had, and LedgerError.
    """
    check_exposure(settings)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    if settings.log:
        log_to_stderr()
    with listen(settings.host, settings.port) as listener:
        spaces = Spaces(settings=settings, base_url=base_url(listener, settings.scheme))
        server_of(spaces, lambda: announce(spaces)).run(sockets=[listener])
    if spaces.failure is not None:
        raise spaces.failure


def _leave(number: int, frame: object) -> None:
    """End orderly. While it serves, uvicorn sees to these signals, and raises them again when it is done."""
    sys.exit(0)


def server_of(spaces: Spaces, ready: Callable[[], object]) -> uvicorn.Server:
    """Return what runs the application; those who wait are let go when it is told to end."""
    server = uvicorn.Server(configuration(spaces, ready))

    def end() -> None:
        server.should_exit = True

    spaces.stopping, spaces.end = lambda: server.should_exit, end
    return server


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises FileError saying what is in the way."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(
            f"cannot listen: {reason}", file=f"{host}:{port}", hint="choose another with --port, or 0 for any"
        ) from error
    except OverflowError as error:
        raise WrongOption("a port is a number from 0 to 65535", value=str(port)) from error


def base_url(listener: socket.socket, scheme: str = "http") -> str:
    """Return how a listening socket is addressed from this machine."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - all addresses: this is the one to reach it by
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def configuration(spaces: Spaces, ready: Callable[[], object]) -> uvicorn.Config:
    """Return how uvicorn runs the application."""
    context, settings = spaces.tls.server, spaces.settings
    protocol = partial(
        GuardedProtocol, head_seconds=settings.head_seconds, body_seconds=settings.body_seconds
    )
    return uvicorn.Config(
        application(spaces, ready),
        http=protocol,  # type: ignore[arg-type]
        ssl_context_factory=(lambda config, default: context) if context else None,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_MOST_CONNECTIONS,
        backlog=_BACKLOG,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
