"""Valid e-Forms D: one plain shape, and one for each tick box with the data that the box asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from msgspec.structs import replace

from asw_exchange.model import (
    Address,
    Certificate,
    Certification,
    Company,
    Declaration,
    Exhibition,
    Invoice,
    Item,
    OriginalProof,
    Party,
    TickBoxes,
    Transport,
)
from asw_exchange.testdata.firms import AUTHORITIES, EXHIBITIONS, FIRMS, Firm
from asw_exchange.testdata.items import cumulated, goods_of, item
from asw_exchange.testdata.places import FLIGHT_CODES, PLACES, VESSELS, Place
from asw_exchange.testdata.references import reference
from asw_exchange.testdata.seeds import pick

STATES = tuple(sorted(AUTHORITIES))
THIRD_COUNTRIES = tuple(sorted(set(FIRMS) - set(STATES)))
DEFAULT_DATE = date(2025, 3, 1)

Shape = Callable[[Random, Certificate], Certificate]


def certificate(
    chance: Random,
    number: int,
    *,
    issuer: str | None = None,
    importer: str | None = None,
    issued_on: date = DEFAULT_DATE,
    items: int | None = None,
    shape: str | None = None,
) -> Certificate:
    """Make a valid certificate, the ``number``-th of its issuer.

    What is not given is chosen: states, number of items (1 to 50, mostly few) and the shape, a name of
    SHAPES; None is chosen too, mostly plain.
    """
    issuer = issuer or pick(chance, STATES)
    importer = importer or pick(chance, [state for state in STATES if state != issuer])
    count = items or _item_count(chance)
    plain = _plain(chance, number, issuer, importer, issued_on, count)
    name = shape or pick(chance, _COMMON)
    return SHAPES[name](chance, plain)


def party(firm: Firm, *, local: bool = False) -> Party:
    """Return a firm as a party, under its name in its own script where ``local`` and it has one."""
    address = Address(lines=firm.lines, city=firm.city, postcode=firm.postcode, country=firm.country)
    return Party(name=(local and firm.local_name) or firm.name, identifier=firm.identifier, address=address)


def _item_count(chance: Random) -> int:
    lot = chance.randrange(100)
    if lot < 85:
        return chance.randrange(1, 9)
    return chance.randrange(9, 21) if lot < 97 else chance.randrange(21, 51)


def _plain(
    chance: Random, number: int, issuer: str, importer: str, issued_on: date, count: int
) -> Certificate:
    declared_on = issued_on - timedelta(days=chance.randrange(0, 3))
    authority, place = AUTHORITIES[issuer]
    return Certificate(
        reference=reference(issuer, importer, issued_on.year, number),
        issuing_country=issuer,
        importing_country=importer,
        produced_in=issuer,
        exporter=party(pick(chance, FIRMS[issuer])),
        consignee=party(pick(chance, FIRMS[importer]), local=chance.randrange(5) == 0),
        transport=_transport(chance, issuer, importer, issued_on + timedelta(days=chance.randrange(0, 6))),
        items=_items(chance, count, issuer, importer),
        invoices=_invoices(chance, declared_on, count),
        declaration=Declaration(place=place, signed_on=declared_on, signatory="Export manager"),
        certification=Certification(
            place=place,
            signed_on=issued_on,
            officer=f"Authorised officer {chance.randrange(1, 40):02}",
            authority=authority,
            country=issuer,
        ),
    )


def _items(chance: Random, count: int, issuer: str, importer: str, **options: Any) -> tuple[Item, ...]:
    goods = goods_of(options.get("producer") or issuer, changed=options.get("changed", False))
    return tuple(
        item(chance, number, pick(chance, goods), issuer=issuer, importer=importer, **options)
        for number in range(1, count + 1)
    )


def _invoices(chance: Random, before: date, items: int) -> tuple[Invoice, ...]:
    count = 1 if items < 4 else chance.randrange(1, 4)
    day = before - timedelta(days=chance.randrange(1, 20))
    first = chance.randrange(100, 9000)
    return tuple(
        Invoice(number=f"INV-{day.year}-{first + offset:05}", issued_on=day) for offset in range(count)
    )


def _transport(chance: Random, issuer: str, importer: str, departure: date) -> Transport:
    mode = pick(chance, _modes(issuer, importer))
    return Transport(
        departure_date=departure,
        mode=mode,
        conveyance=_conveyance(chance, mode),
        port_of_loading=pick(chance, _places(issuer, mode)).code,
        port_of_discharge=pick(chance, _places(importer, mode)).code,
    )


def _places(state: str, mode: str) -> tuple[Place, ...]:
    return tuple(place for place in PLACES[state] if mode in place.modes)


def _modes(issuer: str, importer: str) -> list[str]:
    """Return the modes that both states have places for; road only on the mainland."""
    mainland = {"KH", "LA", "MM", "MY", "SG", "TH", "VN"}
    modes = ["1", "1", "1", "4"] + (["3"] if {issuer, importer} <= mainland else [])
    return [mode for mode in modes if _places(issuer, mode) and _places(importer, mode)]


def _conveyance(chance: Random, mode: str) -> str:
    if mode == "1":
        return f"{pick(chance, VESSELS)} V.{chance.randrange(10, 999):03}"
    if mode == "4":
        return f"{pick(chance, FLIGHT_CODES)}{chance.randrange(100, 999)}"
    return f"TRUCK {chance.randrange(10, 99)}C-{chance.randrange(10000, 99999)}"


def _ticked(plain: Certificate, **boxes: bool) -> TickBoxes:
    return replace(plain.tick_boxes, **boxes)


def _states(plain: Certificate) -> tuple[str, str]:
    return plain.issuing_country or "", plain.importing_country or ""


def _third_country_invoicing(chance: Random, plain: Certificate) -> Certificate:
    firm = pick(chance, FIRMS[pick(chance, THIRD_COUNTRIES)])
    return replace(
        plain,
        third_country_company=Company(name=firm.name, country=firm.country),
        tick_boxes=_ticked(plain, third_country_invoicing=True),
    )


def _exhibition(chance: Random, plain: Certificate) -> Certificate:
    importer = plain.importing_country
    here = [each for each in EXHIBITIONS if each[2] == importer] or list(EXHIBITIONS)
    name, city, country = pick(chance, here)
    return replace(
        plain,
        exhibition=Exhibition(
            name=name, address=Address(lines=("Exhibition halls 1-4",), city=city, country=country)
        ),
        tick_boxes=_ticked(plain, exhibition=True),
    )


def _accumulation(chance: Random, plain: Certificate) -> Certificate:
    issuer, importer = _states(plain)
    items = _items(chance, len(plain.items), issuer, importer, changed=True)
    return replace(plain, items=items, tick_boxes=_ticked(plain, accumulation=True))


def _de_minimis(chance: Random, plain: Certificate) -> Certificate:
    issuer, importer = _states(plain)
    first, *others = _items(chance, len(plain.items), issuer, importer, changed=True)
    items = (replace(first, de_minimis_share=pick(chance, _SHARES)), *others)
    return replace(plain, items=items, tick_boxes=_ticked(plain, de_minimis=True))


def _back_to_back(chance: Random, plain: Certificate) -> Certificate:
    issuer, importer = _states(plain)
    first = pick(chance, [state for state in STATES if state not in (issuer, importer)])
    issued_on = plain.certification.signed_on if plain.certification else DEFAULT_DATE
    day = (issued_on or DEFAULT_DATE) - timedelta(days=chance.randrange(20, 200))
    proof = OriginalProof(
        reference=reference(first, issuer, day.year, chance.randrange(1, 90_000)),
        issued_on=day,
        issuing_country=first,
    )
    return replace(
        plain,
        produced_in=first,
        items=_items(chance, len(plain.items), issuer, importer, producer=first),
        original_proofs=(proof,),
        tick_boxes=_ticked(plain, back_to_back=True),
    )


def _issued_retroactively(chance: Random, plain: Certificate) -> Certificate:
    issued_on = plain.certification.signed_on if plain.certification else None
    departure = (issued_on or DEFAULT_DATE) - timedelta(days=chance.randrange(4, 120))
    transport = replace(plain.transport or Transport(), departure_date=departure)
    return replace(plain, transport=transport, tick_boxes=_ticked(plain, issued_retroactively=True))


def _partial_cumulation(chance: Random, plain: Certificate) -> Certificate:
    issuer, importer = _states(plain)
    items = tuple(
        item(
            chance,
            number,
            pick(chance, goods_of(issuer, changed=True)),
            issuer=issuer,
            importer=importer,
            criterion=cumulated(chance),
        )
        for number in range(1, len(plain.items) + 1)
    )
    return replace(plain, items=items, tick_boxes=_ticked(plain, partial_cumulation=True))


SHAPES: dict[str, Shape] = {
    "plain": lambda chance, plain: plain,
    "third-country-invoicing": _third_country_invoicing,
    "exhibition": _exhibition,
    "accumulation": _accumulation,
    "de-minimis": _de_minimis,
    "back-to-back": _back_to_back,
    "issued-retroactively": _issued_retroactively,
    "partial-cumulation": _partial_cumulation,
}
_COMMON = ("plain",) * 10 + tuple(name for name in SHAPES if name != "plain")
_SHARES = tuple(map(Decimal, ("2.5", "5", "7.5", "10")))

__all__ = ["DEFAULT_DATE", "SHAPES", "STATES", "certificate", "party"]
