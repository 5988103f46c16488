"""The lives of ASEAN documents between one pair of gateways: what testers will see on any busy day."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from msgspec.structs import replace

from asw_exchange.corridor import Arrival, Reply
from asw_exchange.corridors import find_corridor
from asw_exchange.corridors.asean.answers import reply
from asw_exchange.model import Certificate, CertificateReference, Invoice
from asw_exchange.node import Node
from asw_exchange.records import Memory
from asw_exchange.simulator.world import World
from asw_exchange.testdata import asean, stream
from asw_exchange.testdata.certificates import DEFAULT_DATE, certificate

EFORM_D = "asean/eform-d"
NUMBERS_PER_LIFE = 10
"""Reference numbers that one life may use."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One gateway that issues, another that imports, and where their numbers start."""

    world: World
    issuer: Node
    importer: Node
    first_number: int

    def chance(self, purpose: str) -> Random:
        """Return the chance of one document of this pair."""
        names = ("demo", self.issuer.gateway, self.importer.gateway, self.first_number, purpose)
        return stream(self.world.seed, *names)

    def certificate(self, purpose: str, offset: int) -> Certificate:
        """Make a certificate of this pair."""
        return certificate(
            self.chance(purpose),
            self.first_number + offset,
            issuer=self.issuer.gateway,
            importer=self.importer.gateway,
        )


def without_customs(arrival: Arrival, memory: Memory) -> tuple[Reply, ...]:
    """Answer everything but certificates: what customs decide on those is part of the life."""
    return () if isinstance(arrival.document, Certificate) else reply(arrival, memory)


def lives(world: World, count: int) -> Iterator[Callable[[], None]]:
    """Return ``count`` lives for every ordered pair of member states."""
    codes = tuple(find_corridor("asean").members)
    for number in range(count):
        for issuer, importer in itertools.permutations(codes, 2):
            first = (codes.index(importer) * count + number) * NUMBERS_PER_LIFE
            pair = Pair(world, world.nodes[issuer], world.nodes[importer], first)
            yield lambda pair=pair: live(pair)  # type: ignore[misc]


def live(pair: Pair) -> None:
    """Play one full life of every kind between a pair."""
    for chapter in CHAPTERS:
        chapter(pair)
        pair.world.settle()


def _certificate_and_response(pair: Pair) -> None:
    """Issued, sent, acknowledged; customs respond; the certificate is sent twice and asked for once more."""
    issued = pair.certificate("plain", 1)
    sent = pair.issuer.send(EFORM_D, issued, pair.importer.gateway)
    pair.world.settle()
    decision = asean.response(pair.chance("response"), issued, pair.world.clock.now())
    pair.importer.send("asean/customs-response", decision, pair.issuer.gateway)
    if pair.chance("twice").randrange(2):
        pair.issuer.retransmit(sent)
    pair.world.settle()
    request = asean.retransmission_request((issued.reference or "",), pair.importer.gateway, _today(pair))
    pair.importer.send("asean/retransmission-request", request, pair.issuer.gateway)


def _cancelled_and_replaced(pair: Pair) -> None:
    """A certificate with a mistake is cancelled, and another takes its place (OCP Rule 29(4))."""
    mistaken, right = pair.certificate("mistaken", 2), pair.certificate("right", 3)
    pair.issuer.send(EFORM_D, mistaken, pair.importer.gateway)
    pair.world.settle()
    taken_back = asean.cancellation(
        pair.chance("cancellation"),
        mistaken.reference or "",
        pair.issuer.gateway,
        _today(pair),
        replaced_by=right.reference,
    )
    pair.issuer.send("asean/eform-d-cancellation", taken_back, pair.importer.gateway)
    pair.world.settle()
    replaces = CertificateReference(reference=mistaken.reference or "", issued_on=DEFAULT_DATE)
    replacement = replace(right, replaces=replaces)
    pair.issuer.send(EFORM_D, replacement, pair.importer.gateway)
    pair.world.settle()
    decision = asean.response(pair.chance("second response"), replacement, pair.world.clock.now())
    pair.importer.send("asean/customs-response", decision, pair.issuer.gateway)


def _rejected(pair: Pair) -> None:
    """A certificate that breaks a rule, and one that another state has signed."""
    late = (Invoice(number="INV-LATE", issued_on=DEFAULT_DATE + timedelta(days=1)),)
    broken = replace(pair.certificate("broken", 4), invoices=late)
    pair.issuer.send(EFORM_D, broken, pair.importer.gateway)
    if pair.chance("forged").randrange(3) == 0:
        forged = pair.certificate("forged", 5)
        pair.issuer.send(EFORM_D, forged, pair.importer.gateway, key=pair.importer.key)


def _declarations(pair: Pair) -> None:
    """Two export declarations, one of them cancelled."""
    numbers = (pair.first_number + 6, pair.first_number + 7)
    declarations = [
        asean.declaration(
            pair.chance(f"declaration {number}"),
            number,
            issuer=pair.issuer.gateway,
            importer=pair.importer.gateway,
            departure=_today(pair),
        )
        for number in numbers
    ]
    for declaration in declarations:
        pair.issuer.send("asean/acdd", declaration, pair.importer.gateway)
    pair.world.settle()
    taken_back = asean.cancellation(
        pair.chance("acdd cancellation"), declarations[1].number or "", pair.issuer.gateway, _today(pair)
    )
    pair.issuer.send("asean/acdd-cancellation", taken_back, pair.importer.gateway)


def _today(pair: Pair) -> date:
    return pair.world.clock.now().date()


CHAPTERS = (_certificate_and_response, _cancelled_and_replaced, _rejected, _declarations)
