"""What the documents of a corridor live through: one module for each corridor, found by its name.

A life is one story between two gateways, told by a function: issued, sent, answered, corrected, taken
back. A corridor without a module of its own lives the plain life: one document of every kind.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator

from asw_exchange.corridor import Corridor
from asw_exchange.simulator.lives import plain
from asw_exchange.simulator.world import World

Life = Callable[[], None]


def lives_of(corridor: Corridor, world: World, count: int) -> Iterator[Life]:
    """Return ``count`` lives for every pair of gateways of a corridor that deals with each other."""
    name = f"{__name__}.{corridor.name.replace('-', '_')}"
    if importlib.util.find_spec(name) is None:
        return plain.lives(corridor, world, count)
    found: Iterator[Life] = importlib.import_module(name).lives(world, count)
    return found
