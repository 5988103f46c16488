"""The only place that reads the time.

Everything else takes a ``moment`` (an aware datetime) or a ``Clock``. Not here: time zones of
states, working-day calendars (they belong to the corridor that needs them).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A time that moves only when it is told to, so that a run can be repeated to the byte."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware datetime")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move forward by ``step``; time never goes back."""
        if step < timedelta(0):
            raise ValueError("a clock does not go back")
        self._now += step


LATEST_OFFSET = timedelta(hours=14)
"""The time zone furthest ahead of UTC (Line Islands, UTC+14)."""


def latest_date(moment: datetime) -> date:
    """Return the date that it is, at ``moment``, in the time zone furthest ahead.

    A date written by a partner is "in the future" only when it is later than this one: the
    agreements do not say whose clock counts.
    """
    return (moment.astimezone(UTC) + LATEST_OFFSET).date()


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last day of that month where it is shorter.

    Beyond the years that there are it is the last day that there is, or the first.
    """
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        with suppress(ValueError):
            return date(day.year + years, month + 1, min(day.day, last))
    return date.max if months > 0 else date.min


class AdjustableClock:
    """The machine's time shifted by an offset, or stopped: what a tester sets, advances, stops and lets run.

    Unlike ``VirtualClock`` it may go back, as the clock of a partner's machine may.
    """

    def __init__(self, base: Clock | None = None) -> None:
        self._base: Clock = base or SystemClock()
        self._offset = timedelta(0)
        self._stopped: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether time passes by itself."""
        return self._stopped is None

    @property
    def offset(self) -> timedelta:
        """How far it is ahead of the machine's time."""
        return self.now() - self._base.now()

    def reset(self) -> None:
        """Show the machine's time again."""
        self._offset, self._stopped = timedelta(0), None

    def now(self) -> datetime:
        return self._stopped if self._stopped is not None else self._base.now() + self._offset

    def set(self, moment: datetime) -> None:
        """Make it ``moment`` now, which must be aware."""
        if moment.tzinfo is None:
            raise ValueError("a clock is set to an aware datetime")
        moment = moment.astimezone(UTC)
        self._offset = moment - self._base.now()
        if self._stopped is not None:
            self._stopped = moment

    def advance(self, step: timedelta) -> None:
        """Move by ``step``, also back."""
        self.set(self.now() + step)

    def stop(self) -> None:
        """Let no time pass until it is set, advanced or run again."""
        self._stopped = self.now()

    def run(self) -> None:
        """Let time pass again, from the moment at which the clock stands."""
        moment, self._stopped = self.now(), None
        self.set(moment)
