"""EAEU: for every rule one document with exactly one defect; the name begins with the rule's id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.corridors.eaeu import codes
from asw_exchange.corridors.eaeu.answers import processing_result, verification_reply
from asw_exchange.testdata import eaeu, stream
from asw_exchange.testdata.eaeu import DEFAULT_DATE, DEFAULT_MOMENT
from asw_exchange.verbs import build

Named = Iterator[tuple[str, m.Value]]
FUTURE = date(2999, 1, 1)


def certificate(**changes: Any) -> m.Certificate:
    """A certificate from Viet Nam to Russia with a change."""
    chance = stream(2025, "invalid eaeu")
    base = eaeu.certificate(chance, 17, issuer="VN", importer="RU", shape="plain", items=2)
    return (
        replace(base, consignee=russian(), **changes)
        if "consignee" not in changes
        else replace(base, **changes)
    )


def russian(**changes: Any) -> m.Party:
    """A consignee in Russia, named in Russian."""
    address = m.Address(lines=("ул. Речная 27",), city="Москва", postcode="115114", country="RU")
    return replace(m.Party(name="ООО «Волга Импорт»", identifier="7709876543", address=address), **changes)


def item(**changes: Any) -> tuple[m.Item, ...]:
    """The items of the certificate, the first with a change."""
    first, *others = certificate().items
    return replace(first, **changes), *others


def certification(**changes: Any) -> m.Certification:
    """Box 12 with a change."""
    return replace(certificate().certification or m.Certification(), **changes)


def named(day: date) -> m.CertificateReference:
    """Another certificate of this date."""
    return m.CertificateReference(reference="EAV-VN-24-0000016", issued_on=day)


def certificates() -> Named:
    """Broken Forms EAV."""
    yield "EV01--no-number", certificate(reference=None)
    yield (
        "EV02--both-in-the-union",
        certificate(importing_country="VN", consignee=russian(address=m.Address(country="VN"))),
    )
    yield "EV03--exporter-without-name", certificate(exporter=replace(certificate().exporter, name=None))
    yield "EV04--consignee-elsewhere", certificate(consignee=russian(address=m.Address(country="BY")))
    yield "EV05--no-goods", certificate(items=())
    yield "EV06--numbered-from-two", certificate(items=item(number=2)[:1])
    yield "EV07--no-packages", certificate(items=item(packages=()))
    yield "EV08--no-description", certificate(items=item(description=None))
    yield (
        "EV09--criterion-of-another-form",
        certificate(items=item(origin_criterion=m.OriginCriterion(rule="CTH"))),
    )
    yield "EV10--no-quantity", certificate(items=item(quantity=None))
    yield "EV11--invoice-without-date", certificate(invoices=(m.Invoice(number="HĐ-0042"),))
    yield "EV12--certified-elsewhere", certificate(certification=certification(country="KZ"))
    yield (
        "EV13--declared-after-certification",
        certificate(declaration=m.Declaration(place="Hà Nội", signed_on=DEFAULT_DATE + timedelta(days=1))),
    )
    yield "EV14--produced-elsewhere", certificate(produced_in="CN")
    both = named(DEFAULT_DATE - timedelta(days=20))
    yield "EV15--duplicate-and-substitute", certificate(duplicate_of=both, replaces=both)
    yield "EV16--duplicate-after-a-year", certificate(duplicate_of=named(date(2024, 2, 1)))
    yield "EV17--substitute-after-a-year", certificate(replaces=named(date(2024, 2, 1)))
    route = replace(certificate().transport or m.Transport(), departure_date=date(2025, 2, 1))
    yield "EV18--retroactive-not-said", certificate(transport=route)
    retroactive = m.TickBoxes(issued_retroactively=True)
    future = certification(signed_on=FUTURE)
    yield "EV19--issued-in-the-future", certificate(certification=future, tick_boxes=retroactive)
    yield "EV20--exporter-elsewhere", certificate(exporter=russian(name="ООО «Экспорт»"))


def requests() -> Named:
    """Broken verification requests."""
    good = eaeu.verification_request(stream(2025, "invalid request"), certificate(), DEFAULT_MOMENT)
    yield "VQ01--no-certificate", replace(good, certificate=None)
    yield "VQ02--both-in-the-union", replace(good, issuing_country="BY")
    yield "VQ03--no-reason", replace(good, reasons=())
    yield "VQ04--before-the-certificate", replace(good, requested_on=date(2025, 1, 1))


def replies() -> Named:
    """Broken verification replies."""
    request = eaeu.verification_request(stream(2025, "invalid request"), certificate(), DEFAULT_MOMENT)
    good = verification_reply(request, DEFAULT_MOMENT, m.VerificationResult.CONFIRMED)
    lone = m.ElectronicDocument(id=codes.message_id("lone"), created_at=DEFAULT_MOMENT)
    yield "EH04--answers-nothing", replace(good, electronic_document=lone)
    yield "VR01--no-certificate", replace(good, certificate=None)
    yield "VR02--no-result", replace(good, result=None)
    yield "VR03--no-item-listed", replace(good, result=m.VerificationResult.PARTLY_CONFIRMED)
    yield "VR04--not-issued-without-reason", replace(good, result=m.VerificationResult.NOT_ISSUED)
    yield "VR05--in-the-future", replace(good, replied_on=FUTURE)


def declarations() -> Named:
    """Broken export declarations."""
    good = eaeu.export_declaration(stream(2025, "invalid declaration"), 3, issuer="VN", importer="KZ")
    first, *others = good.items
    yield "ED01--no-number", replace(good, number=None)
    fish = (replace(first, hs_code="030363"),)
    yield "ED02--both-in-the-union", replace(good, export_country="RU", items=fish)
    yield "ED03--exporter-without-name", replace(good, exporter=replace(good.exporter, name=None))
    yield "ED04--no-goods", replace(good, items=())
    yield "ED05--numbered-from-two", replace(good, items=(replace(first, number=2),))
    yield "ED06--accepted-in-the-future", replace(good, accepted_on=FUTURE)
    yield "ED07--code-with-dots", replace(good, items=(replace(first, hs_code="0902.40"), *others))
    yield "ED08--group-not-agreed", replace(good, items=(replace(first, hs_code="640399"), *others))
    light = m.Quantity(value=good.gross_weight.value / 1000, unit="KGM") if good.gross_weight else None
    yield "ED09--lighter-than-its-items", replace(good, gross_weight=light)


def results() -> Named:
    """Broken processing results."""
    good = processing_result(certificate(), DEFAULT_MOMENT)
    yield "PR01--ended-after-it-was-told", replace(good, processed_at=DEFAULT_MOMENT + timedelta(days=1))
    yield "PR02--names-no-document", replace(good, description=None)


def signals() -> Named:
    """A broken signal."""
    error = m.SignalError(code="E42", description="неизвестная ошибка")
    moment = DEFAULT_MOMENT
    yield "SG01--code-of-nobody", m.Signal(id=codes.message_id("x"), occurred_at=moment, errors=(error,))


def faults() -> Named:
    """Broken faults."""
    good = m.Fault(
        code="soap:Sender", subcode="int:DataError", reason="Сообщение не может быть прочитано", problem="<a>"
    )
    yield "FT01--sender-and-receiver-confused", replace(good, subcode="int:InternalError")
    yield "FT02--no-reason", replace(good, reason=" ")
    yield "FT03--no-message", replace(good, problem=None)


DOCUMENTS: tuple[tuple[str, Named], ...] = (
    (codes.CERTIFICATE, certificates()),
    (codes.REQUEST, requests()),
    (codes.REPLY, replies()),
    (codes.DECLARATION, declarations()),
    (codes.RESULT, results()),
    (codes.REFUSED, signals()),
    (codes.FAULT, faults()),
)


def patched() -> Iterator[tuple[str, bytes]]:
    """Defects that the layout cannot write, or that the schema sees."""
    text = build(certificate(), codes.CERTIFICATE, indent=True).decode()
    identity = (
        certificate().electronic_document or m.ElectronicDocument(id="", created_at=DEFAULT_MOMENT)
    ).id
    answered = f"<csdo:EDocRefId>{identity}</csdo:EDocRefId>\n    <csdo:EDocDateTime>"
    for name, old, new in (
        ("EH01--codes-of-another-kind", "P.VN.01.MSG.001", "P.VN.01.MSG.002"),
        ("EH02--language-of-the-document", "<csdo:LanguageCode>ru", "<csdo:LanguageCode>en"),
        ("EH03--answers-itself", "<csdo:EDocDateTime>", answered),
        ("XSD-VALUE--another-classifier", 'codeListId="2021">VN', 'codeListId="2019">VN'),
        ("XSD-UNEXPECTED--version-of-the-model", "ComplexDataObjects:v0.4.14", "ComplexDataObjects:v0.4.4"),
    ):
        assert old in text
        yield name, text.replace(old, new).encode()


BUILT = {
    f"{name}.xml": build(document, kind, indent=True)
    for kind, several in DOCUMENTS
    for name, document in several
}
SAMPLES = BUILT | {f"{name}.xml": data for name, data in patched()}
