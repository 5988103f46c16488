"""The soak tests in their short form: a few kills, everything else as in ``make soak``."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.soak.faults import mislead_servers
from tests.soak.kills import kill_servers


def test_servers_that_are_killed_under_load_lose_nothing_and_count_nothing_twice(tmp_path: Path) -> None:
    """Six times SIGKILL, each followed by a restart on the same file: both ledgers keep every promise."""
    report = asyncio.run(kill_servers(tmp_path, kills=6))
    assert report.passed, str(report)
    assert report.proof.messages == report.proof.acknowledged > 0
    assert report.proof.submitted > 0
    assert len(report.restarts) >= report.kills


def test_servers_with_every_fault_on_and_then_off_agree(tmp_path: Path) -> None:
    """All that was lost, cut, delayed or refused meanwhile arrives, once; only dead letters need help."""
    report = asyncio.run(mislead_servers(tmp_path, documents=8, probability=0.03))
    assert report.passed, str(report)
    assert report.proof.submitted == 16
