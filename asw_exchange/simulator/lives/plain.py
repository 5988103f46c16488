"""The plain life: one generated document of every kind that has a generator, sent once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from asw_exchange.corridor import Corridor
from asw_exchange.simulator.world import World
from asw_exchange.testdata import generators_of
from asw_exchange.testdata.messages import route
from asw_exchange.testdata.seeds import stream


def lives(corridor: Corridor, world: World, count: int) -> Iterator[Callable[[], None]]:
    """Return ``count`` lives."""
    return (lambda number=number: _live(corridor, world, number) for number in range(1, count + 1))  # type: ignore[misc]


def _live(corridor: Corridor, world: World, number: int) -> None:
    for name, make in generators_of(corridor.name).items():
        kind = corridor.kind(name)
        if kind.acknowledged:
            document = make(stream(world.seed, "demo", name, number), number)
            sender, receiver = route(kind, document, corridor)
            world.nodes[sender].send(name, document, receiver)
    world.settle()
