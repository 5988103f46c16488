"""``asw demo``: all gateways of all corridors exchange all kinds, and the books are proved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from asw_exchange.corridor import Corridor
from asw_exchange.corridors import all_corridors
from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger, Reconciliation, reconcile
from asw_exchange.simulator.lives import lives_of
from asw_exchange.simulator.lives.asean import without_customs
from asw_exchange.simulator.world import create_world

START = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)


def run_demo(
    *,
    seed: int = 0,
    count: int = 1,
    database: Path | None = None,
    advance: Callable[[int, int], object] = lambda done, total: None,
) -> Reconciliation:
    """Play ``count`` full lives for every pair of gateways of every corridor and return the proved tally.

    The ledger is kept in ``database``, which must be a new file, or in memory. ``advance(done, total)``
    is called after every life. The same seed gives the same bytes. Raises LedgerError.
    """
    if database is not None and database.exists():
        raise LedgerError(
            "the file exists already, and two runs in one ledger would be counted together",
            file=str(database),
            hint="give a new file",
        )
    with Ledger.open(database or ":memory:") as ledger:
        corridors = tuple(_as_lived(corridor) for corridor in all_corridors())
        world = create_world(corridors, seed=seed, start=START, ledger=ledger)
        lives = [life for corridor in corridors for life in lives_of(corridor, world, count)]
        for done, life in enumerate(lives, 1):
            with ledger.transaction():
                life()
            advance(done, len(lives))
        return reconcile(ledger)


def _as_lived(corridor: Corridor) -> Corridor:
    """Leave to the lives what customs of ASEAN decide: a gateway alone would grant everything."""
    return replace(corridor, reply=without_customs) if corridor.name == "asean" else corridor
