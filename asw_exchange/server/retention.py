"""Retention on a server: drops what is beyond the caps, beside receiving and a small part at a time.

Not here: what is dropped and what stays (``ledger.retention``).
"""

from __future__ import annotations

import asyncio

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Dropped
from asw_exchange.server.log import LOGGER
from asw_exchange.server.settings import Keep
from asw_exchange.server.space import Space

PAUSE_SECONDS = 1.0
"""Between two looks, so that messages are dropped by many and not one by one."""
AGE_SECONDS = 60.0
"""So often it is asked what has become too old while nothing happens."""


async def retain(space: Space, keep: Keep) -> None:
    """Drop what is beyond the caps, until cancelled."""
    while True:
        seen = space.feed.count
        try:
            await drop(space, keep)
            seen = space.feed.count
        except LedgerError as error:  # it is full, or away: what could not be dropped is, later
            LOGGER.warning({"event": "retention failed", "space": space.name, "reason": str(error)})
        await asyncio.sleep(PAUSE_SECONDS)
        await space.feed.wait(seen, AGE_SECONDS if keep.age is not None else None)


async def drop(space: Space, keep: Keep) -> Dropped:
    """Drop all that is beyond the caps now; others get their turn between the parts. Raises LedgerError."""
    before = told = await space.read(lambda ledger: ledger.dropped())
    done = False
    while not done:
        told = await space.committer.run(
            lambda: space.ledger.retain(
                space.clock.now(), messages=keep.messages, age=keep.age, bytes=keep.bytes
            )
        )
        done = told.is_done
    if told.messages > before.messages:
        LOGGER.info(
            {
                "event": "dropped",
                "space": space.name,
                "messages": told.messages - before.messages,
                "bytes": told.bytes - before.bytes,
            }
        )
    return told
