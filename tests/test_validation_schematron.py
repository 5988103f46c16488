"""What our Schematron engine does: which assertions fire, where, and what their findings say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from lxml import etree

from asw_exchange.errors import ConfigurationError
from asw_exchange.model import Finding, Severity
from asw_exchange.validation import Rules, load_rules
from tests.validation_cases import SCHEMATRON, rule_file

Ids = list[str]
Run = Callable[[str, str], Ids]

XML = """<r a="1">
<item n="1"><code>WO</code><mass unit="KGM">1</mass></item>
<item n="2"><code>CTH</code></item>
<note>text</note>
</r>"""


@pytest.fixture
def rules(tmp_path: Path) -> Callable[..., Rules]:
    """Write a rule file with this content and load it. Files are cached: each has a folder of its own."""
    numbers = count()

    def load(content: str, phase: str | None = None) -> Rules:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return load_rules(rule_file(folder, content), phase)

    return load


@pytest.fixture
def run(rules: Callable[..., Rules]) -> Run:
    """The ids that fire, in order of the lines."""

    def ids(content: str, xml: str = XML) -> Ids:
        found = rules(content).findings(etree.fromstring(xml))
        return [finding.rule_id for finding in sorted(found, key=lambda each: (each.line or 0, each.rule_id))]

    return ids


def one(rules: Rules, xml: str = XML, **parameters: str) -> Finding:
    """The one finding about a document."""
    (finding,) = rules.findings(etree.fromstring(xml), **parameters)
    return finding


def test_assert_fires_when_false_and_report_when_true(run: Run) -> None:
    """ISO/IEC 19757-3, 5.4.1 and 5.4.10."""
    content = """<pattern><rule context="item">
      <assert id="A1" test="code">x</assert><assert id="A2" test="mass">x</assert>
      <report id="R1" test="code = 'WO'">x</report><report id="R2" test="other">x</report></rule></pattern>"""
    assert run(content, XML) == ["R1", "A2"]


def test_the_first_rule_that_matches_a_node_wins(run: Run) -> None:
    """Within a pattern a node is looked at by one rule only, even when others match it too."""
    content = """<pattern>
      <rule context="item[mass]"><assert id="FIRST" test="false()">x</assert></rule>
      <rule context="item[code]"><assert id="SECOND" test="false()">x</assert></rule>
      <rule context="*"><assert id="REST" test="false()">x</assert></rule></pattern>"""
    assert run(content, "<item><mass/><code/></item>") == ["FIRST", "REST", "REST"]
    assert run(content, "<item><code/></item>") == ["REST", "SECOND"]


def test_patterns_do_not_hide_each_other(run: Run) -> None:
    """A node is looked at once by each pattern."""
    pattern = '<pattern><rule context="item"><assert id="{}" test="false()">x</assert></rule></pattern>'
    assert run(pattern.format("P1") + pattern.format("P2"), "<r><item/></r>") == ["P1", "P2"]


@pytest.mark.parametrize(
    ("context", "number"),
    [
        ("item", 2),
        ("r/item", 2),
        ("/r/item", 2),
        ("/", 1),
        ("/*", 1),
        ("r", 1),
        ("*", 7),
        ("item | note", 3),
        ("note|item/code", 3),
        ("item[2]", 1),
        ("item[1]/code", 1),
        ("r//code", 2),
        ("item[code = 'a|b' or code = 'WO']", 1),
        ("@n", 2),
        ("@*", 4),
        ("mass/@unit", 1),
        ("item[@n = 2]", 1),
        ("child::item", 2),
        ("text()[normalize-space()]", 4),
    ],
)
def test_contexts(run: Run, context: str, number: int) -> None:
    """Every XSLT pattern can be a context, in a pattern with one rule and in one with several."""
    rule = f'<rule context="{context}"><assert id="X" test="false()">x</assert></rule>'
    assert len(run(f"<pattern>{rule}</pattern>", XML)) == number
    other = '<rule context="nothing"><assert id="Y" test="true()">x</assert></rule>'
    assert len(run(f"<pattern>{rule}{other}</pattern>", XML)) == number


def test_place_of_the_context(rules: Callable[..., Rules]) -> None:
    """Without a subject a finding stands at its context, with line, path and the text of a leaf."""
    finding = one(rules(_rule("code[. = 'CTH']", "false()")))
    assert (finding.line, finding.path, finding.value) == (3, "/r/item[2]/code", "CTH")


def test_place_of_the_subject(rules: Callable[..., Rules]) -> None:
    """The subject, an XPath from the context, is where the finding stands."""
    finding = one(rules(_rule("r", "not(item/mass)", subject="item/mass")))
    assert (finding.line, finding.path, finding.value) == (2, "/r/item[1]/mass", "1")


def test_subject_of_a_rule(rules: Callable[..., Rules]) -> None:
    """A subject of the rule holds for its assertions."""
    content = (
        '<pattern><rule context="r" subject="note"><assert id="X" test="false()">x</assert></rule></pattern>'
    )
    assert one(rules(content)).path == "/r/note"


def test_subject_that_is_not_there(rules: Callable[..., Rules]) -> None:
    """A finding about something missing stands at the context."""
    finding = one(rules(_rule("item[code='CTH']", "mass", subject="mass")))
    assert (finding.path, finding.value) == ("/r/item[2]", None)


def test_attribute_as_subject_and_context(rules: Callable[..., Rules]) -> None:
    """An attribute has the line of its element, a path with @ and its value."""
    for loaded in (rules(_rule("r", "false()", subject="item/mass/@unit")), rules(_rule("@unit", "false()"))):
        finding = one(loaded)
        assert (finding.line, finding.path, finding.value) == (2, "/r/item[1]/mass/@unit", "KGM")


def test_attribute_with_a_prefix(rules: Callable[..., Rules]) -> None:
    """An attribute of a namespace is named with the prefix of the document."""
    loaded = rules('<ns prefix="q" uri="urn:q"/>' + _rule("@q:a", "false()"))
    finding = one(loaded, '<r xmlns:p="urn:q" a="0" p:a="1"/>')
    assert (finding.path, finding.value) == ("/r/@p:a", "1")


def test_comments_and_instructions_do_not_shift_the_place(rules: Callable[..., Rules]) -> None:
    """A tree with comments in it gives the same elements."""
    finding = one(
        rules(_rule("b[@x]", "false()")),
        "<!-- 1 --><?p 2?><r><!-- 3 --><a/><?p 4?>\n<b/><!-- 5 -->\n<b x='1'/></r>",
    )
    assert (finding.line, finding.path) == (3, "/r/b[2]")


def test_part_of_a_bigger_tree(rules: Callable[..., Rules]) -> None:
    """A subtree is a document of its own for the rules; lines and paths are those of the whole."""
    envelope = etree.fromstring("<env>\n<head/>\n<r>\n<item/></r><tail/></env>")
    loaded = rules(_rule("/r", "count(//*) = 2 and not(..//head)") + _rule("item", "false()", name="ITEM"))
    (finding,) = loaded.findings(envelope[1])
    assert (finding.rule_id, finding.line, finding.path) == ("ITEM", 4, "/env/r/item")
    assert etree.tostring(envelope) == b"<env>\n<head/>\n<r>\n<item/></r><tail/></env>"


def test_message(rules: Callable[..., Rules]) -> None:
    """value-of, name and emphasis are filled in; blanks are made single."""
    message = """Item
        <value-of select="@n"/>: <name/> in <name path=".."/> with <emph>code</emph>
        <value-of select="code"/>"""
    content = (
        f'<pattern><rule context="item[2]"><assert id="X" test="false()">{message}</assert></rule></pattern>'
    )
    assert one(rules(content)).message == "Item 2: item in r with code CTH"


def test_diagnostics(rules: Callable[..., Rules]) -> None:
    """The end of a diagnostic's id says what it is: hint, value or expected; any other is a hint too."""
    content = """<pattern><rule context="r"><assert id="X" test="false()" see="Rule 7"
        diagnostics="X-hint shared-value X-expected more">x</assert></rule></pattern>
      <diagnostics><diagnostic id="X-hint">write it</diagnostic><diagnostic id="more">or not</diagnostic>
        <diagnostic id="shared-value"><value-of select="item[1]/code"/></diagnostic>
        <diagnostic id="X-expected">CC, CTH</diagnostic></diagnostics>"""
    finding = one(rules(content))
    assert (finding.hint, finding.value, finding.expected) == ("write it or not", "WO", "CC, CTH")
    assert finding.source == "Rule 7"


