"""All that is committed in a space, as it happens."""

from __future__ import annotations

from collections.abc import AsyncIterator

from asw_exchange.errors import LedgerError
from asw_exchange.records import Entry
from asw_exchange.server.space import Space

_MOST = 500


async def follow(space: Space, after: int = 0) -> AsyncIterator[Entry]:
    """Yield the entries after a sequence, and then each new one, until the space is closed."""
    while True:
        seen = space.feed.count
        try:
            entries = await space.committer.read(
                lambda last=after: space.ledger.entries(after=last, limit=_MOST)  # type: ignore[misc]
            )
        except LedgerError:
            return
        for entry in entries:
            yield entry
        if entries:
            after = entries[-1].sequence or after
        if len(entries) < _MOST:
            await space.feed.wait(seen)
