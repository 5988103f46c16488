"""All that is committed in a space, as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from asw_exchange.errors import LedgerError
from asw_exchange.records import Entry
from asw_exchange.server.delivery import LEDGER_SECONDS
from asw_exchange.server.space import Space

_MOST = 500


async def follow(space: Space, after: int = 0) -> AsyncIterator[Entry]:
    """Yield the entries after a sequence, and then each new one, until the space is closed.

    After a reset, when sequences begin anew, it begins anew too.
    """
    resets = space.resets
    while True:
        seen = space.feed.count
        if space.resets != resets:
            resets, after = space.resets, 0
        try:
            entries = await space.committer.read(partial(space.ledger.entries, after=after, limit=_MOST))
        except LedgerError:  # it is closed, or cannot be used for a while
            if space.closed:
                return
            await asyncio.sleep(LEDGER_SECONDS)
            continue
        for entry in entries:
            yield entry
        if entries:
            after = entries[-1].sequence or after
        if len(entries) < _MOST:
            await space.feed.wait(seen)
