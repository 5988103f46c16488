"""Spaces that cannot be opened or removed, or stand where something was left: nothing is lost or mixed up."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from asw_exchange.clock import VirtualClock
from asw_exchange.errors import ConfigurationError, LedgerError
from asw_exchange.ledger import Ledger
from asw_exchange.server.control.problems import NotThere
from asw_exchange.server.control.spaces import delete_space
from asw_exchange.server.settings import Settings
from asw_exchange.server.space import AT_WORK, STANDING
from asw_exchange.server.spaces import Spaces
from tests.builders import MOMENT
from tests.ledger_builders import sent, write
from tests.server_builders import PATIENCE


def run(place: Path, work: Callable[[Spaces], Awaitable[None]]) -> None:
    """Do something with the spaces of a server whose ledger is here."""

    async def start_and_close() -> None:
        clock = VirtualClock(MOMENT)
        spaces = Spaces(settings=Settings(place=str(place)), base_url="http://127.0.0.1:9", base_clock=clock)
        try:
            await spaces.start()
            await work(spaces)
        finally:
            await spaces.close()

    asyncio.run(asyncio.wait_for(start_and_close(), PATIENCE))


def test_a_start_that_fails_does_not_hide_a_crash(tmp_path: Path) -> None:
    """What was under way when a server was killed is looked after by the first start that comes about."""
    with Ledger.open(tmp_path / "l.db") as ledger:
        ledger.set_note(AT_WORK, "yes")
        ledger.set_note(STANDING, "unreadable")

    async def nothing(spaces: Spaces) -> None:
        pass

    with pytest.raises(ConfigurationError):
        run(tmp_path / "l.db", nothing)
    with Ledger.open(tmp_path / "l.db", read_only=True) as ledger:
        assert ledger.note(AT_WORK) == "yes"


def test_a_space_that_cannot_be_removed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk has failed: it is known as before, so it is closed with the server."""

    def fdatasync(file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    async def remove(spaces: Spaces) -> None:
        space = await spaces.open("alice")
        monkeypatch.setattr(os, "fdatasync", fdatasync)
        with pytest.raises(LedgerError):
            await spaces.remove("alice")
        assert spaces["alice"] is space

    run(tmp_path / "l.db", remove)
    Ledger.open(tmp_path / "l.alice.db", exclusive=True).close()


def test_an_imported_session_is_not_mixed_with_what_was_left_there(tmp_path: Path) -> None:
    """A log of another ledger stands where that of the session will: SQLite would replay it."""
    with Ledger.open(tmp_path / "other.db") as other:
        write(other, sent("VN-2"))
        shutil.copy(tmp_path / "other.db-wal", tmp_path / "l.alice.db-wal")
    with Ledger.open(tmp_path / "session.db") as session:
        write(session, sent("VN-1"))

    async def load(spaces: Spaces) -> None:
        space = await spaces.load("alice", tmp_path / "session.db")
        assert [each.message_id for each in space.ledger.entries()] == ["VN-1"]

    run(tmp_path / "l.db", load)


def test_of_two_who_delete_a_space_the_second_is_told_that_there_is_none(tmp_path: Path) -> None:
    """Both have found it there, and waited while another one was made."""

    async def delete_twice(spaces: Spaces) -> None:
        await spaces.open("alice")
        work = spaces.open("bob"), delete_space(spaces, "alice"), delete_space(spaces, "alice")
        _, first, second = await asyncio.gather(*work, return_exceptions=True)
        assert first is None
        assert isinstance(second, NotThere)
        assert sorted(spaces) == ["bob", "main"]

    run(tmp_path / "l.db", delete_twice)


def deep(place: Path) -> Path:
    """Make a session whose note is nested more deeply than anybody reads."""
    with Ledger.open(place) as ledger:
        ledger.set_note(STANDING, '{"gateways":{"VN":{"behaviours":' + "[" * 3000 + "]" * 3000 + "}}}")
    return place


def test_a_session_whose_note_is_nested_too_deeply_leaves_nothing(tmp_path: Path) -> None:
    """It is refused in a sentence; its file is gone, and the name is free for another one."""

    async def load(spaces: Spaces) -> None:
        before = sorted(os.listdir(tmp_path)), len(os.listdir("/proc/self/fd"))
        with pytest.raises(ConfigurationError, match="what the session says of itself cannot be read"):
            await spaces.load("alice", deep(tmp_path / "session.db"))
        assert (sorted(os.listdir(tmp_path)), len(os.listdir("/proc/self/fd"))) == before
        Ledger.open(tmp_path / "session.db").close()
        await spaces.load("alice", tmp_path / "session.db")

    run(tmp_path / "l.db", load)


def test_a_space_that_nobody_waits_for_any_more_is_let_go(tmp_path: Path) -> None:
    """Its opening is cancelled half-way: another may have its ledger at once."""

    async def cancel(spaces: Spaces) -> None:
        opening = asyncio.create_task(spaces.open("alice"))
        while not (tmp_path / "l.alice.db.lock").exists():
            await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert "alice" not in spaces
        Ledger.open(tmp_path / "l.alice.db", exclusive=True).close()

    run(tmp_path / "l.db", cancel)


def test_a_space_that_cannot_be_noted_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The main ledger fails while another space is made: there is no space that a restart would not find."""

    def fdatasync(file: int) -> None:
        if os.path.samestat(os.fstat(file), os.stat(tmp_path / "l.db-wal")):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    async def open_one(spaces: Spaces) -> None:
        monkeypatch.setattr(os, "fdatasync", fdatasync)
        with pytest.raises(LedgerError):
            await spaces.open("alice")
        assert "alice" not in spaces
        Ledger.open(tmp_path / "l.alice.db", exclusive=True).close()

    run(tmp_path / "l.db", open_one)


def rename(before: str, after: str) -> Callable[[Connection], object]:
    """Give the one column of the hosted gateways another name."""
    words = f"ALTER TABLE hosted RENAME COLUMN {before} TO {after}"
    return lambda connection: connection.exec_driver_sql(words)


def test_a_ledger_that_no_space_could_be_made_of_is_let_go(tmp_path: Path) -> None:
    """It takes no gateways: whoever puts that right can try again while the server runs."""
    with Ledger.open(tmp_path / "l.alice.db") as ledger:
        ledger.database.define(rename("gateway", "other"))

    async def try_twice(spaces: Spaces) -> None:
        with pytest.raises(LedgerError):
            await spaces.open("alice")
        with Ledger.open(tmp_path / "l.alice.db", exclusive=True) as ledger:
            ledger.database.define(rename("other", "gateway"))
        await spaces.open("alice")

    run(tmp_path / "l.db", try_twice)
