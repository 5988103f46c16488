"""Our Schematron engine against the ISO skeleton that lxml bundles: the same assertions fire."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml.isoschematron import Schematron

from asw_exchange import resources
from asw_exchange.validation import load_rules
from tests.validation_cases import rule_file

SVRL = "{http://purl.oclc.org/dsdl/svrl}"

RULES = {
    "plain": """<pattern><rule context="a"><assert id="A1" test="@n = 1"/><report id="A2" test="b"/>
        <assert id="A3" test="count(*) &lt; 3">x</assert></rule></pattern>
      <pattern><rule context="a"><let name="n" value="@n"/><assert id="A4" test="not(b[@n = $n])"/></rule>
      </pattern><pattern><rule context="b | c[1]"><assert id="B1" test="parent::a">x</assert></rule></pattern>
      <pattern><rule context="/"><assert id="ROOT" test="count(//a) = 1">x</assert></rule></pattern>
      <pattern><rule context="/r/a/b"><assert id="DEEP" test=". = 'x'">x</assert></rule></pattern>""",
    "first wins": """<pattern><rule context="a[b]"><assert id="R1" test="@n">x</assert></rule>
        <rule context="a//a"><assert id="R2" test="@n">x</assert></rule>
        <rule context="a[2] | b"><assert id="R3" test="@n = 2">x</assert></rule>
        <rule context="*[@n]"><report id="R4" test="c">x</report></rule>
        <rule context="*"><assert id="R5" test="text()">x</assert></rule></pattern>""",
    "attributes": """<pattern><rule context="@n"><assert id="N1" test=". &gt; 1">x</assert></rule></pattern>
      <pattern><rule context="a/@*"><assert id="N2" test="name() = 'n'">x</assert></rule>
        <rule context="@m | b"><assert id="N3" test="../a">x</assert></rule></pattern>
      <pattern><rule context="*[@m][2]"><assert id="N4" test="false()">x</assert></rule></pattern>""",
    "values": """<let name="total" value="count(//a)"/><let name="more" value="$total + 1"/>
      <pattern><let name="bs" value="//b"/><rule context="a"><assert id="V1" test="count($bs)=$total"/></rule>
        <rule context="b"><let name="here" value="count(preceding::b)"/><let name="next" value="$here + 1"/>
        <assert id="V2" test="$bs[$next]/@n = @n"/><report id="V3" test="$more = $next"/></rule>
      </pattern><pattern><rule context="c"><let name="total" value="count(*)"/>
        <assert id="V4" test="$total = 0">x</assert></rule></pattern>""",
    "abstract": """<pattern abstract="true" id="needs"><rule context="$who"><assert id="P1" test="$what"/>
        <report id="P2" test="$never">x</report></rule></pattern>
      <pattern is-a="needs" id="x"><param name="who" value="a"/><param name="what" value="b or c"/>
        <param name="never" value="@m"/></pattern>
      <pattern is-a="needs" id="y"><param name="who" value="c[@n]"/><param name="what" value="not(c)"/>
        <param name="never" value="a and b"/></pattern>
      <pattern><rule abstract="true" id="base"><let name="k" value="count(*)"/>
        <assert id="E1" test="$k = 1">x</assert></rule><rule context="b"><extends rule="base"/>
        <assert id="E2" test="$k &lt; 3">x</assert></rule></pattern>""",
    "dates": """<pattern><rule context="*[@d]"><assert id="T1"
        test="date:seconds(date:add(@d, 'P1Y')) &gt; date:seconds('2025-01-31')">x</assert>
        <report id="T2" test="date:difference(@d, '2024-02-29') = 'P0D'">x</report>
        <assert id="T3" test="translate(@d, '-', '') &lt;= 20240229">x</assert></rule></pattern>""",
}


def _tree(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    attributes = st.fixed_dictionaries(
        {},
        optional={
            "n": st.sampled_from("123"),
            "m": st.just("x"),
            "d": st.sampled_from(["2024-02-29", "2024-01-31", "2023-12-31", "", "x"]),
        },
    )
    return st.builds(_element, st.sampled_from("abc"), attributes, st.lists(children, max_size=4))


def _element(name: str, attributes: dict[str, str], inner: list[str]) -> str:
    written = "".join(f" {key}='{value}'" for key, value in attributes.items())
    return f"<{name}{written}>{''.join(inner)}</{name}>"


TREES = st.lists(st.recursive(_tree(st.sampled_from(["", "x", "2"])), _tree, max_leaves=12), max_size=4)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The rule files of this test."""
    return {name: rule_file(tmp_path_factory.mktemp("rules"), content) for name, content in RULES.items()}


@pytest.mark.parametrize("name", RULES)
@given(content=TREES)
def test_generated_documents(files: dict[str, Path], name: str, content: list[str]) -> None:
    """On any document the two engines find the same, as often."""
    element = etree.fromstring(f"<r>{''.join(content)}</r>")
    assert ours(files[name], element) == by_the_skeleton(files[name], element)


OWN_RULES = sorted(resources.folder("schemas").glob("*/*.sch"))
SAMPLES = sorted(resources.folder("sample_messages").glob("*/*/*.xml"))


@pytest.mark.parametrize("path", OWN_RULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_our_rules_on_our_samples(path: Path) -> None:
    """Every sample of the corridor, in every phase of the rule file: the same assertions fire."""
    phases: list[str | None] = [*load_rules(path).file.phases] or [None]
    for sample in (each for each in SAMPLES if each.parent.parent.name == path.parent.name):
        try:
            element = etree.parse(sample).getroot()
        except etree.XMLSyntaxError:
            continue
        for phase in phases:
            assert ours(path, element, phase) == by_the_skeleton(path, element, phase), (sample.name, phase)


def ours(path: Path, element: etree._Element, phase: str | None = None) -> Counter[str]:
    """How often each assertion fires in our engine."""
    return Counter(finding.rule_id for finding in load_rules(path, phase).findings(element))


def by_the_skeleton(path: Path, element: etree._Element, phase: str | None = None) -> Counter[str]:
    """How often each assertion fires in the ISO skeleton."""
    validator = _skeleton(path, phase)
    validator.validate(element)
    fired = validator.validation_report.getroot().iter(f"{SVRL}failed-assert", f"{SVRL}successful-report")
    return Counter(each.get("id") for each in fired)


@cache
def _skeleton(path: Path, phase: str | None) -> Any:
    # Its grammar wants ids to be unique; ours may stand at every aspect of a rule.
    return Schematron(file=str(path), phase=phase, store_report=True, validate_schema=False)