@pytest.mark.parametrize(
    ("attributes", "severity"),
    [
        ("", Severity.ERROR),
        ('role="error"', Severity.ERROR),
        ('role="warning"', Severity.WARNING),
        ('role="info"', Severity.INFO),
        ('flag="warning"', Severity.WARNING),
        ('flag="anything"', Severity.ERROR),
    ],
)
def test_severity(rules: Callable[..., Rules], attributes: str, severity: Severity) -> None:
    """The role is the severity, a flag of that name too; without any it is an error."""
    content = (
        f'<pattern><rule context="r"><assert id="X" test="false()" {attributes}>x</assert></rule></pattern>'
    )
    assert one(rules(content)).severity is severity


def test_rule_set(rules: Callable[..., Rules]) -> None:
    """A finding names folder and phase, or folder and file where there are no phases."""
    assert one(rules(_rule("r", "false()"))).ruleset == "asean/form"
    dated = '<phase id="OCP21"><active pattern="p"/></phase>' + _rule("r", "false()", pattern="p")
    assert one(rules(dated, "OCP21")).ruleset == "asean/OCP21"


def test_parameters(rules: Callable[..., Rules]) -> None:
    """A value of the schema has a default and can be set; any text arrives as it is."""
    loaded = rules("""<let name="today" value="'2020-01-01'"/><pattern><rule context="r">
      <assert id="X" test="false()"><value-of select="$today"/></assert></rule></pattern>""")
    assert loaded.parameters == {"today"}
    assert one(loaded).message == "2020-01-01"
    for text in ("2025-03-01", 'it\'s "quoted"', "$today", "</xsl>", "Đà Nẵng"):
        assert one(loaded, today=text).message == text


