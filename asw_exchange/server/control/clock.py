"""The clock of a space: read, set, advanced, stopped, run."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from asw_exchange.server.control.access import Here
from asw_exchange.server.control.forms import Asked, Told
from asw_exchange.server.control.problems import ControlError
from asw_exchange.server.notes import FIRST, LAST, keep
from asw_exchange.server.space import Space

router = APIRouter(tags=["clock"])

_YEAR = 366 * 86_400.0


class Clock(Told):
    """What time it is for all gateways of a space."""

    now: datetime
    running: bool = Field(description="Whether time passes by itself")


class ClockChange(Asked):
    """What to do to the clock: it is stopped first, then set, then moved, then let run."""

    now: AwareDatetime | None = Field(None, description="Set it, with a time zone")
    advance: float | None = Field(None, ge=-_YEAR, le=_YEAR, description="Move it by so many seconds")
    running: bool | None = Field(None, description="false stops it, true lets it run")


@router.get("/clock")
async def read_clock(space: Here) -> Clock:
    """Read the clock."""
    return _told(space)


@router.patch("/clock")
async def change_clock(space: Here, asked: ClockChange) -> Clock:
    """Set, advance, stop or run the clock; what becomes due by it is delivered.

    What waits when it is set back waits as long as it would have. Test keys begin a day before the server was
    started, or before its `--moment`: on an earlier day no signature is valid yet.
    """
    before = space.clock.now()
    moment = (asked.now or before) + timedelta(seconds=asked.advance or 0)
    if not FIRST <= moment < LAST:
        raise ControlError(
            "a clock stands between the years 2000 and 2100", path="$.now", value=moment.isoformat()
        )
    if moment < before:
        await space.committer.run(lambda: space.ledger.bring_forward(before - moment))
    if asked.running is False:
        space.clock.stop()
    if asked.now is not None or asked.advance is not None:
        space.clock.set(moment)
    if asked.running:
        space.clock.run()
    await keep(space)
    space.delivery.wake()
    return _told(space)


def _told(space: Space) -> Clock:
    return Clock(now=space.clock.now(), running=space.clock.running)
