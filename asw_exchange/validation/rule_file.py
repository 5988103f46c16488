"""What a Schematron file says, as values: patterns, rules, assertions. Nothing is compiled or run here.

ISO/IEC 19757-3 with the query bindings ``xslt`` and ``exslt``. Inclusions, abstract patterns and
abstract rules are resolved while reading, so that a fault is told with its own file and line.

How our files use it: ``id`` of an assertion is the rule id (several aspects of a rule may share it),
``role`` the severity, ``see`` the legal basis in words, ``subject`` the place of the fault. Diagnostics
whose ids end in ``-hint``, ``-value`` or ``-expected`` fill these fields of the finding. A phase is a
dated rule set. A ``let`` of the schema is a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from asw_exchange.errors import ConfigurationError
from asw_exchange.model import Severity
from asw_exchange.validation.rule_node import RuleNode, open_rule_file

_EXSLT = {
    "date": "http://exslt.org/dates-and-times",
    "exsl": "http://exslt.org/common",
    "math": "http://exslt.org/math",
    "regexp": "http://exslt.org/regular-expressions",
    "set": "http://exslt.org/sets",
    "str": "http://exslt.org/strings",
}
_BINDINGS: dict[str | None, dict[str, str]] = {None: {}, "xslt": {}, "xslt1": {}, "exslt": _EXSLT}
"""The query bindings and the prefixes that each declares by itself, as the ISO skeleton does."""

_CHECKS = ("assert", "report")
_SEVERITIES = {
    "error": Severity.ERROR,
    "fatal": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a message: literal text, or an expression whose value is put there."""

    text: str
    computed: bool = False


Text = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Let:
    """A named value."""

    name: str
    value: str
    node: RuleNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """An ``assert`` or ``report``."""

    id: str
    severity: Severity
    test: str
    fires_when: bool
    """False for an ``assert``, which fires when its test is false; True for a ``report``."""
    subject: str | None
    message: Text
    hint: Text
    value: Text
    expected: Text
    source: str | None
    node: RuleNode


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextRule:
    """A ``rule``: the nodes it is about and what is asserted of them."""

    context: str
    lets: tuple[Let, ...]
    assertions: tuple[Assertion, ...]
    node: RuleNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A ``pattern``: a node is matched by the first of its rules only."""

    id: str | None
    lets: tuple[Let, ...]
    rules: tuple[ContextRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A ``phase``: a dated rule set."""

    lets: tuple[Let, ...]
    active: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """A ``schema``."""

    path: Path
    namespaces: Mapping[str, str]
    lets: tuple[Let, ...]
    phases: Mapping[str, Phase]
    default_phase: str | None
    patterns: tuple[Pattern, ...]

    def phases_of(self, pattern: Pattern) -> tuple[str, ...]:
        """Return the names of the phases in which ``pattern`` is active."""
        return tuple(name for name, phase in self.phases.items() if pattern.id in phase.active)


@cache
def read_rule_file(path: Path) -> RuleFile:
    """Read a Schematron file. Raises ConfigurationError with file and line when it is not in order."""
    path = path.resolve()
    root = open_rule_file(path)
    if not root.is_schema:
        raise root.error("this is not a Schematron file", hint="the root element is sch:schema")
    if root.get("queryBinding") not in _BINDINGS:
        raise root.error(
            "the query binding is not supported",
            value=root.get("queryBinding"),
            hint='use queryBinding="exslt"',
        )
    children = tuple(root.children())
    patterns = tuple(_patterns(children))
    declared = {node.require("prefix"): node.require("uri") for node in children if node.name == "ns"}
    return RuleFile(
        path=path,
        namespaces=_BINDINGS[root.get("queryBinding")] | declared,
        lets=_lets(children),
        phases=_phases(children, patterns),
        default_phase=root.get("defaultPhase"),
        patterns=patterns,
    )


def _phases(children: tuple[RuleNode, ...], patterns: tuple[Pattern, ...]) -> dict[str, Phase]:
    known = {pattern.id for pattern in patterns}
    phases = {}
    for node in (child for child in children if child.name == "phase"):
        for active in node.children("active"):
            if active.require("pattern") not in known:
                raise active.error("no pattern has this id", value=active.get("pattern"))
        phases[node.require("id")] = Phase(
            lets=_lets(tuple(node.children())),
            active=frozenset(active.require("pattern") for active in node.children("active")),
        )
    return phases


def _patterns(children: tuple[RuleNode, ...]) -> Iterator[Pattern]:
    diagnostics = _diagnostics(children)
    nodes = [node for node in children if node.name == "pattern"]
    abstract = _abstract(nodes)
    shared_rules = _abstract(rule for node in nodes for rule in node.children("rule"))
    for node in nodes:
        if node.get("abstract") != "true":
            inner = tuple(_template(node, abstract).children())
            rules = [each for each in inner if each.name == "rule"]
            bases = shared_rules | _abstract(rules)
            yield Pattern(
                id=node.get("id"),
                lets=_lets(inner),
                rules=tuple(
                    _rule(each, bases, diagnostics) for each in rules if each.get("abstract") != "true"
                ),
            )


