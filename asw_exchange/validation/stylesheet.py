"""Turns the rules of one phase into one XSLT 1.0 stylesheet that writes only what fires.

The ISO skeleton walks the whole document once a pattern. Here a pattern with one rule asks for its
nodes directly, patterns with the same context share the walk, and only a pattern with several rules,
of which the first that matches a node counts, becomes templates with priorities.

    <findings><f n="3"><subject p="0/2/1/"/><context p="0/2/"/><message>...</message></f><end/></findings>

``n`` counts assertions, ``p`` is a path of positions among child elements, ``a`` an attribute. Without
``end`` the run did not come to its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from asw_exchange.validation.expressions import alternatives, references, starts_with_plain_step
from asw_exchange.validation.rule_file import Assertion, ContextRule, Let, Pattern, RuleFile, Text
from asw_exchange.validation.rule_node import XSLT

_POSITION = "concat(count(preceding-sibling::*),'/')"
_IS_ATTRIBUTE = "count(.|../@*)=count(../@*)"
_ATTRIBUTE_NAME = "concat('{',namespace-uri(),'}',local-name())"
_ANYTHING = "@*|node()|/"
_REGEXP = "http://exslt.org/regular-expressions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stylesheet:
    """A stylesheet and the assertions that its findings count."""

    root: etree._Element
    assertions: tuple[Assertion, ...]

    @property
    def regexp(self) -> bool:
        """Tell whether regular expressions are used; without them a run starts a microsecond sooner."""
        return _REGEXP in self.root.nsmap.values()


def write_stylesheet(file: RuleFile, patterns: Sequence[Pattern], phase_lets: Iterable[Let]) -> Stylesheet:
    """Write ``patterns`` as XSLT. The schema's own values become parameters, those of the phase variables."""
    writer = _Writer(
        etree.Element(f"{{{XSLT}}}stylesheet", {"version": "1.0"}, nsmap=_namespaces(file, patterns))
    )
    for let in file.lets:
        _add(writer.root, "param", name=let.name, select=let.value)
    for let in phase_lets:
        _add(writer.root, "variable", name=let.name, select=let.value)
    findings = etree.SubElement(_add(writer.root, "template", match="/"), "findings")
    alone = [pattern for pattern in patterns if len(pattern.rules) == 1 and not pattern.lets]
    for context, rules in _by_context(alone).items():
        writer.walk(findings, context, rules)
    for pattern in patterns:
        if pattern not in alone:
            writer.pattern(findings, pattern)
    etree.SubElement(findings, "end")
    _place_template(writer.root)
    return Stylesheet(root=writer.root, assertions=tuple(writer.assertions))


