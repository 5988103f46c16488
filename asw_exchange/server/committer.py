"""Group commit: what arrives together is written by one thread in one transaction.

A job is a plain function that reads and writes the ledger. Its result is given only when all that it wrote or
saw is on the disk, so whoever awaited it may tell the world. While the disk is waited for, the next jobs are
at work already. Not here: what the jobs do.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger
from asw_exchange.server.disk import Disk
from asw_exchange.server.once import one_thread

T = TypeVar("T")
Job = Callable[[], Any]

MOST_TOGETHER = 32
"""Jobs in one transaction: enough to share the cost of a commit, few enough that nobody waits long."""
COPY_AFTER = 192
"""Jobs after which what was committed is put to where it stays, so that no commit has to do much of it."""

Asked = tuple[Job, asyncio.Future[Any]]


class Committer:
    """The one writer of a ledger, for one event loop."""

    def __init__(self, ledger: Ledger, committed: Callable[[], object] = lambda: None) -> None:
        self._ledger = ledger
        self._committed = committed
        self._thread = one_thread("ledger")
        self._waiting: deque[Asked] = deque()
        self._work: asyncio.Task[None] | None = None
        self._disk = Disk(ledger.database)
        self._answering: set[asyncio.Task[None]] = set()
        self._not_copied = 0
        self._closed = False

    @property
    def depth(self) -> int:
        """How many jobs wait for their turn."""
        return len(self._waiting)

    async def run(self, job: Callable[[], T]) -> T:
        """Run a job in a transaction and return its result once that is on the disk.

        Raises what the job raises, and LedgerError when nothing could be written; then nothing of the
        job is kept, unless it is only not known whether the disk has it.
        """
        if self._closed:
            raise _closing()
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run_all())
        return await future

    async def read(self, job: Callable[[], T]) -> T:
        """Run a job that only reads, after what is being written; what it saw is on the disk.

        Raises what the job raises, and LedgerError once this is closed.
        """
        if self._closed:
            raise _closing()
        look = lambda: (job(), self._disk.written)  # noqa: E731
        result, written = await asyncio.get_running_loop().run_in_executor(self._thread, look)
        await self._disk.has(written)
        return result

    async def catch_up(self) -> None:
        """Wait until all that anybody may have seen by now is on the disk. Raises LedgerError as ``read``."""
        if not self._ledger.database.is_durable:  # else nobody sees a commit before it is there
            await self.read(lambda: None)

    async def close(self) -> None:
        """Finish what waits, and take nothing more."""
        self._closed = True
        if self._work is not None:
            await self._work
        await asyncio.gather(*self._answering)
        await self._disk.close()
        self._thread.shutdown()

    async def _run_all(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self._waiting)))]
            results = await self._run_batch([job for job, _ in batch])
            answering = asyncio.create_task(self._answer(batch, results, self._disk.written))
            self._answering.add(answering)
            answering.add_done_callback(self._answering.discard)

    async def _answer(self, batch: list[Asked], results: list[Any], written: int) -> None:
        """Give the results when the disk has what was written."""
        try:
            await self._disk.has(written)
        except LedgerError as error:
            results = [each if isinstance(each, BaseException) else error for each in results]
        for (_, future), each in zip(batch, results, strict=True):
            _resolve(future, each)
        self._committed()
        self._not_copied += len(batch)
        if self._not_copied >= COPY_AFTER and self._disk.copy_home():
            self._not_copied = 0

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
        self._disk.check()
        with self._ledger.transaction():
            results = [job() for job in jobs]
        self._disk.written += 1
        return results

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
