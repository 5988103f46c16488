"""pytest fixtures: put ``pytest_plugins = ["asw_exchange.testing.plugin"]`` into a ``conftest.py``.

The server is imported only when a test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from asw_exchange.testing.client import ControlClient


@pytest.fixture(scope="session")
def asw_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlClient]:
    """A server of all gateways on a free port, for the whole run, over a ledger of its own."""
    from asw_exchange.server.settings import Settings
    from asw_exchange.testing.running import running_server

    place: Path = tmp_path_factory.mktemp("asw") / "ledger.db"
    with running_server(Settings(place=str(place))) as client:
        yield client


@pytest.fixture
def asw_server(asw_process: ControlClient) -> ControlClient:
    """A client of a server on which nothing has happened yet."""
    asw_process.reset()
    return asw_process
