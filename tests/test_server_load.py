"""Many clients at once, and a ledger that fails: nothing is lost, counted twice or left unanswered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from asw_exchange.corridors.asean import CORRIDOR
from asw_exchange.ledger import State
from asw_exchange.model import Outcome
from asw_exchange.records import Direction
from asw_exchange.server.log import LOGGER
from asw_exchange.server.settings import Settings
from asw_exchange.testing import ControlClient
from asw_exchange.testing.running import running_server
from tests.load_builders import post, writer
from tests.server_builders import Running, running


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    """Viet Nam's gateway, with a ledger in memory."""
    with running(Settings(gateways=("VN",))) as server:
        yield server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """Viet Nam's gateway, with a ledger in a file."""
    with running(Settings(gateways=("VN",), place=str(tmp_path / "l.db"))) as started:
        yield started


def outcomes(server: Running, message_id: str) -> Counter[Outcome | None]:
    """What became of the receptions of a message."""
    found = server.read(lambda ledger: ledger.entries(message_id=message_id, direction=Direction.RECEIVED))
    return Counter(entry.outcome for entry in found)


def gateway(server: Running) -> str:
    """The address that messages go to."""
    return f"{server.url}/asean/VN"


@pytest.mark.parametrize("clients", [8, 64])
def test_many_clients_with_keep_alive_are_all_served(shared: Running, clients: int) -> None:
    """Every message of every client is accepted, over one connection for each client."""
    messages = [writer(shared).message(1000 * clients + number, "VN") for number in range(3 * clients)]
    replies = post(gateway(shared), *(raw for _, raw in messages), clients=clients)
    assert {reply.status for reply in replies} == {200}
    for message_id, _ in messages:
        assert outcomes(shared, message_id) == {Outcome.ACCEPTED: 1}


def test_the_same_bytes_at_the_same_moment_have_one_effect(shared: Running) -> None:
    """One reception is accepted, all others get the very bytes of its answer."""
    message_id, raw = writer(shared).message(1, "VN")
    replies = post(gateway(shared), *[raw] * 32, clients=32)
    assert len({reply.body for reply in replies}) == 1
    assert outcomes(shared, message_id) == {Outcome.ACCEPTED: 1, Outcome.DUPLICATE: 31}


def test_other_bytes_under_the_same_id_are_refused_by_name(shared: Running) -> None:
    """Whichever comes first is accepted; the other one, at the same moment, has no effect."""
    message_id, raw = writer(shared).message(2, "VN")
    other = writer(shared).message(3, "VN")[1].replace(b"SG-00000003", b"SG-00000002")
    post(gateway(shared), *[raw, other] * 8, clients=16)
    assert outcomes(shared, message_id)[Outcome.ACCEPTED] == 1
    found = shared.read(
        lambda ledger: ledger.entries(message_id=message_id, outcome=Outcome.REJECTED, gateway="VN")
    )
    assert {finding.rule_id for entry in found for finding in entry.findings} == {"MESSAGE-ID-REUSED"}


@contextmanager
def full(server: Running) -> Iterator[None]:
    """Let the ledger's file grow no further."""
    pages = server.read(lambda ledger: ledger.database.fetch("PRAGMA page_count")[0][0])
    server.read(lambda ledger: ledger.database.fetch(f"PRAGMA max_page_count = {pages}"))
    yield
    server.read(lambda ledger: ledger.database.fetch("PRAGMA max_page_count = 1000000"))


@contextmanager
def unwritable(server: Running) -> Iterator[None]:
    """Let the ledger refuse to be written, as a file does whose rights were taken away."""
    server.read(lambda ledger: ledger.database.fetch("PRAGMA query_only = ON"))
    yield
    server.read(lambda ledger: ledger.database.fetch("PRAGMA query_only = OFF"))


