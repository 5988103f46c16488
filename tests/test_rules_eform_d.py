"""Rules of e-Form D: each speaks of its own fault, keeps silent on the neighbour that is in order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange import resources
from asw_exchange.codec import read
from asw_exchange.corridors.asean import rule_sets
from asw_exchange.corridors.asean.layouts import EFORM_D
from asw_exchange.validation import load_rules
from tests.builders import certificate, issued_on, item
from tests.samples.invalid.asean import certification, criterion, declaration, ticked, to_state, transport

RULES = resources.schema("asean/eform-d.sch")
SCHEMA_IDS = {"D04", "D07", "D12", "D14", "D15", "D16", "D17", "D27", "D28", "D01", "D02", "D03"}
USD = m.Amount(value=Decimal(9000), currency="USD")


def broken(document: m.Certificate, phase: str = "OCP21", today: str = "2025-03-03") -> set[str]:
    """The ids of the rules that speak."""
    root = read(EFORM_D.write(document).encode())
    return {finding.rule_id for finding in load_rules(RULES, phase).findings(root, today=today)}


def with_item(**changes: object) -> m.Certificate:
    """The valid certificate with a change in its item."""
    return certificate(items=(item(**changes),))


def by(rule: str, percentage: object = None, **changes: object) -> m.Certificate:
    """The valid certificate with another criterion."""
    value = None if percentage is None else Decimal(str(percentage))
    return with_item(origin_criterion=m.OriginCriterion(rule=rule, percentage=value), **changes)


def departing(day: date, **changes: object) -> m.Certificate:
    """Shipped on another day, issued on 1 March 2025."""
    return certificate(transport=transport(departure_date=day), **changes)


RETROACTIVE = ticked(issued_retroactively=True)
PROOF = m.OriginalProof(reference="SG202400000815", issued_on=date(2024, 3, 1), issuing_country="SG")


def back_to_back(**changes: object) -> m.Certificate:
    """Rests on a proof from Singapore."""
    return certificate(
        original_proofs=(replace(PROOF, **changes),), tick_boxes=ticked(back_to_back=True), produced_in="SG"
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (certificate(), set()),
        (certificate(reference=None), {"D01"}),
        (certificate(reference="VN-TH 24/02/00006"), {"D01"}),
        (certificate(reference="VN-TH 25-02-00006"), {"D01"}),
        (certificate(reference="VN-TH 25/0?/00006"), {"D01"}),
        (certificate(reference="VN-TH 25/XY/00006"), set()),
        (certificate(issuing_country=None), {"D02"}),
        (certificate(certification=certification(country=None)), {"D02"}),
        (certificate(importing_country=None), {"D01", "D03", "D06"}),
        (certificate(exporter=None), {"D04"}),
        (certificate(consignee=None), {"D04"}),
        (certificate(certification=certification(signed_on=None)), {"D07"}),
        (certificate(declaration=declaration(signed_on=date(2025, 3, 1))), set()),
        (certificate(items=()), {"D12"}),
        (certificate(items=(item(2), item(2))), {"D12"}),
        (certificate(items=(item(2),)), {"D12"}),
        (with_item(number=None), {"D12"}),
        (certificate(items=tuple(item(n) for n in range(1, 51))), set()),
        (with_item(packages=()), {"D14"}),
        (with_item(description=None), {"D14"}),
        (with_item(hs_code=None), {"D16"}),
        (with_item(hs_code="090111"), {"D16"}),
        (with_item(hs_code="0901112"), {"D16"}),
        (with_item(origin_criterion=None), {"D17"}),
        (by("WO-AK"), {"D17"}),
        (by("CTC"), {"D17"}),
        (by("RVC"), {"D17"}),
        (by("CTH", 35), set()),
        (by("SP"), set()),
        (by("RVC", 40), set()),
        (by("RVC", "39.9"), {"D18"}),
        (by("RVC", 101), {"D18"}),
        (by("RVC", 35, required_value_content=Decimal(35)), set()),
        (by("RVC", 45, required_value_content=Decimal(50)), {"D18"}),
        (by("PC", 25), {"D19"}),
        (replace(by("PC", 25), tick_boxes=ticked(partial_cumulation=True)), set()),
        (replace(by("PC", 19), tick_boxes=ticked(partial_cumulation=True)), {"D19"}),
        (replace(by("PC", 40), tick_boxes=ticked(partial_cumulation=True)), {"D19"}),
        (by("CTSH", 35, required_value_content=Decimal(35)), set()),
        (by("CTSH", 0), {"D21"}),
        (replace(by("CTH"), tick_boxes=ticked(de_minimis=True)), set()),
        (by("CTH", de_minimis_share=Decimal("10.1")), {"D23"}),
        (by("CTH", de_minimis_share=Decimal(10)), set()),
        (replace(by("CTH"), tick_boxes=ticked(accumulation=True)), set()),
        (to_state("KH", items=(item(origin_criterion=criterion("RVC", 45), fob=USD),)), set()),
        (to_state("LA", items=(item(origin_criterion=criterion("CTSH", 35)),)), {"D25"}),
        (to_state("LA", items=(item(origin_criterion=criterion("CTSH")),)), set()),
        (with_item(gross_weight=m.Quantity(value=Decimal(0), unit="KGM")), {"D27"}),
        (with_item(gross_weight=None, other_quantity=m.Quantity(value=Decimal(5), unit="LTR")), set()),
        (certificate(invoices=()), {"D28"}),
        (certificate(invoices=(m.Invoice(number="1"),)), {"D28"}),
        (departing(date(2025, 3, 1)), set()),
        (departing(date(2025, 2, 28)), {"D09"}),
        (departing(date(2025, 2, 28), tick_boxes=RETROACTIVE), set()),
        (departing(date(2025, 3, 1), tick_boxes=RETROACTIVE), {"D09"}),
        (departing(date(2024, 3, 1), tick_boxes=RETROACTIVE), set()),
        (departing(date(2024, 2, 29), tick_boxes=RETROACTIVE), {"D10"}),
        (certificate(transport=None), set()),
        (certificate(transport=None, tick_boxes=RETROACTIVE), set()),
        (back_to_back(), set()),
        (back_to_back(issued_on=date(2024, 2, 29)), {"D30"}),
        (back_to_back(issued_on=date(2025, 3, 2)), {"D30"}),
        (back_to_back(reference=None), {"D30"}),
        (replace(back_to_back(), tick_boxes=ticked()), {"D30"}),
        (replace(back_to_back(), produced_in="MY"), {"D32"}),
        (certificate(third_country_company=m.Company(name="Far Trading", country="HK")), {"D29"}),
        (
            certificate(
                third_country_company=m.Company(name="Near Trading", country="VN"),
                tick_boxes=ticked(third_country_invoicing=True),
            ),
            {"D29"},
        ),
        (certificate(exhibition=m.Exhibition(name="Fair", address=m.Address(city="Bangkok"))), {"D33"}),
        (certificate(transport=transport(transit_countries=("MY", "SG"))), set()),
        (certificate(transport=transport(transit_countries=("HK",), through_bill_of_lading="BL1")), set()),
        (certificate(replaces=m.CertificateReference(reference="x", issued_on=date(2024, 3, 1))), set()),
        (certificate(replaces=m.CertificateReference(reference="x", issued_on=date(2024, 2, 29))), {"D35"}),
    ],
)
def test_a_rule_speaks_of_its_own_fault_alone(document: m.Certificate, expected: set[str]) -> None:
    """One change, one rule; the boundary beside it is in order."""
    assert broken(document) == expected


@pytest.mark.parametrize(
    ("phase", "days", "expected"),
    [
        ("OCP20", 3, set()),
        ("OCP20", 4, {"D09b"}),
        ("ATIGA09", 3, set()),
        ("ATIGA09", 4, {"D09b"}),
        ("OCP21", 1, {"D09"}),
    ],
)
def test_the_days_of_grace_ended_with_ocp21(phase: str, days: int, expected: set[str]) -> None:
    """Three days after shipment needed no tick before OCP 2021; since then every day does."""
    departure = date(2025, 3, 1).toordinal() - days
    assert broken(departing(date.fromordinal(departure)), phase) == expected


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        (date(2019, 5, 1), ("ATIGA09",)),
        (date(2020, 9, 19), ("ATIGA09",)),
        (date(2020, 9, 20), ("OCP20",)),
        (date(2022, 4, 30), ("OCP20",)),
        (date(2022, 5, 1), ("OCP20", "OCP21")),
        (date(2022, 10, 31), ("OCP20", "OCP21")),
        (date(2022, 11, 1), ("OCP21",)),
    ],
)
def test_the_rule_set_follows_the_date_of_issue(issued: date, expected: tuple[str, ...]) -> None:
    """Between May and October 2022 either text is accepted."""
    assert rule_sets(read(EFORM_D.write(issued_on(issued)).encode())) == expected


def test_a_date_in_the_future_depends_on_the_receiver(tmp_path: Path) -> None:
    """D07 compares with today as the receiver tells it, or not at all."""
    assert broken(certificate(), today="2025-02-28") == {"D07"}
    assert broken(certificate(), today="2025-03-01") == set()
    assert broken(certificate(), today="") == set()


def test_taking_any_element_out_never_breaks_the_check() -> None:
    """What is absent is told by rules on presence; rules on values keep silent."""
    whole = read(EFORM_D.write(certificate()).encode())
    for place in range(1, len(list(whole.iter()))):
        root = read(etree.tostring(whole))
        element = list(root.iter())[place]
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
        found = {each.rule_id for each in load_rules(RULES, "OCP21").findings(root, today="2025-03-03")}
        assert found <= SCHEMA_IDS | {"D06"}, (element.tag, found)


@pytest.mark.parametrize("spelling", ["CTSH+35%", "CTSH + 35%", "CTSH +35%"])
def test_spellings_of_a_combination(spelling: str) -> None:
    """The origin-declaration format writes it without blanks; both are read and accepted."""
    text = EFORM_D.write(by("CTSH", 35)).replace("CTSH + 35%", spelling)
    root = read(text.encode())
    assert load_rules(RULES, "OCP21").findings(root, today="") == ()
    assert EFORM_D.read(root) == by("CTSH", 35)
