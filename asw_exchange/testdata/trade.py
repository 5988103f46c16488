"""A consignment between two states with everything that any form may ask for.

Each corridor's generator takes it and leaves out what its form has no place for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from asw_exchange.model import (
    Amount,
    Certificate,
    Certification,
    Declaration,
    DeclaredItem,
    ExportDeclaration,
    Invoice,
    Item,
    OriginCriterion,
    Packages,
    Quantity,
    Transport,
)
from asw_exchange.testdata.certificates import DEFAULT_DATE, party
from asw_exchange.testdata.goods import Good
from asw_exchange.testdata.partner_tables import exports_of, firms_of, places_of
from asw_exchange.testdata.places import FLIGHT_CODES, VESSELS
from asw_exchange.testdata.seeds import pick

Criterion = Callable[[Random, Good], OriginCriterion]

_CENT, _GRAM = Decimal("0.01"), Decimal("0.001")
_LEAST_VALUE = Decimal(2000)


def consignment(
    chance: Random,
    *,
    issuer: str,
    importer: str,
    reference: str,
    authority: tuple[str, str],
    criterion: Criterion,
    issued_on: date = DEFAULT_DATE,
    items: int | None = None,
) -> Certificate:
    """Make a certificate with the fields that all forms share; ``authority`` is (name, place)."""
    count = items or (chance.randrange(1, 7) if chance.randrange(10) else chance.randrange(7, 21))
    declared_on = issued_on - timedelta(days=chance.randrange(0, 3))
    name, place = authority
    goods = exports_of(issuer)
    return Certificate(
        reference=reference,
        issuing_country=issuer,
        importing_country=importer,
        produced_in=issuer,
        exporter=party(pick(chance, firms_of(issuer))),
        consignee=party(pick(chance, firms_of(importer)), local=chance.randrange(4) == 0),
        transport=transport(chance, issuer, importer, issued_on + timedelta(days=chance.randrange(0, 6))),
        items=tuple(
            _item(chance, each, pick(chance, goods), issuer, criterion) for each in range(1, count + 1)
        ),
        invoices=(invoice(chance, declared_on),),
        declaration=Declaration(place=place, signed_on=declared_on, signatory="Export manager"),
        certification=Certification(
            place=place,
            signed_on=issued_on,
            officer=f"Authorised officer {chance.randrange(1, 40):02}",
            authority=name,
            country=issuer,
        ),
    )


def transport(chance: Random, issuer: str, importer: str, departure: date) -> Transport:
    """Make a voyage or a flight between two states."""
    mode = "1" if places_of(issuer, "1") and places_of(importer, "1") and chance.randrange(4) else "4"
    return Transport(
        departure_date=departure,
        mode=mode,
        conveyance=conveyance(chance, mode),
        port_of_loading=pick(chance, places_of(issuer, mode)).code,
        port_of_discharge=pick(chance, places_of(importer, mode)).code,
    )


def conveyance(chance: Random, mode: str) -> str:
    """Name a ship or a flight."""
    if mode == "1":
        return f"{pick(chance, VESSELS)} V.{chance.randrange(10, 999):03}"
    return f"{pick(chance, FLIGHT_CODES)}{chance.randrange(100, 999)}"


def invoice(chance: Random, before: date) -> Invoice:
    """Make an invoice of the weeks before a day."""
    day = before - timedelta(days=chance.randrange(1, 20))
    return Invoice(number=f"INV-{day.year}-{chance.randrange(100, 99999):05}", issued_on=day)


def packages_of(chance: Random, good: Good) -> int:
    """Return a number of packages that is worth shipping."""
    least = int(_LEAST_VALUE / (good.price * good.per_package)) + 1
    return least * chance.randrange(1, 4) + chance.randrange(0, 40)


def value_of(chance: Random, good: Good, quantity: Decimal) -> Amount:
    """Return a FOB value near the good's usual price."""
    price = good.price * Decimal(chance.randrange(90, 111)) / 100
    return Amount(value=(quantity * price).quantize(_CENT), currency="USD")


def weight_of(good: Good, quantity: Decimal) -> Quantity:
    """Return the gross weight of a quantity."""
    return Quantity(value=(quantity * good.weight).quantize(_GRAM), unit="KGM")


def _item(chance: Random, number: int, good: Good, issuer: str, criterion: Criterion) -> Item:
    count = packages_of(chance, good)
    quantity = Decimal(count * good.per_package)
    maker = pick(chance, firms_of(issuer))
    return Item(
        number=number,
        marks=pick(chance, ("N/M", f"LOT {chance.randrange(1, 900):03}", f"{maker.city.upper()} 1-{count}")),
        packages=(Packages(count=count, type=good.package),),
        description=f"{good.description}; {quantity} {good.unit}",
        quantity=Quantity(value=quantity, unit=good.unit),
        hs_code=good.hs6,
        manufacturer=maker.name,
        origin_criterion=criterion(chance, good),
        gross_weight=weight_of(good, quantity),
        fob=value_of(chance, good, quantity),
    )


def declaration(
    chance: Random,
    *,
    number: str,
    issuer: str,
    importer: str,
    departure: date = DEFAULT_DATE,
    items: int | None = None,
    subheadings: tuple[str, ...] = (),
) -> ExportDeclaration:
    """Make an export declaration with the fields that the partner corridors share."""
    goods = exports_of(issuer, *subheadings)
    lines = tuple(
        _line(chance, each, pick(chance, goods), issuer)
        for each in range(1, (items or chance.randrange(1, 6)) + 1)
    )
    route = transport(chance, issuer, importer, departure)
    gross = sum((line.net_weight.value for line in lines if line.net_weight), Decimal(0)) * Decimal("1.05")
    value = sum((line.value.value for line in lines if line.value), Decimal(0))
    return ExportDeclaration(
        number=number,
        exporter=party(pick(chance, firms_of(issuer))),
        consignee=party(pick(chance, firms_of(importer))),
        departure_date=departure,
        transport_mode=route.mode,
        conveyance=route.conveyance,
        port_of_loading=route.port_of_loading,
        port_of_discharge=route.port_of_discharge,
        items=lines,
        accepted_on=departure - timedelta(days=1),
        export_country=issuer,
        import_country=importer,
        trade_terms="FOB",
        invoice=invoice(chance, departure),
        invoice_amount=Amount(value=value, currency="USD"),
        gross_weight=Quantity(value=gross.quantize(_GRAM), unit="KGM"),
        package_count=sum(line.packages.count for line in lines if line.packages),
    )


def _line(chance: Random, number: int, good: Good, issuer: str) -> DeclaredItem:
    count = packages_of(chance, good)
    quantity = Decimal(count * good.per_package)
    net = (quantity * good.weight * Decimal("0.95")).quantize(_GRAM)
    return DeclaredItem(
        number=number,
        hs_code=good.ahtn,
        quantity=Quantity(value=quantity, unit=good.unit),
        origin_country=issuer,
        description=good.description,
        net_weight=Quantity(value=net, unit="KGM"),
        packages=Packages(count=count, type=good.package),
        value=value_of(chance, good, quantity),
    )
