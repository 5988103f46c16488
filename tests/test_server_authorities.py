"""A ledger is used with the keys that its messages were signed under, or the server says that it is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from asw_exchange.cli.serving import _announce
from asw_exchange.ledger import Ledger
from asw_exchange.server.log import LOGGER
from asw_exchange.server.settings import Settings
from asw_exchange.testing import ControlClient, Problem
from asw_exchange.testing.running import running_server
from tests.server_builders import running

FORM_D = "asean/eform-d"


def warnings(
    place: Path, seed: int, then: Callable[[ControlClient], object] = lambda client: None
) -> list[str | None]:
    """What a server with the keys of a seed says of the ledgers of its spaces, after something was done."""
    with running_server(Settings(place=str(place), seed=seed)) as client:
        then(client)
        return [each.warning for each in client.spaces()]


def send(client: ControlClient) -> None:
    """Have something in the ledger."""
    client.hold()
    client.generate(FORM_D)


def begin_anew(client: ControlClient) -> None:
    """Forget everything, and have something else in the ledger."""
    client.reset()
    send(client)


def test_a_server_with_other_keys_than_its_ledger_says_so(tmp_path: Path) -> None:
    """Not while the ledger is empty, with the keys of before, or once all is forgotten."""
    place = tmp_path / "ledger.db"
    assert warnings(place, 4) == [None]
    assert warnings(place, 5, send) == [None]
    (warning,) = warnings(place, 0, send)
    assert "other keys of BN, EAEU, ID," in (warning or "")
    assert "--seed" in (warning or "")
    assert warnings(place, 5) == [None]
    assert warnings(place, 0, begin_anew) == [None]
    assert warnings(place, 0) == [None]
    assert warnings(place, 5) != [None]


def test_a_session_that_was_signed_under_other_keys_says_so(tmp_path: Path) -> None:
    """Where it is imported, and of that space alone."""
    session = tmp_path / "session.db"

    def load(client: ControlClient) -> None:
        client.load("again", session)

    with running_server(Settings(seed=5)) as client:
        send(client)
        client.export(session)
    imported, main = warnings(tmp_path / "ledger.db", 0, load)
    assert "the ledger of again" in (imported or "")
    assert main is None
    assert warnings(tmp_path / "other.db", 5, load) == [None, None]


def test_who_starts_a_server_with_other_keys_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """On standard error, and in the log."""
    caplog.set_level("INFO", LOGGER.name)
    warnings(tmp_path / "ledger.db", 5, send)
    with running(Settings(place=str(tmp_path / "ledger.db"))) as server:
        _announce(server.spaces)
    assert "\nwarning: the ledger of main" in capsys.readouterr().err
    events = [record.msg["event"] for record in caplog.records if isinstance(record.msg, dict)]
    assert events.count("other-keys") == 1


def test_what_a_session_says_of_its_keys_may_be_nonsense(asw_server: ControlClient, tmp_path: Path) -> None:
    """It is refused then, and the space is not there."""
    send(asw_server)
    asw_server.export(tmp_path / "session.db")
    with Ledger.open(tmp_path / "session.db") as ledger:
        ledger.set_note("authorities", "[1]")
    with pytest.raises(Problem, match="what the ledger says of its keys"):
        asw_server.load("again", tmp_path / "session.db")
    assert [each.name for each in asw_server.spaces()] == ["main"]
