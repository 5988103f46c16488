"""Processes that examine messages: the questions, the answers, how they travel.

A worker closes every file and socket but the one to its server, so it holds neither port nor ledger, and it
ends when that one closes, however the server ended. Not here: how it comes about (``nursery``), and which
worker is asked what (``examiner``).
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

import msgspec

from asw_exchange.corridor import Corridor
from asw_exchange.errors import ConfigurationError
from asw_exchange.gateway import Examination, Laps, Subject, examine_all
from asw_exchange.signature import TrustStore

_HEAD = 4
"""Octets that say how long a frame is."""
_BUFFER = 1 << 20
_MOST_USEFUL = 2


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

    each: list[Answer | None] = []
    """None to a question at which it came upon a fault of ours."""
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

    def __init__(self, end: socket.socket, kill: Callable[[], object]) -> None:
        self._end = end
        self._kill = kill
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self) -> bool:
        """Begin to speak, on the event loop that runs; False: the process has died."""
        self._reader, self._writer = await asyncio.open_connection(sock=self._end, limit=_BUFFER)
        return await self.answers() is not None

    def ask(self, questions: list[Question]) -> None:
        """Send questions; they are answered together, in this order."""
        assert self._writer is not None, "nobody speaks with it yet"
        self._writer.write(_frame(msgspec.msgpack.encode(questions)))

    async def answers(self) -> Answers | None:
        """Wait for the answers to the oldest questions that are open; None when the process has died."""
        try:
            size = int.from_bytes(await self._reader.readexactly(_HEAD))
            return _ANSWERS.decode(await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    def end(self) -> None:
        """End the process, dead or alive: it has nothing to lose, and nothing is left of it."""
        if self._writer is None:
            self._end.close()
        else:
            self._writer.transport.abort()
        self._kill()


def work(end: socket.socket, corridors: Mapping[str, Corridor], trust: Mapping[str, TrustStore]) -> None:
    """Say that all is ready, then answer until the other end closes."""
    close_all_but(end.fileno())
    with suppress(ConnectionError), end.makefile("rwb", buffering=_BUFFER) as file:
        told = Answers()
        while True:
            file.write(_frame(msgspec.msgpack.encode(told)))
            file.flush()
            size = int.from_bytes(file.read(_HEAD))
            content = file.read(size)
            if not size or len(content) < size:  # the server has ended, or was killed
                break
            told = _tell(_QUESTIONS.decode(content), corridors, trust)


def _tell(
    questions: list[Question], corridors: Mapping[str, Corridor], trust: Mapping[str, TrustStore]
) -> Answers:
    """Examine together; where that fails, each by itself: one does not spoil the others."""
    with suppress(Exception):  # a fault of ours: the server meets it as well, and tells who asked
        return answer_all(questions, corridors, trust)
    if len(questions) == 1:
        return Answers([None])
    return Answers([_tell([question], corridors, trust).each[0] for question in questions])


def close_all_but(kept: int) -> None:
    """Close what was inherited, save the standard streams."""
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))


def _frame(content: bytes) -> bytes:
    return len(content).to_bytes(_HEAD) + content
