"""Test documents of the Korean corridor, one generator for each kind.

The numbers of certificates issued in Korea are *modelled*; Viet Nam's follow the pattern seen for Korea.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from msgspec.structs import replace

from asw_exchange.corridors.korea import history
from asw_exchange.corridors.korea.answers import ReasonCode, feedback
from asw_exchange.model import (
    Acknowledgement,
    Certificate,
    CertificateReference,
    Company,
    Correction,
    CustomsResponse,
    Exhibition,
    ExportDeclaration,
    Finding,
    Item,
    OriginalProof,
    OriginCriterion,
    Outcome,
    Reason,
    Severity,
    Transport,
    Value,
)
from asw_exchange.testdata.certificates import DEFAULT_DATE
from asw_exchange.testdata.firms import AUTHORITIES, FIRMS
from asw_exchange.testdata.goods import Good
from asw_exchange.testdata.routes import ANY, Route
from asw_exchange.testdata.seeds import pick
from asw_exchange.testdata.trade import consignment, declaration

DEFAULT_MOMENT = datetime.combine(DEFAULT_DATE, time(2), UTC)
BODIES = {
    "KR": (("Korea Customs Service", "Busan"), ("Korea Chamber of Commerce and Industry", "Seoul")),
    "VN": (AUTHORITIES["VN"],),
}
_ONLY_ISSUER = {"VK": "VN", "KV": "KR"}
FORMS = {"AK": history.CERTIFICATE_AK, "VK": history.CERTIFICATE_VK, "KV": history.CERTIFICATE_KV}
SHAPES_AK = ("plain",) * 6 + ("third-country-invoicing", "exhibition", "back-to-back", "retroactive")
SHAPES_VK = ("plain",) * 6 + ("non-party-invoicing", "retroactive")
_FAIRS = {"KR": "Hanoi Trade Exhibition", "VN": "Seoul Import Exhibition"}
"""By the state that issues: where its goods were shown, in the other (invented)."""
_MISTAKES = (
    Reason(code="data-mismatch", text="송장 번호 정정"),
    Reason(code="HS-mismatch", text="품목번호 정정"),
    Reason(code="data-mismatch", text="sửa số lượng của mặt hàng 1"),
)


def number_of(form: str, issuer: str, serial: int, year: int = DEFAULT_DATE.year) -> str:
    """Return the number of a certificate; one serial, one number."""
    if issuer == "VN":
        return f"VN-KR {year % 100:02}/{1 + serial // 100_000:02}/{serial % 100_000:05}"
    return f"K{form}-{year % 100:02}-{serial:08}"


def certificate(
    chance: Random,
    number: int,
    *,
    form: str,
    issuer: str | None = None,
    issued_on: date = DEFAULT_DATE,
    shape: str | None = None,
    items: int | None = None,
) -> Certificate:
    """Make a valid certificate on Form AK, VK or KV; ``shape`` is a name of SHAPES_AK or SHAPES_VK."""
    issuer = _ONLY_ISSUER.get(form) or issuer or pick(chance, ("KR", "VN"))
    full = consignment(
        chance,
        issuer=issuer,
        importer="VN" if issuer == "KR" else "KR",
        reference=number_of(form, issuer, number, issued_on.year),
        authority=pick(chance, BODIES[issuer]),
        criterion=_criterion_ak if form == "AK" else _criterion_vk,
        issued_on=issued_on,
        items=items,
    )
    plain = replace(full, items=tuple(_fob_where_asked(item) for item in full.items))
    name = shape or pick(chance, SHAPES_AK if form == "AK" else SHAPES_VK)
    return _shaped(chance, plain, issued_on, name, form)


def _value_content(chance: Random) -> Decimal:
    return Decimal(chance.randrange(40, 75))


def _criterion_ak(chance: Random, good: Good) -> OriginCriterion:
    if "WO" in good.criteria:
        return OriginCriterion(rule=pick(chance, ("WO", "WO", "WO-AK")))
    rule = pick(chance, ("CTH", "CTC", "RVC", "CTH +", "SP", "Rule 6"))
    if rule == "RVC":
        return OriginCriterion(rule="RVC", percentage=_value_content(chance))
    if rule == "CTH +":
        return OriginCriterion(rule="CTH", percentage=Decimal(40))
    return OriginCriterion(rule=rule)


def _criterion_vk(chance: Random, good: Good) -> OriginCriterion:
    if "WO" in good.criteria:
        return OriginCriterion(rule="WO")
    rule = pick(chance, ("CTC", "CTH", "CC", "PE", "RVC"))
    return OriginCriterion(rule=rule, percentage=_value_content(chance) if rule == "RVC" else None)


def _fob_where_asked(item: Item) -> Item:
    asked = item.origin_criterion is not None and item.origin_criterion.percentage is not None
    return item if asked else replace(item, fob=None)


def _shaped(chance: Random, plain: Certificate, issued_on: date, shape: str, form: str) -> Certificate:
    boxes = plain.tick_boxes
    if shape == "retroactive":
        departure = issued_on - timedelta(days=chance.randrange(15, 90))
        route = replace(plain.transport or Transport(), departure_date=departure)
        return replace(plain, transport=route, tick_boxes=replace(boxes, issued_retroactively=True))
    if shape == "exhibition":
        exhibition = Exhibition(name=_FAIRS[plain.issuing_country or "KR"])
        return replace(plain, exhibition=exhibition, tick_boxes=replace(boxes, exhibition=True))
    if shape == "back-to-back":
        return _back_to_back(chance, plain, issued_on)
    if shape.endswith("invoicing"):
        return _invoiced_elsewhere(chance, plain, form)
    return plain


def _back_to_back(chance: Random, plain: Certificate, issued_on: date) -> Certificate:
    day = issued_on - timedelta(days=chance.randrange(20, 300))
    proof = OriginalProof(
        reference=f"AK-{day.year}-{chance.randrange(10**6):06}", issued_on=day, issuing_country="TH"
    )
    boxes = replace(plain.tick_boxes, back_to_back=True)
    return replace(plain, original_proofs=(proof,), tick_boxes=boxes, produced_in="TH")


def _invoiced_elsewhere(chance: Random, plain: Certificate, form: str) -> Certificate:
    firm = pick(chance, FIRMS[pick(chance, ("HK", "SG", "JP"))])
    company = Company(name=firm.name, country=firm.country)
    if form == "AK":
        boxes = replace(plain.tick_boxes, third_country_invoicing=True)
        return replace(plain, third_country_company=company, tick_boxes=boxes)
    remarks = f"Non-Party Invoicing: {firm.name}, {firm.country}"
    return replace(plain, third_country_company=company, remarks=remarks)


def correction(
    chance: Random,
    corrected: Certificate,
    *,
    form: str,
    version: int = 1,
    day: date = DEFAULT_DATE,
    new_number: str | None = None,
) -> Correction:
    """Correct the invoice of a certificate, under its old number or a new one."""
    first, *others = corrected.invoices
    fixed = replace(corrected, invoices=(replace(first, number=f"{first.number}-A"), *others))
    if new_number is not None:
        issued_on = corrected.certification.signed_on if corrected.certification else None
        named = CertificateReference(reference=corrected.reference or "", issued_on=issued_on or day)
        fixed = replace(fixed, reference=new_number, replaces=named)
    return Correction(
        reference=corrected.reference,
        issuing_country=corrected.issuing_country,
        corrected_on=day,
        version=version,
        form=form,
        reason=pick(chance, _MISTAKES),
        certificate=fixed,
    )


def answer(chance: Random, answered: Certificate, moment: datetime = DEFAULT_MOMENT) -> CustomsResponse:
    """Tell of a preference: mostly applied, sometimes in part, sometimes not."""
    import_declaration = f"{chance.randrange(10**13, 10**14)}M"
    numbers = [item.number for item in answered.items if item.number]
    lot = chance.randrange(6)
    reason = pick(chance, tuple(ReasonCode))
    if lot == 0:
        return feedback(answered, moment=moment, granted=False, reason=reason)
    refused = (pick(chance, numbers),) if lot == 1 and len(numbers) > 1 else ()
    return feedback(
        answered, moment=moment, refused=refused, reason=reason, import_declaration=import_declaration
    )


def export_declaration(
    chance: Random, number: int, *, issuer: str | None = None, departure: date = DEFAULT_DATE
) -> ExportDeclaration:
    """Make a declaration; Korean numbers are declarant 5, year 2, serial 6 and a check digit (modelled)."""
    issuer = issuer or pick(chance, ("KR", "VN"))
    full = declaration(
        chance,
        number=_declaration_number(issuer, number, departure),
        issuer=issuer,
        importer="VN" if issuer == "KR" else "KR",
        departure=departure,
    )
    return replace(
        full,
        office="030" if issuer == "KR" else "02CI",
        procedure="A",
        invoice=None,
        consignment_reference=f"UCR{departure.year}{number:08}",
    )


def _declaration_number(issuer: str, number: int, day: date) -> str:
    if issuer == "VN":
        return f"30{day.year % 10}{number:09}"
    body = f"41234{day.year % 100:02}{number:06}"
    return f"{body}{sum(map(int, body)) % 10}"


def acknowledgement(chance: Random, number: int, route: Route = ANY) -> Acknowledgement:
    """Make an acknowledgement of a message that never was; one in four is a rejection."""
    rejected = chance.randrange(4) == 0
    finding = Finding(
        rule_id="KC09",
        severity=Severity.ERROR,
        message="the HS number of the importing country is missing or has fewer than six digits",
        line=1,
        path="/CertificateOfOrigin/ConsignmentItem/Classification",
        source="Form AK, box 7",
        ruleset="korea/certificate-ak",
    )
    return Acknowledgement(
        refers_to=f"{route.receiver or pick(chance, ('KR', 'VN'))}-{number:08}",
        kind=history.CERTIFICATE_AK,
        outcome=Outcome.REJECTED if rejected else Outcome.ACCEPTED,
        received_at=DEFAULT_MOMENT + timedelta(seconds=number),
        digest=hashlib.sha256(f"{chance.random()}".encode()).hexdigest(),
        findings=(finding,) if rejected else (),
    )


def _of_form(form: str) -> Callable[..., Certificate]:
    return lambda chance, number, route=ANY: certificate(chance, number, form=form, issuer=route.sender)


def _any_form(chance: Random, number: int, issuer: str | None) -> tuple[str, Certificate]:
    form = pick(chance, [form for form in FORMS if issuer in (None, _ONLY_ISSUER.get(form, issuer))])
    return form, certificate(chance, number, form=form, issuer=issuer)


def _answered(chance: Random, number: int, route: Route = ANY) -> CustomsResponse:
    return answer(chance, _any_form(chance, number, route.receiver)[1])


def _corrected(chance: Random, number: int, route: Route = ANY) -> Correction:
    form, corrected = _any_form(chance, 2 * number, route.sender)
    issuer = corrected.issuing_country or "KR"
    new_number = number_of(form, issuer, 2 * number + 1) if chance.randrange(2) else None
    return correction(chance, corrected, form=form, new_number=new_number)


GENERATORS: dict[str, Callable[..., Value]] = {
    **{kind: _of_form(form) for form, kind in FORMS.items()},
    history.FEEDBACK: _answered,
    history.CORRECTION: _corrected,
    history.DECLARATION: lambda chance, number, route=ANY: export_declaration(
        chance, number, issuer=route.sender
    ),
    history.ACKNOWLEDGEMENT: acknowledgement,
}
"""Kind to the function that makes the ``number``-th document."""
ROUTES = {history.CERTIFICATE_VK: (Route("VN", "KR"),), history.CERTIFICATE_KV: (Route("KR", "VN"),)}
"""Of the kinds that not every gateway sends to every other."""

__all__ = [
    "FORMS",
    "GENERATORS",
    "ROUTES",
    "answer",
    "certificate",
    "correction",
    "export_declaration",
    "number_of",
]
