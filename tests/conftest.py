"""Fixtures that are dear to make: test keys. Made at run time, relative to a fixed moment."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from asw_exchange.clock import VirtualClock
from asw_exchange.corridors import all_corridors
from asw_exchange.ledger import Ledger
from asw_exchange.node import Node
from asw_exchange.server.settings import Settings
from asw_exchange.signature import create_pki
from asw_exchange.signature.pki import TestPki
from asw_exchange.simulator.network import Network
from asw_exchange.testing import ControlClient
from asw_exchange.testing.running import running_server
from tests.builders import MOMENT
from tests.postgresql_server import PostgreSQL, start_postgresql

pytest_plugins = ["asw_exchange.testing.plugin"]


@pytest.fixture(scope="session")
def pki() -> TestPki:
    """Keys of all gateways of all corridors."""
    codes = sorted({code for corridor in all_corridors() for code in corridor.members})
    return create_pki(1, codes, MOMENT)


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands at the tests' moment."""
    return VirtualClock(MOMENT)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server of this test process; skips, and says so, where its package is not installed."""
    with start_postgresql() as server:
        yield server


@pytest.fixture
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """An empty ledger: in memory, or, asked for as a parameter, on a PostgreSQL server."""
    if getattr(request, "param", "sqlite") == "sqlite":
        place, schema = ":memory:", None
    else:
        place, schema = request.getfixturevalue("postgresql").new_schema()
    with Ledger.open(place, schema=schema) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgresql_process(postgresql: PostgreSQL) -> Iterator[ControlClient]:
    """As ``asw_process`` of the plugin, with the ledger on a PostgreSQL server."""
    with running_server(Settings(place=postgresql.new_database())) as client:
        yield client


@pytest.fixture
def asw_server(request: pytest.FixtureRequest) -> ControlClient:
    """As in the plugin; or, asked for as a parameter, with its ledger on a PostgreSQL server."""
    on_sqlite = getattr(request, "param", "sqlite") == "sqlite"
    client: ControlClient = request.getfixturevalue("asw_process" if on_sqlite else "postgresql_process")
    client.reset()
    return client


_ON_BOTH = {
    "test_ledger": "ledger",
    "test_control_messages": "asw_server",
    "test_control_world": "asw_server",
}
"""By the beginning of a module's name, what its tests take once with each kind of database."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of the ledger itself, and those of the control API over it, on both kinds of database."""
    module = metafunc.module.__name__.removeprefix("tests.")
    named = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    for beginning, fixture in _ON_BOTH.items():
        if module.startswith(beginning) and fixture in metafunc.fixturenames and fixture not in named:
            metafunc.parametrize(fixture, ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def network(ledger: Ledger) -> Network:
    """A network that nobody has joined yet."""
    return Network(ledger)


@pytest.fixture
def node(pki: TestPki, clock: VirtualClock, ledger: Ledger, network: Network) -> Callable[..., Node]:
    """Make a node of a gateway, in the corridors that it belongs to, and connect it."""

    def make(gateway: str, **options: object) -> Node:
        numbers = itertools.count(1)
        joined = {corridor.name: corridor for corridor in all_corridors() if gateway in corridor.members}
        made = Node(
            gateway,
            corridors=options.pop("corridors", joined),  # type: ignore[arg-type]
            key=pki.key(gateway),
            trust=pki.trust_by_gateway(),
            ledger=ledger,
            clock=clock,
            new_id=lambda: f"{gateway}-{next(numbers):06}",
            **options,  # type: ignore[arg-type]
        )
        network.join(made)
        return made

    return make
