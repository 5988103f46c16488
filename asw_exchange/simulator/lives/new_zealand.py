"""The lives of quarantine certificates, Forms AANZ and declarations between New Zealand and Viet Nam."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from msgspec.structs import replace

from asw_exchange.corridors.new_zealand import hub_names
from asw_exchange.node import Node
from asw_exchange.simulator.world import World
from asw_exchange.testdata import generators_of, stream

NUMBERS_PER_LIFE = 20
LIVES = 8
"""Of each direction, for one count."""
_SPS = (hub_names.PHYTOSANITARY, hub_names.RE_EXPORT, hub_names.SANITARY, hub_names.VETERINARY)


@dataclass(frozen=True, slots=True)
class Route:
    """A direction, and where its numbers start."""

    world: World
    number: int

    def chance(self, purpose: str) -> Random:
        """Return the chance of one document."""
        return stream(self.world.seed, "demo new-zealand", self.number, purpose)

    def make(self, kind: str, offset: int) -> Any:
        """Make a document of a kind, of this route's own numbers."""
        return generators_of("new-zealand")[kind](self.chance(f"{kind} {offset}"), self.number + offset)

    def between(self, kind: str, document: Any) -> tuple[Node, Node]:
        """Return who sends a document to whom, as it says itself."""
        found = self.world.nodes["VN"].kind(kind).route(document)
        sender, receiver = found[0] or "NZ", found[1] or "VN"
        return self.world.nodes[sender], self.world.nodes[receiver]

    def send(self, kind: str, document: Any) -> None:
        """Send a document the way that it says."""
        sender, receiver = self.between(kind, document)
        sender.send(kind, document, receiver.gateway)


def lives(world: World, count: int) -> Iterator[Callable[[], None]]:
    """Return ``LIVES`` times ``count`` lives."""
    for number in range(LIVES * count):
        route = Route(world, 1 + number * NUMBERS_PER_LIFE)
        yield lambda route=route: _live(route)  # type: ignore[misc]


def _live(route: Route) -> None:
    for chapter in (_quarantine, _origin, _refused):
        chapter(route)
        route.world.settle()


def _quarantine(route: Route) -> None:
    """A certificate of each sort: sent, tracked, cleared at the border; one of them sent twice."""
    for offset, kind in enumerate(_SPS, 1):
        document = route.make(kind, offset)
        sender, receiver = route.between(kind, document)
        sent = sender.send(kind, document, receiver.gateway)
        route.world.settle()
        if route.chance(f"twice {kind}").randrange(4) == 0:
            sender.retransmit(sent)


def _origin(route: Route) -> None:
    """A certificate of origin, and an export declaration that cites one."""
    for offset, kind in enumerate((hub_names.CERTIFICATE_AANZ, hub_names.DECLARATION), 10):
        route.send(kind, route.make(kind, offset))


def _refused(route: Route) -> None:
    """A certificate without any goods, which no receiver takes."""
    broken = replace(route.make(hub_names.PHYTOSANITARY, 15), items=())
    route.send(hub_names.PHYTOSANITARY, broken)
