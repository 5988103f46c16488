"""Examines messages beside the event loop and the writer: in worker processes, else in a thread.

What a message says by itself takes as long as everything else together, and needs neither ledger nor state,
so it may go on elsewhere at the same time. Not here: the processes themselves (``workers``).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from asw_exchange.corridor import Corridor
from asw_exchange.errors import ConfigurationError
from asw_exchange.gateway import Examination
from asw_exchange.server.log import LOGGER
from asw_exchange.server.workers import (
    Answer,
    Question,
    Worker,
    answer_all,
    result_of,
    start_worker,
)
from asw_exchange.signature import TrustStore

MOST_TOGETHER = 8
"""Messages in one request to a worker: enough to share its cost, few enough that all workers get some."""
AHEAD = 2
"""Requests that a worker has at once: while it answers one, the next is there already."""

Asked = tuple[Question, asyncio.Future[Examination]]


class Examiner:
    """Examines messages of these corridors, for one event loop."""

    def __init__(
        self, corridors: Mapping[str, Corridor], trust: Mapping[str, TrustStore], *, workers: int = 0
    ) -> None:
        """Start so many processes: before any thread, and before anything is open that they must not hold."""
        self._corridors, self._trust = corridors, trust
        self._workers = [start_worker(corridors, trust) for _ in range(workers)]
        self._under_way: dict[Worker, deque[list[Asked]]] = {worker: deque() for worker in self._workers}
        self._listening: list[asyncio.Task[None]] = []
        self._waiting: deque[Asked] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="examiner")
        self._in_thread: asyncio.Task[None] | None = None

    @property
    def workers(self) -> int:
        """How many of the processes are alive."""
        return len(self._under_way)

    async def start(self) -> None:
        """Begin to speak with the processes."""
        for worker in self._workers:
            await worker.connect()
            self._listening.append(asyncio.create_task(self._listen(worker)))

    async def examine(self, question: Question) -> Examination:
        """Return what a message says by itself. Raises ConfigurationError when a check could not run."""
        future: asyncio.Future[Examination] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        self._hand_out()
        return await future

    async def close(self) -> None:
        """End the processes, once nobody waits any more."""
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        for worker in self._workers:
            worker.end()
        self._thread.shutdown()

    def _hand_out(self) -> None:
        """Let each worker have what it can take; where there is none, the thread takes all."""
        for worker, asked in self._under_way.items():
            while self._waiting and len(asked) < AHEAD:
                batch = self._take()
                asked.append(batch)
                worker.ask([question for question, _ in batch])
        idle = self._in_thread is None or self._in_thread.done()
        if self._waiting and not self._under_way and idle:
            self._in_thread = asyncio.create_task(self._run_in_thread())

    def _take(self) -> list[Asked]:
        return [self._waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self._waiting)))]

    async def _listen(self, worker: Worker) -> None:
        """Give the answers of a worker to who asked; when it dies, others do what it had to do."""
        asked = self._under_way[worker]
        while answers := await worker.answers():
            _give(asked.popleft(), answers)
            self._hand_out()
        del self._under_way[worker]
        LOGGER.error({"event": "worker-died", "left": len(self._under_way)})
        self._waiting.extendleft(each for batch in reversed(asked) for each in reversed(batch))
        self._hand_out()

    async def _run_in_thread(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = self._take()
            questions = [question for question, _ in batch]
            work = loop.run_in_executor(self._thread, answer_all, questions, self._corridors, self._trust)
            (answers,) = await asyncio.gather(work, return_exceptions=True)
            if isinstance(answers, BaseException):  # it reaches those who asked, and no other
                _fail(batch, answers)
            else:
                _give(batch, answers)


def _give(batch: list[Asked], answers: list[Answer]) -> None:
    for (_, future), answer in zip(batch, answers, strict=True):
        if future.done():  # whoever asked has gone
            continue
        try:
            future.set_result(result_of(answer))
        except ConfigurationError as error:
            future.set_exception(error)


def _fail(batch: list[Asked], error: BaseException) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
