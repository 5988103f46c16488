"""ASEAN: for every rule one message with exactly one defect; the name begins with the rule's id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.corridors.asean.answers import ReasonCode, customs_response
from asw_exchange.model import Decision
from asw_exchange.verbs import build
from tests.builders import certificate, export_declaration, issued_on, item, party

DAY = date(2025, 3, 3)
MOMENT = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)

Sample = tuple[str, bytes]


def ticked(**boxes: bool) -> m.TickBoxes:
    """Tick boxes of box 13."""
    return m.TickBoxes(**boxes)


def criterion(rule: str, percentage: int | None = None) -> m.OriginCriterion:
    """An origin criterion."""
    return m.OriginCriterion(rule=rule, percentage=None if percentage is None else Decimal(percentage))


def to_state(state: str, **changes: Any) -> m.Certificate:
    """The certificate of the builders, going to another state."""
    base = certificate(
        reference=f"VN-{state} 25/02/00006",
        importing_country=state,
        consignee=party("Harbour Importers", state),
    )
    return replace(base, **changes)


def transport(**changes: Any) -> m.Transport:
    """Box 3 with a change."""
    return replace(certificate().transport or m.Transport(), **changes)


def certification(**changes: Any) -> m.Certification:
    """Box 12 with a change."""
    return replace(certificate().certification or m.Certification(), **changes)


def declaration(**changes: Any) -> m.Declaration:
    """Box 11 with a change."""
    return replace(certificate().declaration or m.Declaration(), **changes)


USD_150 = m.Amount(value=Decimal(150), currency="USD")
ORIGINAL = m.OriginalProof(reference="SG202500000815", issued_on=date(2025, 1, 20), issuing_country="SG")
SAME_HEADING = m.Material(hs_code="09012110", originating=False)


def certificates() -> Iterator[tuple[str, m.Certificate]]:
    """One broken certificate for every document rule of e-Form D."""
    consignee = certificate().consignee or m.Party()
    yield "D01--importer-in-number", certificate(reference="VN-MY 25/02/00006")
    yield "D02--certified-elsewhere", certificate(certification=certification(country="TH"))
    yield "D03--no-member-state", to_state("JP")
    yield "D04--consignee-without-name", certificate(consignee=replace(consignee, name=None))
    yield "D05--exporter-is-consignee", certificate(consignee=party("HIGHLAND  coffee export", "TH"))
    yield "D06--consignee-elsewhere", certificate(consignee=party("Klang Roasters", "MY"))
    yield "D07--issued-in-the-future", issued_on(date(2999, 3, 1))
    yield "D08--declared-after-issue", certificate(declaration=declaration(signed_on=date(2025, 3, 2)))
    yield "D09--retroactive-not-ticked", certificate(transport=transport(departure_date=date(2025, 2, 27)))
    late = issued_on(date(2021, 3, 10))
    yield "D09b--beyond-three-days", replace(late, transport=transport(departure_date=date(2021, 3, 1)))
    yield (
        "D10--over-a-year-after-shipment",
        certificate(
            transport=transport(departure_date=date(2024, 2, 1)), tick_boxes=ticked(issued_retroactively=True)
        ),
    )
    yield "D12--item-number-twice", certificate(items=(item(1), item(1)))
    yield "D13--fifty-one-items", certificate(items=tuple(item(number) for number in range(1, 52)))
    yield "D14--no-packages", certificate(items=(item(packages=(m.Packages(count=0, type="BG"),)),))
    yield "D15--no-manufacturer", certificate(items=(item(manufacturer=None),))
    yield "D16--tariff-code-with-dots", certificate(items=(item(hs_code="0901.11.20"),))
    yield "D17--criterion-of-another-agreement", certificate(items=(item(origin_criterion=criterion("PE")),))
    yield "D18--value-content-too-low", certificate(items=(item(origin_criterion=criterion("RVC", 35)),))
    yield (
        "D19--partial-cumulation-out-of-range",
        certificate(
            items=(item(origin_criterion=criterion("PC", 45)),), tick_boxes=ticked(partial_cumulation=True)
        ),
    )
    yield "D20--partial-cumulation-without-item", certificate(tick_boxes=ticked(partial_cumulation=True))
    low = item(origin_criterion=criterion("CTSH", 30), required_value_content=Decimal(35))
    yield "D21--combination-below-its-rule", certificate(items=(low,))
    unchanged = item(origin_criterion=criterion("CTH"), materials=(SAME_HEADING,))
    yield "D22--material-of-the-same-heading", certificate(items=(unchanged,))
    yield "D23--de-minimis-without-tariff-change", certificate(tick_boxes=ticked(de_minimis=True))
    yield "D24--accumulation-of-wholly-obtained", certificate(tick_boxes=ticked(accumulation=True))
    yield (
        "D25--fob-missing-for-indonesia",
        to_state("ID", items=(item(origin_criterion=criterion("RVC", 45)),)),
    )
    priced = item(fob=m.Amount(value=Decimal(15600), currency="USD"))
    yield "D26--fob-not-asked-for", certificate(items=(priced,))
    yield "D27--no-weight", certificate(items=(item(gross_weight=None),))
    invoice = m.Invoice(number="HC-2025-018", issued_on=date(2025, 3, 2))
    yield "D28--invoice-after-issue", certificate(invoices=(invoice,))
    yield "D29--invoicing-company-missing", certificate(tick_boxes=ticked(third_country_invoicing=True))
    yield "D30--original-missing", certificate(tick_boxes=ticked(back_to_back=True))
    own = replace(ORIGINAL, reference="VN-TH 25/01/00815", issuing_country="VN")
    yield (
        "D32--original-of-the-same-state",
        certificate(original_proofs=(own,), tick_boxes=ticked(back_to_back=True)),
    )
    yield "D33--exhibition-missing", certificate(tick_boxes=ticked(exhibition=True))
    old = m.CertificateReference(reference="VN-TH 23/02/00815", issued_on=date(2023, 12, 1))
    yield "D35--replaced-after-a-year", certificate(replaces=old)
    small = item(origin_criterion=criterion("RVC", 45), fob=USD_150)
    yield "D37--too-small-for-a-certificate", to_state("KH", items=(small,))
    yield "D38--transit-without-through-bill", certificate(transport=transport(transit_countries=("HK",)))


def responses() -> Iterator[tuple[str, m.CustomsResponse]]:
    """Broken Customs Responses."""
    granted = customs_response(certificate(), moment=MOMENT, import_declaration="10123456789")
    refused = customs_response(
        certificate(), moment=MOMENT, decision=Decision.REJECTED, reason=ReasonCode.HS_MISMATCH
    )
    yield "R02--rejected-after-sixty-days", replace(refused, received_on=DAY - timedelta(days=61))
    yield "R04--refused-item-missing", replace(granted, decision=Decision.PARTLY_UTILISED)
    wordless = (m.Reason(code=ReasonCode.DATA_MISMATCH),)
    yield "R05--minor-difference", replace(refused, reasons=wordless)
    yield "R10--answered-by-the-issuer", replace(granted, responding_country="VN")
    yield "R06--no-reference", replace(granted, reference=None)
    yield "R07--decided-before-receipt", replace(granted, decided_on=DAY - timedelta(days=1))
    yield "R08--not-granted-without-reason", replace(refused, decision=Decision.NOT_GRANTED, reasons=())
    yield "R09--rejected-with-quantities", replace(refused, utilised_quantities=granted.utilised_quantities)


def cancellations(family: tuple[str, ...]) -> Iterator[tuple[str, m.Cancellation]]:
    """Broken cancellations; both kinds have the same rules under ids of their own."""
    good = cancellation()
    changes = (
        ("no-number", {"reference": None}),
        ("no-state", {"issuing_country": None}),
        ("in-the-future", {"cancelled_on": date(2999, 1, 1)}),
        ("no-reason", {"reason": None}),
        ("replaced-by-itself", {"replaced_by": good.reference}),
    )
    for rule, (slug, change) in zip(family, changes, strict=True):
        yield f"{rule}--cancellation-{slug}", replace(good, **change)


def cancellation() -> m.Cancellation:
    """A cancellation in order, its reason in Lao."""
    return m.Cancellation(
        reference="LA/D/000123/25",
        issuing_country="LA",
        cancelled_on=DAY,
        reason=m.Reason(code="data-mismatch", text="ແກ້ໄຂຈຳນວນສິນຄ້າ"),
    )


def requests() -> Iterator[tuple[str, m.RetransmissionRequest]]:
    """Broken requests, the reason in Khmer."""
    reason = m.Reason(code="data-loss", text="បាត់ទិន្នន័យ")
    good = m.RetransmissionRequest(
        references=("VN-KH 25/02/00006",), requesting_country="KH", requested_on=DAY, reason=reason
    )
    yield "T01--nothing-asked-for", replace(good, references=())
    yield "T02--nobody-asks", replace(good, requesting_country=None)
    yield "T03--no-reason", replace(good, reason=None)


def declarations() -> Iterator[tuple[str, m.ExportDeclaration]]:
    """Broken ACDDs."""
    line = export_declaration().items[0]
    yield "A01--no-agent", export_declaration(agent=None)
    yield "A03--tariff-code-with-dots", export_declaration(items=(replace(line, hs_code="0901.11"),))


def declaration_responses() -> Iterator[tuple[str, m.CustomsResponse]]:
    """Broken answers to an ACDD."""
    good = m.CustomsResponse(
        reference="305123456789",
        issuing_country="VN",
        responding_country="MM",
        decision=Decision.MATCHED,
        decided_on=DAY,
    )
    yield "A02--response-without-number", replace(good, reference=None)
    yield "A04--response-without-status", replace(good, decision=None)
    yield "A05--rejected-without-reason", replace(good, decision=Decision.REJECTED)
    yield "A10--answered-in-the-future", replace(good, decided_on=date(2999, 1, 1))


def acknowledgements() -> Iterator[tuple[str, m.Acknowledgement]]:
    """Broken acknowledgements; a finding in Burmese."""
    good = m.Acknowledgement(
        refers_to="VN-00000042",
        kind="asean/eform-d",
        outcome=m.Outcome.ACCEPTED,
        received_at=MOMENT,
        digest="0123456789abcdef" * 4,
    )
    error = m.Finding(rule_id="D28", severity=m.Severity.ERROR, message="ပြေစာရက်စွဲမှားနေသည်")
    yield "K01--digest-too-short", replace(good, digest="0123456789abcdef")
    yield "K02--rejected-without-error", replace(good, outcome=m.Outcome.REJECTED)
    yield "K03--accepted-with-error", replace(good, findings=(error,))


def wrong_structure() -> Iterator[Sample]:
    """Faults that the schema sees, on a certificate for Thai eyes."""
    thai = certificate(consignee=party("บริษัท กาแฟสยาม จำกัด", "TH"), items=(item(marks="กาแฟดิบ 1-100"),))
    text = build(thai, "asean/eform-d", indent=True).decode()
    start, middle, end = (
        text.index("  <Exporter>"),
        text.index("  <Consignee>"),
        text.index("  <Consignment>"),
    )
    swapped = text[:start] + text[middle:end] + text[start:middle] + text[end:]
    number = "  <ID>VN-TH 25/02/00006</ID>\n"
    yield "XSD-ORDER--consignee-before-exporter", swapped.encode()
    yield "XSD-MISSING--no-type-code", text.replace("  <TypeCode>861</TypeCode>\n", "").encode()
    yield (
        "XSD-UNEXPECTED--remarks",
        text.replace("  <TickBoxes>", "  <Remarks>urgent</Remarks>\n  <TickBoxes>").encode(),
    )
    yield "XSD-REPEATED--two-numbers", text.replace(number, number + number).encode()
    yield "XSD-VALUE--unit-in-words", text.replace('unitCode="KGM">6100', 'unitCode="KILO">6100').encode()
    yield (
        "XSD-ATTRIBUTE--no-unit",
        text.replace('GrossMassMeasure unitCode="KGM"', "GrossMassMeasure").encode(),
    )
    yield "KIND-UNKNOWN--version-two", text.replace("eform-d:1", "eform-d:2").encode()


def unreadable() -> Iterator[Sample]:
    """Faults that the reader sees."""
    text = build(certificate(exporter=party("Công ty Cà phê Cao Nguyên", "VN")), "asean/eform-d", indent=True)
    head, body = text.split(b"\n", 1)
    yield "XML-SYNTAX--cut-off", text[: len(text) // 2]
    yield "XML-DOCTYPE--entity", head + b'\n<!DOCTYPE CertificateOfOrigin [<!ENTITY e "x">]>\n' + body
    yield "XML-ENCODING--windows-1258", head.replace(b"UTF-8", b"windows-1258") + b"\n" + body
    yield "XML-LIMIT--deep-nesting", b"<a>" * 90 + b"</a>" * 90 + b"\n"


DOCUMENTS: tuple[tuple[str, Iterator[tuple[str, m.Value]]], ...] = (
    ("asean/eform-d", certificates()),
    ("asean/customs-response", responses()),
    ("asean/eform-d-cancellation", cancellations(("C01", "C01", "C02", "C03", "C04"))),
    ("asean/acdd-cancellation", cancellations(("A02", "A06", "A07", "A08", "A09"))),
    ("asean/retransmission-request", requests()),
    ("asean/acdd", declarations()),
    ("asean/acdd-response", declaration_responses()),
    ("asean/acknowledgement", acknowledgements()),
)


def samples() -> dict[str, bytes]:
    """File name to bytes, all of them."""
    made = {
        f"{name}.xml": build(document, kind, indent=True)
        for kind, documents in DOCUMENTS
        for name, document in documents
    }
    return made | {f"{name}.xml": data for name, data in (*wrong_structure(), *unreadable())}


SAMPLES = samples()
