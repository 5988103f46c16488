"""Processes that examine messages, forked from the server: the questions, the answers, how they travel.

A worker inherits keys, trust and compiled rules. It closes every file and socket but the one to its server,
so it holds neither port nor ledger, and it ends when that one closes, however the server ended. Not here:
which worker is asked what (``examiner``).
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from multiprocessing.context import ForkProcess

import msgspec

from asw_exchange.corridor import Corridor
from asw_exchange.errors import ConfigurationError
from asw_exchange.gateway import Examination, Laps, Subject, examine_all
from asw_exchange.signature import TrustStore

_HEAD = 4
"""Octets that say how long a frame is."""
_BUFFER = 1 << 20
_MOST_USEFUL = 2
_ENDING = {signal.SIGINT, signal.SIGTERM}


class Question(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A message to examine."""

    gateway: str
    """Who received it."""
    corridor: str
    peer: str
    moment: datetime
    raw: bytes


class Answer(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What was found out, or why a check could not run: the fields of a ConfigurationError."""

    examination: Examination | None = None
    trouble: dict[str, str | int | None] = {}


class Answers(msgspec.Struct, frozen=True, array_like=True):
    """What was found out about messages that were asked together."""

    each: list[Answer] = []
    laps: Laps = {}


_QUESTIONS = msgspec.msgpack.Decoder(list[Question])
_ANSWERS = msgspec.msgpack.Decoder(Answers)


def answer_all(
    questions: list[Question], corridors: Mapping[str, Corridor], trust: Mapping[str, TrustStore]
) -> Answers:
    """Examine messages together."""
    subjects = [
        Subject(
            raw=question.raw,
            gateway=question.gateway,
            corridor=corridors[question.corridor],
            moment=question.moment,
            trust=trust,
            peer=question.peer,
        )
        for question in questions
    ]
    laps = examine_all(subjects)
    return Answers([_answer(subject) for subject in subjects], laps)


def _answer(subject: Subject) -> Answer:
    try:
        return Answer(examination=subject.examination())
    except ConfigurationError as error:
        return Answer(trouble=vars(error))


def result_of(answer: Answer) -> Examination:
    """Return what was found out. Raises ConfigurationError where a check could not run."""
    if answer.examination is None:
        raise ConfigurationError(**answer.trouble)  # type: ignore[arg-type]
    return answer.examination


def usual_workers() -> int:
    """Return how many processes are best here: one less than processors, as the server has work for one too.

    More than two have nothing to do while one ledger is written to.
    """
    return min((os.cpu_count() or 1) - 1, _MOST_USEFUL)


class Worker:
    """One process, as its server sees it."""

    def __init__(self, process: ForkProcess, end: socket.socket) -> None:
        self._process = process
        self._end = end
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def connect(self) -> None:
        """Begin to speak, on the event loop that runs."""
        self._reader, self._writer = await asyncio.open_connection(sock=self._end, limit=_BUFFER)

    def ask(self, questions: list[Question]) -> None:
        """Send questions; they are answered together, in this order."""
        self._writer.write(_frame(msgspec.msgpack.encode(questions)))

    async def answers(self) -> Answers | None:
        """Wait for the answers to the oldest questions that are open; None when the process has died.

        There are none where it came upon a fault of ours at one of the questions.
        """
        try:
            size = int.from_bytes(await self._reader.readexactly(_HEAD))
            return _ANSWERS.decode(await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    def kill(self) -> None:
        """Have the process end: it has nothing to lose."""
        self._process.kill()

    def bury(self) -> None:
        """Wait for the end of a process that is about to end, so that nothing is left of it."""
        self._process.join()

    def end(self) -> None:
        """End the process."""
        self._writer.close()
        self.kill()
        self.bury()


def start_worker(corridors: Mapping[str, Corridor], trust: Mapping[str, TrustStore]) -> Worker:
    """Fork a process that examines messages of these corridors. To be called before any thread is started."""
    ours, its = socket.socketpair()
    process = multiprocessing.get_context("fork").Process(
        target=_work, args=(its, corridors, trust), name="asw-worker", daemon=True
    )
    held = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)  # Python drops what is raised while it forks
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    its.close()
    return Worker(process, ours)


def _work(end: socket.socket, corridors: Mapping[str, Corridor], trust: Mapping[str, TrustStore]) -> None:
    """Answer until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all: the server says when it is over
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    _close_all_but(end.fileno())
    with suppress(ConnectionError), end.makefile("rwb", buffering=_BUFFER) as file:
        while len(head := file.read(_HEAD)) == _HEAD:
            size = int.from_bytes(head)
            content = file.read(size)
            if len(content) < size:  # the server was killed
                break
            told = msgspec.msgpack.encode(Answers())
            with suppress(Exception):  # a fault of ours: the server meets it as well, and tells who asked
                told = msgspec.msgpack.encode(answer_all(_QUESTIONS.decode(content), corridors, trust))
            file.write(_frame(told))
            file.flush()


def _close_all_but(kept: int) -> None:
    """Close what was inherited, save the standard streams."""
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))


def _frame(content: bytes) -> bytes:
    return len(content).to_bytes(_HEAD) + content
