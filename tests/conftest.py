"""Fixtures that are dear to make: test keys. Made at run time, relative to a fixed moment."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from asw_exchange.clock import VirtualClock
from asw_exchange.corridors import all_corridors
from asw_exchange.ledger import Ledger
from asw_exchange.node import Node
from asw_exchange.signature import create_pki
from asw_exchange.signature.pki import TestPki
from asw_exchange.simulator.network import Network
from tests.builders import MOMENT

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


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """An empty ledger in memory."""
    with Ledger.open(":memory:") as opened:
        yield opened


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
