"""A valid document of each sort of the New Zealand corridor, to be changed in one place by a test."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.model.quarantine import Seal, ShippingMarks

MOMENT = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)
"""When the tests take place."""
ISSUED_AT = datetime(2025, 3, 1, 2, 30, tzinfo=UTC)
NZ, VN = m.SpsCountry(code="NZ", name="New Zealand"), m.SpsCountry(code="VN", name="Viet Nam")


def note(subject: str, content: str) -> m.Note:
    """A note with one content."""
    return m.Note(subject=subject, contents=(content,))


def kilograms(value: int) -> m.Quantity:
    """A weight."""
    return m.Quantity(value=Decimal(value), unit="KGM")


def sps_party(name: str, country: str) -> m.SpsParty:
    """A firm with an address."""
    address = m.SpsAddress(line_one="12 Harbour Road", city="Port City", country=country)
    return m.SpsParty(name=name, address=address)


TREATMENT = m.Treatment(
    type_code="ZZZ",
    ended_at=datetime(2025, 2, 26, 3, 0, tzinfo=UTC),
    duration=m.Quantity(value=Decimal(24), unit="HUR"),
    characteristics=(
        m.Characteristic(descriptions=("TTL1", "Fumigation")),
        m.Characteristic(descriptions=("TTTM",), measure=m.Quantity(value=Decimal("21.5"), unit="CEL")),
        m.Characteristic(descriptions=("TTFT", "Fumigated at 21.5 degrees Celsius during 24 h")),
    ),
)


def sps_item(number: int = 1, **changes: Any) -> m.QuarantineItem:
    """Green kiwifruit."""
    base = m.QuarantineItem(
        number=number,
        description="Kiwifruit, green, fresh",
        common_name="Kiwifruit",
        scientific_name="Actinidia deliciosa",
        batches=("B2503-017",),
        intended_use="Consumption",
        net_weight=kilograms(10000),
        gross_weight=kilograms(10600),
        classifications=(
            m.Classification(system="HS", code="081050"),
            m.Classification(system="IPPCPCVP", name="fruit"),
        ),
        packages=(
            m.SpsPackages(
                level="4", type="CT", count=Decimal(1000), marks=(ShippingMarks(marking="NZ-4471"),)
            ),
        ),
        origins=(NZ,),
    )
    return replace(base, **changes)


SIGNATORY = m.Signatory(
    signed_at=ISSUED_AT,
    place=m.SpsPlace(code="NZWLG", name="Wellington"),
    authority="Ministry for Primary Industries (Manatū Ahu Matua)",
    officer="Aroha Tāwhai",
    clauses=(m.Clause(id="1", text="Kua tirohia ngā hua whenua e whakaahuatia ana i konei."),),
)


def phytosanitary(**changes: Any) -> m.QuarantineCertificate:
    """A valid certificate of type 851 from New Zealand to Viet Nam, issued on 1 March 2025."""
    base = m.QuarantineCertificate(
        number="NZL2025/PH/000017",
        status_code="70",
        issued_at=ISSUED_AT,
        issuer=m.SpsParty(name="Ministry for Primary Industries (Manatū Ahu Matua)"),
        notes=(note("ADEDL", "Free from soil and live insects."),),
        signatory=SIGNATORY,
        consignor=sps_party("Ngā Kaiwhakatipu Huakiwi o Te Awa", "NZ"),
        consignee=sps_party("Công ty TNHH Trái cây Sài Gòn Xanh", "VN"),
        export_country=NZ,
        port_of_loading=m.SpsPlace(code="NZTRG", name="Tauranga"),
        import_country=VN,
        port_of_discharge=m.SpsPlace(code="VNSGN", name="Thành phố Hồ Chí Minh"),
        movements=(m.Movement(id="217N", mode="1", means="SOUTHERN KŌTARE"),),
        containers=(m.Container(id="XNZU1234567", seals=(Seal(id="SL000481"),)),),
        items=(sps_item(),),
    )
    return replace(base, **changes)


def signatory(**changes: Any) -> m.Signatory:
    """The signatory with a change."""
    return replace(SIGNATORY, **changes)


ORIGINAL = m.ReferencedDocument(
    issued_on=date(2025, 1, 20), type_code="851", relationship="AWR", id="CL-004711"
)
RE_EXPORT_NOTES = (
    note("RPCST", "1"),
    note("RPCCO", "Chile"),
    note("RPCRF", "CL-004711"),
    note("RPCOR", "True"),
    note("RPCRP", "False"),
    note("RPCPC", "True"),
)


def re_export(**changes: Any) -> m.QuarantineCertificate:
    """A valid certificate of type 657: Chilean kiwifruit from New Zealand to Viet Nam."""
    line = sps_item(notes=RE_EXPORT_NOTES, origins=(m.SpsCountry(code="CL", name="Chile"),))
    base = phytosanitary(
        number="NZL2025/RX/000003",
        references=(ORIGINAL,),
        signatory=signatory(clauses=(m.Clause(),)),
        re_export_countries=(NZ,),
        items=(line,),
    )
    return replace(base, **changes)


REPLACEMENT_NOTES = (
    note("ADRP", "1"),
    note("ADRPN", "NZL2025/PH/000017"),
    note("ADRPR", "Sửa trọng lượng của dòng 1"),
    note("ADRD", "2025-03-01"),
)
REPLACED = m.ReferencedDocument(
    issued_on=date(2025, 3, 1), type_code="851", relationship="AWR", id="NZL2025/PH/000017"
)


def replacement(**changes: Any) -> m.QuarantineCertificate:
    """A valid certificate that is issued in place of another one."""
    base = phytosanitary(
        number="NZL2025/PH/000018",
        status_code="44",
        notes=REPLACEMENT_NOTES,
        references=(REPLACED,),
    )
    return replace(base, **changes)


def veterinary(**changes: Any) -> m.QuarantineCertificate:
    """A valid certificate of type 853: milk powder from New Zealand to Viet Nam."""
    line = sps_item(
        description="Whole milk powder",
        common_name="Milk powder",
        scientific_name="Bos taurus",
        classifications=(m.Classification(system="HS", code="040221"),),
        treatments=(m.Treatment(type_code="95"),),
    )
    base = phytosanitary(number="NZL2025/VE/000017", items=(line,))
    return replace(base, **changes)


def outcome(**changes: Any) -> m.ClearanceStatus:
    """A valid border outcome: approved by Viet Nam."""
    about = m.ReferencedDocument(type_code="851", relationship="ZZZ", id="NZL2025/PH/000017")
    base = m.ClearanceStatus(issued_at=MOMENT, status_code="39", references=(about,))
    return replace(base, **changes)


def party(name: str, country: str) -> m.Party:
    """A firm with an address."""
    address = m.Address(lines=("12 Harbour Road",), city="Port City", country=country)
    return m.Party(name=name, identifier="9429000000017", address=address)


def aanz_item(number: int = 1, **changes: Any) -> m.Item:
    """Milk powder, produced entirely from originating materials."""
    base = m.Item(
        number=number,
        marks="N/M",
        packages=(m.Packages(count=400, type="BG"),),
        description="Whole milk powder in bags of 25 kg",
        quantity=kilograms(10000),
        hs_code="040221",
        origin_criterion=m.OriginCriterion(rule="PE"),
        gross_weight=kilograms(10200),
    )
    return replace(base, **changes)


def aanz(**changes: Any) -> m.Certificate:
    """A valid Form AANZ from New Zealand to Viet Nam, issued on 1 March 2025."""
    base = m.Certificate(
        reference="AANZ-NZ-2025-000017",
        issuing_country="NZ",
        importing_country="VN",
        produced_in="NZ",
        exporter=party("Southern Alps Dairy Limited", "NZ"),
        consignee=party("Công ty Cổ phần Sữa Bình Minh", "VN"),
        transport=m.Transport(
            departure_date=date(2025, 3, 2),
            mode="1",
            conveyance="TASMAN HERON V.217",
            port_of_loading="NZLYT",
            port_of_discharge="VNHPH",
        ),
        items=(aanz_item(),),
        invoices=(m.Invoice(number="SAD-2025-017", issued_on=date(2025, 2, 26)),),
        declaration=m.Declaration(place="Ōtautahi", signed_on=date(2025, 2, 27), signatory="Export manager"),
        certification=m.Certification(
            place="Auckland",
            signed_on=date(2025, 3, 1),
            officer="Hēmi Ngāpō",
            authority="New Zealand Chambers of Commerce",
            country="NZ",
        ),
    )
    return replace(base, **changes)


def declared_item(number: int = 1, **changes: Any) -> m.DeclaredItem:
    """Milk powder with two certificates."""
    base = m.DeclaredItem(
        number=number,
        hs_code="040221",
        quantity=kilograms(10000),
        origin_country="NZ",
        description="Whole milk powder",
        net_weight=kilograms(10000),
        packages=m.Packages(count=400, type="BG"),
        value=m.Amount(value=Decimal(34000), currency="USD"),
        certificates=(
            m.CitedDocument(type="861", reference="AANZ-NZ-2025-000017"),
            m.CitedDocument(type="853", reference="NZL2025/VE/000017"),
        ),
    )
    return replace(base, **changes)


def declaration(**changes: Any) -> m.ExportDeclaration:
    """A valid export declaration of New Zealand."""
    base = m.ExportDeclaration(
        number="NZEX202500000017",
        exporter=party("Southern Alps Dairy Limited", "NZ"),
        consignee=party("Công ty Cổ phần Sữa Bình Minh", "VN"),
        departure_date=date(2025, 3, 2),
        transport_mode="1",
        port_of_discharge="VNHPH",
        items=(declared_item(),),
        office="NZLYT",
        accepted_on=date(2025, 3, 1),
        export_country="NZ",
        import_country="VN",
        conveyance="TASMAN HERON V.217",
        port_of_loading="NZLYT",
        invoice=m.Invoice(number="SAD-2025-017", issued_on=date(2025, 2, 26)),
        invoice_amount=m.Amount(value=Decimal(34000), currency="USD"),
        gross_weight=kilograms(10200),
        package_count=400,
    )
    return replace(base, **changes)
