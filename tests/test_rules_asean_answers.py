"""Document rules of answers, cancellations, requests, ACDD and acknowledgements: one fault, one finding.

Every case is a document with one fault and its valid neighbour, as near to the fault as the rule allows.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree
from lxml.isoschematron import Schematron
from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange import resources
from asw_exchange.codec import read
from asw_exchange.corridors import find_kind
from asw_exchange.validation import load_rules
from tests.builders import MOMENT, export_declaration

TODAY = "2025-03-03"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
LATER = date(2025, 3, 4)
"""One day after today."""
REASON = m.Reason(code="not-originating", text="the goods are of another state")

UTILISED = m.CustomsResponse(
    reference="VN-TH 25/02/00006",
    issuing_country="VN",
    responding_country="TH",
    decision=m.Decision.UTILISED,
    decided_on=date(2025, 3, 3),
    received_on=date(2025, 3, 1),
    import_declaration="A0100325001234",
    utilised_quantities=(m.Quantity(value=Decimal(6000), unit="KGM"),),
)
REFUSED = replace(UTILISED, import_declaration=None, utilised_quantities=(), reasons=(REASON,))
REJECTED = replace(REFUSED, decision=m.Decision.REJECTED)
DENIED = replace(REFUSED, decision=m.Decision.NOT_GRANTED)
ITEM_REFUSED = m.RefusedItem(number=2, reasons=(REASON,))
PARTLY = replace(UTILISED, decision=m.Decision.PARTLY_UTILISED, refused_items=(ITEM_REFUSED,))
MATCHED = replace(UTILISED, reference="305123456789", decision=m.Decision.MATCHED, utilised_quantities=())
DECLARATION_REJECTED = replace(MATCHED, decision=m.Decision.REJECTED, reasons=(REASON,))
CANCELLATION = m.Cancellation(
    reference="VN-TH 25/02/00006",
    issuing_country="VN",
    cancelled_on=date(2025, 3, 3),
    reason=m.Reason(code="altered"),
    replaced_by="VN-TH 25/02/00007",
)
REQUEST = m.RetransmissionRequest(
    references=("VN-TH 25/02/00006", "VN-TH 25/02/00007"),
    requesting_country="TH",
    requested_on=date(2025, 3, 3),
    reason=m.Reason(code="data-loss"),
)
ACDD = export_declaration()
FAULT = m.Finding(rule_id="D28", severity=m.Severity.ERROR, message="the invoice is late")
ACCEPTED = m.Acknowledgement(
    refers_to="VN-00000001", outcome=m.Outcome.ACCEPTED, received_at=MOMENT, digest="0a" * 32
)


class Case(NamedTuple):
    """What is wrong, the rule that says so and where, and the document as it should be."""

    kind: str
    rule: str
    place: str
    faulty: Any
    valid: Any
    absent: str | None = None
    """Element to take out of the written document, where the model cannot be without it."""


def party(whose: str, **changes: Any) -> m.ExportDeclaration:
    """The ACDD with another exporter, consignee or agent."""
    return replace(ACDD, **{whose: replace(getattr(ACDD, whose), **changes)})


def lines(*changes: dict[str, Any]) -> m.ExportDeclaration:
    """The ACDD with as many lines as there are changes."""
    return replace(ACDD, items=tuple(replace(ACDD.items[0], **each) for each in changes))


def because(*reasons: m.Reason) -> m.CustomsResponse:
    """A rejection for these reasons."""
    return replace(REJECTED, reasons=reasons)


def items(*numbers: int, reasons: tuple[m.Reason, ...] = (REASON,)) -> m.CustomsResponse:
    """A certificate that is utilised but for these items."""
    return replace(
        PARTLY, refused_items=tuple(m.RefusedItem(number=each, reasons=reasons) for each in numbers)
    )


def response(rule: str, place: str, faulty: Any, valid: Any = UTILISED) -> Case:
    """A case of the Customs Response to an e-Form D."""
    return Case("asean/customs-response", rule, place, faulty, valid)


def cancellation(rule: str, place: str, *, acdd: str, **changes: Any) -> tuple[Case, Case]:
    """The same case of both cancellations, each under the id of its family."""
    faulty = replace(CANCELLATION, **changes)
    return (
        Case("asean/eform-d-cancellation", rule, place, faulty, CANCELLATION),
        Case("asean/acdd-cancellation", acdd, place, faulty, CANCELLATION),
    )


def request(rule: str, place: str, **changes: Any) -> Case:
    """A case of the request to send again."""
    return Case("asean/retransmission-request", rule, place, replace(REQUEST, **changes), REQUEST)


def declared(rule: str, place: str, faulty: Any, valid: Any = ACDD) -> Case:
    """A case of the ACDD."""
    return Case("asean/acdd", rule, place, faulty, valid)


def answered(rule: str, place: str, faulty: Any, valid: Any = MATCHED) -> Case:
    """A case of the response to an ACDD."""
    return Case("asean/acdd-response", rule, place, faulty, valid)


def acknowledged(
    rule: str, place: str, faulty: Any, valid: Any = ACCEPTED, absent: str | None = None
) -> Case:
    """A case of the acknowledgement."""
    return Case("asean/acknowledgement", rule, place, faulty, valid, absent)


def told(reason: m.Reason) -> m.Reason:
    """The same reason with words."""
    return replace(reason, text="heading 0902, not 0901")


SLIGHT = m.Reason(code="HS-mismatch")
OTHER = m.Reason(code="data-mismatch")
WARNED = replace(FAULT, severity=m.Severity.WARNING)
SIXTY_DAYS = replace(REJECTED, received_on=date(2025, 1, 2))
"""Received 60 days before the decision."""

RESPONSES = (
    response("R02", "/Status/NameCode", because(), replace(REJECTED, received_on=None)),
    response("R02", "/IssueDateTime", replace(REJECTED, received_on=date(2025, 1, 1)), SIXTY_DAYS),
    response("R04", "/Status/NameCode", items(), PARTLY),
    response("R04", "/RefusedItem", replace(UTILISED, refused_items=(ITEM_REFUSED,)), PARTLY),
    response("R04", "/RefusedItem", items(2, reasons=()), PARTLY),
    response("R04", "/RefusedItem[2]/SequenceNumeric", items(2, 2), items(2, 3)),
    response("R05", "/Error", because(SLIGHT), because(told(SLIGHT))),
    response("R05", "/Error[1]", because(SLIGHT, OTHER), because(SLIGHT, REASON)),
    response("R05", "/Error", replace(DENIED, reasons=(OTHER,)), replace(DENIED, reasons=(told(OTHER),))),
    response("R05", "/RefusedItem/Error", items(2, reasons=(SLIGHT,)), items(2, reasons=(told(SLIGHT),))),
    response("R06", "", replace(UTILISED, reference=None)),
    response("R06", "", replace(UTILISED, reference=" ")),
    response("R06", "", replace(UTILISED, issuing_country=None)),
    response("R06", "", replace(UTILISED, responding_country=None)),
    response("R06", "", replace(UTILISED, decision=None)),
    response("R06", "", replace(UTILISED, decided_on=None), replace(UTILISED, received_on=None)),
    response("R07", "/IssueDateTime", replace(UTILISED, decided_on=date(2025, 2, 28))),
    response("R07", "/IssueDateTime", replace(UTILISED, decided_on=LATER)),
    response("R08", "/Status/NameCode", replace(DENIED, reasons=()), DENIED),
    response("R08", "/Error", replace(UTILISED, reasons=(REASON,))),
    response("R08", "/Error", replace(PARTLY, reasons=(REASON,)), PARTLY),
    response(
        "R09", "/WriteOff", replace(REJECTED, utilised_quantities=UTILISED.utilised_quantities), REJECTED
    ),
    response("R09", "/WriteOff", replace(DENIED, utilised_quantities=UTILISED.utilised_quantities), DENIED),
    response("R10", "/ImportCountry/ID", replace(UTILISED, responding_country="VN")),
)
CANCELLATIONS = (
    *cancellation("C01", "", acdd="A02", reference=None),
    *cancellation("C01", "", acdd="A06", issuing_country=None),
    *cancellation("C02", "", acdd="A07", cancelled_on=None),
    *cancellation("C02", "/CancellationDateTime", acdd="A07", cancelled_on=LATER),
    *cancellation("C03", "", acdd="A08", reason=None),
    *cancellation("C03", "/Reason", acdd="A08", reason=m.Reason(code="")),
    *cancellation("C04", "/ReplacementDocument/ID", acdd="A09", replaced_by=CANCELLATION.reference),
)
REQUESTS = (
    request("T01", "", references=()),
    request("T01", "/ReferenceID[2]", references=("VN-TH 25/02/00006", "VN-TH 25/02/00006")),
    request("T02", "", requesting_country=None),
    request("T02", "", requested_on=None),
    request("T02", "/IssueDateTime", requested_on=LATER),
    request("T03", "", reason=None),
)
DECLARATIONS = (
    declared("A01", "/Exporter", party("exporter", identifier=None)),
    declared("A01", "/Exporter", party("exporter", name=None)),
    declared("A01", "/Consignee", party("consignee", name=None)),
    declared("A01", "/Consignee", party("consignee", address=None)),
    declared("A01", "/Consignee", party("consignee", address=m.Address(country="TH"))),
    declared(
        "A01",
        "/Consignee",
        party("consignee", address=m.Address(city="Bangkok")),
        party("consignee", address=m.Address(city="Bangkok", country="TH")),
    ),
    declared("A01", "/Agent", party("agent", identifier=None)),
    declared("A01", "/Agent", party("agent", name=None)),
    declared("A01", "", replace(ACDD, departure_date=None)),
    declared("A01", "", replace(ACDD, transport_mode=None)),
    declared("A01", "", replace(ACDD, port_of_discharge=None)),
    declared("A01", "", replace(ACDD, number=None)),
    declared("A01", "", replace(ACDD, items=())),
    declared("A01", "/GovernmentAgencyGoodsItem", lines({"hs_code": None})),
    declared("A01", "/GovernmentAgencyGoodsItem", lines({"quantity": None})),
    declared("A01", "/TariffQuantity", lines({"quantity": m.Quantity(value=Decimal(0), unit="KGM")})),
    declared("A01", "/TariffQuantity", lines({"quantity": m.Quantity(value=Decimal(1), unit="")})),
    declared("A01", "/GovernmentAgencyGoodsItem", lines({"origin_country": None})),
    declared("A01", "/GovernmentAgencyGoodsItem", lines({"number": None})),
    declared(
        "A01",
        "/GovernmentAgencyGoodsItem[2]/SequenceNumeric",
        lines({"number": 2}, {"number": 2}),
        lines({"number": 2}, {"number": 1}),
    ),
    declared("A03", "/Classification/ID", lines({"hs_code": "0901.11"}), lines({"hs_code": "090111"})),
    declared("A03", "/Classification/ID", lines({"hs_code": "09011"}), lines({"hs_code": "0901112010"})),
)
ANSWERS = (
    answered("A02", "", replace(MATCHED, reference=None)),
    answered("A04", "", replace(MATCHED, issuing_country=None)),
    answered("A04", "", replace(MATCHED, responding_country=None)),
    answered("A04", "", replace(MATCHED, decision=None)),
    answered("A04", "", replace(MATCHED, decided_on=None)),
    answered("A05", "/Status/NameCode", replace(DECLARATION_REJECTED, reasons=()), DECLARATION_REJECTED),
    answered(
        "A05",
        "/Error",
        replace(MATCHED, reasons=(REASON,)),
        replace(MATCHED, decision=m.Decision.NOT_MATCHED, reasons=(REASON,)),
    ),
    answered("A10", "/IssueDateTime", replace(MATCHED, received_on=LATER)),
    answered("A10", "/IssueDateTime", replace(MATCHED, decided_on=LATER)),
)
ACKNOWLEDGEMENTS = (
    acknowledged("K01", "/ReferenceID", replace(ACCEPTED, refers_to="")),
    acknowledged("K01", "", ACCEPTED, absent="ReferenceID"),
    acknowledged("K01", "", ACCEPTED, absent="Status"),
    acknowledged("K01", "", ACCEPTED, absent="AcceptanceDateTime"),
    acknowledged("K01", "", ACCEPTED, absent="DigestID"),
    acknowledged("K01", "/DigestID", replace(ACCEPTED, digest="0a" * 31)),
    acknowledged("K01", "/DigestID", replace(ACCEPTED, digest="0A" * 32)),
    acknowledged(
        "K02",
        "/Status/NameCode",
        replace(ACCEPTED, outcome=m.Outcome.REJECTED, findings=(WARNED,)),
        replace(ACCEPTED, outcome=m.Outcome.REJECTED, findings=(WARNED, FAULT)),
    ),
    acknowledged(
        "K03",
        "/Error[2]",
        replace(ACCEPTED, findings=(WARNED, FAULT)),
        replace(ACCEPTED, outcome=m.Outcome.DUPLICATE, findings=(WARNED, FAULT)),
    ),
)
CASES = (*RESPONSES, *CANCELLATIONS, *REQUESTS, *DECLARATIONS, *ANSWERS, *ACKNOWLEDGEMENTS)
FUTURE = (
    response("R07", "", replace(UTILISED, decided_on=LATER)),
    *cancellation("C02", "", acdd="A07", cancelled_on=LATER),
    request("T02", "", requested_on=LATER),
    answered("A10", "", replace(MATCHED, decided_on=LATER)),
)
KINDS = sorted({case.kind for case in CASES})
WARNINGS = {"R05", "T03"}


def rules_path(kind: str) -> Path:
    """The rule file of a kind."""
    return resources.schema(f"{kind}.sch")


def written(kind: str, document: Any, absent: str | None = None) -> etree._Element:
    """The document as it arrives."""
    element = read(find_kind(kind).layout.write(document).encode())
    for child in element.findall(f"{{*}}{absent}") if absent else ():
        element.remove(child)
    return element


def findings(kind: str, element: etree._Element, today: str = TODAY) -> tuple[m.Finding, ...]:
    """What our engine finds."""
    return load_rules(rules_path(kind)).findings(element, today=today)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.rule}")
def test_one_fault_is_told_once_and_in_its_place(case: Case) -> None:
    """The rule of the case fires alone, at the place where something is wrong or missing."""
    (found,) = findings(case.kind, written(case.kind, case.faulty, case.absent))
    assert found.rule_id == case.rule
    assert found.severity is (m.Severity.WARNING if case.rule in WARNINGS else m.Severity.ERROR)
    root = f"/{find_kind(case.kind).layout.root}"
    assert found.path
    assert found.path.endswith(case.place or root)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.rule}")
def test_the_valid_neighbour_is_left_alone(case: Case) -> None:
    """Nothing is found in the document that lies just on the other side."""
    assert findings(case.kind, written(case.kind, case.valid)) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_every_assertion_has_a_case(kind: str) -> None:
    """No assertion is there that no test has seen at work."""
    told = {
        (found.rule_id, found.message)
        for case in CASES
        if case.kind == kind
        for found in findings(kind, written(kind, case.faulty, case.absent))
    }
    for rule in load_rules(rules_path(kind)).catalogue:
        pattern = re.escape(rule.message).replace("…", ".+")
        assert any(each == rule.id and re.fullmatch(pattern, message) for each, message in told), rule


@pytest.mark.parametrize("kind", KINDS)
def test_every_assertion_says_why_and_what_to_do(kind: str) -> None:
    """Id, severity, legal or technical basis, hint."""
    for assertion in (
        assertion
        for pattern in load_rules(rules_path(kind)).file.patterns
        for rule in pattern.rules
        for assertion in rule.assertions
    ):
        assert re.fullmatch("[ACKRT][0-9]{2}", assertion.id)
        assert assertion.node.get("role") in ("error", "warning"), assertion.id
        assert assertion.source, assertion.id
        assert assertion.hint, assertion.id
        for diagnostic in (assertion.node.get("diagnostics") or "").split():
            assert diagnostic.startswith(assertion.id), diagnostic


@pytest.mark.parametrize("case", FUTURE, ids=lambda case: case.kind)
def test_the_future_begins_after_the_date_of_the_receiver(case: Case) -> None:
    """A date of tomorrow is found today, not tomorrow, and not where the receiver gives no date."""
    element = written(case.kind, case.faulty)
    assert [found.rule_id for found in findings(case.kind, element)] == [case.rule]
    assert findings(case.kind, element, today=LATER.isoformat()) == ()
    assert load_rules(rules_path(case.kind)).findings(element) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_document_lacks_things_and_nothing_else(kind: str) -> None:
    """Where all is absent only the rules on presence speak."""
    layout = find_kind(kind).layout
    empty = read(f"<{layout.root} xmlns='{layout.namespace}'/>".encode())
    for found in findings(kind, empty):
        assert re.search("missing|no certificate is asked for|covers no goods|no SHA-256", found.message)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.rule}")
def test_the_iso_skeleton_agrees(case: Case) -> None:
    """The reference implementation that lxml bundles fires the same assertions, as often."""
    for document, absent in ((case.faulty, case.absent), (case.valid, None)):
        element = written(case.kind, document, absent)
        ours = Counter(found.rule_id for found in findings(case.kind, element))
        validator = skeleton(rules_path(case.kind))
        validator.validate(element)
        fired = validator.validation_report.getroot().iter(f"{SVRL}failed-assert")
        assert Counter(each.get("id") for each in fired) == ours


@cache
def skeleton(path: Path) -> Any:
    """The skeleton knows no parameters: the date of today is written into its copy of the rules."""
    tree = etree.parse(path)
    for let in tree.findall("{*}let[@name='today']"):
        let.set("value", f"'{TODAY}'")
    # Its grammar wants ids to be unique; ours may stand at every aspect of a rule.
    return Schematron(tree, store_report=True, validate_schema=False)
