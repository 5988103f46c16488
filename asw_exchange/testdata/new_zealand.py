"""Test documents of the New Zealand corridor, one generator for each kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from msgspec.structs import replace

from asw_exchange.corridors.new_zealand.answers import border_outcome
from asw_exchange.corridors.new_zealand.sps_layouts import (
    PHYTOSANITARY,
    RE_EXPORT,
    SANITARY,
    VETERINARY,
)
from asw_exchange.model import (
    Address,
    Amount,
    Certificate,
    Certification,
    CitedDocument,
    ClearanceStatus,
    Company,
    Declaration,
    DeclaredItem,
    ExportDeclaration,
    Invoice,
    Item,
    OriginalProof,
    OriginCriterion,
    Packages,
    Party,
    Quantity,
    TickBoxes,
    TrackedEnvelope,
    Transport,
    Value,
)
from asw_exchange.testdata.firms import FIRMS, Firm
from asw_exchange.testdata.new_zealand_goods import (
    CERTIFIERS,
    OFFICERS,
    PORTS,
    TRADERS,
    VESSELS,
    Good,
    goods_of,
)
from asw_exchange.testdata.new_zealand_hub import tracked_envelope
from asw_exchange.testdata.new_zealand_sps import ISSUED_AT, number_of, sps_certificate
from asw_exchange.testdata.routes import ANY, Route
from asw_exchange.testdata.seeds import pick

DEFAULT_DATE = ISSUED_AT.date()
STATES = ("NZ", "VN")

_CENT, _GRAM = Decimal("0.01"), Decimal("0.001")
_REASONS = (
    "live insects found on arrival",
    "the seal of the container is not the one named",
    "the product is not on the list of permitted goods",
)

Shape = Callable[[Random, Certificate], Certificate]


def other(state: str) -> str:
    """Return the other member of the corridor."""
    return "VN" if state == "NZ" else "NZ"


def certificate(
    chance: Random,
    number: int,
    *,
    issuer: str | None = None,
    issued_on: date = DEFAULT_DATE,
    items: int | None = None,
    shape: str | None = None,
) -> Certificate:
    """Make a valid Form AANZ. What is not given is chosen; ``shape`` is a name of SHAPES, mostly plain."""
    issuer = issuer or pick(chance, STATES)
    plain = _plain(chance, number, issuer, issued_on, items or chance.randrange(1, 9))
    return SHAPES[shape or pick(chance, _COMMON)](chance, plain)


def _plain(chance: Random, number: int, issuer: str, issued_on: date, count: int) -> Certificate:
    importer = other(issuer)
    declared_on = issued_on - timedelta(days=chance.randrange(0, 3))
    body, place = CERTIFIERS[issuer]
    goods = goods_of(issuer)
    return Certificate(
        reference=f"AANZ-{issuer}-{issued_on.year}-{number:06}",
        issuing_country=issuer,
        importing_country=importer,
        produced_in=issuer,
        exporter=_party(pick(chance, TRADERS[issuer])),
        consignee=_party(pick(chance, TRADERS[importer]), local=chance.randrange(4) == 0),
        transport=_transport(chance, issuer, importer, issued_on + timedelta(days=chance.randrange(0, 6))),
        items=tuple(_item(chance, each, pick(chance, goods)) for each in range(1, count + 1)),
        invoices=(_invoice(chance, declared_on),),
        declaration=Declaration(place=place, signed_on=declared_on, signatory="Export manager"),
        certification=Certification(
            place=place,
            signed_on=issued_on,
            officer=pick(chance, OFFICERS[issuer]),
            authority=body,
            country=issuer,
        ),
    )


def _party(firm: Firm, *, local: bool = False) -> Party:
    address = Address(lines=firm.lines, city=firm.city, postcode=firm.postcode, country=firm.country)
    return Party(name=(local and firm.local_name) or firm.name, identifier=firm.identifier, address=address)


def _invoice(chance: Random, before: date) -> Invoice:
    day = before - timedelta(days=chance.randrange(1, 20))
    return Invoice(number=f"INV-{day.year}-{chance.randrange(100, 99999):05}", issued_on=day)


def _transport(chance: Random, exporter: str, importer: str, departure: date) -> Transport:
    mode = "4" if chance.randrange(6) == 0 else "1"
    loading, discharge = (
        pick(chance, [port for port in PORTS[state] if mode in port.modes]) for state in (exporter, importer)
    )
    voyage = chance.randrange(100, 999)
    return Transport(
        departure_date=departure,
        mode=mode,
        conveyance=f"XN{voyage}" if mode == "4" else f"{pick(chance, VESSELS)} V.{voyage}",
        port_of_loading=loading.code,
        port_of_discharge=discharge.code,
    )


def _item(chance: Random, number: int, good: Good) -> Item:
    count = chance.randrange(10, 400)
    quantity = Decimal(count * good.per_package)
    content = Decimal(chance.randrange(40, 90)) if good.criterion == "RVC" else None
    value = (quantity * good.price).quantize(_CENT)
    return Item(
        number=number,
        marks=pick(chance, ("N/M", f"LOT {chance.randrange(1, 900):03}")),
        packages=(Packages(count=count, type=good.package),),
        description=good.description,
        quantity=Quantity(value=quantity, unit=good.unit),
        hs_code=good.hs6,
        manufacturer=pick(chance, TRADERS[good.exporter]).name,
        origin_criterion=OriginCriterion(rule=good.criterion, percentage=content),
        gross_weight=Quantity(value=(quantity * good.weight).quantize(_GRAM), unit="KGM"),
        fob=Amount(value=value, currency="USD") if content else None,
    )


def _third_party_invoice(chance: Random, plain: Certificate) -> Certificate:
    firm = FIRMS["HK"][0]
    company = Company(name=firm.name, country=firm.country)
    boxes = replace(plain.tick_boxes, third_country_invoicing=True)
    return replace(plain, third_country_company=company, tick_boxes=boxes)


def _back_to_back(chance: Random, plain: Certificate) -> Certificate:
    first = pick(chance, ("AU", "TH", "SG"))
    day = DEFAULT_DATE - timedelta(days=chance.randrange(30, 200))
    reference = f"AANZ-{first}-{day.year}-{chance.randrange(1, 10**6):06}"
    proof = OriginalProof(reference=reference, issued_on=day, issuing_country=first)
    boxes = replace(plain.tick_boxes, back_to_back=True)
    return replace(plain, produced_in=first, original_proofs=(proof,), tick_boxes=boxes)


def _issued_retroactively(chance: Random, plain: Certificate) -> Certificate:
    issued_on = plain.certification.signed_on if plain.certification else None
    departure = (issued_on or DEFAULT_DATE) - timedelta(days=chance.randrange(4, 90))
    transport = replace(plain.transport or Transport(), departure_date=departure)
    return replace(plain, transport=transport, tick_boxes=TickBoxes(issued_retroactively=True))


def _changed(chance: Random, plain: Certificate) -> tuple[Item, ...]:
    """Return the items, the first of them under a change of tariff heading."""
    goods = [good for good in goods_of(plain.issuing_country or "") if good.criterion == "CTH"]
    return (_item(chance, 1, pick(chance, goods)), *plain.items[1:])


def _de_minimis(chance: Random, plain: Certificate) -> Certificate:
    first, *others = _changed(chance, plain)
    items = (replace(first, de_minimis_share=Decimal(chance.randrange(1, 11))), *others)
    return replace(plain, items=items, tick_boxes=TickBoxes(de_minimis=True))


def _accumulation(chance: Random, plain: Certificate) -> Certificate:
    return replace(plain, items=_changed(chance, plain), tick_boxes=TickBoxes(accumulation=True))


SHAPES: dict[str, Shape] = {
    "plain": lambda chance, plain: plain,
    "third-party-invoice": _third_party_invoice,
    "back-to-back": _back_to_back,
    "issued-retroactively": _issued_retroactively,
    "de-minimis": _de_minimis,
    "accumulation": _accumulation,
}
_COMMON = ("plain",) * 8 + tuple(name for name in SHAPES if name != "plain")


def declaration(
    chance: Random,
    number: int,
    *,
    issuer: str | None = None,
    accepted_on: date = DEFAULT_DATE,
    items: int | None = None,
) -> ExportDeclaration:
    """Make an export declaration whose totals are those of its lines, and which cites certificates."""
    issuer = issuer or pick(chance, STATES)
    importer = other(issuer)
    count = items or chance.randrange(1, 7)
    goods = [pick(chance, goods_of(issuer)) for _ in range(count)]
    lines = tuple(_declared(chance, each, good, accepted_on) for each, good in enumerate(goods, 1))
    transport = _transport(chance, issuer, importer, accepted_on + timedelta(days=chance.randrange(0, 5)))
    agent = pick(chance, TRADERS[issuer])
    gross = sum((line.net_weight.value for line in lines if line.net_weight), Decimal(0)) * Decimal("1.05")
    return ExportDeclaration(
        number=f"{issuer}EX{accepted_on.year}{number:08}",
        exporter=_party(pick(chance, TRADERS[issuer])),
        consignee=_party(pick(chance, TRADERS[importer])),
        agent=Party(name=f"{agent.city} Customs Brokers", identifier=agent.identifier),
        departure_date=transport.departure_date,
        transport_mode=transport.mode,
        port_of_discharge=transport.port_of_discharge,
        items=lines,
        office=transport.port_of_loading,
        accepted_on=accepted_on,
        export_country=issuer,
        import_country=importer,
        conveyance=transport.conveyance,
        port_of_loading=transport.port_of_loading,
        trade_terms=pick(chance, ("FOB", "CIF", "CFR")),
        invoice=_invoice(chance, accepted_on),
        invoice_amount=_total(lines),
        gross_weight=Quantity(value=gross.quantize(_GRAM), unit="KGM"),
        package_count=sum(line.packages.count for line in lines if line.packages),
        consignment_reference=f"{accepted_on.year % 10}{issuer}{chance.randrange(10**9):09}",
    )


def _total(lines: tuple[DeclaredItem, ...]) -> Amount:
    return Amount(value=sum((line.value.value for line in lines if line.value), Decimal(0)), currency="USD")


def _declared(chance: Random, number: int, good: Good, day: date) -> DeclaredItem:
    count = chance.randrange(10, 400)
    quantity = Decimal(count * good.per_package)
    cited = [
        CitedDocument(type="861", reference=f"AANZ-{good.exporter}-{day.year}-{chance.randrange(10**6):06}")
    ]
    if good.type_code:
        reference = number_of(good.type_code, good.exporter, day.year, chance.randrange(10**6))
        cited.append(CitedDocument(type=good.type_code, reference=reference))
    return DeclaredItem(
        number=number,
        hs_code=good.hs6,
        quantity=Quantity(value=quantity, unit=good.unit),
        origin_country=good.exporter,
        description=good.description,
        net_weight=Quantity(value=(quantity * good.weight * Decimal("0.95")).quantize(_GRAM), unit="KGM"),
        packages=Packages(count=count, type=good.package),
        value=Amount(value=(quantity * good.price).quantize(_CENT), currency="USD"),
        certificates=tuple(cited),
    )


def acknowledgement(chance: Random, number: int, route: Route = ANY) -> ClearanceStatus:
    """Make the outcome of a certificate that never was; one in four is a rejection."""
    type_code = pick(chance, (PHYTOSANITARY, RE_EXPORT, SANITARY, VETERINARY))
    reasons = (pick(chance, _REASONS),) if chance.randrange(4) == 0 else ()
    answered = number_of(type_code, route.receiver or pick(chance, STATES), ISSUED_AT.year, number)
    return border_outcome(
        answered, type_code, moment=ISSUED_AT + timedelta(hours=number % 48), reasons=reasons
    )


def _sps(type_code: str) -> Callable[..., Value]:
    return lambda chance, number, route=ANY: sps_certificate(chance, number, type_code, exporter=route.sender)


def _issued(make: Callable[..., Value]) -> Callable[..., Value]:
    return lambda chance, number, route=ANY: make(chance, number, issuer=route.sender)


def _tracked(chance: Random, number: int, route: Route = ANY) -> TrackedEnvelope:
    return tracked_envelope(chance, number, sender=route.sender)


GENERATORS: dict[str, Callable[..., Value]] = {
    "new-zealand/phytosanitary-certificate": _sps(PHYTOSANITARY),
    "new-zealand/re-export-certificate": _sps(RE_EXPORT),
    "new-zealand/sanitary-certificate": _sps(SANITARY),
    "new-zealand/veterinary-certificate": _sps(VETERINARY),
    "new-zealand/sps-acknowledgement": acknowledgement,
    "new-zealand/certificate-aanz": _issued(certificate),
    "new-zealand/export-declaration": _issued(declaration),
    "new-zealand/envelope-header": _tracked,
}
"""Kind to the function that makes the ``number``-th document."""
