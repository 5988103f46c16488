"""Rule files that are not in order: refused when they are loaded, with file, line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from asw_exchange.errors import ConfigurationError
from asw_exchange.validation import load_rules
from asw_exchange.validation.expressions import alternatives, references
from tests.validation_cases import SCHEMATRON, rule_file

RULE = '<pattern id="p">\n<rule context="r">\n<assert id="X" test="{}">x</assert></rule></pattern>'


def refused(path: Path, phase: str | None = None) -> ConfigurationError:
    """The error with which a rule file is refused."""
    with pytest.raises(ConfigurationError) as caught:
        load_rules(path, phase)
    return caught.value


@pytest.mark.parametrize(
    ("test", "message", "value"),
    [
        ("count(a", "not an XPath 1.0 expression", "count(a"),
        ("true() or nosuch()", "no such function", "nosuch"),
        ("true() or date:nosuch('a')", "no such function", "date:nosuch"),
        ("dyn:evaluate('1')", "the prefix is not declared", "dyn"),
        ("document('other.xml')", "no such function", "document"),
        ("key('k', 1)", "no such function", "key"),
        ("true() or $nosuch", "no such value", "$nosuch"),
        ("true() or q:item", "the prefix is not declared", "q"),
    ],
)
def test_a_fault_in_an_expression(tmp_path: Path, test: str, message: str, value: str) -> None:
    """Found when the file is loaded, also where evaluation would never come."""
    path = rule_file(tmp_path, RULE.format(test))
    error = refused(path)
    assert message in error.message
    assert (error.value, error.line, error.file) == (value, 4, str(path))


def test_evaluation_of_strings_is_not_available(tmp_path: Path) -> None:
    """dyn:evaluate hides the errors of what it evaluates, so it has no place in a rule."""
    namespace = '<ns prefix="dyn" uri="http://exslt.org/dynamic"/>'
    error = refused(rule_file(tmp_path, namespace + RULE.format("dyn:evaluate('1')")))
    assert error.message == "no such function"


def test_a_context_is_an_xslt_pattern(tmp_path: Path) -> None:
    """An expression that is no pattern cannot be a context."""
    content = '<pattern><rule context="../r"><assert id="X" test="1">x</assert></rule></pattern>'
    assert "not an XSLT pattern" in refused(rule_file(tmp_path, content)).message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<patern/>", "sch:patern has no place in sch:schema"),
        (
            '<pattern><rule context="r"><asert id="X" test="1"/></rule></pattern>',
            "sch:asert has no place in sch:rule",
        ),
        ('<pattern><assert id="X" test="1"/></pattern>', "sch:assert has no place in sch:pattern"),
        ('<pattern><rule context="r"><assert test="1"/></rule></pattern>', "sch:assert has no attribute id"),
        ('<pattern><rule context="r"><assert id="X"/></rule></pattern>', "sch:assert has no attribute test"),
        ('<pattern><rule><assert id="X" test="1"/></rule></pattern>', "sch:rule has no attribute context"),
        (RULE.format('1" role="warn'), "the role is no severity"),
        (RULE.format('1" diagnostics="nosuch'), "no diagnostic has this id"),
        ('<let name="a" value="1"/><let name="a" value="2"/>', "two values of one scope have the same name"),
        ('<let name="a"/>', "sch:let has no attribute value"),
        (
            '<pattern><let name="a" value="1"/><rule context="r"><let name="a" value="2"/></rule></pattern>',
            "a value of the pattern has the same name",
        ),
        (
            '<pattern><rule context="r"><let name="a" value="$b"/><let name="b" value="1"/></rule></pattern>',
            "no such value",
        ),
        (
            '<let name="a" value="1"/><phase id="A"><let name="a" value="2"/></phase>',
            "a value of the schema has the same name",
        ),
        (
            '<let name="a" value="1"/><pattern><rule context="r[@n = $a]"/></pattern>',
            "the context is not an XSLT pattern",
        ),
        ('<phase id="A"><active pattern="nosuch"/></phase>', "no pattern has this id"),
        ('<pattern is-a="nosuch"/>', "no abstract pattern has this id"),
        (
            '<pattern><rule context="r"><extends rule="nosuch"/></rule></pattern>',
            "no abstract rule has this id",
        ),
        (
            '<pattern><rule abstract="true" id="a"><extends rule="a"/></rule>'
            '<rule context="r"><extends rule="a"/></rule></pattern>',
            "or it extends itself",
        ),
        ('<include href="nosuch.sch"/>', "the included file cannot be used"),
        ('<include href="form.sch"/>', "none in itself"),
        ('<include href="http://example.org/a.sch"/>', "only local files"),
        ('<include href="#nosuch"/>', "the included file has no element with this id"),
        (
            '<x:key xmlns:x="http://www.w3.org/1999/XSL/Transform" name="k" match="a" use="b"/>',
            "XSLT instructions have no place",
        ),
    ],
)
def test_a_fault_in_the_structure(tmp_path: Path, content: str, message: str) -> None:
    """A misspelt or incomplete element is no rule that never fires."""
    path = rule_file(tmp_path, content)
    error = refused(path)
    assert message in error.message
    assert error.file == str(path)
    assert error.line is not None
    assert error.line >= 2


def test_a_fault_in_an_included_file(tmp_path: Path) -> None:
    """The fault is told with the file and line where it is."""
    path = rule_file(tmp_path, '<include href="part.sch"/>')
    part = path.parent / "part.sch"
    part.write_text(
        f'<pattern xmlns="{SCHEMATRON}">\n\n<rule context="r"><assert id="X" test="("/></rule></pattern>'
    )
    error = refused(path)
    assert (error.file, error.line) == (str(part), 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<schema", "not well-formed"),
        ("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>", "not a Schematron file"),
        ("<schema/>", "not a Schematron file"),
        (f"<schema xmlns='{SCHEMATRON}' queryBinding='xslt2'/>", "query binding is not supported"),
    ],
)
def test_a_file_of_another_sort(tmp_path: Path, text: str, message: str) -> None:
    """What is no Schematron of our binding is refused by name."""
    path = tmp_path / "other.sch"
    path.write_text(text)
    assert message in refused(path).message


def test_a_missing_file(tmp_path: Path) -> None:
    """A missing file is a ConfigurationError, no OSError."""
    assert "cannot be read" in refused(tmp_path / "none.sch").message


def test_an_unknown_phase(tmp_path: Path) -> None:
    """The phases that there are stand in the hint."""
    path = rule_file(tmp_path, '<phase id="OCP20"><active pattern="p"/></phase>' + RULE.format("1"))
    error = refused(path, "OCP21")
    assert (error.value, error.hint) == ("OCP21", "it has OCP20")


def test_foreign_elements_are_passed_over(tmp_path: Path) -> None:
    """Documentation in another namespace may stand anywhere; in a message its text counts."""
    content = """<d:note xmlns:d="urn:doc">why</d:note><pattern><d:note xmlns:d="urn:doc"/>
      <rule context="r"><assert id="X" test="0">a <b xmlns="urn:d">bold</b> word</assert></rule></pattern>"""
    (finding,) = load_rules(rule_file(tmp_path, content)).findings(etree.fromstring("<r/>"))
    assert finding.message == "a bold word"


@pytest.mark.parametrize(
    ("expression", "functions", "variables", "prefixes"),
    [
        ("count(a/b) and not($x = 'f(y) $z q:r')", {"count", "not"}, {"x"}, set()),
        ("date:add(n:Date, 'P1Y') div $n:v", {"date:add"}, {"n:v"}, {"date", "n"}),
        ("child::n:* | ancestor-or-self::div[text()]", set(), set(), {"n"}),
        ("a and (b or (c))", set(), set(), set()),
        ("(a) mod (b) div (c)", set(), set(), set()),
        ("div(1)", {"div"}, set(), set()),
        ('"it\'s(" and string-length(.)', {"string-length"}, set(), set()),
        ("@n:a", set(), set(), {"n"}),
        ("a-b(1)", {"a-b"}, set(), set()),
    ],
)
def test_references(expression: str, functions: set[str], variables: set[str], prefixes: set[str]) -> None:
    """Names are told from operators, axes, node types and text."""
    found = references(expression)
    assert [set(found.functions), set(found.variables), set(found.prefixes)] == [
        functions,
        variables,
        prefixes,
    ]


def test_alternatives() -> None:
    """Only bars outside brackets and text divide."""
    assert alternatives("a | b[c | d] | e[. = '|'] | (f | g)") == ["a", "b[c | d]", "e[. = '|']", "(f | g)"]