def test_values_of_the_schema_can_build_on_each_other(rules: Callable[..., Rules]) -> None:
    """A value that is derived from a parameter follows it."""
    loaded = rules("""<let name="a" value="1"/><let name="b" value="$a + 1"/><pattern>
      <rule context="r"><assert id="X" test="false()"><value-of select="$b"/></assert></rule></pattern>""")
    assert one(loaded, a="41").message == "42"


def test_scopes(run: Run) -> None:
    """Values of rules and patterns hold for their own nodes; the same name may be used elsewhere."""
    content = """<let name="v" value="'schema'"/>
      <pattern><rule context="item"><let name="v" value="code"/><let name="w" value="concat($v, '!')"/>
        <assert id="R1" test="$w = 'WO!'">x</assert></rule></pattern>
      <pattern><rule context="item"><let name="v" value="mass"/>
        <assert id="R2" test="$v">x</assert></rule></pattern>
      <pattern><rule context="item"><assert id="R3" test="$v = 'schema'">x</assert></rule></pattern>
      <pattern><let name="p" value="count(//item)"/>
        <rule context="item[1]"><assert id="P1" test="$p = 2">x</assert></rule>
        <rule context="note"><let name="q" value="$p"/>
          <assert id="P2" test="$q = 3">x</assert></rule></pattern>
      <pattern><let name="p" value="0"/>
        <rule context="r"><assert id="P3" test="$p = 0">x</assert></rule></pattern>"""
    assert run(content, XML) == ["R1", "R2", "P2"]


def test_phases(rules: Callable[..., Rules]) -> None:
    """A phase runs its patterns with its own values; without one the default phase, else all, runs."""
    body = _rule("r", "false()", name="OLD", pattern="old") + _rule(
        "r", "$grace = 3", name="NEW", pattern="new"
    )
    phases = """<phase id="OCP20"><active pattern="old"/></phase>
      <phase id="OCP21"><let name="grace" value="0"/><active pattern="new"/></phase>"""
    loaded = rules(phases + body, "OCP20")
    assert one(loaded).rule_id == "OLD"
    assert one(load_rules(loaded.file.path, "OCP21")).rule_id == "NEW"
    with pytest.raises(ConfigurationError, match="can only be used with a phase; OCP20, OCP21"):
        load_rules(loaded.file.path).findings(etree.fromstring(XML))


def test_default_phase(tmp_path: Path) -> None:
    """The schema's default phase is used when none is asked for, and #ALL when that is."""
    body = '<phase id="A"><active pattern="a"/></phase>' + _rule("r", "false()", name="A", pattern="a")
    path = rule_file(tmp_path, body + _rule("r", "false()", name="B", pattern="b"), 'defaultPhase="A"')
    xml = etree.fromstring(XML)
    assert {finding.rule_id for finding in load_rules(path).findings(xml)} == {"A"}
    assert {finding.rule_id for finding in load_rules(path, "#ALL").findings(xml)} == {"A", "B"}


def test_abstract_pattern(run: Run) -> None:
    """A pattern that is-a another fills its parameters in, each name as a whole."""
    content = """<pattern abstract="true" id="required"><rule context="$where">
        <let name="found" value="$what"/>
        <assert id="X" test="$found and $whatever">x</assert></rule></pattern>
      <pattern is-a="required" id="p1"><param name="where" value="item"/><param name="what" value="mass"/>
        <param name="whatever" value="true()"/></pattern>
      <pattern is-a="required" id="p2"><param name="where" value="r"/><param name="what" value="note"/>
        <param name="whatever" value="false()"/></pattern>"""
    assert run(content, XML) == ["X", "X"]


def test_abstract_rules(run: Run) -> None:
    """A rule has what the rules that it extends have, at that place, values included."""
    content = """<pattern>
      <rule abstract="true" id="base"><let name="v" value="code"/>
        <assert id="BASE" test="$v = 'WO'">x</assert></rule>
      <rule abstract="true" id="both"><extends rule="base"/><assert id="BOTH" test="mass">x</assert></rule>
      <rule context="item"><extends rule="both"/>
        <assert id="OWN" test="$v = 'CTH'">x</assert></rule></pattern>
      <pattern><rule context="note"><extends rule="base"/></rule></pattern>"""
    assert run(content, XML) == ["OWN", "BASE", "BOTH", "BASE"]


