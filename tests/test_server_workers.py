"""Messages that worker processes examine: the same answers, and nothing lost when one of them dies."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic

import msgspec
import pytest

from asw_exchange.corridor import Corridor
from asw_exchange.corridors.asean import CORRIDOR
from asw_exchange.errors import ConfigurationError
from asw_exchange.gateway import Examination, Subject
from asw_exchange.model import Outcome
from asw_exchange.server.examiner import MOST_TOGETHER, Examiner, _take
from asw_exchange.server.workers import Question, answer_all, result_of, usual_workers, work
from asw_exchange.signature import create_pki
from tests.builders import MOMENT
from tests.load_builders import Reply
from tests.server_builders import PATIENCE
from tests.soak.process import Server, free_ports
from tests.test_server_process import accepted, messages, post_all, session, while_it_serves

JOINED = {CORRIDOR.name: CORRIDOR}
TRUST = create_pki(0, CORRIDOR.members, MOMENT).trust_by_gateway()


def viet_nam(place: Path, workers: int) -> Server:
    """A server of Viet Nam's gateway with so many workers."""
    options = ("--gateway", "VN", "--moment", MOMENT.isoformat(), "--db", str(place))
    return Server(command=("serve", *options, "--workers", str(workers)), port=free_ports(1)[0])


def question(raw: bytes) -> Question:
    return Question(gateway="VN", corridor="asean", peer="unknown", moment=MOMENT, raw=raw)


