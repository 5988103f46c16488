"""``asw demo``: every gateway exchanges every kind with every other, and the books are proved."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from asw_exchange.corridors import find_corridor
from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger, Reconciliation, reconcile
from asw_exchange.simulator.lives import NUMBERS_PER_LIFE, Pair, live, without_customs
from asw_exchange.simulator.world import World, create_world

START = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)


def run_demo(
    *,
    seed: int = 0,
    count: int = 1,
    database: Path | None = None,
    advance: Callable[[int, int], object] = lambda done, total: None,
) -> Reconciliation:
    """Play ``count`` full lives for every ordered pair of gateways and return the proved tally.

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
        corridor = find_corridor("asean")
        world = create_world((corridor,), seed=seed, start=START, ledger=ledger, reply=without_customs)
        _play(world, tuple(corridor.members), count, advance)
        return reconcile(ledger)


def _play(world: World, codes: tuple[str, ...], count: int, advance: Callable[[int, int], object]) -> None:
    lives = [(pair, number) for number in range(count) for pair in itertools.permutations(codes, 2)]
    for done, ((issuer, importer), number) in enumerate(lives):
        first = (codes.index(importer) * count + number) * NUMBERS_PER_LIFE
        with world.ledger.transaction():
            live(Pair(world, world.nodes[issuer], world.nodes[importer], first))
        advance(done + 1, len(lives))
