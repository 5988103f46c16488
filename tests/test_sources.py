"""SOURCES.md of a corridor tells every rule, element and modelled code, and none that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import xmlschema

from asw_exchange import resources
from asw_exchange.codec.table import Constant
from asw_exchange.corridor import MessageKind
from asw_exchange.corridors import all_corridors
from asw_exchange.corridors.asean import OCP20_FROM, OCP21_ACCEPTED_FROM, OCP21_ONLY_FROM
from asw_exchange.corridors.asean.answers import ReasonCode
from asw_exchange.model import Decision, Outcome, Severity
from asw_exchange.rulebook import rules_of_all_kinds
from asw_exchange.validation import BUILT_IN_RULES, Rule

WCO_ID = "urn:asw-exchange:wco-id"
MARKS = {Severity.ERROR: "E", Severity.WARNING: "W"}
WHERE = {"document": "doc", "exchange": "exch"}


CORRIDORS = [corridor.name for corridor in all_corridors()]
KINDS = [kind for corridor in all_corridors() for kind in corridor.kinds]
ASEAN = [kind for kind in KINDS if kind.name.startswith("asean/")]


@cache
def text(corridor: str = "asean") -> str:
    """The file of a corridor."""
    return resources.schema(f"{corridor}/SOURCES.md").read_text(encoding="utf-8")


def rows(of: str) -> Iterator[list[str]]:
    """The cells of every table row."""
    for line in of.splitlines():
        if line.startswith("| ") and not line.startswith("|---"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def rule_rows(corridor: str) -> dict[str, list[str]]:
    """The rows of section 4 that begin with a rule id."""
    section = text(corridor).partition("\n## 4.")[2].partition("\n## 5.")[0]
    found = [
        row for row in rows(section) if re.fullmatch("`?([A-Z]{1,2}[0-9]{2}b?|[A-Z]+(?:-[A-Z]+)+)`?", row[0])
    ]
    assert len({row[0] for row in found}) == len(found)
    return {row[0].strip("`"): row for row in found}


def rules_of(corridor: str) -> list[Rule]:
    """All document and exchange rules of a corridor, as its gateways are by default."""
    found = rules_of_all_kinds().items()
    return [rule for name, rules in found if name.startswith(f"{corridor}/") for rule in rules]


OF_SOME_GATEWAYS = {"korea": {"KR51"}}
"""Rules of gateways with a quirk."""
DESCRIBED = [
    (corridor, rule_id) for corridor in CORRIDORS for rule_id in sorted({r.id for r in rules_of(corridor)})
]


@pytest.mark.parametrize("corridor", CORRIDORS)
def test_every_rule_has_a_row_and_every_row_a_rule(corridor: str) -> None:
    """Rule files and exchange rules; what the reader and the schema demand stands in ASEAN's file."""
    known = {rule.id for rule in rules_of(corridor)} | OF_SOME_GATEWAYS.get(corridor, set())
    built_in = {rule.id for rule in BUILT_IN_RULES} if corridor == "asean" else set()
    assert set(rule_rows(corridor)) == known | built_in


@pytest.mark.parametrize(("corridor", "rule_id"), DESCRIBED)
def test_a_row_says_severity_place_basis_and_mark(corridor: str, rule_id: str) -> None:
    """Severity and place are those of the rule; demand, basis and mark are not empty."""
    rules = [rule for rule in rules_of(corridor) if rule.id == rule_id]
    _, severity, where, *rest = rule_rows(corridor)[rule_id]
    assert set(severity.split(", ")) == {MARKS[rule.severity] for rule in rules}
    assert set(re.findall("doc|exch", where)) == {WHERE[rule.scope] for rule in rules}
    assert len(rest) == 3
    assert all(rest)
    assert re.search("primary|secondary|unofficial|unverified|inferred|modelled", rest[2])


def element_rows(kind: MessageKind) -> dict[str, list[str]]:
    """The rows of section 5 about a kind, by element path."""
    corridor, _, name = kind.name.partition("/")
    head = f"\n### {name}: `{kind.layout.root}`, namespace `{kind.layout.namespace}`\n"
    assert head in text(corridor)
    section = re.split("\n##+ ", text(corridor).partition(head)[2])[0]
    same = re.search("Elements and fields are those of the ([a-z]+) certificate", section)
    if same:
        return element_rows(next(each for each in KINDS if each.name == f"{corridor}/{same[1]}-certificate"))
    return {row[0].strip("`"): row for row in rows(section) if row[0].startswith("`")}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_element_has_a_row_and_every_row_an_element(kind: MessageKind) -> None:
    """Element path and field are those of the layout."""
    mapping = {path.partition("/")[2]: f"`{field}`" for field, path in kind.layout.mapping()}
    constants = [node for node in kind.layout.record.nodes if isinstance(node, Constant)]
    mapping |= {node.element: f"always `{node.text}`" for node in constants}
    assert {path: row[1] for path, row in element_rows(kind).items()} == mapping


@pytest.mark.parametrize("kind", ASEAN, ids=lambda kind: kind.name)
def test_wco_ids_are_those_of_the_schema(kind: MessageKind) -> None:
    """Where the XSD gives the id of an element, the row gives it too, or that of its parent."""
    schema = xmlschema.XMLSchema10(str(resources.schema(kind.schema)))
    for path, row in element_rows(kind).items():
        ids, last = set[str](), set[str]()
        element: Any = schema.elements[kind.layout.root]
        for step in path.partition("/@")[0].split("/"):
            element = next(each for each in element.type.content.iter_elements() if each.local_name == step)
            last = wco_ids(element)
            ids |= last
        assert not last or set(re.findall("[A-Z]?[0-9]{3}", row[-1])) & ids, path


def wco_ids(element: xmlschema.XsdElement) -> set[str]:
    """The WCO ids that stand beside the declaration of an element."""
    notes = element.annotation.appinfo if element.annotation is not None else ()
    return {note.text or "" for note in notes if note.get("source") == WCO_ID}


@pytest.mark.parametrize("code", [*Decision, *Outcome, *Severity, *ReasonCode])
def test_every_modelled_code_is_told(code: str) -> None:
    """Decisions, outcomes, severities and reasons stand in section 6."""
    assert f"`{code}`" in text().partition("\n## 6.")[2]


def test_the_dates_of_the_rule_sets_are_those_of_the_code() -> None:
    """Section 3 names every rule set and the days on which they change."""
    section = text().partition("\n## 3.")[2].partition("\n## 4.")[0]
    for day in (OCP20_FROM, OCP21_ACCEPTED_FROM, OCP21_ONLY_FROM):
        assert day.isoformat() in section
    for phase in {phase for rule in rules_of("asean") for phase in rule.phases}:
        assert f"`{phase}`" in section
