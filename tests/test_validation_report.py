"""The whole question: schema and dated rules together, one report; the catalogue of what is asked."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from lxml import etree

from asw_exchange import errors
from asw_exchange.model import Finding, Severity
from asw_exchange.validation import (
    BUILT_IN_RULES,
    MOST_FINDINGS,
    Report,
    findings_of_error,
    in_order,
    load_rules,
    validate_element,
)
from tests.validation_cases import NAMESPACE, PARTS, document, load_form, rule_file

DATED = f"""<ns prefix="t" uri="{NAMESPACE}"/><let name="today" value="'2020-01-01'"/>
<phase id="OCP20"><active pattern="all"/><active pattern="old"/></phase>
<phase id="OCP21"><active pattern="all"/><active pattern="new"/></phase>
<pattern id="all"><rule context="t:Certificate"><let name="day" value="translate(t:Date, '-', '')"/>
  <assert id="D07" test="$day &lt;= translate($today, '-', '')" subject="t:Date" see="[inferred]"
    diagnostics="D07-hint">the date <value-of select="t:Date"/> is in the future</assert></rule></pattern>
<pattern id="old"><rule context="t:Certificate">
  <assert id="D09" test="t:Place">no grace</assert></rule></pattern>
<pattern id="new"><rule context="t:Certificate"><assert id="D09" test="t:Sea">no ship</assert>
  <assert id="D15" test="false()" role="warning">always</assert></rule></pattern>
