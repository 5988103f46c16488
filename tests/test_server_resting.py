"""What ends the rest of a lane before its time, and what does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from asw_exchange.server.resting import Rests
from tests.builders import MOMENT

LANE = ("asean", "VN", "TH")
OTHER = ("asean", "SG", "TH")
THAILAND = ("asean", "TH")
LATER = MOMENT + timedelta(minutes=1)


@pytest.fixture
def rests() -> Rests:
    """One lane that rests."""
    made = Rests()
    made.begin(LANE, LATER, firm=False)
    return made


def test_a_lane_rests_until_its_time(rests: Rests) -> None:
    """Others do not."""
    assert [rests.is_over(lane, MOMENT) for lane in (LANE, OTHER)] == [False, True]
    assert rests.is_over(LANE, LATER)


def test_a_partner_that_is_seen_wakes_all_lanes_to_it(rests: Rests) -> None:
    """In that corridor, and not those to others."""
    rests.begin(OTHER, LATER, firm=False)
    rests.begin(("asean", "VN", "SG"), LATER, firm=False)
    rests.seen(THAILAND)
    assert list(rests.until) == [("asean", "VN", "SG")]
    assert rests.troubled == {("asean", "SG")}


def test_a_lane_is_woken_once(rests: Rests) -> None:
    """Failing again though its partner is there, it keeps its back-off, until it delivers something."""
    rests.seen(THAILAND)
    rests.begin(LANE, LATER, firm=False)
    rests.seen(THAILAND)
    assert not rests.is_over(LANE, MOMENT)
    rests.delivered(LANE)
    rests.begin(LANE, LATER, firm=False)
    rests.seen(THAILAND)
    assert rests.is_over(LANE, MOMENT)


def test_a_time_that_the_partner_named_is_kept(rests: Rests) -> None:
    """It said when it takes something again; that it sends something says nothing else."""
    rests.begin(LANE, LATER, firm=True)
    rests.seen(THAILAND)
    assert not rests.is_over(LANE, MOMENT)


def test_a_lane_that_delivers_is_awake(rests: Rests) -> None:
    """Nothing is in trouble then."""
    rests.delivered(LANE)
    assert rests.is_over(LANE, MOMENT)
    assert not rests.troubled


def test_somebody_can_wake_all(rests: Rests) -> None:
    """Also those that nothing else would wake."""
    rests.begin(LANE, LATER, firm=True)
    rests.clear()
    assert rests.is_over(LANE, MOMENT)