def test_include(tmp_path: Path) -> None:
    """Patterns, assertions and whole schemas are included, each file relative to the one that names it."""
    path = rule_file(tmp_path, '<include href="common.sch"/>')
    (path.parent / "more").mkdir()
    for name, text in {
        "common.sch": '<schema {}><let name="limit" value="1"/><include href="more/one.sch"/></schema>',
        "more/one.sch": '<pattern {}><rule context="r"><include href="all.sch#b"/></rule></pattern>',
        "more/all.sch": '<rule {}><assert id="a" test="0"/><assert id="b" test="$limit = 2"/></rule>',
    }.items():
        (path.parent / name).write_text(text.format(f'xmlns="{SCHEMATRON}"'))
    loaded = load_rules(path)
    assert one(loaded).rule_id == "b"
    assert loaded.findings(etree.fromstring(XML), limit="2") == ()


def test_date_functions(run: Run) -> None:
    """EXSLT dates as the rules need them: months end where they end, and what is no date gives no date."""
    tests = {
        "date:add('2024-02-29', 'P1Y') = '2025-02-28'": True,
        "date:add('2023-02-28', 'P12M') = '2024-02-28'": True,
        "date:add('2024-01-31', 'P1M') = '2024-02-29'": True,
        "date:add('2024-12-31', 'P12M') = '2025-12-31'": True,
        "date:add('2024-02-28', 'P3D') = '2024-03-02'": True,
        "date:difference('2024-02-28', '2024-03-01') = 'P2D'": True,
        "date:difference('2024-03-01', '2024-02-28') = '-P2D'": True,
        "date:add('2023-02-29', 'P1Y') = ''": True,
        "date:seconds('2024-03-01') > date:seconds('2024-02-29')": True,
        "date:seconds('none') > 0 or date:seconds('none') <= 0": False,
        "'2024-03-01' > '2024-02-29'": False,
    }
    for test, holds in tests.items():
        assert run(_rule("r", test.replace("<", "&lt;")), "<r/>") == ([] if holds else ["X"]), test


def test_regular_expressions(run: Run) -> None:
    """EXSLT regular expressions are there: regexp:test."""
    pattern = _rule("code", "regexp:test(., '^C(C|TH|TSH)$')")
    assert run(pattern, XML) == ["X"]


def test_unknown_parameter(rules: Callable[..., Rules]) -> None:
    """A parameter that the rules do not have is a mistake of the caller, not passed over."""
    with pytest.raises(ConfigurationError, match="no value named tody"):
        rules(_rule("r", "true()")).findings(etree.fromstring(XML), tody="2025-03-01")


@pytest.mark.parametrize("test", ["sum(1)", "mass or count(1)", "regexp:test(code, '(')", "date:add(code)"])
def test_a_rule_that_cannot_be_evaluated(rules: Callable[..., Rules], test: str) -> None:
    """An error at run time is a ConfigurationError; the document is not called valid."""
    loaded = rules(_rule("item", test))
    with pytest.raises(ConfigurationError, match="could not be evaluated"):
        loaded.findings(etree.fromstring(XML))


@pytest.mark.parametrize("output", ["", "<findings/>", "<findings><f n='0'/></findings>"])
def test_a_run_that_does_not_come_to_its_end(rules: Callable[..., Rules], output: str) -> None:
    """Only the mark at the end of the output proves that all rules were asked."""
    loaded = rules(_rule("r", "true()"))
    namespace = "http://www.w3.org/1999/XSL/Transform"
    template = f'<x:template match="/">{output}</x:template>'
    stylesheet = f'<x:stylesheet xmlns:x="{namespace}" version="1.0">{template}</x:stylesheet>'
    loaded.__dict__["_compiled"] = (etree.XSLT(etree.fromstring(stylesheet)), ())
    with pytest.raises(ConfigurationError, match="not evaluated to their end"):
        loaded.findings(etree.fromstring(XML))


def test_a_parameter_that_is_no_text(rules: Callable[..., Rules]) -> None:
    """A value with a NUL in it cannot be passed on."""
    loaded = rules('<let name="v" value="1"/>' + _rule("r", "$v"))
    with pytest.raises(ConfigurationError, match="no text"):
        loaded.findings(etree.fromstring(XML), v="a\x00b")


def _rule(context: str, test: str, *, subject: str = ".", name: str = "X", pattern: str = "") -> str:
    identifier = f'id="{pattern}"' if pattern else ""
    check = f'<assert id="{name}" test="{test}" subject="{subject}">x</assert>'
    return f'<pattern {identifier}><rule context="{context}">{check}</rule></pattern>'