<diagnostics><diagnostic id="D07-hint">correct it, or wait</diagnostic></diagnostics>"""
EARLY, LATE = {"today": "2025-01-01"}, {"today": "2026-01-01", "unknown": "passed over"}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Rules of two dates."""
    return rule_file(tmp_path, DATED)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schema of the form."""
    return load_form(tmp_path_factory).path


def both(element: etree._Element) -> tuple[str, ...]:
    """A time of transition: either text is accepted."""
    return ("OCP20", "OCP21")


def ids(report: Report) -> list[str]:
    """The rules that were broken, in order."""
    return [finding.rule_id for finding in report.findings]


def test_schema_and_rules_in_one_run(schema: Path, rules: Path) -> None:
    """Rules are applied even when the schema is broken; findings stand in the order of the lines."""
    report = validate_element(
        document(ID="", Place="", Sea=""),
        kind="asean/eform-d",
        schema=schema,
        rules=rules,
        phases=lambda element: ("OCP21",),
        parameters=EARLY,
        file="a.xml",
    )
    assert ids(report) == ["D09", "D15", "XSD-MISSING", "XSD-MISSING", "D07"]
    assert (report.file, report.kind, report.ruleset) == ("a.xml", "asean/eform-d", "asean/OCP21")
    assert {finding.ruleset for finding in report.findings} == {"asean/form.xsd", "asean/OCP21"}
    assert [len(report.errors), len(report.warnings), report.valid] == [4, 1, False]


@pytest.mark.parametrize(
    ("changes", "expected", "ruleset"),
    [
        ({}, [], "asean/OCP20"),
        ({"Place": "", "Date": ""}, ["D09"], "asean/OCP21"),
        ({"Place": "", "Sea": ""}, ["D09", "D15"], "asean/OCP21"),
    ],
)
def test_transition(rules: Path, changes: dict[str, str], expected: list[str], ruleset: str) -> None:
    """Of several rule sets the first without errors is used; when all have errors, the newest."""
    report = validate_element(document(**changes), rules=rules, phases=both, parameters=LATE)
    assert report.ruleset == ruleset
    assert [each for each in ids(report) if each != "D07"] == (
        ["D15"] if changes.get("Date") == "" else expected
    )


def test_warnings_leave_a_document_valid(rules: Path) -> None:
    """Only errors make a document invalid."""
    report = validate_element(document(), rules=rules, phases=lambda element: ("OCP21",), parameters=LATE)
    assert ids(report) == ["D15"]
    assert report.valid


def test_without_rules(schema: Path) -> None:
    """A kind without rule file has no rule set."""
    report = validate_element(document(), schema=schema)
    assert report == Report(kind=None, ruleset=None, findings=())


def test_a_rule_file_without_phases(tmp_path: Path) -> None:
    """The rule set is then named after the file."""
    path = rule_file(tmp_path, '<pattern><rule context="r"><assert id="X" test="1"/></rule></pattern>')
    assert validate_element(etree.fromstring("<r/>"), rules=path).ruleset == "asean/form"


def test_a_crash_is_never_valid(tmp_path: Path) -> None:
    """When a rule cannot be evaluated there is no report at all."""
    path = rule_file(
        tmp_path, '<pattern><rule context="r"><assert id="X" test="not(sum(1))"/></rule></pattern>'
    )
    with pytest.raises(errors.ConfigurationError):
        validate_element(etree.fromstring("<r/>"), rules=path)


def test_doubles_are_told_once() -> None:
    """Equal findings are one; others are sorted by line, then rule."""
    first, second = (
        Finding(rule_id=name, severity=Severity.ERROR, message="x", line=2) for name in ("A", "B")
    )
    third = Finding(rule_id="C", severity=Severity.ERROR, message="x", line=1)
    assert in_order([second, first, third, second]) == (third, first, second)


def test_too_many_findings(tmp_path: Path) -> None:
    """A thousand are listed, errors before warnings, and that there are more is said."""
    content = """<pattern><rule context="a"><assert id="W" test="0" role="warning">x</assert></rule></pattern>
      <pattern><rule context="b"><assert id="E" test="0">x</assert></rule></pattern>"""
    xml = etree.fromstring(f"<r>{'<a/>' * (MOST_FINDINGS + 1)}<b/></r>")
    report = validate_element(xml, rules=rule_file(tmp_path, content))
    assert len(report.findings) == MOST_FINDINGS + 1
    assert "E" in ids(report)
    assert ids(report)[-1] == "FINDINGS-LIMIT"
    assert not report.valid


def test_report_as_json() -> None:
    """A report goes to JSON and back, every field of a finding written out."""
    finding = Finding(rule_id="D01", severity=Severity.ERROR, message="x", line=1)
    report = Report(kind="asean/eform-d", ruleset="asean/OCP21", findings=(finding,))
    data = msgspec.json.encode(report)
    assert msgspec.json.decode(data, type=Report) == report
    assert msgspec.json.decode(data)["findings"][0]["expected"] is None


def test_finding_of_an_error() -> None:
    """A file that cannot be read gives a finding with the code that a partner is told."""
    error = errors.WrongEncoding("not UTF-8", line=3, value="latin-1", hint="write in UTF-8")
    assert findings_of_error(error) == Finding(
        rule_id="XML-ENCODING",
        severity=Severity.ERROR,
        message="not UTF-8",
        line=3,
        value="latin-1",
        hint="write in UTF-8",
    )


def test_catalogue(rules: Path) -> None:
    """Each entry tells what, why, what to do and since which rule set; templates show no XPath."""
    catalogue = load_rules(rules, "OCP20").catalogue
    assert [(rule.id, rule.phases) for rule in catalogue] == [
        ("D07", ()),
        ("D09", ("OCP20",)),
        ("D09", ("OCP21",)),
        ("D15", ("OCP21",)),
    ]
    first = catalogue[0]
    assert first.message == "the date … is in the future"
    assert (first.hint, first.source, first.severity) == ("correct it, or wait", "[inferred]", Severity.ERROR)
    assert first.scope == "document"


def test_a_pattern_of_no_phase(tmp_path: Path) -> None:
    """It is told from a pattern of all phases: only #ALL runs it."""
    content = """<phase id="A"><active pattern="a"/></phase>
      <pattern id="a"><rule context="r"><assert id="A" test="1"/></rule></pattern>
      <pattern id="b"><rule context="r"><assert id="B" test="1"/></rule></pattern>"""
    catalogue = load_rules(rule_file(tmp_path, content)).catalogue
    assert {rule.id: rule.phases for rule in catalogue} == {"A": (), "B": ("#ALL",)}


def test_built_in_rules_cover_the_reader() -> None:
    """Every reason for which the reader refuses bytes is explained."""
    known = {rule.id for rule in BUILT_IN_RULES}
    kinds: list[type[errors.ExchangeError]] = [
        errors.ReadError,
        *errors.ReadError.__subclasses__(),
        errors.UnknownKind,
    ]
    assert {kind.reply_code for kind in kinds} <= known
    assert len(known) == len(BUILT_IN_RULES)


def test_threads_share_what_is_compiled(schema: Path, rules: Path) -> None:
    """Schema and rules are compiled once and used by several threads at a time."""

    def check(number: int) -> list[str]:
        changes = {"ID": "", "Sea": ""} if number % 2 else {}
        new = validate_element(document(**changes), schema=schema, rules=rules, phases=both, parameters=LATE)
        return ids(new)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(check, range(200)))
    assert found == [[], ["XSD-MISSING"]] * 100


def test_the_second_engine_is_loaded_late() -> None:
    """xmlschema takes longer to import than all the rest; who meets no fault does not wait for it."""
    code = "import sys, asw_exchange.validation; sys.exit('xmlschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_parts_are_valid(schema: Path) -> None:
    """The form that these tests change is valid as it is."""
    assert validate_element(document(), schema=schema).valid
    assert set(PARTS) >= {"Place", "Sea", "Date"}
