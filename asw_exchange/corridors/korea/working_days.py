"""Working days of Korea and Viet Nam, and how long after shipment a certificate may be issued.

The calendars are those of the ``holidays`` library: weekends and public holidays. AKFTA leaves out
whether the day of shipment counts; the parties agreed to accept both counts.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import holidays

ISSUE_DAYS = 3
"""AKFTA, Appendix 1: certificates are issued before or within three working days of shipment."""
TOLERANCE = 1
"""27th AKFTA sub-committee (2021): one day of difference is no ground for refusal (unofficial report)."""


@cache
def _calendar(country: str) -> holidays.HolidayBase:
    import holidays  # the calendars of all countries: not before a day is asked about

    return holidays.country_holidays(country)


def is_working_day(day: date, country: str) -> bool:
    """Tell whether public offices of ``country`` (KR or VN) work on a day."""
    return day.weekday() < 5 and day not in _calendar(country)


def last_issue_day(shipped_on: date, country: str) -> date:
    """Return the last day on which a certificate may be issued in ``country`` without being retroactive.

    Counted without the day of shipment, which is the longer count, with the agreed tolerance.
    """
    day, left = shipped_on, ISSUE_DAYS + TOLERANCE
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, country)
    return day
