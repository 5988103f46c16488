"""Who waits for something to happen can be woken, and cancelled, also at the same moment."""

from __future__ import annotations

import asyncio

import pytest

from asw_exchange.server.feed import Feed


def test_a_change_between_looking_and_waiting_is_not_missed() -> None:
    """Who has seen fewer changes than there were does not wait."""

    async def run() -> bool:
        feed = Feed()
        seen = feed.count
        feed.changed()
        return await feed.wait(seen)

    assert asyncio.run(run())


def test_who_is_cancelled_just_when_something_happens_is_cancelled() -> None:
    """A server that stops must not wait for one who overheard it."""

    async def run() -> None:
        feed = Feed()
        waiter = asyncio.create_task(feed.wait(feed.count, 60.0))
        await asyncio.sleep(0)
        feed.changed()
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter

    asyncio.run(run())


def test_nothing_that_happens_in_time_is_told() -> None:
    """By False."""
    assert not asyncio.run(Feed().wait(0, 0.0))
