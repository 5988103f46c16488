"""What is wrong with the children of one element, each fault told once.

Both XSD engines stop at the first child that does not fit, so that one misplaced element hides, or
looks like, a missing one. Here the children are laid beside the content model as a whole.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto
from functools import lru_cache
from itertools import groupby

from lxml import etree
from xmlschema.validators import XsdAnyElement, XsdElement, XsdGroup

Particle = XsdElement | XsdAnyElement


class FaultKind(Enum):
    """What can be wrong with a child."""

    ORDER = auto()
    MISSING = auto()
    UNEXPECTED = auto()
    REPEATED = auto()
    SECOND_CHOICE = auto()
    """Known here, but in place of another one that is there too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault among the children of an element."""

    kind: FaultKind
    child: etree._Element | None = None
    names: tuple[str, ...] = ()
    """MISSING: the alternatives; UNEXPECTED: what may have been meant; SECOND_CHOICE: the first one."""
    after: str | None = None
    """The nearest sibling, or name, that comes before it."""
    before: str | None = None
    """The nearest sibling that comes after it."""
    number: int = 0
    most: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place in the content model: an element, a choice of elements, or a group that repeats."""

    particles: tuple[Particle, ...]
    position: int
    least: int
    free: bool = False
    """A group that repeats or nests choices: its own order and number are not looked into."""
    unordered: bool = False
    """A member of xs:all: its position is that of the others."""
    together: int | None = None
    """An optional group: its members are required once one of them is there."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name_of_particle(particle) for particle in self.particles)


@dataclass(frozen=True, slots=True)
class _Placed:
    child: etree._Element
    slot: Slot
    particle: Particle


def name_of_particle(particle: Particle) -> str:
    """Return the local name of an element, or words for a wildcard."""
    return particle.local_name if isinstance(particle, XsdElement) else "an element of another namespace"


def slots_of(group: XsdGroup) -> list[Slot]:
    """Return the places of a content model in their order."""
    slots: list[Slot] = []
    _collect(group, slots, None)
    return slots


def faults(children: Sequence[etree._Element], slots: Sequence[Slot]) -> Iterator[Fault]:
    """Yield the faults of ``children`` measured by ``slots``: none of them twice."""
    placed, strangers = _place(children, slots)
    missing = list(_missing(placed, slots))
    impostors = _impostors(placed, missing)
    placed = [each for each in placed if each.child not in impostors]
    unexpected = [_unexpected(child, missing, slots) for child in (*strangers, *impostors)]
    misplaced = _misplaced(placed)
    surplus = list(_surplus(placed, misplaced))
    told = {fault.child for fault in surplus}
    meant = {name for fault in unexpected for name in fault.names}
    yield from unexpected
    yield from surplus
    yield from _order_faults(placed, [run for run in misplaced if run[0].child not in told], misplaced)
    for slot in missing:
        if meant.isdisjoint(slot.names):
            yield Fault(kind=FaultKind.MISSING, names=slot.names, after=_name_before(slot, slots))


def _collect(group: XsdGroup, slots: list[Slot], together: int | None) -> None:
    inside = len(slots) if group.min_occurs == 0 else together
    members = tuple(group.iter_elements())
    nested = any(isinstance(particle, XsdGroup) for particle in group)
    if group.max_occurs != 1 or (group.model == "choice" and nested):
        slots.append(
            Slot(particles=members, position=len(slots), least=0 if group.is_emptiable() else 1, free=True)
        )
    elif group.model == "choice":
        least = 0 if group.is_emptiable() else 1
        slots.append(Slot(particles=members, position=len(slots), least=least, together=together))
    else:
        _collect_members(group, slots, inside)


def _collect_members(group: XsdGroup, slots: list[Slot], together: int | None) -> None:
    first, unordered = len(slots), group.model == "all"
    for particle in group:
        if isinstance(particle, XsdGroup):
            _collect(particle, slots, together)
        else:
            slots.append(
                Slot(
                    particles=(particle,),
                    position=first if unordered else len(slots),
                    least=particle.min_occurs,
                    unordered=unordered,
                    together=together,
                )
            )


def _place(
    children: Sequence[etree._Element], slots: Sequence[Slot]
) -> tuple[list[_Placed], list[etree._Element]]:
    homes: dict[object, list[tuple[Slot, Particle]]] = {}
    placed: list[_Placed] = []
    strangers = []
    for child in children:
        if child.tag not in homes:
            homes[child.tag] = _homes(str(child.tag), slots)
        if homes[child.tag]:
            placed.append(_Placed(child, *_choose(homes[child.tag], placed)))
        else:
            strangers.append(child)
    return placed, strangers


def _homes(tag: str, slots: Sequence[Slot]) -> list[tuple[Slot, Particle]]:
    """Return the places for a tag; a wildcard counts only where no element of that name is known."""
    found = [(slot, each) for slot in slots for each in slot.particles if each.is_matching(tag)]
    return [home for home in found if isinstance(home[1], XsdElement)] or found


def _choose(homes: list[tuple[Slot, Particle]], placed: list[_Placed]) -> tuple[Slot, Particle]:
    """Of several places with the same name take the first that is not behind us and not full."""
    if len(homes) == 1 or not placed:
        return homes[0]
    here = placed[-1].slot.position
    for slot, particle in homes:
        used = sum(each.particle is particle for each in placed)
        if slot.position >= here and (slot.free or particle.max_occurs is None or used < particle.max_occurs):
            return slot, particle
    return homes[0]


def _runs(placed: Sequence[_Placed]) -> list[list[_Placed]]:
    """Group neighbours of one place: fifty items in the wrong place are one fault."""
    return [list(run) for _, run in groupby(placed, key=lambda each: id(each.slot))]


def _misplaced(placed: Sequence[_Placed]) -> list[list[_Placed]]:
    """Return the fewest runs that must move so that the others stand in order (longest rising chain)."""
    runs = _runs(placed)
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for index, run in enumerate(runs):
        place = (bisect_left if _is_single(run[0]) else bisect_right)(tails, run[0].slot.position)
        before.append(ends[place - 1] if place else None)
        tails[place : place + 1] = [run[0].slot.position]
        ends[place : place + 1] = [index]
    kept = set()
    link: int | None = ends[-1] if ends else None
    while link is not None:
        kept.add(link)
        link = before[link]
    return [run for index, run in enumerate(runs) if index not in kept]


def _is_single(placed: _Placed) -> bool:
    """Tell whether a second run of the same element is one too many, so that it cannot be in order."""
    return not placed.slot.free and not placed.slot.unordered and placed.particle.max_occurs == 1


def _surplus(placed: Sequence[_Placed], misplaced: Sequence[Sequence[_Placed]]) -> Iterator[Fault]:
    """Yield one fault for each element that stands too often, and for each second one of a choice."""
    moved = {each.child for run in misplaced for each in run}
    by_particle: dict[int, list[_Placed]] = {}
    for each in sorted(placed, key=lambda each: each.child in moved):
        if not each.slot.free:
            by_particle.setdefault(id(each.particle), []).append(each)
    chosen: dict[int, str] = {}
    for found in by_particle.values():
        first, most = found[0], found[0].particle.max_occurs
        earlier = chosen.setdefault(id(first.slot), name_of_particle(first.particle))
        if earlier != name_of_particle(first.particle):
            yield Fault(kind=FaultKind.SECOND_CHOICE, child=first.child, names=(earlier,))
        elif most is not None and len(found) > most:
            yield Fault(kind=FaultKind.REPEATED, child=found[most].child, number=len(found), most=most)


def _order_faults(
    placed: Sequence[_Placed], wrong: Sequence[Sequence[_Placed]], misplaced: Sequence[Sequence[_Placed]]
) -> Iterator[Fault]:
    moved = {each.child for run in misplaced for each in run}
    kept = [each for each in placed if each.child not in moved]
    positions = [each.slot.position for each in kept]
    for run in wrong:
        first = bisect_left(positions, run[0].slot.position)
        last = bisect_right(positions, run[0].slot.position)
        yield Fault(
            kind=FaultKind.ORDER,
            child=run[0].child,
            after=name_of_particle(kept[first - 1].particle) if first else None,
            before=name_of_particle(kept[last].particle) if last < len(kept) else None,
        )


def _missing(placed: Sequence[_Placed], slots: Sequence[Slot]) -> Iterator[Slot]:
    number = {id(slot): sum(each.slot is slot for each in placed) for slot in slots}
    begun = {each.slot.together for each in placed}
    for slot in slots:
        required = slot.together is None or slot.together in begun
        if required and number[id(slot)] < slot.least:
            yield slot


def _names(slots: Sequence[Slot]) -> tuple[str, ...]:
    return tuple(name for slot in slots for name in slot.names)


def _impostors(placed: Sequence[_Placed], missing: Sequence[Slot]) -> list[etree._Element]:
    """Return what only a wildcard let in though it has the name of a missing element: a wrong namespace."""
    lost = _names(missing)
    by_wildcard = (each.child for each in placed if isinstance(each.particle, XsdAnyElement))
    return [child for child in by_wildcard if etree.QName(child).localname in lost]


def _unexpected(stranger: etree._Element, missing: Sequence[Slot], slots: Sequence[Slot]) -> Fault:
    """A missing element of nearly that name is not told again: it was misspelt."""
    name = etree.QName(stranger).localname
    near = _meant(name, _names(missing)) or _meant(name, _names(slots))
    return Fault(kind=FaultKind.UNEXPECTED, child=stranger, names=(near,) if near else ())


def _name_before(slot: Slot, slots: Sequence[Slot]) -> str | None:
    index = next(index for index, each in enumerate(slots) if each is slot)
    return slots[index - 1].names[0] if index else None


@lru_cache(maxsize=256)
def _meant(name: str, names: tuple[str, ...]) -> str | None:
    folded = {each.casefold(): each for each in names}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=0.75)
    return folded[close[0]] if close else None
