"""Days and months: what lies beyond the calendar is its end."""

from __future__ import annotations

from datetime import date

import pytest

from asw_exchange.clock import add_months


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 11, 30), 12, date(2026, 11, 30)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(9999, 12, 31), 1, date.max),
        (date(1, 1, 1), -1, date.min),
    ],
)
def test_a_month_later(day: date, months: int, found: date) -> None:
    """The same day, or the last of a shorter month; never an error of Python."""
    assert add_months(day, months) == found
