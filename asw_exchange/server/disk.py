"""What is on the disk: a commit is not yet, so that the writer need not wait for it.

Not here: what is committed, and who is told when it is there (``committer``).
"""

from __future__ import annotations

import asyncio
from copy import copy

from asw_exchange.errors import LedgerError
from asw_exchange.ledger.database import Database
from asw_exchange.server.once import one_thread


class Disk:
    """How far what was committed is on the disk. One thread waits for the disk, so nobody else does."""

    def __init__(self, database: Database) -> None:
        self.written = 0
        """Number of the newest commit; told by the thread that commits."""
        self._database = database
        self._durable = 0
        self._failure: LedgerError | None = None
        self._thread = one_thread("disk")
        self._syncing: asyncio.Task[None] | None = None
        self._copier = one_thread("copier")
        self._copying: asyncio.Future[None] | None = None

    def check(self) -> None:
        """Raise LedgerError once the disk has failed: a later success would tell nothing of what was lost."""
        if self._failure is not None:
            raise copy(self._failure)  # what is raised holds what it passes, so each who hears it has its own

    async def has(self, number: int) -> None:
        """Wait until the disk has a commit and all before it. Raises LedgerError when nobody knows."""
        if self._database.is_durable:
            return
        while self._durable < number:
            self.check()
            if self._syncing is None or self._syncing.done():
                self._syncing = asyncio.create_task(self._sync())
            await asyncio.shield(self._syncing)

    async def _sync(self) -> None:
        number = self.written
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._database.sync)
        except LedgerError as error:
            self._failure = error
        else:
            self._durable = number

    def copy_home(self) -> bool:
        """Begin to put what was committed to where it stays; False while that is still going on."""
        if self._copying is not None and not self._copying.done():
            return False
        loop = asyncio.get_running_loop()
        self._copying = loop.run_in_executor(self._copier, self._database.copy_home)
        return True

    async def close(self) -> None:
        """Finish what was begun."""
        if self._copying is not None:
            await self._copying
        self._copier.shutdown()
        self._thread.shutdown()
