"""Rules of the New Zealand corridor: every assertion at work, the life of a certificate, and the answers."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange import resources
from asw_exchange.codec import read, to_json
from asw_exchange.corridor import Answer, Arrival
from asw_exchange.corridors import find_corridor, find_kind
from asw_exchange.corridors.new_zealand.answers import reply
from asw_exchange.errors import UnknownKind
from asw_exchange.ledger import Ledger
from asw_exchange.records import Direction, Entry
from asw_exchange.testdata import generate
from asw_exchange.validation import load_rules
from asw_exchange.verbs import build, parse, validate
from tests import new_zealand_builders as b
from tests.ledger_builders import received, sent, write

CORRIDOR = find_corridor("new-zealand")
KINDS = [kind.name.partition("/")[2] for kind in CORRIDOR.kinds]
SPS = [name for name in KINDS if name.endswith("-certificate")]
SAMPLES = resources.folder("sample_messages") / "new-zealand"
PHYTO = "phytosanitary-certificate"


class Case(NamedTuple):
    """A document with one fault, the rule that says so and where, and its valid neighbour."""

    kind: str
    rule: str
    place: str
    faulty: Any
    valid: Any


GOOD = b.aanz()
SIGNED, SHIPPED = GOOD.certification or m.Certification(), GOOD.transport or m.Transport()
FIRM, BUYER = GOOD.exporter or m.Party(), GOOD.consignee or m.Party()
PROOF = m.OriginalProof(reference="AANZ-AU-2025-004711", issued_on=date(2025, 1, 20), issuing_country="AU")
VALUE = m.Amount(value=Decimal(34000), currency="USD")


def back_to_back(proof: m.OriginalProof) -> m.Certificate:
    """A back-to-back certificate that rests on this proof."""
    return b.aanz(original_proofs=(proof,), tick_boxes=m.TickBoxes(back_to_back=True))


def from_viet_nam(**changes: Any) -> m.Certificate:
    """A Form AANZ of Viet Nam."""
    return b.aanz(
        issuing_country="VN",
        importing_country="NZ",
        exporter=BUYER,
        consignee=FIRM,
        transport=replace(SHIPPED, port_of_discharge="NZAKL"),
        certification=replace(SIGNED, country="VN"),
        **changes,
    )


def content(rule: str, percentage: str | None = None, **changes: Any) -> m.Item:
    """An item with this criterion."""
    share = None if percentage is None else Decimal(percentage)
    return b.aanz_item(origin_criterion=m.OriginCriterion(rule=rule, percentage=share), **changes)


def dated(day: date) -> m.Certificate:
    """A Form AANZ shipped on this day."""
    return b.aanz(transport=replace(SHIPPED, departure_date=day))


def aanz(rule: str, place: str, faulty: m.Certificate, valid: m.Certificate = GOOD) -> Case:
    """A case of Form AANZ."""
    return Case("certificate-aanz", rule, place, faulty, valid)


def declared(rule: str, place: str, valid: m.ExportDeclaration | None = None, **changes: Any) -> Case:
    """A case of the export declaration."""
    return Case("export-declaration", rule, place, b.declaration(**changes), valid or b.declaration())


def plant(rule: str, place: str, faulty: dict[str, Any], valid: dict[str, Any]) -> Case:
    """A case of a line of a phytosanitary certificate."""
    return Case(
        PHYTO,
        rule,
        place,
        b.phytosanitary(items=(b.sps_item(**faulty),)),
        b.phytosanitary(items=(b.sps_item(**valid),)),
    )


def classified(code: str) -> dict[str, Any]:
    """A line with this code of the Harmonized System."""
    return {"classifications": (m.Classification(system="HS", code=code),)}


CASES = (
    aanz("AZ04", "/Exporter", b.aanz(exporter=replace(FIRM, name=None))),
    aanz("AZ04", "/Consignee", b.aanz(consignee=replace(BUYER, address=None))),
    aanz("AZ07", "/GovernmentAgencyGoodsItem/SequenceNumeric", b.aanz(items=(b.aanz_item(0),))),
    aanz(
        "AZ11",
        "/ValueContentPercent",
        b.aanz(items=(content("RVC", "39.9", fob=VALUE),)),
        b.aanz(items=(content("RVC", "40", fob=VALUE),)),
    ),
    aanz(
        "AZ11",
        "/ValueContentPercent",
        b.aanz(items=(content("RVC", "34", required_value_content=Decimal(35), fob=VALUE),)),
        b.aanz(items=(content("RVC", "35", required_value_content=Decimal(35), fob=VALUE),)),
    ),
    aanz(
        "AZ13",
        "/GovernmentAgencyGoodsItem",
        from_viet_nam(items=(content("RVC", "45"),)),
        b.aanz(items=(content("RVC", "45"),)),
    ),
    aanz("AZ14", "/Invoice", b.aanz(invoices=(m.Invoice(number="SAD-2025-017"),))),
    aanz("AZ16", "/InvoicingParty", b.aanz(third_country_company=m.Company(name="Sourcing", country="HK"))),
    aanz("AZ17", "/PreviousDocument", b.aanz(original_proofs=(PROOF,)), back_to_back(PROOF)),
    aanz(
        "AZ17", "/PreviousDocument", back_to_back(replace(PROOF, issuing_country=None)), back_to_back(PROOF)
    ),
    aanz(
        "AZ17",
        "/PreviousDocument/IssueDateTime",
        back_to_back(replace(PROOF, issued_on=date(2025, 3, 2))),
        back_to_back(replace(PROOF, issued_on=date(2025, 3, 1))),
    ),
    aanz("AZ18", "", dated(date(2025, 2, 28)), dated(date(2025, 3, 1))),
    declared("ND01", "", accepted_on=None),
    declared("ND01", "", exporter=None),
    declared("ND01", "", consignee=None),
    declared("ND01", "/BorderTransportMeans", transport_mode=None),
    declared("ND03", "/ExportCountry", export_country="AU"),
    declared("ND04", "/SequenceNumeric", items=(b.declared_item(0),)),
    declared(
        "ND09",
        "/AdditionalDocument/ID",
        items=(b.declared_item(certificates=(m.CitedDocument(type="853", reference=" "),)),),
    ),
    declared(
        "ND10",
        "/TotalGrossMassMeasure",
        valid=b.declaration(gross_weight=b.kilograms(10000)),
        gross_weight=b.kilograms(9999),
    ),
    plant("SP32", "/ClassCode", classified("081"), classified("0810")),
    plant(
        "SP34", "/NetWeightMeasure", {"net_weight": b.kilograms(10601)}, {"net_weight": b.kilograms(10600)}
    ),
    Case(
        PHYTO,
        "SP29",
        "/ReferenceSPSReferencedDocument",
        b.replacement(references=(replace(b.REPLACED, relationship="ZZZ"),)),
        b.replacement(),
    ),
    plant("SP19", "/SequenceNumeric", {"number": -1}, {"number": 0}),
    Case("sps-acknowledgement", "SA02", "", b.outcome(status_code="41", reasons=("",)), b.outcome()),
)


def findings(kind: str, document: Any) -> tuple[m.Finding, ...]:
    """What the rule file finds today."""
    element = read(find_kind(f"new-zealand/{kind}").layout.write(document).encode())
    rules = resources.schema(find_kind(f"new-zealand/{kind}").rules or "")
    return load_rules(rules).findings(element, today="2025-03-03")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}{case.place}")
def test_one_fault_is_told_once_and_in_its_place(case: Case) -> None:
    """The rule of the case fires alone; the document just on the other side is left alone."""
    (found,) = findings(case.kind, case.faulty)
    assert found.rule_id == case.rule
    assert (found.path or "").replace("ram:", "").endswith(case.place)
    assert findings(case.kind, case.valid) == ()


@pytest.mark.parametrize("name", sorted({kind.rules or "" for kind in CORRIDOR.kinds}))
def test_every_assertion_is_seen_at_work(name: str) -> None:
    """By an invalid sample, or by a case above."""
    told = {
        (found.rule_id, found.message)
        for path in (SAMPLES / "invalid").glob("*.xml")
        for found in validate(path.read_bytes(), moment=b.MOMENT).findings
    }
    told |= {(found.rule_id, found.message) for case in CASES for found in findings(case.kind, case.faulty)}
    for rule in load_rules(resources.schema(name)).catalogue:
        pattern = re.escape(rule.message).replace("…", ".+")
        assert any(each == rule.id and re.fullmatch(pattern, message) for each, message in told), rule
        assert rule.hint
        assert rule.source


@pytest.mark.parametrize("kind", SPS)
def test_the_kind_is_told_by_the_type_code(kind: str) -> None:
    """Four kinds share one root element."""
    (document,) = generate(f"new-zealand/{kind}", seed=5)
    data = build(document, f"new-zealand/{kind}")
    assert validate(data, moment=b.MOMENT).kind == f"new-zealand/{kind}"
    assert parse(data) == document
    with pytest.raises(UnknownKind, match="none of"):
        parse(re.sub(rb"(TypeCode>)(851|657|852|853)<", rb"\g<1>999<", data, count=1))


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("2025-03-01T15:30:00+13:00", True),
        ("2025-03-01T02:30:00.250Z", True),
        ("2025-03-01T02:30:00-03:30", True),
        ("2025-03-01T02:30:00", False),
        ("2025-03-01T02:30Z", False),
        ("20250301023000Z", False),
        ("2025-03-01T02:30:00 Z", False),
        ("2025-03-01T02:30:00+13", False),
    ],
)
def test_a_moment_has_a_time_zone(moment: str, holds: bool) -> None:
    """SP05: what the rule accepts can be read, and nothing else is accepted."""
    data = build(b.phytosanitary(), f"new-zealand/{PHYTO}").replace(b"2025-03-01T02:30:00Z", moment.encode())
    rules = [finding.rule_id for finding in validate(data, moment=b.MOMENT).findings]
    assert rules == ([] if holds else ["SP05", "SP05"])
    if holds:
        parse(data)


def test_an_element_of_the_standard_that_we_do_not_carry_is_valid() -> None:
    """The schema takes the whole tree of the standard; the reader says what it cannot keep."""
    data = build(b.phytosanitary(), f"new-zealand/{PHYTO}")
    more = data.replace(b"<ram:TypeCode>851", b"<ram:Description>Original</ram:Description><ram:TypeCode>851")
    assert validate(more, moment=b.MOMENT).findings == ()


def digest(document: m.Value) -> str:
    """What stands for the content of a document."""
    return hashlib.sha256(to_json(document)).hexdigest()


def entry(kind: str, document: Any, *, by: Any = received, **changes: Any) -> Entry:
    """Viet Nam records a document that New Zealand sent, or that it sent itself."""
    found = find_kind(f"new-zealand/{kind}")
    fields: dict[str, Any] = {
        "gateway": "VN",
        "peer": "NZ",
        "kind": found.name,
        "reference": found.reference(document),
        "cites": found.cites(document),
        "document": to_json(document),
        "content_digest": digest(document),
    }
    number = digest(document)[:12]
    made: Entry = by(number, **fields | changes)
    return made


def arrival(kind: str, document: Any, moment: datetime = b.MOMENT) -> Arrival:
    """The document arrives in Viet Nam from New Zealand."""
    found = find_kind(f"new-zealand/{kind}")
    header = m.Header(id="NZ-00000001", kind=found.name, sender="NZ", receiver="VN", sent_at=moment)
    return Arrival(
        header=header, kind=found, document=document, content_digest=digest(document), moment=moment
    )


def broken(ledger: Ledger, coming: Arrival) -> list[str]:
    """The exchange rules that an arrival breaks."""
    memory = ledger.memory("VN")
    return [
        finding.rule_id
        for rule in CORRIDOR.exchange_rules
        if coming.kind.name in rule.kinds
        for finding in rule.check(coming, memory)
    ]


DRAFT, ISSUED, WITHDRAWN = (b.phytosanitary(status_code=status) for status in ("47", "70", "40"))
OTHER = b.phytosanitary(items=(b.sps_item(2),))
RENEWED = b.replacement()
AGAIN = b.replacement(number="NZL2025/PH/000019")
PLAIN = b.replacement(status_code="70", references=())
"""The public sample of ePhyto has status 70, and tells only by its notes that it replaces another."""


@pytest.mark.parametrize(
    ("before", "coming", "rules"),
    [
        ((), DRAFT, []),
        ((), ISSUED, []),
        ((), WITHDRAWN, ["SP50"]),
        ((DRAFT,), ISSUED, []),
        ((DRAFT,), WITHDRAWN, ["SP50"]),
        ((DRAFT,), replace(DRAFT, notes=()), []),
        ((DRAFT, ISSUED), DRAFT, ["SP50"]),
        ((ISSUED,), ISSUED, []),
        ((ISSUED,), OTHER, ["SP51"]),
        ((ISSUED,), WITHDRAWN, []),
        ((ISSUED, WITHDRAWN), ISSUED, ["SP50"]),
        ((ISSUED, WITHDRAWN), WITHDRAWN, []),
        ((), RENEWED, ["SP52"]),
        ((ISSUED,), RENEWED, []),
        ((DRAFT,), RENEWED, ["SP52"]),
        ((ISSUED, WITHDRAWN), RENEWED, ["SP52"]),
        ((ISSUED, RENEWED), RENEWED, []),
        ((ISSUED, RENEWED), AGAIN, ["SP53"]),
        ((ISSUED, RENEWED), OTHER, ["SP51", "SP53"]),
        ((ISSUED, RENEWED), ISSUED, []),
        ((ISSUED, RENEWED), WITHDRAWN, []),
        ((ISSUED, RENEWED), replace(RENEWED, status_code="40"), []),
        ((ISSUED,), PLAIN, []),
        ((), PLAIN, ["SP52"]),
        ((ISSUED, PLAIN), AGAIN, ["SP53"]),
    ],
)
def test_the_life_of_a_certificate(
    ledger: Ledger, before: tuple[Any, ...], coming: Any, rules: list[str]
) -> None:
    """Draft, issued, then withdrawn or replaced; one number, one content; nothing after the end."""
    write(ledger, *(entry(PHYTO, document) for document in before))
    assert broken(ledger, arrival(PHYTO, coming)) == rules


def test_what_was_refused_or_came_from_another_does_not_count(ledger: Ledger) -> None:
    """Only what was accepted from the same sender binds it."""
    refused = entry(PHYTO, WITHDRAWN, outcome=m.Outcome.REJECTED)
    write(ledger, refused, entry(PHYTO, OTHER, peer="AU"))
    assert broken(ledger, arrival(PHYTO, ISSUED)) == []


def test_a_number_is_one_across_the_types(ledger: Ledger) -> None:
    """A sanitary certificate does not take the number of a phytosanitary one."""
    write(ledger, entry(PHYTO, ISSUED))
    other = b.veterinary(number=ISSUED.number)
    assert broken(ledger, arrival("veterinary-certificate", other)) == ["SP51"]


def test_an_outcome_is_about_a_certificate_that_was_sent(ledger: Ledger) -> None:
    """SA10: to the authority that answers, not received from it."""
    coming = arrival("sps-acknowledgement", b.outcome())
    write(ledger, entry(PHYTO, ISSUED))
    assert broken(ledger, coming) == ["SA10"]
    write(ledger, entry(PHYTO, ISSUED, by=sent, direction=Direction.SENT))
    assert broken(ledger, coming) == []


def test_a_form_aanz_is_presented_within_a_year(ledger: Ledger) -> None:
    """AZ30: the last day is the same day of the next year."""
    last = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert broken(ledger, arrival("certificate-aanz", GOOD, last)) == []
    assert broken(ledger, arrival("certificate-aanz", GOOD, last + timedelta(days=1))) == ["AZ30"]


def test_a_form_aanz_keeps_its_content(ledger: Ledger) -> None:
    """AZ31: the same content may come again, another may not."""
    write(ledger, entry("certificate-aanz", GOOD))
    assert broken(ledger, arrival("certificate-aanz", GOOD)) == []
    assert broken(ledger, arrival("certificate-aanz", b.aanz(items=(b.aanz_item(2),)))) == ["AZ31"]


@pytest.mark.parametrize(
    ("kind", "document", "type_code"),
    [
        (PHYTO, ISSUED, "851"),
        (PHYTO, RENEWED, "851"),
        ("re-export-certificate", b.re_export(), "657"),
        ("veterinary-certificate", b.veterinary(), "853"),
    ],
)
def test_a_certificate_in_force_is_approved(ledger: Ledger, kind: str, document: Any, type_code: str) -> None:
    """The answer names type and number, goes to the sender, and keeps its own rules."""
    (answer,) = reply(arrival(kind, document), ledger.memory("VN"))
    assert isinstance(answer, Answer)
    assert (answer.kind, answer.receiver) == ("new-zealand/sps-acknowledgement", "NZ")
    outcome = answer.document
    assert isinstance(outcome, m.ClearanceStatus)
    assert outcome.status_code == "39"
    assert [(each.type_code, each.id) for each in outcome.references] == [(type_code, document.number)]
    assert findings("sps-acknowledgement", outcome) == ()


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (PHYTO, DRAFT),
        (PHYTO, WITHDRAWN),
        ("certificate-aanz", GOOD),
        ("export-declaration", b.declaration()),
        ("sps-acknowledgement", b.outcome()),
    ],
)
def test_nothing_is_owed_for_anything_else(ledger: Ledger, kind: str, document: Any) -> None:
    """No public text asks for an answer to drafts, withdrawals, Form AANZ or declarations."""
    assert reply(arrival(kind, document), ledger.memory("VN")) == ()
