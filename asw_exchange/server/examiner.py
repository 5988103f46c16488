"""Examines messages beside the event loop and the writer: in worker processes, else in a thread.

What a message says by itself takes as long as everything else together, and needs neither ledger nor state,
so it may go on elsewhere at the same time. What a worker was at when it died may be why it died: the one that
takes its place examines that first, each message alone, and no other process is ever given one that a worker
dies of then. Not here: the processes themselves (``workers``), where they come from (``nursery``).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable, Mapping

from asw_exchange.corridor import Corridor
from asw_exchange.errors import ConfigurationError
from asw_exchange.gateway import Examination, Laps
from asw_exchange.server.log import LOGGER
from asw_exchange.server.nursery import start_nursery
from asw_exchange.server.once import one_thread
from asw_exchange.server.workers import Answers, Question, Worker, answer_all, result_of
from asw_exchange.signature import TrustStore

MOST_TOGETHER = 8
"""Messages in one request to a worker: enough to share its cost, few enough that all workers get some."""
MOST_BYTES = 256 * 1024
"""Of messages in one request: all are held while they are examined, so that large ones go one by one."""
AHEAD = 2
"""Requests that a worker has at once: while it answers one, the next is there already."""

SOON = 5.0
"""Seconds that are waited for a worker before the thread does what it would do."""
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
        """Prepare for so many processes: before any thread is started.

        ``observe`` is told how long the steps took.
        """
        self._corridors, self._trust, self.patience = corridors, trust, patience
        self._observe = observe
        self._nursery = start_nursery(corridors, trust) if workers else None
        self.wanted = workers
        """How many processes there should be."""
        self._places = workers
        """That have a worker, or will have one soon."""
        self._is_staffed = asyncio.Event()
        """Whether each of them has had one."""
        self._under_way: dict[Worker, deque[Batch]] = {}
        self._keeping: list[asyncio.Task[None]] = []
        self._waiting: deque[Asked] = deque()
        self._for_thread: deque[Asked] = deque()
        self._thread = one_thread("examiner")
        self._in_thread: asyncio.Task[None] | None = None

    @property
    def workers(self) -> int:
        """How many of the processes are alive."""
        return len(self._under_way)

    async def start(self) -> None:
        """Start the processes, or do without them where none can be had."""
        self._keeping = [asyncio.create_task(self._keep_place()) for _ in range(self._places)]
        if self._keeping:
            await self._is_staffed.wait()

    async def examine(self, question: Question) -> Examination:
        """Return what a message says by itself. Raises ConfigurationError when a check could not run."""
        future: asyncio.Future[Examination] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        self._hand_out()
        return await future

    async def close(self) -> None:
        """End the processes, once nobody waits any more."""
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        if self._nursery is not None:
            await self._nursery.close()
        self._thread.shutdown()

    def _hand_out(self) -> None:
        """Let each worker have what it can take; where there will be none soon, the thread takes all."""
        if len(self._under_way) == self._places:
            self._is_staffed.set()
        for worker, asked in self._under_way.items():
            while self._waiting and len(asked) < AHEAD:
                asked.append(self._ask(worker, _take(self._waiting)))
        if not self._places:
            self._for_thread.extend(self._waiting)
            self._waiting.clear()
        idle = self._in_thread is None or self._in_thread.done()
        if self._for_thread and idle:
            self._in_thread = asyncio.create_task(self._run_in_thread())

    def _ask(self, worker: Worker, batch: list[Asked]) -> Batch:
        worker.ask([question for question, _ in batch])
        return batch, asyncio.get_running_loop().call_later(self.patience, worker.end)

    async def _keep_place(self) -> None:
        """Let a worker work; when it dies, let another examine what it was at, then take its place."""
        at_work: deque[Asked] = deque()
        while (worker := await self._next(at_work)) is not None:
            while at_work and await self._alone(worker, at_work[0]):
                at_work.popleft()
            if at_work:
                _refuse(at_work.popleft(), "two processes that examined it died, one after the other")
                continue
            self._under_way[worker] = deque()
            self._hand_out()
            at_work.extend(await self._listen(worker))
        self._do_without(at_work)
        LOGGER.error({"event": "nursery-gone", "wanted": self.wanted, "left": self._places})

    async def _next(self, at_work: deque[Asked]) -> Worker | None:
        """Return a worker for a place, None: there will be none any more. Do without one meanwhile."""
        assert self._nursery is not None, "there are places only with it"
        forking = asyncio.create_task(self._nursery.fork())
        try:
            await asyncio.wait({forking}, timeout=SOON)
            if forking.done():
                return forking.result()
            LOGGER.error({"event": "worker-missing", "left": len(self._under_way)})
            self._do_without(at_work)
            found = await forking
            self._places += 1
            return found
        finally:
            forking.cancel()

    def _do_without(self, at_work: deque[Asked]) -> None:
        """Give a place up, and refuse what its worker was at: no other process is given it."""
        while at_work:
            _refuse(at_work.popleft(), "the process that examined it died, and there is no other")
        self._places -= 1
        self._hand_out()

    async def _listen(self, worker: Worker) -> list[Asked]:
        """Give the answers of a worker to who asked; when it dies, return what it was at."""
        asked = self._under_way[worker]
        while (answers := await worker.answers()) is not None:
            batch, end = asked.popleft()
            end.cancel()
            self._give(batch, answers)
            self._hand_out()
        del self._under_way[worker]
        LOGGER.error({"event": "worker-died", "left": len(self._under_way)})
        worker.end()
        at_work, *others = [batch for batch, _ in asked] or [[]]
        for _, end in asked:
            end.cancel()
        for batch in reversed(others):
            self._waiting.extendleft(reversed(batch))
        self._hand_out()
        return at_work

    async def _alone(self, worker: Worker, asked: Asked) -> bool:
        """Have one message examined; False: the worker has died of it."""
        batch, end = self._ask(worker, [asked])
        answers = await worker.answers()
        end.cancel()
        if answers is None:
            worker.end()
            return False
        self._give(batch, answers)
        self._hand_out()
        return True

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
        """Give the answers to who asked; the thread tells of a fault of ours."""
        self._observe(answers.laps)
        for asked, answer in zip(batch, answers.each, strict=True):
            future = asked[1]
            if answer is None:
                self._for_thread.append(asked)
            elif not future.done():  # whoever asked is still there
                try:
                    future.set_result(result_of(answer))
                except ConfigurationError as error:
                    future.set_exception(error)


def _take(waiting: deque[Asked]) -> list[Asked]:
    """Take what is examined together: one at least, and no more than is good."""
    taken = [waiting.popleft()]
    size = len(taken[0][0].raw)
    while waiting and len(taken) < MOST_TOGETHER:
        size += len(waiting[0][0].raw)
        if size > MOST_BYTES:
            break
        taken.append(waiting.popleft())
    return taken


def _refuse(asked: Asked, reason: str) -> None:
    question, future = asked
    digest = hashlib.sha256(question.raw).hexdigest()
    LOGGER.error({"event": "worker-died-of", "gateway": question.gateway, "digest": digest, "reason": reason})
    if not future.done():
        future.set_exception(ConfigurationError(reason))
