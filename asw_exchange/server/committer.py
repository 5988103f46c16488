"""Group commit: what arrives together is written by one thread in one transaction.

A job is a plain function that reads and writes the ledger. Its result is given only after the commit,
so whoever awaited it may tell the world. Not here: what the jobs do.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger

T = TypeVar("T")
Job = Callable[[], Any]

MOST_TOGETHER = 32
"""Jobs in one transaction: enough to share the cost of a commit, few enough that nobody waits long."""
COPY_AFTER = 192
"""Jobs after which what was committed is put to where it stays, so that no commit has to do much of it."""


class Committer:
    """The one writer of a ledger, for one event loop."""

    def __init__(self, ledger: Ledger, committed: Callable[[], object] = lambda: None) -> None:
        self._ledger = ledger
        self._committed = committed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._waiting: deque[tuple[Job, asyncio.Future[Any]]] = deque()
        self._work: asyncio.Task[None] | None = None
        self._copier = ThreadPoolExecutor(1, thread_name_prefix="copier")
        self._copying: asyncio.Future[None] | None = None
        self._not_copied = 0
        self._closed = False

    @property
    def depth(self) -> int:
        """How many jobs wait for their turn."""
        return len(self._waiting)

    async def run(self, job: Callable[[], T]) -> T:
        """Run a job in a transaction and return its result once that is committed.

        Raises what the job raises, and LedgerError when nothing could be written; then nothing of the
        job is kept.
        """
        if self._closed:
            raise _closing()
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run_all())
        return await future

    async def read(self, job: Callable[[], T]) -> T:
        """Run a job that only reads, after what is being written.

        Raises what the job raises, and LedgerError once this is closed.
        """
        if self._closed:
            raise _closing()
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)

    async def close(self) -> None:
        """Finish what waits, and take nothing more."""
        self._closed = True
        if self._work is not None:
            await self._work
        if self._copying is not None:
            await self._copying
        self._copier.shutdown()
        self._thread.shutdown()

    async def _run_all(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self._waiting)))]
            jobs = [job for job, _ in batch]
            results = await self._run_batch(jobs)
            self._committed()
            self._copy_home(len(batch))
            for (_, future), each in zip(batch, results, strict=True):
                _resolve(future, each)

    def _copy_home(self, jobs: int) -> None:
        self._not_copied += jobs
        if self._not_copied >= COPY_AFTER and (self._copying is None or self._copying.done()):
            self._not_copied = 0
            copy = self._ledger.database.copy_home
            self._copying = asyncio.get_running_loop().run_in_executor(self._copier, copy)

    async def _run_batch(self, jobs: list[Job]) -> list[Any]:
        """Run all in one transaction; when that fails, each in its own: one does not spoil the others."""
        results = await self._try(lambda: self._together(jobs))
        if not isinstance(results, BaseException):
            return list(results)
        return [results] if len(jobs) == 1 else [await self._try(self._alone(job)) for job in jobs]

    async def _try(self, work: Callable[[], Any]) -> Any:
        """Run in the thread; an exception is returned, so that it reaches the one who asked and no other."""
        loop = asyncio.get_running_loop()
        return (await asyncio.gather(loop.run_in_executor(self._thread, work), return_exceptions=True))[0]

    def _together(self, jobs: list[Job]) -> list[Any]:
        with self._ledger.transaction():
            return [job() for job in jobs]

    def _alone(self, job: Job) -> Callable[[], Any]:
        return lambda: self._together([job])[0]


def _closing() -> LedgerError:
    return LedgerError("the ledger is being closed", hint="try again when the server is up again")


def _resolve(future: asyncio.Future[Any], result: Any) -> None:
    if future.done():  # whoever asked has gone
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)
