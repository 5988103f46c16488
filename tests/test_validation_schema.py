"""XSD findings: each fault told once, under its own id, with place, value and what was expected."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from asw_exchange.model import Finding, Severity
from asw_exchange.validation import MOST_FINDINGS, Schema
from tests.validation_cases import NAMESPACE, PARTS, document, items, load_form, rooted


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    """The schema of the form."""
    return load_form(tmp_path_factory)


def only(schema: Schema, element: etree._Element) -> Finding:
    """The one finding about ``element``."""
    (finding,) = schema.findings(element)
    return finding


def test_a_valid_document_has_no_finding(schema: Schema) -> None:
    """Nothing is wrong with the document that the other tests change."""
    assert schema.findings(document()) == ()


def test_a_finding_names_its_schema_file(schema: Schema) -> None:
    """The rule set of an XSD finding is the schema's folder and file."""
    finding = only(schema, document(ID=""))
    assert finding.ruleset == "asean/form.xsd"
    assert finding.severity is Severity.ERROR


def test_missing(schema: Schema) -> None:
    """A required element that is nowhere: told at its parent, with the element that it comes after."""
    finding = only(schema, document(Consignee=""))
    assert finding.rule_id == "XSD-MISSING"
    assert finding.message == "Consignee is missing in Certificate"
    assert finding.expected == "Consignee after Exporter"
    assert (finding.line, finding.path) == (1, "/Certificate")
    assert finding.source == "W3C XML Schema 1.0 Part 1, cvc-complex-type.2.4"


def test_order(schema: Schema) -> None:
    """A known element in the wrong place is no missing and no unexpected one."""
    finding = only(schema, document(TypeCode="", ID=PARTS["ID"] + PARTS["TypeCode"]))
    assert finding.rule_id == "XSD-ORDER"
    assert finding.message == "wrong order: ID belongs after TypeCode and before Exporter"
    assert (finding.line, finding.path) == (3, "/Certificate/ID")
    assert finding.hint is not None
    assert "TypeCode, ID, Exporter" in finding.hint


def test_order_of_many(schema: Schema) -> None:
    """Fifty items in the wrong place are one fault, not fifty."""
    finding = only(schema, document(TypeCode=items(50) + PARTS["TypeCode"], Item=""))
    assert finding.rule_id == "XSD-ORDER"
    assert finding.path == "/Certificate/Item[1]"


def test_unexpected(schema: Schema) -> None:
    """An element that the schema does not know there."""
    finding = only(schema, document(Consignee=PARTS["Consignee"] + "<Broker/>"))
    assert finding.rule_id == "XSD-UNEXPECTED"
    assert finding.message == "Broker is not known in Certificate"
    assert (finding.line, finding.path) == (5, "/Certificate/Broker")


def test_misspelt(schema: Schema) -> None:
    """A misspelt element is one fault: it is not missing as well, and the right name is offered."""
    finding = only(schema, document(Consignee="<Consigne><Name>B</Name></Consigne>"))
    assert finding.rule_id == "XSD-UNEXPECTED"
    assert finding.hint == "did you mean Consignee?"


def test_wrong_namespace(schema: Schema) -> None:
    """An element of the right name in another namespace: the namespace is what must change."""
    finding = only(
        schema, document(Consignee="<o:Consignee xmlns:o='urn:other'><o:Name>B</o:Name></o:Consignee>")
    )
    assert finding.rule_id == "XSD-UNEXPECTED"
    assert finding.path == "/Certificate/o:Consignee"
    assert finding.hint == f"write Consignee in the namespace of Certificate: {NAMESPACE}"


def test_second_of_a_choice(schema: Schema) -> None:
    """Of a choice one may be there; the second is the fault."""
    finding = only(schema, document(Sea="<Road/>\n<Sea/>"))
    assert finding.rule_id == "XSD-UNEXPECTED"
    assert finding.message == "Sea and Road exclude each other"


def test_repeated(schema: Schema) -> None:
    """An element more often than the schema says, told at the first that is too many."""
    finding = only(schema, document(ID=PARTS["ID"] * 3))
    assert finding.rule_id == "XSD-REPEATED"
    assert finding.path == "/Certificate/ID[2]"
    assert (finding.value, finding.expected) == ("3", "at most 1")


def test_repeated_elsewhere(schema: Schema) -> None:
    """A second one further down is repeated, not out of order."""
    finding = only(schema, document(Sea="<Sea/>" + PARTS["ID"]))
    assert finding.rule_id == "XSD-REPEATED"