class _Writer:
    """Holds the stylesheet while it grows."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.assertions: list[Assertion] = []
        self.modes = 0

    def walk(self, parent: etree._Element, context: str, rules: Sequence[ContextRule]) -> None:
        """Visit the nodes of one context once, for all rules about it."""
        loop = _add(parent, "for-each", select=everywhere(context))
        for rule in rules:
            # A block of its own, so that the values of one rule cannot meet those of another.
            self.rule(_add(loop, "if", test="true()") if rule.lets and len(rules) > 1 else loop, rule)

    def pattern(self, parent: etree._Element, pattern: Pattern) -> None:
        """Write a pattern with values of its own or with several rules, the first of which wins."""
        if not pattern.rules:
            return
        mode = f"pattern{self.modes}"
        self.modes += 1
        block = _add(parent, "if", test="true()")
        _variables(block, pattern.lets)
        contexts = " | ".join(everywhere(rule.context) for rule in pattern.rules)
        apply = _add(block, "apply-templates", select=contexts, mode=mode)
        for let in pattern.lets:
            _add(apply, "with-param", name=let.name, select=f"${let.name}")
        for rank, rule in enumerate(reversed(pattern.rules), 1):
            template = _add(self.root, "template", match=rule.context, mode=mode, priority=str(rank))
            for let in pattern.lets:
                _add(template, "param", name=let.name)
            self.rule(template, rule)
        _add(self.root, "template", match=_ANYTHING, mode=mode, priority="0")

    def rule(self, parent: etree._Element, rule: ContextRule) -> None:
        """Write the values and assertions of a rule; the current node is its context.

        All assertions are asked together first: each question costs libxslt a start of its own, and most
        often nothing fires.
        """
        _variables(parent, rule.lets)
        if len(rule.assertions) > 1:
            holding = " and ".join(f"({_holding(assertion)})" for assertion in rule.assertions)
            parent = _add(parent, "if", test=f"not({holding})")
        for assertion in rule.assertions:
            fired = etree.SubElement(
                _add(parent, "if", test=_firing(assertion)), "f", n=str(len(self.assertions))
            )
            self.assertions.append(assertion)
            if assertion.subject:
                _place(fired, "subject", f"({assertion.subject})[1]")
            _place(fired, "context", ".")
            for name in ("message", "hint", "value", "expected"):
                _write_text(fired, name, getattr(assertion, name))


def _firing(assertion: Assertion) -> str:
    return assertion.test if assertion.fires_when else f"not({assertion.test})"


def _holding(assertion: Assertion) -> str:
    return f"not({assertion.test})" if assertion.fires_when else assertion.test


def everywhere(context: str) -> str:
    """Return an expression that selects, in the whole document, the nodes that match ``context``."""
    return " | ".join(_everywhere(path) for path in alternatives(context))


def _everywhere(path: str) -> str:
    if path.startswith("/"):
        return path
    # The same nodes; libxml2 takes one step less. With a predicate the two differ: //a[1], /descendant::a[1].
    return f"/descendant::{path}" if starts_with_plain_step(path) else f"//{path}"


def _by_context(patterns: Iterable[Pattern]) -> dict[str, list[ContextRule]]:
    found: dict[str, list[ContextRule]] = {}
    for pattern in patterns:
        found.setdefault(pattern.rules[0].context, []).append(pattern.rules[0])
    return found


def _add(parent: etree._Element, name: str, /, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{XSLT}}}{name}", attributes)


def _variables(parent: etree._Element, lets: Iterable[Let]) -> None:
    for let in lets:
        _add(parent, "variable", name=let.name, select=let.value)


def _write_text(parent: etree._Element, name: str, text: Text) -> None:
    if not text:
        return
    element = etree.SubElement(parent, name)
    for piece in text:
        if piece.computed:
            _add(element, "value-of", select=piece.text)
        else:
            _add(element, "text").text = piece.text


def _place(parent: etree._Element, name: str, select: str) -> None:
    element = etree.SubElement(_add(parent, "for-each", select=select), name)
    _add(element, "call-template", name="place")


def _place_template(root: etree._Element) -> None:
    template = _add(root, "template", name="place")
    steps = _add(_add(template, "attribute", name="p"), "for-each", select="ancestor-or-self::*")
    _add(steps, "value-of", select=_POSITION)
    attribute = _add(_add(template, "if", test=_IS_ATTRIBUTE), "attribute", name="a")
    _add(attribute, "value-of", select=_ATTRIBUTE_NAME)


def _namespaces(file: RuleFile, patterns: Iterable[Pattern]) -> dict[str, str]:
    """Return the prefixes that are used: libxslt looks a prefix up in all that are declared, every time."""
    used = {prefix for each in expressions(file, patterns) for prefix in references(each).prefixes}
    return {"xsl": XSLT} | {prefix: uri for prefix, uri in file.namespaces.items() if prefix in used}


def expressions(file: RuleFile, patterns: Iterable[Pattern]) -> Iterable[str]:
    """Yield every expression of a file, of the patterns given."""
    yield from (let.value for let in file.lets)
    for phase in file.phases.values():
        yield from (let.value for let in phase.lets)
    for pattern in patterns:
        yield from (let.value for let in pattern.lets)
        for rule in pattern.rules:
            yield rule.context
            yield from (let.value for let in rule.lets)
            for assertion in rule.assertions:
                yield from assertion_expressions(assertion)


def assertion_expressions(assertion: Assertion) -> Iterable[str]:
    """Yield the expressions of one assertion."""
    yield assertion.test
    if assertion.subject:
        yield assertion.subject
    for text in (assertion.message, assertion.hint, assertion.value, assertion.expected):
        yield from (piece.text for piece in text if piece.computed)
