"""The writer of a server's ledger: nobody is told anything that the disk does not have yet."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
import traceback
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger
from asw_exchange.server.committer import Committer
from asw_exchange.server.settings import Settings
from asw_exchange.server.space import MAIN
from asw_exchange.server.spaces import Spaces
from tests.ledger_builders import sent, write
from tests.server_builders import PATIENCE


class SlowDisk:
    """A disk that has nothing until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.let_go = threading.Event(), threading.Event()
        self._sync = os.fdatasync
        monkeypatch.setattr(os, "fdatasync", self._wait)

    def _wait(self, file: int) -> None:
        self.asked.set()
        assert self.let_go.wait(PATIENCE)
        self._sync(file)

    async def is_asked(self) -> None:
        """Wait until it is asked for the first time."""
        assert await asyncio.to_thread(self.asked.wait, PATIENCE)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger as a server opens it."""
    return Ledger.open(tmp_path / "l.db", exclusive=True, durable=False)


@pytest.fixture
def disk(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> SlowDisk:
    """Slow from now on."""
    return SlowDisk(monkeypatch)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end, or give up."""
    asyncio.run(asyncio.wait_for(work, PATIENCE))


def test_a_result_waits_for_the_disk_and_the_next_job_does_not(ledger: Ledger, disk: SlowDisk) -> None:
    """The second job sees what the first has committed, while neither has a result."""
    seen = threading.Event()

    def look() -> None:
        assert len(ledger.entries()) == 1
        seen.set()

    async def work() -> None:
        committer = Committer(ledger)
        first = asyncio.create_task(committer.run(lambda: write(ledger, sent())))
        await disk.is_asked()
        second = asyncio.create_task(committer.run(look))
        assert await asyncio.to_thread(seen.wait, PATIENCE)
        assert not first.done()
        assert not second.done()
        disk.let_go.set()
        assert len(await first) == 1
        await second
        await committer.close()

    run(work())


def test_what_is_read_is_on_the_disk(ledger: Ledger, disk: SlowDisk) -> None:
    """A reader that saw what was only committed has to wait; so nothing leaves that could be lost again."""
    seen = threading.Event()

    def look() -> int:
        seen.set()
        return len(ledger.entries())

    async def work() -> None:
        committer = Committer(ledger)
        first = asyncio.create_task(committer.run(lambda: write(ledger, sent())))
        await disk.is_asked()
        reading = asyncio.create_task(committer.read(look))
        assert await asyncio.to_thread(seen.wait, PATIENCE)
        await asyncio.sleep(0)
        assert not reading.done()
        disk.let_go.set()
        assert await reading == 1
        await first
        await committer.close()

    run(work())


def test_what_another_connection_reads_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control API reads beside the writer: it saw a commit, and says so only when the disk has it."""
    told: list[bool] = []

    async def work() -> None:
        spaces = Spaces(settings=Settings(place=str(tmp_path / "l.db")), base_url="http://127.0.0.1:9")
        await spaces.start()
        space, disk, seen = spaces[MAIN], SlowDisk(monkeypatch), threading.Event()

        def look(ledger: Ledger) -> int:
            seen.set()
            return len(ledger.entries())

        first = asyncio.create_task(space.committer.run(lambda: write(space.ledger, sent())))
        await disk.is_asked()
        reading = asyncio.create_task(space.read(look))
        reading.add_done_callback(lambda task: told.append(disk.let_go.is_set()))
        assert await asyncio.to_thread(seen.wait, PATIENCE)
        for _ in range(3):  # time enough to tell what it has seen
            await asyncio.to_thread(lambda: None)
        disk.let_go.set()
        assert await reading == 1
        await first
        await spaces.close()

    run(work())
    assert told == [True]


def test_those_who_wait_hear_of_a_commit_when_the_disk_has_it(ledger: Ledger, disk: SlowDisk) -> None:
    """What sets deliveries going comes after the disk too."""
    heard: list[bool] = []

    async def work() -> None:
        committer = Committer(ledger, lambda: heard.append(disk.let_go.is_set()))
        first = asyncio.create_task(committer.run(lambda: write(ledger, sent())))
        await disk.is_asked()
        disk.let_go.set()
        await first
        await committer.close()

    run(work())
    assert heard == [True]


def test_after_a_disk_has_failed_nothing_is_promised_any_more(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even when it says that all is well again: Linux forgets what it could not write (fsync, errors)."""
    failing = True

    def fdatasync(file: int) -> None:
        if failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fdatasync", fdatasync)

    async def work() -> None:
        nonlocal failing
        committer = Committer(ledger)
        with pytest.raises(LedgerError, match="may not be on the disk"):
            await committer.run(lambda: write(ledger, sent()))
        failing = False
        with pytest.raises(LedgerError, match="may not be on the disk"):
            await committer.run(lambda: write(ledger, sent("VN-2")))
        await committer.close()

    run(work())
    assert len(ledger.entries()) == 1


@pytest.mark.parametrize("replaced", [True, False])
def test_a_log_that_was_taken_away_is_noticed(ledger: Ledger, tmp_path: Path, replaced: bool) -> None:
    """SQLite goes on writing to the file that has no name any more: nobody would find it again."""

    async def work() -> None:
        committer = Committer(ledger)
        await committer.run(lambda: write(ledger, sent()))
        log = tmp_path / "l.db-wal"
        log.unlink()
        if replaced:
            log.touch()
        with pytest.raises(LedgerError, match="may not be on the disk"):
            await committer.run(lambda: write(ledger, sent("VN-2")))
        await committer.close()

    run(work())


def test_a_failure_keeps_nothing_of_those_who_heard_of_it(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has an error of its own: one that is raised again and again holds all that it ever passed."""

    def fdatasync(file: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fdatasync", fdatasync)

    async def work() -> None:
        committer, told = Committer(ledger), []
        for _ in range(3):
            with pytest.raises(LedgerError) as error:
                await committer.run(lambda: write(ledger, sent()))
            told.append(error.value)
        assert len(set(map(id, told))) == 3
        assert len(traceback.extract_tb(told[2].__traceback__)) == len(
            traceback.extract_tb(told[1].__traceback__)
        )
        await committer.close()

    run(work())


def test_a_ledger_that_was_moved_leaves_no_empty_one_behind(ledger: Ledger, tmp_path: Path) -> None:
    """What is copied home goes to where there is a file, or nowhere."""
    (tmp_path / "l.db").rename(tmp_path / "moved.db")
    ledger.database.copy_home()
    assert not (tmp_path / "l.db").exists()


def test_a_job_that_fails_says_why_and_spoils_no_other(ledger: Ledger) -> None:
    """Both were asked for together; what the failing one wrote is not kept."""

    def fail() -> None:
        write(ledger, sent("VN-2"))
        raise ZeroDivisionError

    async def work() -> None:
        committer = Committer(ledger)
        good = asyncio.create_task(committer.run(lambda: write(ledger, sent())))
        with pytest.raises(ZeroDivisionError):
            await committer.run(fail)
        await good
        await committer.close()

    run(work())
    assert [entry.message_id for entry in ledger.entries()] == ["VN-1"]


def test_a_ledger_is_durable_by_itself_unless_it_is_opened_otherwise(tmp_path: Path) -> None:
    """A file as anybody opens it, and memory, which has no disk."""
    with Ledger.open(tmp_path / "l.db") as usual, Ledger.open(":memory:", durable=False) as memory:
        assert usual.database.is_durable
        assert memory.database.is_durable