def test_repeated_key(schema: Schema) -> None:
    """A value that must be unique stands twice."""
    finding = only(schema, document(Item=PARTS["Item"] * 2))
    assert finding.rule_id == "XSD-REPEATED"


@pytest.mark.parametrize(
    ("part", "text", "path", "value", "expected"),
    [
        ("ID", "<ID>vn 1</ID>", "ID", "vn 1", "text, at most 8 characters, of the form [A-Z0-9-]+"),
        ("TypeCode", "<TypeCode>830</TypeCode>", "TypeCode", "830", "861"),
        ("Date", "<Date>01/03/2025</Date>", "Date", "01/03/2025", "a date such as 2025-03-01"),
        ("Date", "<Date>2025-02-29</Date>", "Date", "2025-02-29", "a date such as 2025-03-01"),
        (
            "Exporter",
            "<Exporter><Name>A</Name><CountryCode>XX</CountryCode></Exporter>",
            "Exporter/CountryCode",
            "XX",
            "VN or TH",
        ),
        (
            "Item",
            "<Item><Number>0</Number><Mass unitCode='KGM'>1</Mass></Item>",
            "Item/Number",
            "0",
            "a whole number, at least 1",
        ),
        (
            "Item",
            "<Item><Number>1</Number><Mass unitCode='KGM'>-1.23456</Mass></Item>",
            "Item/Mass",
            "-1.23456",
            "a number such as 12.5, more than 0, at most 3 decimals",
        ),
        (
            "Item",
            "<Item><Number>1</Number><Mass unitCode='pound'>1</Mass></Item>",
            "Item/Mass/@unitCode",
            "pound",
            "KGM or TNE",
        ),
    ],
)
def test_value(schema: Schema, part: str, text: str, path: str, value: str, expected: str) -> None:
    """A value outside its type, list, form or bounds: one finding even when it breaks several facets."""
    finding = only(schema, document(**{part: text}))
    assert finding.rule_id == "XSD-VALUE"
    assert finding.path == f"/Certificate/{path}"
    assert (finding.value, finding.expected) == (value, expected)


def test_value_hint(schema: Schema) -> None:
    """What the schema says about a type is the hint."""
    finding = only(
        schema, document(Exporter="<Exporter><Name>A</Name><CountryCode>XX</CountryCode></Exporter>")
    )
    assert finding.hint == "Country code of ISO 3166-1."


def test_empty_value(schema: Schema) -> None:
    """An empty element is called empty."""
    assert only(schema, document(Date="<Date/>")).message == "Date is empty"


def test_a_long_value_is_shortened(schema: Schema) -> None:
    """A finding shows the beginning of a value, not a megabyte."""
    value = only(schema, document(ID=f"<ID>{'A' * 5000}</ID>")).value
    assert value is not None
    assert len(value) == 200


def test_missing_attribute(schema: Schema) -> None:
    """A required attribute that is not there."""
    finding = only(schema, document(Item="<Item><Number>1</Number><Mass>1</Mass></Item>"))
    assert finding.rule_id == "XSD-ATTRIBUTE"
    assert finding.message == "Mass has no attribute unitCode"
    assert (finding.path, finding.expected) == ("/Certificate/Item/Mass", "KGM or TNE")


def test_unknown_attribute(schema: Schema) -> None:
    """An attribute that the schema does not know."""
    finding = only(schema, document(ID="<ID version='2'>VN-1</ID>"))
    assert finding.rule_id == "XSD-ATTRIBUTE"
    assert (finding.path, finding.value) == ("/Certificate/ID/@version", "2")


@pytest.mark.parametrize(
    ("part", "text", "path"),
    [
        ("Sea", "<Sea/> by sea", ""),
        ("Sea", "<Sea>ship</Sea>", "/Sea"),
        ("ID", "<ID>VN<Part/>-1</ID>", "/ID/Part"),
    ],
)
def test_text_and_elements_in_the_wrong_place(schema: Schema, part: str, text: str, path: str) -> None:
    """Text between elements, text in an empty element, an element in a text: each one unexpected thing."""
    finding = only(schema, document(**{part: text}))
    assert finding.rule_id == "XSD-UNEXPECTED"
    assert finding.path == f"/Certificate{path}"


