"""ASEAN: a realistic message for every kind, criterion, tick box and script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.corridors.asean.answers import ReasonCode, customs_response
from asw_exchange.model import Decision
from asw_exchange.testdata import asean, stream
from asw_exchange.testdata.certificates import SHAPES, certificate, party
from asw_exchange.testdata.firms import FIRMS
from asw_exchange.verbs import build
from tests import builders

DAY = date(2025, 3, 1)
SCRIPTS = {"VN": "vietnamese", "TH": "thai", "LA": "lao", "KH": "khmer", "MM": "burmese"}
CRITERIA = {
    "wholly-obtained": m.OriginCriterion(rule="WO"),
    "value-content": m.OriginCriterion(rule="RVC", percentage=Decimal(45)),
    "change-of-chapter": m.OriginCriterion(rule="CC"),
    "change-of-heading": m.OriginCriterion(rule="CTH"),
    "change-of-subheading": m.OriginCriterion(rule="CTSH"),
    "specific-process": m.OriginCriterion(rule="SP"),
    "combination": m.OriginCriterion(rule="CTSH", percentage=Decimal(35)),
}


def made(name: str, number: int, **options: object) -> m.Certificate:
    """A certificate of its own stream."""
    return certificate(stream(2025, "sample", name), number, **options)  # type: ignore[arg-type]


def certificates() -> Iterator[tuple[str, m.Certificate]]:
    """All certificates."""
    for number, (name, criterion) in enumerate(CRITERIA.items(), 1):
        items = (builders.item(origin_criterion=criterion),)
        yield f"criterion-{name}", builders.certificate(reference=f"VN-TH 25/02/{number:05}", items=items)
    for number, shape in enumerate(SHAPES, 100):
        yield f"box-13-{shape}", made(shape, number, shape=shape, items=3)
    yield "one-item", made("one item", 200, items=1, shape="plain")
    yield "fifty-items", made("fifty items", 201, items=50, shape="plain")
    yield "fob-price-for-cambodia", fob_price()
    yield "back-to-back-and-third-country-invoicing", both()
    yield "replacement", replacement()
    yield "rule-set-2020-two-days-of-grace", grace(date(2021, 3, 10))
    yield "rule-set-2009", grace(date(2019, 3, 12))
    yield "transition-2022", grace(date(2022, 7, 4))
    for number, (state, script) in enumerate(SCRIPTS.items(), 300):
        yield f"script-{script}", in_script(state, number)


def fob_price() -> m.Certificate:
    """Value content in trade with Cambodia: the FOB price stands in box 9."""
    criterion = m.OriginCriterion(rule="RVC", percentage=Decimal("42.5"))
    item = builders.item(origin_criterion=criterion, fob=m.Amount(value=Decimal("15600.00"), currency="USD"))
    consignee = builders.party("Phnom Penh Roasters", "KH")
    return builders.certificate(
        reference="VN-KH 25/02/00202", importing_country="KH", consignee=consignee, items=(item,)
    )


def both() -> m.Certificate:
    """Two boxes at once (Thai customs notice 10/2562 knows the combination)."""
    plain = made("both", 203, issuer="TH", importer="VN", shape="back-to-back", items=2)
    firm = FIRMS["HK"][0]
    return replace(
        plain,
        third_country_company=m.Company(name=firm.name, country=firm.country),
        tick_boxes=replace(plain.tick_boxes, third_country_invoicing=True),
    )


def replacement() -> m.Certificate:
    """Issued in place of a cancelled one (OCP Rule 29(4))."""
    predecessor = m.CertificateReference(reference="VN-TH 25/02/00006", issued_on=DAY - timedelta(days=20))
    return builders.certificate(reference="VN-TH 25/02/00007", replaces=predecessor)


def grace(day: date) -> m.Certificate:
    """Issued two days after departure without the tick: in order before OCP 2021."""
    base = builders.issued_on(day)
    return replace(
        base, transport=replace(base.transport or m.Transport(), departure_date=day - timedelta(days=2))
    )


def in_script(state: str, number: int) -> m.Certificate:
    """A certificate to a state whose firms are named in their own script."""
    issuer = "VN" if state != "VN" else "TH"
    plain = made(f"script {state}", number, issuer=issuer, importer=state, shape="plain", items=2)
    firm = next(firm for firm in FIRMS[state] if firm.local_name)
    first, *others = plain.items
    marked = replace(first, marks=f"{firm.local_name} 1-{first.packages[0].count}")
    return replace(plain, consignee=party(firm, local=True), items=(marked, *others))


def answers() -> Iterator[tuple[str, str, m.Value]]:
    """Everything that is not a certificate."""
    moment, about = (
        asean.DEFAULT_MOMENT,
        made("answered", 400, issuer="VN", importer="TH", items=3, shape="plain"),
    )
    yield (
        "customs-response",
        "utilised",
        customs_response(about, moment=moment, import_declaration="IM20250042"),
    )
    yield (
        "customs-response",
        "partly-utilised",
        customs_response(about, moment=moment, decision=Decision.PARTLY_UTILISED, refused=(2,)),
    )
    for decision, reason in (
        (Decision.NOT_GRANTED, ReasonCode.PARTIAL_CUMULATION),
        (Decision.REJECTED, ReasonCode.DIRECT_CONSIGNMENT_FAILED),
    ):
        response = customs_response(about, moment=moment, decision=decision, reason=reason)
        yield "customs-response", str(decision), response
    chance = stream(2025, "sample", "cancellation")
    yield "eform-d-cancellation", "final", asean.cancellation(chance, about.reference or "", "VN", DAY)
    replaced = asean.cancellation(chance, about.reference or "", "VN", DAY, replaced_by="VN-TH 25/02/00401")
    yield "eform-d-cancellation", "replaced", replaced
    yield (
        "retransmission-request",
        "two-certificates",
        asean.retransmission_request(("VN-TH 25/02/00400", "VN-TH 25/02/00401"), "TH", DAY),
    )
    declared = asean.declaration(stream(2025, "sample", "acdd"), 1, issuer="SG", importer="MY", items=3)
    yield "acdd", "three-lines", declared
    yield (
        "acdd-response",
        "matched",
        asean.declaration_response(declared, issuing_country="SG", responding_country="MY", moment=moment),
    )
    yield "acdd-cancellation", "final", asean.cancellation(chance, declared.number or "", "SG", DAY)
    for outcome in (m.Outcome.ACCEPTED, m.Outcome.REJECTED):
        yield "acknowledgement", str(outcome), acknowledgement(outcome)


def acknowledgement(outcome: m.Outcome) -> m.Acknowledgement:
    """The first generated acknowledgement with this outcome."""
    made_by_number = (asean.acknowledgement(stream(2025, "sample", "ack", n), n) for n in range(1, 50))
    return next(each for each in made_by_number if each.outcome is outcome)


def samples() -> dict[str, bytes]:
    """File name to bytes."""
    found = {
        f"eform-d--{name}.xml": build(document, "asean/eform-d", indent=True)
        for name, document in certificates()
    }
    return found | {
        f"{kind}--{name}.xml": build(document, f"asean/{kind}", indent=True)
        for kind, name, document in answers()
    }


SAMPLES = samples()