def _abstract(nodes: Iterable[RuleNode]) -> dict[str, RuleNode]:
    return {node.require("id"): node for node in nodes if node.get("abstract") == "true"}


def _template(node: RuleNode, abstract: Mapping[str, RuleNode]) -> RuleNode:
    """Return a pattern, or the abstract pattern that it ``is-a`` with its parameters filled in."""
    name = node.get("is-a")
    if name is None:
        return node
    if name not in abstract:
        raise node.error("no abstract pattern has this id", value=name)
    return abstract[name].filled(
        {each.require("name"): each.require("value") for each in node.children("param")}
    )


def _rule(node: RuleNode, bases: Mapping[str, RuleNode], diagnostics: Mapping[str, Text]) -> ContextRule:
    inner = tuple(_extended(node, bases, ()))
    return ContextRule(
        context=node.require_expression("context"),
        lets=_lets(inner),
        assertions=tuple(_assertion(each, node, diagnostics) for each in inner if each.name in _CHECKS),
        node=node,
    )


def _extended(
    node: RuleNode, abstract: Mapping[str, RuleNode], inside: tuple[str, ...]
) -> Iterator[RuleNode]:
    """Yield the children of a rule, with those of the abstract rules that it extends in their place."""
    for child in node.children():
        if child.name != "extends":
            yield child
            continue
        name = child.require("rule")
        if name not in abstract or name in inside:
            raise child.error("no abstract rule has this id, or it extends itself", value=name)
        yield from _extended(abstract[name], abstract, (*inside, name))


def _assertion(node: RuleNode, rule: RuleNode, diagnostics: Mapping[str, Text]) -> Assertion:
    parts = _diagnostic_parts(node, diagnostics)
    return Assertion(
        id=node.require("id", hint="every assert and report needs the id of its rule"),
        severity=_severity(node, rule),
        test=node.require_expression("test"),
        fires_when=node.name == "report",
        subject=node.expression("subject") or rule.expression("subject"),
        message=_text(node),
        hint=parts["hint"],
        value=parts["value"],
        expected=parts["expected"],
        source=node.get("see") or rule.get("see"),
        node=node,
    )


def _severity(node: RuleNode, rule: RuleNode) -> Severity:
    role = node.get("role") or rule.get("role")
    if role is None:
        return _SEVERITIES.get(node.get("flag") or "", Severity.ERROR)
    if role not in _SEVERITIES:
        raise node.error("the role is no severity", value=role, hint="use error, warning or info")
    return _SEVERITIES[role]


def _diagnostics(children: tuple[RuleNode, ...]) -> dict[str, Text]:
    lists = (node for node in children if node.name == "diagnostics")
    return {node.require("id"): _text(node) for each in lists for node in each.children("diagnostic")}


def _diagnostic_parts(node: RuleNode, diagnostics: Mapping[str, Text]) -> dict[str, Text]:
    """Sort the diagnostics of an assertion by the ends of their ids; one with another end is a hint."""
    parts: dict[str, Text] = {"hint": (), "value": (), "expected": ()}
    for name in (node.get("diagnostics") or "").split():
        if name not in diagnostics:
            raise node.error("no diagnostic has this id", value=name)
        end = name.rpartition("-")[2]
        part = end if end in parts else "hint"
        parts[part] = (*parts[part], *diagnostics[name], Piece(text=" "))
    return parts


def _lets(children: tuple[RuleNode, ...]) -> tuple[Let, ...]:
    lets = tuple(
        Let(name=node.require("name"), value=node.require_expression("value"), node=node)
        for node in children
        if node.name == "let"
    )
    names = [let.name for let in lets]
    for let in lets:
        if names.count(let.name) > 1:
            raise let.node.error("two values of one scope have the same name", value=let.name)
    return lets


def _text(node: RuleNode) -> Text:
    return tuple(_pieces(node))


def _pieces(node: RuleNode) -> Iterator[Piece]:
    for part in node.content():
        if isinstance(part, str):
            yield Piece(text=part)
        elif part.name == "value-of":
            yield Piece(text=part.require_expression("select"), computed=True)
        elif part.name == "name":
            yield Piece(text=f"name({part.expression('path') or '.'})", computed=True)
        else:
            yield from _pieces(part)


def unknown_phase(file: RuleFile, phase: str) -> ConfigurationError:
    """Return the error for a phase that the file does not have."""
    return ConfigurationError(
        "the rule file has no such phase",
        file=str(file.path),
        value=phase,
        hint=f"it has {', '.join(file.phases) or 'none'}",
    )