def faulty(raw: bytes) -> tuple[Question, dict[str, Corridor]]:
    """A message that the code of a corridor fails at, and the corridors."""
    kinds = tuple(replace(kind, route=lambda _: 1 // 0) for kind in CORRIDOR.kinds)  # type: ignore[arg-type, return-value]
    asked = msgspec.structs.replace(question(raw), corridor="faulty")
    return asked, JOINED | {"faulty": replace(CORRIDOR, kinds=kinds)}


def deadly(raw: bytes, server: int) -> tuple[Question, dict[str, Corridor]]:
    """A message that kills the process that examines it, as a fault in a C library would; not the server."""

    def die(document: object) -> tuple[None, None]:
        assert os.getpid() != server, "it was given to the server's own process"
        os.kill(os.getpid(), signal.SIGKILL)
        return None, None

    asked, joined = faulty(raw)
    kinds = tuple(replace(kind, route=die) for kind in CORRIDOR.kinds)
    return asked, joined | {"faulty": replace(CORRIDOR, kinds=kinds)}


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def nursery_of(pid: int) -> int:
    """The process that a server has its workers from."""
    return next(each for each in children_of(pid) if children_of(each))


def workers_of(pid: int) -> list[int]:
    """The workers of a server."""
    return children_of(nursery_of(pid))


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds of processes that are not ours to wait for."""
    deadline = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < deadline, "it does not come to that"
        await asyncio.sleep(0)


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended; as a zombie nobody has asked for its end yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_workers_find_out_what_a_thread_does() -> None:
    """A message in order, one changed after signing, and no XML at all: equal."""
    ((_, raw),) = messages(1)
    bodies = [raw, raw.replace(b"<", b"< ", 1), raw.replace(b"SG", b"MY"), b"no XML", b""]

    async def examine(workers: int) -> list[Examination]:
        examiner = Examiner(JOINED, TRUST, workers=workers)
        await examiner.start()
        try:
            found = await asyncio.gather(*(examiner.examine(question(each)) for each in bodies * 8))
            return [*found]
        finally:
            await examiner.close()

    in_thread = asyncio.run(examine(0))
    assert asyncio.run(examine(2)) == in_thread
    assert [found.outcome for found in in_thread[: len(bodies)]] == [None, *[Outcome.REJECTED] * 4]


def test_a_check_that_cannot_run_is_told_as_what_it_is() -> None:
    """The schema of every kind is missing: a ConfigurationError that names the file, across the processes."""
    lost = tuple(replace(kind, schema="asean/lost.xsd") for kind in CORRIDOR.kinds)
    answers = answer_all([question(messages(1)[0][1])], {"asean": replace(CORRIDOR, kinds=lost)}, TRUST)
    with pytest.raises(ConfigurationError) as told:
        result_of(answers.each[0])
    assert "lost.xsd" in str(told.value)


def test_of_messages_that_are_examined_together_each_takes_its_own_steps() -> None:
    """One that cannot be read takes no further step, and one whose check cannot run spoils no other."""
    raw = messages(1)[0][1]
    lost = tuple(replace(kind, schema="asean/lost.xsd") for kind in CORRIDOR.kinds)
    joined = JOINED | {"lost": replace(CORRIDOR, kinds=lost)}
    asked = [question(b"no XML"), msgspec.structs.replace(question(raw), corridor="lost"), question(raw)]
    answers = answer_all(asked, joined, TRUST)
    assert result_of(answers.each[0]).outcome is Outcome.REJECTED
    assert answers.each[1].examination is None
    assert result_of(answers.each[2]).outcome is None
    taken = {step: times for step, (times, _) in answers.laps.items()}
    assert (taken["read_xml"], taken["check_schema"], taken["apply_rules"]) == (3, 2, 1)


def test_large_messages_are_examined_one_by_one() -> None:
    """Small ones together, not too many, and less than a large one weighs; in their order."""
    sizes = [10] * (MOST_TOGETHER + 1) + [200_000, 100_000, 300_000, 10]

    async def take() -> list[list[int]]:
        loop = asyncio.get_running_loop()
        waiting = deque((question(b"x" * size), loop.create_future()) for size in sizes)
        taken = []
        while waiting:
            taken.append([len(asked.raw) for asked, _ in _take(waiting)])
        return taken

    assert asyncio.run(take()) == [[10] * MOST_TOGETHER, [10, 200_000], [100_000], [300_000], [10]]


@pytest.mark.parametrize("raw", [b"no XML", b"<a/>", messages(1)[0][1].replace(b"<", b"< ", 9)])
def test_nothing_is_left_of_a_message_that_was_refused(raw: bytes) -> None:
    """No exception holds it, with its bytes and trees, until the garbage is collected some day."""
    gc.collect()
    gc.disable()
    try:
        assert answer_all([question(raw)], JOINED, TRUST).each[0] is not None
        assert not [each for each in gc.get_objects() if isinstance(each, Subject)]
    finally:
        gc.enable()


def test_a_fault_of_ours_reaches_who_asked_and_no_other() -> None:
    """A defect of a corridor is raised to the asker; the next message is examined as ever."""
    raw = messages(1)[0][1]
    asked, joined = faulty(raw)

    async def ask() -> None:
        examiner = Examiner(joined, TRUST)
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(examiner.examine(asked), PATIENCE)
        assert (await examiner.examine(question(raw))).outcome is None
        await examiner.close()

    asyncio.run(ask())


@pytest.mark.parametrize("workers", [0, 1])
def test_a_fault_of_ours_spoils_no_message_that_is_examined_with_it(workers: int) -> None:
    """All are asked for together; the worker that came upon it lives on."""
    asked, joined = faulty(messages(1)[0][1])

    async def ask() -> None:
        examiner = Examiner(joined, TRUST, workers=workers)
        await examiner.start()
        bodies = [asked if number == 2 else question(messages(1)[0][1]) for number in range(8)]
        first = examiner.examine(question(b"so that the others wait together"))
        work = asyncio.gather(first, *map(examiner.examine, bodies), return_exceptions=True)
        found = (await asyncio.wait_for(work, PATIENCE))[1:]
        assert [type(each) for each in found].count(Examination) == 7
        assert isinstance(found[2], ZeroDivisionError)
        assert examiner.workers == workers
        await examiner.close()

    asyncio.run(ask())


def test_a_worker_that_does_not_answer_is_ended_and_others_do_its_work() -> None:
    """It was stopped, as by a debugger; the one that takes its place is given all the time it needs."""

    async def ask() -> None:
        examiner = Examiner(JOINED, TRUST, workers=1, patience=0.0)
        await examiner.start()
        (worker,) = workers_of(os.getpid())
        os.kill(worker, signal.SIGSTOP)
        asked = asyncio.create_task(examiner.examine(question(messages(1)[0][1])))
        await asyncio.sleep(0)
        examiner.patience = PATIENCE
        assert (await asyncio.wait_for(asked, PATIENCE)).outcome is None
        assert worker not in workers_of(os.getpid())
        await examiner.close()

    asyncio.run(ask())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_message_that_kills_workers_is_refused_and_no_other(workers: int) -> None:
    """Those beside it are answered, it never comes to the server's process, and nobody is missing after."""
    raw = messages(1)[0][1]
    asked, joined = deadly(raw, os.getpid())

    async def ask() -> None:
        examiner = Examiner(joined, TRUST, workers=workers)
        await examiner.start()
        first = set(workers_of(os.getpid()))
        bodies = [asked if number in (2, 9) else question(raw) for number in range(24)]
        work = asyncio.gather(*map(examiner.examine, bodies), return_exceptions=True)
        found = await asyncio.wait_for(work, PATIENCE)
        told = [number for number, each in enumerate(found) if isinstance(each, ConfigurationError)]
        assert told == [2, 9]
        assert "two processes that examined it died" in str(found[2])
        assert [type(each) for each in found].count(Examination) == 22
        await until(lambda: examiner.workers == workers)
        assert len(workers_of(os.getpid())) == workers
        assert set(workers_of(os.getpid())) != first
        await examiner.close()

    asyncio.run(ask())


def test_what_a_worker_was_at_is_not_given_to_the_server_when_no_other_can_be_had(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The nursery was killed: the message is refused, those after it are examined in a thread; it is told."""
    raw = messages(1)[0][1]
    asked, joined = deadly(raw, os.getpid())

    async def ask() -> None:
        examiner = Examiner(joined, TRUST, workers=1)
        await examiner.start()
        nursery = nursery_of(os.getpid())
        os.kill(nursery, signal.SIGKILL)
        await until(lambda: is_gone(nursery))
        with pytest.raises(ConfigurationError, match="died, and there is no other"):
            await asyncio.wait_for(examiner.examine(asked), PATIENCE)
        found = await asyncio.wait_for(examiner.examine(question(raw)), PATIENCE)
        assert found.outcome is None
        assert (examiner.workers, examiner.wanted) == (0, 1)
        await examiner.close()

    asyncio.run(ask())
    assert {"event": "nursery-gone", "wanted": 1, "left": 0} in [record.msg for record in caplog.records]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_reaches_all_processes_ends_none_before_the_server(number: signal.Signals) -> None:
    """Ctrl-C, or systemd: the server still sees requests through, and it needs them for that."""

    async def ask() -> None:
        examiner = Examiner(JOINED, TRUST, workers=1)
        await examiner.start()
        before = workers_of(os.getpid())
        for pid in (nursery_of(os.getpid()), *before):
            os.kill(pid, number)
        found = await asyncio.wait_for(examiner.examine(question(messages(1)[0][1])), PATIENCE)
        assert found.outcome is None
        assert workers_of(os.getpid()) == before
        await examiner.close()

    asyncio.run(ask())


@pytest.mark.parametrize("moment", [b"9999-12-31T23:59:59-12:00", b"0001-01-01T00:00:00+12:00"])
def test_a_time_that_is_none_in_utc_is_refused(moment: bytes) -> None:
    """A moment before the year 1, or after 9999, once its offset is taken off."""
    raw = re.sub(rb"(CreationDateAndTime>)[^<]+", rb"\g<1>" + moment, messages(1)[0][1])
    (answer,) = answer_all([question(raw)], JOINED, TRUST).each
    assert "9999" in result_of(answer).findings[0].message


def looked_after(examiner: Examiner) -> int:
    """The number of the nursery's process."""
    assert examiner._nursery is not None
    return examiner._nursery._pid


def no_more_forks(monkeypatch: pytest.MonkeyPatch, more: int = 1) -> None:
    """From now on a process and those that it forks can fork so many times in a row."""
    fork, left = os.fork, [more]

    def counted() -> int:
        if not left[0]:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        left[0] -= 1
        return fork()

    monkeypatch.setattr("asw_exchange.server.nursery.os.fork", counted)


def test_where_no_worker_can_be_forked_the_thread_examines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server starts all the same, and ends."""
    no_more_forks(monkeypatch)
    monkeypatch.setattr("asw_exchange.server.examiner.SOON", 0.05)
    monkeypatch.setattr("asw_exchange.server.nursery._PAUSE", 0.01)

    async def ask() -> None:
        examiner = Examiner(JOINED, TRUST, workers=2)
        nursery = looked_after(examiner)
        await asyncio.wait_for(examiner.start(), PATIENCE)
        found = await asyncio.wait_for(examiner.examine(question(messages(1)[0][1])), PATIENCE)
        assert (found.outcome, examiner.workers) == (None, 0)
        await asyncio.wait_for(examiner.close(), PATIENCE)
        assert is_gone(nursery)

    asyncio.run(ask())


def test_where_nothing_can_be_forked_the_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And how to do without."""
    no_more_forks(monkeypatch, 0)
    with pytest.raises(ConfigurationError, match="temporarily unavailable") as told:
        Examiner(JOINED, TRUST, workers=1)
    assert "--workers 0" in str(told.value.hint)


def test_a_worker_is_replaced_once_there_are_file_descriptors_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It died when none was left: what waits is examined when its successor is there."""
    monkeypatch.setattr("asw_exchange.server.nursery._PAUSE", 0.01)
    make, troubles = socket.socketpair, [OSError(24, "Too many open files")] * 3

    def scarce() -> tuple[socket.socket, socket.socket]:
        if troubles:
            raise troubles.pop()
        return make()

    async def ask() -> None:
        examiner = Examiner(JOINED, TRUST, workers=1)
        await examiner.start()
        (worker,) = children_of(looked_after(examiner))
        monkeypatch.setattr("asw_exchange.server.nursery.socket.socketpair", scarce)
        os.kill(worker, signal.SIGKILL)
        await until(lambda: not examiner.workers)
        found = await asyncio.wait_for(examiner.examine(question(messages(1)[0][1])), PATIENCE)
        assert (found.outcome, examiner.workers, troubles) == (None, 1, [])
        await examiner.close()

    asyncio.run(ask())


def test_a_stopped_nursery_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its worker dies meanwhile: the thread does what waits, and in the end the nursery is gone."""
    monkeypatch.setattr("asw_exchange.server.examiner.SOON", 0.05)
    monkeypatch.setattr("asw_exchange.server.nursery._PATIENCE", 0.2)

    async def ask() -> None:
        examiner = Examiner(JOINED, TRUST, workers=1)
        await examiner.start()
        nursery = looked_after(examiner)
        (worker,) = children_of(nursery)
        os.kill(nursery, signal.SIGSTOP)
        os.kill(worker, signal.SIGKILL)
        await until(lambda: not examiner.workers)
        found = await asyncio.wait_for(examiner.examine(question(messages(1)[0][1])), PATIENCE)
        assert found.outcome is None
        await asyncio.wait_for(examiner.close(), PATIENCE)
        assert is_gone(nursery)

    asyncio.run(ask())


def test_no_more_workers_than_there_is_work_for() -> None:
    """One less than processors, and two at the most."""
    assert usual_workers() == min((os.cpu_count() or 1) - 1, 2)


def test_a_worker_holds_neither_port_nor_ledger(tmp_path: Path) -> None:
    """It has the standard streams and one socket, as the nursery has, so a killed server leaves both free."""
    server = viet_nam(tmp_path / "l.db", workers=2)

    async def look() -> list[list[str]]:
        pids = [nursery_of(server.pid), *workers_of(server.pid)]
        folders = [Path(f"/proc/{pid}/fd") for pid in pids]
        return [[os.readlink(each) for each in folder.iterdir() if int(each.name) > 2] for folder in folders]

    for files in while_it_serves(server, look()):
        assert [name.partition(":")[0] for name in files] == ["socket"]


TOLD_TO_END = """
import os, signal, sys
from asw_exchange.server.nursery import start_nursery
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(3))
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGTERM))
start_nursery({}, {})
"""


def test_who_is_told_to_end_while_the_nursery_is_forked_ends() -> None:
    """Python drops what a handler raises just then: the server would go on."""
    done = subprocess.run([sys.executable, "-c", TOLD_TO_END], check=False, timeout=2 * PATIENCE)
    assert done.returncode == 3


@pytest.mark.parametrize("last", [b"", b"\0", b"\0\0\0\x09cut", b"whole"])
def test_a_worker_whose_server_was_killed_ends_without_a_word(last: bytes) -> None:
    """In the middle of a question, or before it was answered: no traceback, exit code 0."""
    asked = msgspec.msgpack.encode([question(messages(1)[0][1])] * 8)
    ours, its = socket.socketpair()
    worker = multiprocessing.get_context("fork").Process(target=work, args=(its, JOINED, TRUST))
    worker.start()
    its.close()
    ours.sendall(len(asked).to_bytes(4) + asked if last == b"whole" else last)
    ours.close()
    worker.join(PATIENCE)
    assert worker.exitcode == 0


@pytest.mark.parametrize("orderly", [True, False])
def test_workers_end_with_their_server(tmp_path: Path, orderly: bool) -> None:
    """However the server ends."""
    server = viet_nam(tmp_path / "l.db", workers=2)

    async def end() -> None:
        found = [nursery_of(server.pid), *workers_of(server.pid)]
        assert len(found) == 3
        await (server.stop() if orderly else server.kill())
        await until(lambda: all(map(is_gone, found)))

    while_it_serves(server, end())


def test_a_server_goes_on_when_its_workers_die(tmp_path: Path) -> None:
    """Killed under load, one after the other: every message is answered and stored once, and others come."""
    place, sent = tmp_path / "l.db", messages(120)
    server = viet_nam(place, workers=2)

    async def kill_meanwhile() -> list[Reply]:
        first = workers_of(server.pid)
        async with asyncio.TaskGroup() as group:
            posting = group.create_task(post_all(server, [raw for _, raw in sent]))
            for pid in first:
                await until(lambda: len(accepted(place)) > 0)
                os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            while "\nasw_workers 2.0\n" not in await metrics():
                await asyncio.sleep(0)
        assert "\nasw_workers_wanted 2.0\n" in await metrics()
        assert not set(workers_of(server.pid)) & set(first)
        return posting.result()

    async def metrics() -> str:
        async with session() as made, made.get(f"{server.url}/metrics") as told:
            return await told.text()

    replies = while_it_serves(server, kill_meanwhile())
    assert {reply.status for reply in replies} == {200}
    assert accepted(place) == sorted(each for each, _ in sent)
