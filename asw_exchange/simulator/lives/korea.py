"""The lives of Korean documents: certificates on three forms, feedback, corrections, declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from msgspec.structs import replace

from asw_exchange.corridors.korea import history
from asw_exchange.model import Certificate
from asw_exchange.node import Node
from asw_exchange.simulator.world import World
from asw_exchange.testdata import korea, stream

NUMBERS_PER_LIFE = 10
ROUTES = (("AK", "KR"), ("AK", "VN"), ("KV", "KR"), ("VK", "VN"))
"""Form, and who issues it."""


@dataclass(frozen=True, slots=True)
class Route:
    """A form and the direction it goes."""

    world: World
    form: str
    issuer: Node
    importer: Node
    first_number: int

    def chance(self, purpose: str) -> Random:
        """Return the chance of one document of this route."""
        names = ("demo korea", self.form, self.issuer.gateway, self.first_number, purpose)
        return stream(self.world.seed, *names)

    def certificate(self, offset: int) -> Certificate:
        """Make a certificate of this route."""
        return korea.certificate(
            self.chance(f"certificate {offset}"),
            self.first_number + offset,
            form=self.form,
            issuer=self.issuer.gateway,
        )

    def send(self, certificate: Certificate) -> None:
        """Send a certificate on the form of this route."""
        self.issuer.send(korea.FORMS[self.form], certificate, self.importer.gateway)


def lives(world: World, count: int) -> Iterator[Callable[[], None]]:
    """Return ``count`` lives for every form and direction, five of them in each."""
    for number in range(5 * count):
        for place, (form, issuer) in enumerate(ROUTES):
            importer = "VN" if issuer == "KR" else "KR"
            first = (number * len(ROUTES) + place) * NUMBERS_PER_LIFE
            route = Route(world, form, world.nodes[issuer], world.nodes[importer], first)
            yield lambda route=route: _live(route)  # type: ignore[misc]


def _live(route: Route) -> None:
    for chapter in (_used, _corrected, _refused, _declared):
        chapter(route)
        route.world.settle()


def _used(route: Route) -> None:
    """Sent, acknowledged, the preference applied; now and then sent twice."""
    issued = route.certificate(1)
    sent = route.issuer.send(korea.FORMS[route.form], issued, route.importer.gateway)
    route.world.settle()
    if route.chance("twice").randrange(2):
        route.issuer.retransmit(sent)


def _corrected(route: Route) -> None:
    """A certificate with a mistake, and its correction: under the old number, or a new one."""
    mistaken = route.certificate(2)
    route.send(mistaken)
    route.world.settle()
    new = None
    if route.chance("new number").randrange(2):
        new = korea.number_of(route.form, route.issuer.gateway, route.first_number + 3)
    today = route.world.clock.now().date()
    corrected = korea.correction(
        route.chance("correction"), mistaken, form=route.form, day=today, new_number=new
    )
    route.issuer.send(history.CORRECTION, corrected, route.importer.gateway)


def _refused(route: Route) -> None:
    """The same number with other content, and a certificate without a consignee."""
    good = route.certificate(4)
    route.send(good)
    route.send(replace(good, remarks=None, invoices=(*good.invoices, *good.invoices)))
    route.send(replace(route.certificate(5), consignee=None))


def _declared(route: Route) -> None:
    """An export declaration."""
    declared = korea.export_declaration(
        route.chance("declaration"),
        route.first_number + 6,
        issuer=route.issuer.gateway,
        departure=route.world.clock.now().date(),
    )
    route.issuer.send(history.DECLARATION, declared, route.importer.gateway)
