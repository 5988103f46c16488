"""A process that forks workers while the server has threads already, which must not fork any more.

It is forked before any thread, with keys, trust and compiled rules, and forks a worker for each socket that
is passed to it. It is the parent of them all, so that it can end one that hangs, and nothing is left of one
that has died. It ends, and all of them with it, when the server has, however that ended. Not here: what
workers do (``workers``).
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress

from asw_exchange.corridor import Corridor
from asw_exchange.errors import ConfigurationError
from asw_exchange.server.workers import Worker, close_all_but, work
from asw_exchange.signature import TrustStore

_WORD = 4
"""Octets of the number of a worker: with a socket it is to be forked, without one it is to end."""
_ENDING = {signal.SIGINT, signal.SIGTERM}
_PAUSE = 1.0
"""Seconds after which one is asked for again that could not be forked, or that died at birth."""
_PATIENCE = 10.0
"""Seconds after which what should be a matter of milliseconds is given up."""
_GLANCE = 0.01
"""Seconds between two looks at what ends soon."""


class Nursery:
    """The process, as its server sees it."""

    def __init__(self, pid: int, end: socket.socket) -> None:
        self._pid = pid
        self._end = end
        self._end.setblocking(False)
        self._is_gone = False
        self._numbers = itertools.count(1)
        self._living: dict[int, Worker] = {}

    async def fork(self) -> Worker | None:
        """Return a new worker once it is ready, however long that takes; None: the nursery is dead."""
        while not self._is_gone:
            try:
                worker = self._ask_for_one()
            except ConnectionError:
                self._is_gone = True
                break
            except OSError:  # no file descriptor is left, or the like
                await asyncio.sleep(_PAUSE)
                continue
            if await _is_ready(worker):
                return worker
            worker.end()
            await asyncio.sleep(_PAUSE)
        return None

    def _ask_for_one(self) -> Worker:
        number = next(self._numbers)
        ours, its = socket.socketpair()
        try:
            socket.send_fds(self._end, [number.to_bytes(_WORD)], [its.fileno()])
        except OSError:
            ours.close()
            raise
        finally:
            its.close()
        worker = self._living[number] = Worker(ours, lambda: self._kill(number))
        return worker

    def _kill(self, number: int) -> None:
        if self._living.pop(number, None) is not None:
            with suppress(OSError):  # somebody has killed the nursery: what it forked ends by itself
                self._end.sendall(number.to_bytes(_WORD))

    async def close(self) -> None:
        """End all workers and the nursery, and wait for that."""
        for worker in list(self._living.values()):
            worker.end()
        self._end.close()
        with suppress(ChildProcessError):  # where children are waited for by nobody
            try:
                async with asyncio.timeout(_PATIENCE):
                    while not os.waitpid(self._pid, os.WNOHANG)[0]:
                        await asyncio.sleep(_GLANCE)
            except TimeoutError:  # somebody has stopped it
                _end(self._pid)


async def _is_ready(worker: Worker) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await worker.connect()
    except TimeoutError:
        return False


def start_nursery(corridors: Mapping[str, Corridor], trust: Mapping[str, TrustStore]) -> Nursery:
    """Fork the process. To be called before any thread is started. Raises ConfigurationError."""
    ours, its = socket.socketpair()
    held = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)  # Python drops what is raised while it forks
    try:
        pid = _forked(lambda: _tend(its, lambda end: work(end, corridors, trust)))
    except OSError as error:
        ours.close()
        its.close()
        message = f"no process can be started: {error.strerror}"
        raise ConfigurationError(message, hint="--workers 0 does without") from error
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    its.close()
    return Nursery(pid, ours)


def _tend(end: socket.socket, task: Callable[[socket.socket], None]) -> None:
    """Fork and end workers as the server asks, until it has ended."""
    for each in _ENDING:
        signal.signal(each, signal.SIG_IGN)  # these reach all processes: the server says when it is over
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    close_all_but(end.fileno())
    living: dict[int, int] = {}
    while True:
        word, files, _, _ = socket.recv_fds(end, _WORD, 1)
        if not word:
            break
        number = int.from_bytes(word)
        if files:
            with socket.socket(fileno=files[0]) as its, suppress(OSError):  # no room: it asks again
                living[number] = _forked(lambda its=its: task(its))  # type: ignore[misc]
        elif number in living:
            _end(living.pop(number))
    for pid in living.values():
        _end(pid)


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _forked(task: Callable[[], None]) -> int:
    """Fork a process that does this and nothing else, and return its number."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        task()
        code = 0
    finally:
        if code:
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(code)
