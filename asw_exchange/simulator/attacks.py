"""Throws the attacks of ``testdata.attacks`` at our own gateways and says what became of each.

A gateway here is a ``Node`` with its ledger, as in the server; only the socket is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asw_exchange.corridors import all_corridors, corridor_of
from asw_exchange.errors import InputError
from asw_exchange.ledger import Ledger
from asw_exchange.model import Outcome
from asw_exchange.records import Direction, Entry
from asw_exchange.simulator.world import World, create_world
from asw_exchange.testdata import generators_of
from asw_exchange.testdata.attacks import Attack, Harmless, Victim, all_attacks, create_victim
from asw_exchange.testdata.messages import SENT_AT

NOT_APPLICABLE = "-"
ACCEPTED = "ACCEPTED"
"""The attack had its effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of one attack on one kind."""

    attack: Attack
    kind: str
    must_be: str
    was: str
    """Reply code of the refusal, a word of ``Harmless``, ACCEPTED, or NOT_APPLICABLE."""

    @property
    def tried(self) -> bool:
        """Whether it is an attack on this kind at all."""
        return self.was != NOT_APPLICABLE

    @property
    def held(self) -> bool:
        """Whether the gateway did what it must."""
        return not self.tried or self.was == self.must_be


def first_certificates() -> tuple[str, ...]:
    """Return one kind for each corridor, the first that it has a generator for."""
    return tuple(next(iter(found)) for each in all_corridors() if (found := generators_of(each.name)))


def try_attacks(
    kind: str, *, attacks: tuple[Attack, ...] | None = None, seed: int = 0, url: str = "", file: str = ""
) -> Iterator[Trial]:
    """Yield what becomes of each attack (default: all) on a kind, each with a document of its own.

    ``url`` and ``file`` are what attacks refer to that want something fetched. Raises as ``create_victim``.
    """
    probes = {name: value for name, value in (("url", url), ("file", file)) if value}
    with Ledger.open(":memory:") as ledger:
        world = create_world((corridor_of(kind),), seed=seed, start=SENT_AT, ledger=ledger)
        for number, each in enumerate(attacks or all_attacks(), 1):
            victim = create_victim(kind, seed=seed, number=number, **probes)  # type: ignore[arg-type]
            yield _try(each, victim, world)


def _try(attack: Attack, victim: Victim, world: World) -> Trial:
    must_be, was = "", NOT_APPLICABLE
    if attack.fits(victim.placement):
        must_be = attack.must_be(victim.placement)
        was = _outcome(attack, victim, world)
    return Trial(attack=attack, kind=victim.kind.name, must_be=must_be, was=was)


def _outcome(attack: Attack, victim: Victim, world: World) -> str:
    *before, last = attack.deliveries(victim)
    for raw in before:
        if _receive(raw, victim, world).outcome is not Outcome.ACCEPTED:
            return NOT_APPLICABLE  # a kind whose genuine message needs others before it cannot be replayed
    was = _word(_receive(last, victim, world), victim)
    if attack.must_be(victim.placement) == Harmless.WHOLE and was == _genuine(victim, world):
        return NOT_APPLICABLE
    return was


def _word(entry: Entry, victim: Victim) -> str:
    if entry.outcome is Outcome.DUPLICATE:
        return Harmless.DUPLICATE
    if entry.outcome is Outcome.ACCEPTED:
        whole = entry.document_as(victim.kind.document) == victim.document
        return Harmless.WHOLE if whole else ACCEPTED
    return entry.findings[0].rule_id


def _genuine(victim: Victim, world: World) -> str:
    """Return why the genuine message is refused here: it may need others before it."""
    again = victim.with_header(id=victim.corridor.message_id(f"{victim.header.id} again"))
    entry = _receive(again.message(), again, world)
    return _word(entry, victim) if entry.outcome is Outcome.REJECTED else ""


def _receive(raw: bytes, victim: Victim, world: World) -> Entry:
    receiver = victim.header.receiver
    world.nodes[receiver].receive(raw, corridor=victim.corridor.name, peer=victim.header.sender)
    found = world.ledger.entries(gateway=receiver, direction=Direction.RECEIVED, newest_first=True, limit=1)
    if not found:
        raise InputError("the gateway has written nothing down")
    return found[0]
