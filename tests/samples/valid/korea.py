"""Korea: realistic documents of every kind, form and shape, with Korean and Vietnamese text."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.corridors.korea import history
from asw_exchange.corridors.korea.answers import ReasonCode, feedback
from asw_exchange.testdata import generate, korea, stream
from asw_exchange.testdata.certificates import party
from asw_exchange.testdata.korea import DEFAULT_MOMENT, FORMS, SHAPES_AK, SHAPES_VK
from asw_exchange.testdata.partner_tables import firms_of
from asw_exchange.verbs import build

CRITERIA = {
    "wholly-obtained": m.OriginCriterion(rule="WO"),
    "wholly-obtained-in-parties": m.OriginCriterion(rule="WO-AK"),
    "change-of-heading": m.OriginCriterion(rule="CTH"),
    "change-of-classification": m.OriginCriterion(rule="CTC"),
    "value-content": m.OriginCriterion(rule="RVC", percentage=Decimal(45)),
    "combination": m.OriginCriterion(rule="CTH", percentage=Decimal(40)),
    "specific-processes": m.OriginCriterion(rule="SP"),
    "rule-6": m.OriginCriterion(rule="Rule 6"),
}


def made(name: str, number: int, **options: object) -> m.Certificate:
    """A certificate of its own stream."""
    return korea.certificate(stream(2025, "sample korea", name), number, **options)  # type: ignore[arg-type]


def with_criterion(name: str, number: int) -> m.Certificate:
    """A Form AK whose only item has this criterion."""
    plain = made(name, number, form="AK", issuer="KR", shape="plain", items=1)
    criterion = CRITERIA[name]
    fob = m.Amount(value=Decimal("48200.00"), currency="USD") if criterion.percentage else None
    return replace(plain, items=(replace(plain.items[0], origin_criterion=criterion, fob=fob),))


def in_script(issuer: str, number: int) -> m.Certificate:
    """A certificate whose consignee is named in its own script."""
    plain = made(f"script {issuer}", number, form="AK", issuer=issuer, shape="plain", items=2)
    firm = next(firm for firm in firms_of(plain.importing_country or "") if firm.local_name)
    return replace(plain, consignee=party(firm, local=True))


def documents() -> Iterator[tuple[str, str, m.Value]]:
    """(kind, slug, document)."""
    for number, name in enumerate(CRITERIA, 1):
        yield history.CERTIFICATE_AK, f"criterion-{name}", with_criterion(name, number)
    for number, shape in enumerate(dict.fromkeys(SHAPES_AK), 20):
        yield history.CERTIFICATE_AK, shape, made(shape, number, form="AK", shape=shape, items=3)
    for form in ("VK", "KV"):
        for number, shape in enumerate(dict.fromkeys(SHAPES_VK), 40):
            yield FORMS[form], shape, made(f"{form} {shape}", number, form=form, shape=shape, items=2)
    yield history.CERTIFICATE_AK, "script-korean", in_script("VN", 60)
    yield history.CERTIFICATE_AK, "script-vietnamese", in_script("KR", 61)
    yield history.CERTIFICATE_KV, "fifty-items", made("many", 62, form="KV", shape="plain", items=50)
    about = made("answered", 70, form="VK", shape="plain", items=3)
    yield history.FEEDBACK, "applied", feedback(about, moment=DEFAULT_MOMENT)
    yield history.FEEDBACK, "applied-in-part", feedback(about, moment=DEFAULT_MOMENT, refused=(2,))
    failed = feedback(
        about, moment=DEFAULT_MOMENT, granted=False, reason=ReasonCode.DIRECT_CONSIGNMENT_FAILED
    )
    yield history.FEEDBACK, "not-applied", failed
    chance = stream(2025, "sample correction")
    yield history.CORRECTION, "same-number", korea.correction(chance, about, form="VK")
    new = korea.correction(chance, about, form="VK", new_number=korea.number_of("VK", "VN", 71))
    yield history.CORRECTION, "new-number", new
    for issuer in ("KR", "VN"):
        declared = korea.export_declaration(stream(2025, "sample", issuer), 1, issuer=issuer)
        yield history.DECLARATION, f"from-{issuer.lower()}", declared
    for outcome in (m.Outcome.ACCEPTED, m.Outcome.REJECTED):
        found = generate(history.ACKNOWLEDGEMENT, seed=4, count=50)
        yield history.ACKNOWLEDGEMENT, str(outcome), next(each for each in found if each.outcome is outcome)


SAMPLES = {
    f"{kind.split('/')[1]}--{slug}.xml": build(document, kind, indent=True)
    for kind, slug, document in documents()
}
