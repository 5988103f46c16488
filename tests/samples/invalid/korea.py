"""Korea: for every rule one document with exactly one defect; the name begins with the rule's id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.corridors.korea import history
from asw_exchange.corridors.korea.answers import feedback
from asw_exchange.testdata import korea, stream
from asw_exchange.testdata.certificates import party
from asw_exchange.testdata.korea import DEFAULT_DATE, DEFAULT_MOMENT
from asw_exchange.testdata.partner_tables import firms_of
from asw_exchange.verbs import build

Named = Iterator[tuple[str, m.Value]]
FUTURE = date(2999, 1, 1)
USD = m.Amount(value=Decimal("15000.00"), currency="USD")


def good(form: str, **changes: Any) -> m.Certificate:
    """A certificate of Viet Nam (AK, VK) or Korea (KV) with a change; its consignee in the local script."""
    issuer = "KR" if form == "KV" else "VN"
    chance = stream(2025, "invalid korea", form)
    plain = korea.certificate(chance, 17, form=form, issuer=issuer, shape="plain", items=1)
    firm = next(firm for firm in firms_of(plain.importing_country or "") if firm.local_name)
    first = replace(plain.items[0], origin_criterion=m.OriginCriterion(rule="WO"), fob=None)
    base = replace(plain, consignee=party(firm, local=True), items=(first,))
    return replace(base, **changes)


def item(form: str, **changes: Any) -> tuple[m.Item, ...]:
    """The item of the certificate with a change."""
    return (replace(good(form).items[0], **changes),)


def criterion(rule: str, percentage: int | None = None) -> m.OriginCriterion:
    """An origin criterion."""
    return m.OriginCriterion(rule=rule, percentage=None if percentage is None else Decimal(percentage))


def certification(form: str, **changes: Any) -> m.Certification:
    """Box 12 with a change."""
    return replace(good(form).certification or m.Certification(), **changes)


def forms_ak() -> Named:
    """Broken Forms AK."""
    yield "KC01--no-number", good("AK", reference=None)
    away = m.Party(name="Bangkok Importers", address=m.Address(country="TH"))
    yield "KC02--to-another-state", good("AK", importing_country="TH", consignee=away)
    yield "KC03--exporter-without-name", good("AK", exporter=m.Party(address=m.Address(country="VN")))
    yield "KC04--consignee-elsewhere", good("AK", consignee=away)
    yield "KC05--no-goods", good("AK", items=())
    yield "KC06--numbered-from-two", good("AK", items=item("AK", number=2))
    yield "KC07--no-packages", good("AK", items=item("AK", packages=()))
    yield "KC08--no-description", good("AK", items=item("AK", description=None))
    yield "KC09--four-digits", good("AK", items=item("AK", hs_code="0901"))
    yield "KC10--criterion-of-another-form", good("AK", items=item("AK", origin_criterion=criterion("PE")))
    low = item("AK", origin_criterion=criterion("RVC", 35), fob=USD)
    yield "KC11--value-content-too-low", good("AK", items=low)
    yield "KC12--no-fob", good("AK", items=item("AK", origin_criterion=criterion("RVC", 45)))
    yield "KC13--fob-not-asked-for", good("AK", items=item("AK", fob=USD))
    yield "KC14--invoice-without-number", good("AK", invoices=(m.Invoice(issued_on=DEFAULT_DATE),))
    late = m.Declaration(place="Hà Nội", signed_on=DEFAULT_DATE + timedelta(days=1))
    yield "KC15--declared-after-issue", good("AK", declaration=late)
    yield "KC16--no-authority", good("AK", certification=certification("AK", authority=None))
    future = certification("AK", signed_on=FUTURE)
    retroactive = m.TickBoxes(issued_retroactively=True)
    yield "KC17--issued-in-the-future", good("AK", certification=future, tick_boxes=retroactive)
    shipped = replace(good("AK").transport or m.Transport(), departure_date=date(2025, 2, 1))
    yield "KC18--retroactive-not-marked", good("AK", transport=shipped)
    yield "KC19--no-weight", good("AK", items=item("AK", gross_weight=None))
    ticked = m.TickBoxes(third_country_invoicing=True)
    yield "KC20--invoicing-company-missing", good("AK", tick_boxes=ticked)
    yield "KC21--exhibition-not-named", good("AK", tick_boxes=m.TickBoxes(exhibition=True))
    yield "KC22--original-not-named", good("AK", tick_boxes=m.TickBoxes(back_to_back=True))
    old = m.OriginalProof(reference="AK-2023-000815", issued_on=date(2023, 11, 2), issuing_country="TH")
    yield (
        "KC23--original-of-two-years-ago",
        good("AK", tick_boxes=m.TickBoxes(back_to_back=True), original_proofs=(old,)),
    )


def forms_vk() -> Named:
    """Broken Forms VK."""
    here = m.Company(name="주식회사 한강무역", country="KR")
    words = "Non-Party Invoicing: 주식회사 한강무역, KR"
    yield "KC24--invoiced-in-a-party", good("VK", third_country_company=here, remarks=words)
    company = m.Company(name="Victoria Peak Trading", country="HK")
    yield (
        "KC25--words-missing",
        good("VK", third_country_company=company, remarks="Hóa đơn do bên thứ ba phát hành"),
    )


def forms_kv() -> Named:
    """A broken Form KV."""
    company = m.Company(name="Victoria Peak Trading", country="HK")
    words = "Third-Country Invoicing: Victoria Peak Trading, HK"
    yield "KC26--third-country-invoicing", good("KV", third_country_company=company, remarks=words)


def answers() -> Named:
    """Broken feedback."""
    applied = feedback(good("VK"), moment=DEFAULT_MOMENT)
    denied = feedback(good("VK"), moment=DEFAULT_MOMENT, granted=False)
    yield "KF01--no-number", replace(applied, reference=None)
    yield "KF02--no-decision", replace(applied, decision=None)
    yield "KF03--no-item-listed", replace(applied, decision=m.Decision.PARTLY_UTILISED)
    yield "KF04--not-applied-without-reason", replace(denied, reasons=())
    yield "KF05--in-the-future", replace(applied, decided_on=FUTURE)
    yield "KF06--before-receipt", replace(applied, received_on=DEFAULT_DATE + timedelta(days=1))


def corrections() -> Named:
    """Broken corrections."""
    base = korea.correction(stream(2025, "invalid correction"), good("VK"), form="VK")
    inner = base.certificate or m.Certificate()
    yield "KR01--no-number", replace(base, reference=None, certificate=replace(inner, reference=None))
    yield "KR02--no-certificate", replace(base, certificate=None)
    yield "KR03--no-reason", replace(base, reason=None)
    yield "KR04--no-version", replace(base, version=None)
    yield "KR05--in-the-future", replace(base, corrected_on=FUTURE)
    yield "KR06--form-not-said", replace(base, form=None)
    yield "KR07--issued-elsewhere", replace(base, certificate=replace(inner, issuing_country="KR"))
    yield (
        "KR08--old-number-not-named",
        replace(base, certificate=replace(inner, reference="VN-KR 25/01/00099")),
    )


def declarations() -> Named:
    """Broken declarations."""
    base = korea.export_declaration(stream(2025, "invalid declaration"), 3, issuer="KR")
    first, *others = base.items
    yield "KD01--no-number", replace(base, number=None)
    yield "KD02--no-goods", replace(base, items=(), package_count=None, invoice_amount=None)
    yield "KD03--exporter-without-name", replace(base, exporter=m.Party(identifier="1208112345"))
    yield "KD04--no-office", replace(base, office=None)
    yield "KD05--in-the-future", replace(base, accepted_on=FUTURE)
    yield "KD06--to-where-it-comes-from", replace(base, import_country="KR")
    yield "KD07--numbered-from-nought", replace(base, items=(replace(first, number=0), *others))
    yield "KD08--lighter-than-its-items", replace(base, gross_weight=m.Quantity(value=Decimal(1), unit="KGM"))
    yield "KD09--packages-do-not-add-up", replace(base, package_count=(base.package_count or 0) + 1)
    yield "KD10--amount-does-not-add-up", replace(base, invoice_amount=USD)
    yield "KD11--code-with-dots", replace(base, items=(replace(first, hs_code="3304.99"), *others))


DOCUMENTS: tuple[tuple[str, Named], ...] = (
    (history.CERTIFICATE_AK, forms_ak()),
    (history.CERTIFICATE_VK, forms_vk()),
    (history.CERTIFICATE_KV, forms_kv()),
    (history.FEEDBACK, answers()),
    (history.CORRECTION, corrections()),
    (history.DECLARATION, declarations()),
)


def patched() -> Iterator[tuple[str, bytes]]:
    """Defects that the schema sees."""
    text = build(good("AK"), history.CERTIFICATE_AK, indent=True).decode()
    yield "XSD-VALUE--function-of-a-correction", text.replace("<FunctionCode>09", "<FunctionCode>35").encode()
    start, end = text.index("  <Exporter>"), text.index("  <Importer>")
    after = text.index("  <Consignment>")
    swapped = text[:start] + text[end:after] + text[start:end] + text[after:]
    yield "XSD-ORDER--importer-before-exporter", swapped.encode()


BUILT = {
    f"{name}.xml": build(document, kind, indent=True) for kind, named in DOCUMENTS for name, document in named
}
SAMPLES = BUILT | {f"{name}.xml": data for name, data in patched()}