@pytest.mark.parametrize("trouble", [full, unwritable])
def test_what_cannot_be_stored_is_not_acknowledged(
    server: Running, trouble: Callable[[Running], contextmanager]
) -> None:
    """503 and a time to come again, nothing kept of it; when the ledger can be written it is taken."""
    messages = [writer(server).message(number, "VN") for number in range(64)]
    bodies = [raw for _, raw in messages]
    with trouble(server):
        replies = post(gateway(server), *bodies, clients=8)
        assert {(reply.status, reply.retry_after) for reply in replies[-8:]} == {(503, "1")}
        for (message_id, _), reply in zip(messages, replies, strict=True):
            assert outcomes(server, message_id)[Outcome.ACCEPTED] == (reply.status == 200)
    assert {reply.status for reply in post(gateway(server), *bodies, clients=8)} == {200}
    for message_id, _ in messages:
        assert outcomes(server, message_id)[Outcome.ACCEPTED] == 1


def test_a_check_that_cannot_run_stores_nothing_and_says_why() -> None:
    """The schemas of a corridor are missing: 500 in a sentence, as the message is not to blame."""
    lost = tuple(replace(kind, schema="asean/lost.xsd") for kind in CORRIDOR.kinds)
    with running(Settings(gateways=("VN",)), (replace(CORRIDOR, kinds=lost),)) as server:
        message_id, raw = writer(server).message(1, "VN")
        (reply,) = post(gateway(server), raw)
        assert outcomes(server, message_id) == {}
    assert reply.status == 500
    assert b"a check of this gateway could not run: " in reply.body


def test_a_fault_of_ours_in_a_delivery_is_told_and_not_repeated_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The delivery does not know its corridors any more; the lane rests, whatever else is committed."""
    with running(Settings(gateways=("VN",))) as server:
        server.space.delivery.corridors = {}
        client = ControlClient(server.url)
        client.set_partner("asean", "TH", "http://127.0.0.1:9/")
        with caplog.at_level("ERROR", LOGGER.name):
            client.generate("asean/eform-d", seed=3, sender="VN", receiver="TH")
            while not caplog.records:
                client.tally()
            post(gateway(server), *[writer(server).message(number, "VN")[1] for number in range(4)])
    assert [record.msg["event"] for record in caplog.records] == ["delivery-fault"]


@pytest.fixture
def client() -> Iterator[ControlClient]:
    """A server of all gateways, with the machine's clock."""
    with running_server() as made:
        yield made


def waiting(client: ControlClient) -> int:
    """Send a certificate to where nobody listens, and return its sequence once that has failed."""
    client.set_partner("asean", "TH", "http://127.0.0.1:9/")
    (sent,) = client.generate("asean/eform-d", seed=3, sender="VN", receiver="TH")
    while client.delivery(sent.sequence).attempts == 0:
        client.tally()
    return sent.sequence


def test_a_clock_that_jumps_forward_lets_everything_be_tried_at_once(client: ControlClient) -> None:
    """What was to be tried in a while is due; nothing is lost or sent twice."""
    waiting(client)
    client.set_partner("asean", "TH", f"{client.url}/asean/TH")
    client.change_clock(advance=timedelta(days=30))
    client.wait(gateway="TH", direction=Direction.RECEIVED, kind="asean/eform-d")
    assert client.reconcile().reconciled


def test_a_clock_that_jumps_back_keeps_nothing_waiting(client: ControlClient) -> None:
    """What was to be tried in a second is tried in a second, not when the clock is there again."""
    waiting(client)
    client.change_clock(advance=timedelta(days=-30))
    client.set_partner("asean", "TH", f"{client.url}/asean/TH")
    client.wait(gateway="TH", direction=Direction.RECEIVED, kind="asean/eform-d")
    assert client.reconcile().reconciled


def test_a_dead_letter_is_delivered_when_it_is_sent_again(client: ControlClient) -> None:
    """Given up after the last attempt, it leaves as if it were new, and both sides agree."""
    sequence = waiting(client)
    while client.delivery(sequence).state is not State.DEAD:
        client.change_clock(advance=timedelta(hours=1))
    client.set_partner("asean", "TH", f"{client.url}/asean/TH")
    client.resend(sequence)
    client.wait(gateway="TH", direction=Direction.RECEIVED, kind="asean/eform-d")
    assert client.reconcile().reconciled
