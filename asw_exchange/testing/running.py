"""A server in a thread of this process, on a free port: for tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from asw_exchange.errors import ConfigurationError
from asw_exchange.server.exposure import check_exposure
from asw_exchange.server.running import base_url, listen, server_of
from asw_exchange.server.settings import Settings
from asw_exchange.server.spaces import Spaces
from asw_exchange.testing.client import ControlClient

START_SECONDS = 60.0
STOP_SECONDS = 30.0


@contextmanager
def running_server(settings: Settings | None = None) -> Iterator[ControlClient]:
    """Run a server as long as the context lasts, and give a client of it; the port is a free one.

    Raises as ``asw_exchange.server.running.serve``.
    """
    wanted = replace(settings or Settings(), port=0)
    check_exposure(wanted)
    with listen(wanted.host, wanted.port) as listener:
        spaces = Spaces(settings=wanted, base_url=base_url(listener))
        ready = threading.Event()
        server = server_of(spaces, ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="asw-server")
        thread.start()
        try:
            _wait(ready, thread, spaces)
            yield ControlClient(spaces.base_url, token=wanted.token)
        finally:
            server.should_exit = True
            thread.join(STOP_SECONDS)


def _wait(ready: threading.Event, thread: threading.Thread, spaces: Spaces) -> None:
    waited = 0.0
    while not ready.wait(0.05):
        waited += 0.05
        if spaces.failure is not None:
            raise spaces.failure
        if not thread.is_alive() or waited > START_SECONDS:
            raise ConfigurationError("the server did not start", hint="asw serve says why")
