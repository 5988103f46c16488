"""A valid document of each sort, to be changed in one place by a test."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from asw_exchange import model as m

MOMENT = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)
"""When the tests take place."""


def party(name: str, country: str, **changes: Any) -> m.Party:
    """A firm with an address."""
    address = m.Address(lines=("12 Harbour Road",), city="Port City", postcode="10000", country=country)
    return replace(m.Party(name=name, identifier="0301234567", address=address), **changes)


def item(number: int = 1, **changes: Any) -> m.Item:
    """Coffee, wholly obtained."""
    base = m.Item(
        number=number,
        marks="N/M",
        packages=(m.Packages(count=100, type="BG"),),
        description="Coffee, not roasted, in bags of 60 kg",
        quantity=m.Quantity(value=Decimal(6000), unit="KGM"),
        hs_code="09011120",
        manufacturer="Highland Coffee Cooperative",
        origin_criterion=m.OriginCriterion(rule="WO"),
        gross_weight=m.Quantity(value=Decimal(6100), unit="KGM"),
    )
    return replace(base, **changes)


def certificate(**changes: Any) -> m.Certificate:
    """A valid e-Form D from Viet Nam to Thailand, issued on 1 March 2025."""
    base = m.Certificate(
        reference="VN-TH 25/02/00006",
        issuing_country="VN",
        importing_country="TH",
        produced_in="VN",
        exporter=party("Highland Coffee Export", "VN"),
        consignee=party("Siam Roasters", "TH"),
        transport=m.Transport(
            departure_date=date(2025, 3, 2),
            mode="1",
            conveyance="MEKONG STAR V.12",
            port_of_loading="VNSGN",
            port_of_discharge="THBKK",
        ),
        items=(item(),),
        invoices=(m.Invoice(number="HC-2025-017", issued_on=date(2025, 2, 26)),),
        declaration=m.Declaration(
            place="Ho Chi Minh City", signed_on=date(2025, 2, 27), signatory="Export manager"
        ),
        certification=m.Certification(
            place="Ho Chi Minh City",
            signed_on=date(2025, 3, 1),
            officer="Authorised officer 02",
            authority="Ministry of Industry and Trade",
            country="VN",
        ),
    )
    return replace(base, **changes)


def issued_on(day: date, **changes: Any) -> m.Certificate:
    """The same certificate issued, declared and invoiced on another day, shipped on that day."""
    base = certificate()
    assert base.certification
    assert base.declaration
    assert base.transport
    year = f"{day.year % 100:02}"
    return replace(
        base,
        reference=changes.pop("reference", f"VN-TH {year}/02/00006"),
        certification=replace(base.certification, signed_on=day),
        declaration=replace(base.declaration, signed_on=day),
        invoices=(m.Invoice(number="HC-017", issued_on=day),),
        transport=replace(base.transport, departure_date=day),
        **changes,
    )


def export_declaration(**changes: Any) -> m.ExportDeclaration:
    """A valid ACDD."""
    base = m.ExportDeclaration(
        number="305123456789",
        exporter=m.Party(name="Highland Coffee Export", identifier="0301234567"),
        consignee=replace(party("Siam Roasters", "TH"), identifier=None),
        agent=m.Party(name="Port Agents", identifier="0309999999"),
        departure_date=date(2025, 3, 2),
        transport_mode="1",
        port_of_discharge="THBKK",
        items=(
            m.DeclaredItem(
                number=1,
                hs_code="09011120",
                quantity=m.Quantity(value=Decimal(6000), unit="KGM"),
                origin_country="VN",
            ),
        ),
    )
    return replace(base, **changes)
