"""The soak tests in their short form: a few kills, everything else as in ``make soak``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from asw_exchange.behaviours.faults import Fault
from asw_exchange.behaviours.vocabulary import VOCABULARY
from asw_exchange.behaviours.words import Stage, word_of
from tests.soak.faults import INCOMING, LEAVING, mislead_servers
from tests.soak.kills import kill_servers


def test_servers_that_are_killed_under_load_lose_nothing_and_count_nothing_twice(tmp_path: Path) -> None:
    """Six times SIGKILL, each followed by a restart on the same file: both ledgers keep every promise."""
    report = asyncio.run(kill_servers(tmp_path, kills=6))
    assert report.passed, str(report)
    assert report.proof.messages == report.proof.acknowledged > 0
    assert report.proof.submitted > 0
    assert len(report.restarts) >= report.kills


def test_servers_with_every_fault_on_and_then_off_agree(tmp_path: Path) -> None:
    """In all corridors, with every fault there is, each document arrives once; dead letters need help."""
    report = asyncio.run(mislead_servers(tmp_path, documents=3, times=1))
    assert report.passed, str(report)
    assert report.submitted == 24


@pytest.mark.parametrize(
    ("actions", "stages"),
    [(INCOMING, {Stage.BEFORE, Stage.AFTER}), (LEAVING, {Stage.LEAVING})],
    ids=["incoming", "outgoing"],
)
def test_every_fault_is_every_fault_that_there_is(actions: Any, stages: set[Stage]) -> None:
    """In each direction; none is left out."""
    known = {word_of(type_) for type_ in VOCABULARY if issubclass(type_, Fault) and type_.stages & stages}
    assert {action["name"] for action in actions} == known
