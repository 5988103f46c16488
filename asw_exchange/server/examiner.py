"""Examines messages beside the event loop and the writer: in worker processes, else in a thread.

What a message says by itself takes as long as everything else together, and needs neither ledger nor state,
so it may go on elsewhere at the same time. Not here: the processes themselves (``workers``).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from asw_exchange.corridor import Corridor
from asw_exchange.errors import ConfigurationError
from asw_exchange.gateway import Examination, Laps
from asw_exchange.server.log import LOGGER
from asw_exchange.server.workers import (
    Answers,
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

PATIENCE = 120.0
"""Seconds after which a worker that has not answered is ended: it hangs, or was stopped."""

Asked = tuple[Question, asyncio.Future[Examination]]
Batch = tuple[list[Asked], asyncio.TimerHandle]
"""What a worker was asked together, and what ends it if it does not answer."""


class Examiner:
    """Examines messages of these corridors, for one event loop."""

    def __init__(
        self,
        corridors: Mapping[str, Corridor],
        trust: Mapping[str, TrustStore],
        *,
        workers: int = 0,
        patience: float = PATIENCE,
        observe: Callable[[Laps], object] = lambda laps: None,
    ) -> None:
        """Start so many processes: before any thread, and before anything is open that they must not hold.

        ``observe`` is told how long the steps took.
        """
        self._corridors, self._trust, self._patience = corridors, trust, patience
        self._observe = observe
        self._workers = [start_worker(corridors, trust) for _ in range(workers)]
        self._under_way: dict[Worker, deque[Batch]] = {worker: deque() for worker in self._workers}
        self._listening: list[asyncio.Task[None]] = []
        self._waiting: deque[Asked] = deque()
        self._for_thread: deque[Asked] = deque()
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
                asked.append(self._ask(worker, _take(self._waiting)))
        if not self._under_way:
            self._for_thread.extend(self._waiting)
            self._waiting.clear()
        idle = self._in_thread is None or self._in_thread.done()
        if self._for_thread and idle:
            self._in_thread = asyncio.create_task(self._run_in_thread())

    def _ask(self, worker: Worker, batch: list[Asked]) -> Batch:
        worker.ask([question for question, _ in batch])
        return batch, asyncio.get_running_loop().call_later(self._patience, worker.kill)

    async def _listen(self, worker: Worker) -> None:
        """Give the answers of a worker to who asked; when it dies, others do what it had to do."""
        asked = self._under_way[worker]
        while (answers := await worker.answers()) is not None:
            batch, end = asked.popleft()
            end.cancel()
            if answers.each:
                self._give(batch, answers)
            else:
                self._for_thread.extend(batch)
            self._hand_out()
        del self._under_way[worker]
        LOGGER.error({"event": "worker-died", "left": len(self._under_way)})
        for batch, end in reversed(asked):
            end.cancel()
            self._waiting.extendleft(reversed(batch))
        self._hand_out()
        worker.kill()
        await asyncio.to_thread(worker.bury)

    async def _run_in_thread(self) -> None:
        """Examine together; where that fails, each by itself: one does not spoil the others."""
        while self._for_thread:
            batch = _take(self._for_thread)
            if not await self._answer_in_thread(batch):
                for each in batch:
                    await self._answer_in_thread([each])

    async def _answer_in_thread(self, batch: list[Asked]) -> bool:
        """Give the answers to who asked, or to one who asked alone what failed; False: nobody has any."""
        questions, loop = [question for question, _ in batch], asyncio.get_running_loop()
        work = loop.run_in_executor(self._thread, answer_all, questions, self._corridors, self._trust)
        (answers,) = await asyncio.gather(work, return_exceptions=True)
        if not isinstance(answers, BaseException):
            self._give(batch, answers)
            return True
        if len(batch) == 1 and not batch[0][1].done():
            batch[0][1].set_exception(answers)
        return len(batch) == 1

    def _give(self, batch: list[Asked], answers: Answers) -> None:
        self._observe(answers.laps)
        for (_, future), answer in zip(batch, answers.each, strict=True):
            if future.done():  # whoever asked has gone
                continue
            try:
                future.set_result(result_of(answer))
            except ConfigurationError as error:
                future.set_exception(error)


def _take(waiting: deque[Asked]) -> list[Asked]:
    return [waiting.popleft() for _ in range(min(MOST_TOGETHER, len(waiting)))]
