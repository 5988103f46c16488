"""A server that keeps little: what is dropped is counted and shown, and what was recorded stays provable."""

from __future__ import annotations

from datetime import timedelta

import pytest

from asw_exchange.model import Outcome
from asw_exchange.server.retention import drop
from asw_exchange.server.sending import told_of
from asw_exchange.server.settings import Keep, Settings
from asw_exchange.testing import ControlClient
from tests.load_builders import post, writer
from tests.server_builders import Running, running

GATEWAYS = ("VN",)


def dropped(server: Running, count: int) -> ControlClient:
    """Return a client of a server once it has dropped the bytes of so many messages."""
    server.wait_until(lambda ledger: ledger.dropped().messages >= count)
    return ControlClient(server.url)


def send(server: Running, count: int) -> list[bytes]:
    """Let a server take messages; return them."""
    bodies = [writer(server).message(number, "VN")[1] for number in range(count)]
    assert {reply.status for reply in post(f"{server.url}/asean/VN", *bodies)} == {200}
    return bodies


@pytest.mark.parametrize("keep", [Keep(messages=3), Keep(bytes=9000), Keep(age=timedelta(0), messages=3)])
def test_what_is_beyond_the_caps_is_dropped_by_itself(keep: Keep) -> None:
    """In the background; the tally of the control API says how much, and counts as before."""
    with running(Settings(gateways=GATEWAYS, keep=keep)) as server:
        bodies = send(server, 10)
        client = dropped(server, 8)
        told = client.dropped()
        assert told.messages >= 8
        assert told.bytes > 8 * 2000
        assert told.before is not None
        (row,) = client.tally(gateway="SG", kind="asean/eform-d")
        assert row.accepted == len(bodies)


def test_a_message_whose_answer_was_dropped_has_no_second_effect() -> None:
    """It is known all the same, and that is what it is told now."""
    with running(Settings(gateways=GATEWAYS)) as server:
        (raw,) = send(server, 1)
        server.do(drop(server.space, Keep(messages=0)))
        (reply,) = post(f"{server.url}/asean/VN", raw)
        (row,) = ControlClient(server.url).tally(gateway="SG", kind="asean/eform-d")
    assert told_of(reply.body).outcome is Outcome.DUPLICATE
    assert (row.accepted, row.duplicate) == (1, 1)


def test_nothing_is_dropped_where_nothing_is_said_of_it() -> None:
    """Without a cap everything is kept."""
    with running(Settings(gateways=GATEWAYS)) as server:
        send(server, 3)
        assert ControlClient(server.url).dropped().messages == 0
    assert not Keep()
    assert Keep(age=timedelta(0))
