"""The lives of EAEU documents: Viet Nam and the EEC gateway, for each of the member states it serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from msgspec.structs import replace

from asw_exchange.corridors.eaeu import codes
from asw_exchange.model import Certificate, CertificateReference, Invoice
from asw_exchange.node import Node
from asw_exchange.simulator.world import World
from asw_exchange.testdata import eaeu, stream

NUMBERS_PER_LIFE = 10


@dataclass(frozen=True, slots=True)
class Route:
    """One state that issues, another that imports; the EEC gateway speaks for the member states."""

    world: World
    issuer: str
    importer: str
    first_number: int

    @property
    def sender(self) -> Node:
        """The gateway of the issuing state."""
        return self.world.nodes[_gateway(self.issuer)]

    @property
    def receiver(self) -> Node:
        """The gateway of the importing state."""
        return self.world.nodes[_gateway(self.importer)]

    def chance(self, purpose: str) -> Random:
        """Return the chance of one document of this route."""
        return stream(self.world.seed, "demo eaeu", self.issuer, self.importer, self.first_number, purpose)


def lives(world: World, count: int) -> Iterator[Callable[[], None]]:
    """Return ``count`` lives for every member state, in both directions."""
    routes = [pair for state in codes.STATES for pair in (("VN", state), (state, "VN"))]
    for number in range(count):
        for place, (issuer, importer) in enumerate(routes):
            first = (number * len(routes) + place) * NUMBERS_PER_LIFE
            route = Route(world, issuer, importer, first)
            yield lambda route=route: _live(route)  # type: ignore[misc]


def _gateway(state: str) -> str:
    return "VN" if state == "VN" else "EAEU"


def _live(route: Route) -> None:
    for chapter in (_issued_and_verified, _substituted, _refused, _declared):
        chapter(route)
        route.world.settle()
        route.world.settle()


def _certificate(route: Route, offset: int) -> Certificate:
    return eaeu.certificate(
        route.chance(f"certificate {offset}"),
        route.first_number + offset,
        issuer=route.issuer,
        importer=route.importer,
        shape="plain",
        moment=route.world.clock.now(),
    )


def _issued_and_verified(route: Route) -> None:
    """Sent, receipted, processed; then the importing side has it verified. Some are sent once more."""
    issued = _certificate(route, 1)
    sent = route.sender.send(codes.CERTIFICATE, issued, route.receiver.gateway)
    route.world.settle()
    if route.chance("again").randrange(2):
        route.sender.retransmit(sent)
    request = eaeu.verification_request(route.chance("doubt"), issued, route.world.clock.now())
    route.receiver.send(codes.REQUEST, request, route.sender.gateway)


def _substituted(route: Route) -> None:
    """A certificate with a mistake, and the one issued in substitution for it."""
    mistaken, right = _certificate(route, 2), _certificate(route, 3)
    route.sender.send(codes.CERTIFICATE, mistaken, route.receiver.gateway)
    route.world.settle()
    named = CertificateReference(reference=mistaken.reference or "", issued_on=eaeu.DEFAULT_DATE)
    route.sender.send(codes.CERTIFICATE, replace(right, replaces=named), route.receiver.gateway)


def _refused(route: Route) -> None:
    """A certificate that breaks a rule, and one that another has signed."""
    broken = replace(_certificate(route, 4), invoices=(Invoice(number="INV-WITHOUT-DATE"),))
    route.sender.send(codes.CERTIFICATE, broken, route.receiver.gateway)
    if route.chance("forged").randrange(2):
        forged = _certificate(route, 5)
        route.sender.send(codes.CERTIFICATE, forged, route.receiver.gateway, key=route.receiver.key)


def _declared(route: Route) -> None:
    """The data of an export declaration, for information only."""
    declared = eaeu.export_declaration(
        route.chance("declaration"),
        route.first_number + 6,
        issuer="VN" if route.issuer == "VN" else "RU",
        importer=route.importer,
        departure=route.world.clock.now().date(),
        moment=route.world.clock.now(),
    )
    route.sender.send(codes.DECLARATION, declared, route.receiver.gateway)