def test_root(schema: Schema) -> None:
    """Another root element, even one that an imported schema declares."""
    for xml in ("<Certificate/>", "<Seal xmlns='urn:other'/>"):
        finding = only(schema, etree.fromstring(xml))
        assert finding.rule_id == "XSD-ROOT"
        assert finding.expected == f"{{{NAMESPACE}}}Certificate"


def test_optional_group(schema: Schema) -> None:
    """The members of an optional group are required once one of them is there."""
    assert schema.findings(document(Place="", Date="")) == ()
    finding = only(schema, document(Date=""))
    assert (finding.rule_id, finding.message) == ("XSD-MISSING", "Date is missing in Certificate")


def test_all_groups_have_no_order(schema: Schema) -> None:
    """The members of xs:all are only missing or repeated."""
    swapped = "<Exporter><CountryCode>VN</CountryCode><Name>A</Name></Exporter>"
    assert schema.findings(document(Exporter=swapped)) == ()
    assert only(schema, document(Exporter="<Exporter/>")).rule_id == "XSD-MISSING"


def test_repeating_choice(schema: Schema) -> None:
    """In a group that repeats every order is right; what comes before it still has its place."""
    item = "<Item><Number>1</Number><Mass unitCode='KGM'>1</Mass>{}</Item>"
    assert schema.findings(document(Item=item.format("<Seal/><Mark/><Seal/>"))) == ()
    moved = "<Item><Number>1</Number><Seal/><Mass unitCode='KGM'>1</Mass></Item>"
    assert only(schema, document(Item=moved)).rule_id == "XSD-ORDER"


def test_all_faults_of_a_document_in_one_run(schema: Schema) -> None:
    """Faults of every sort, in one element and in others, are all reported, each once."""
    element = document(
        ID="<ID>bad id</ID>",
        Exporter="<Exporter><Nme>A</Nme><CountryCode>XX</CountryCode></Exporter>",
        Consignee="",
        Item="<Item><Mass unit='KGM'>x</Mass><Number>1</Number></Item>",
        Sea="<Ship/>",
    )
    found = sorted((finding.rule_id, finding.path) for finding in schema.findings(element))
    assert found == [
        ("XSD-ATTRIBUTE", "/Certificate/Item/Mass"),
        ("XSD-ATTRIBUTE", "/Certificate/Item/Mass/@unit"),
        ("XSD-MISSING", "/Certificate"),
        ("XSD-ORDER", "/Certificate/Item/Mass"),
        ("XSD-UNEXPECTED", "/Certificate/Exporter/Nme"),
        ("XSD-UNEXPECTED", "/Certificate/Ship"),
        ("XSD-VALUE", "/Certificate/Exporter/CountryCode"),
        ("XSD-VALUE", "/Certificate/ID"),
        ("XSD-VALUE", "/Certificate/Item/Mass"),
    ]


def test_a_part_of_a_bigger_tree(schema: Schema) -> None:
    """An element inside an envelope is checked alone; line and path are those of the whole file."""
    envelope = etree.fromstring(
        f'<Envelope>\n<Header/>\n<Certificate xmlns="{NAMESPACE}">\n<ID>VN-1</ID></Certificate></Envelope>'
    )
    findings = schema.findings(envelope[1])
    assert {finding.path for finding in findings} == {"/Envelope/Certificate"}
    assert {finding.line for finding in findings} == {3}
    assert schema.findings(envelope)[0].rule_id == "XSD-ROOT"


def test_too_many_faults(schema: Schema) -> None:
    """A thousand findings are listed; the last one says that there are more."""
    findings = schema.findings(rooted("<Broker/>" * (MOST_FINDINGS + 5)))
    assert len(findings) == MOST_FINDINGS + 1
    assert findings[-1].rule_id == "FINDINGS-LIMIT"


def test_threads_do_not_hear_of_each_others_faults(schema: Schema) -> None:
    """One validates floods, which libxml2 names itself, while the other validates what is in order."""
    flood, good, ended = document(Item=items(13_000), Consignee=""), document(), threading.Event()

    def validate_good() -> set[tuple[Finding, ...]]:
        found = set()
        while not ended.is_set():
            found.add(schema.findings(good))
        return found

    with ThreadPoolExecutor(1) as other:
        told = other.submit(validate_good)
        try:
            floods = [schema.findings(flood) for _ in range(10)]
        finally:
            ended.set()
    assert told.result() == {()}
    assert len(set(floods)) == 1
    assert floods[0]
