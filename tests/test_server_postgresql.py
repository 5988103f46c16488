"""A server whose ledger is on a PostgreSQL server that ends and comes again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest

from asw_exchange.ledger import Ledger
from asw_exchange.model import Outcome
from asw_exchange.records import Direction, Entry
from asw_exchange.server.settings import Settings
from tests.load_builders import Insisting, writer
from tests.postgresql_server import PostgreSQL, start_postgresql
from tests.server_builders import PATIENCE, Running, running


@pytest.fixture(scope="module")
def own() -> Iterator[PostgreSQL]:
    """A PostgreSQL server that no other test uses."""
    with start_postgresql() as server:
        yield server


@pytest.fixture
def server(own: PostgreSQL) -> Iterator[Running]:
    """Viet Nam's gateway with its ledger there, and Singapore's to take its answers."""
    with running(Settings(gateways=("VN", "SG"), place=own.url())) as started:
        yield started


def taken(ledger: Ledger) -> tuple[Entry, ...]:
    """The certificates that Viet Nam's gateway has accepted."""
    return ledger.entries(
        gateway="VN", direction=Direction.RECEIVED, outcome=Outcome.ACCEPTED, kind="asean/eform-d"
    )


def test_a_database_that_is_restarted_under_load_costs_no_promise(own: PostgreSQL, server: Running) -> None:
    """503 meanwhile; then the server receives and delivers by itself, and all are accepted, each once."""
    messages = [writer(server).message(number, "VN") for number in range(200)]

    async def restart_meanwhile() -> list[int]:
        clients = Insisting(f"{server.url}/asean/VN")
        async with asyncio.TaskGroup() as group:
            group.create_task(clients.post((raw for _, raw in messages), clients=8))
            await clients.until(200, times=20)
            await asyncio.to_thread(own.crash)
            await clients.until(503, times=20)
            await asyncio.to_thread(own.start)
        return clients.statuses

    statuses = asyncio.run(asyncio.wait_for(restart_meanwhile(), 3 * PATIENCE))
    assert set(statuses) == {200, 503}
    server.wait_until(lambda ledger: not ledger.pending("VN"))
    found = server.do(server.space.read(taken))
    assert Counter(entry.message_id for entry in found) == dict.fromkeys((each for each, _ in messages), 1)
