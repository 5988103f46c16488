"""Looks at every expression of a rule file before it is used, and names file and line of a fault.

Without this a misspelt function or variable would be found only when a document comes that leads to
it; behind ``or`` perhaps never.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from lxml import etree

from asw_exchange.validation.expressions import References, references
from asw_exchange.validation.rule_file import Assertion, ContextRule, Let, Pattern, RuleFile
from asw_exchange.validation.rule_node import XSLT, RuleNode
from asw_exchange.validation.stylesheet import assertion_expressions

# fmt: off
_CORE = frozenset({
    "boolean", "ceiling", "concat", "contains", "count", "current", "false", "floor", "format-number",
    "generate-id", "lang", "last", "local-name", "name", "namespace-uri", "normalize-space", "not", "number",
    "position", "round", "starts-with", "string", "string-length", "substring", "substring-after",
    "substring-before", "sum", "translate", "true",
})
# fmt: on
"""XPath 1.0 section 4 and XSLT 1.0 section 12; not those that need a DTD, a key, a file or the processor."""
_OPENS_ALL = "http://exslt.org/dynamic"
"""``dyn:evaluate`` hides the errors of what it evaluates, so a check that crashed would look passed."""


def check_rule_file(file: RuleFile) -> None:
    """Check the expressions of all patterns. Raises ConfigurationError naming file, line and what to do."""
    outer = frozenset(let.name for let in file.lets)
    for let in file.lets:
        _check(let.value, let.node, file, outer)
    for phase in file.phases.values():
        _check_shadows(phase.lets, file.lets, "schema")
        for let in phase.lets:
            _check(let.value, let.node, file, outer)
    for pattern in file.patterns:
        inner = {let.name for name in file.phases_of(pattern) for let in file.phases[name].lets}
        _check_pattern(pattern, file, outer | inner)


def _check_pattern(pattern: Pattern, file: RuleFile, outer: frozenset[str]) -> None:
    within = _check_lets(pattern.lets, file, outer)
    for rule in pattern.rules:
        _check_context(rule, file, outer)
        _check_shadows(rule.lets, pattern.lets, "pattern")
        inner = _check_lets(rule.lets, file, within)
        for assertion in rule.assertions:
            _check_assertion(assertion, file, inner)


def _check_shadows(lets: Iterable[Let], outer: Iterable[Let], owner: str) -> None:
    taken = {let.name for let in outer}
    for let in lets:
        if let.name in taken:
            raise let.node.error(
                f"a value of the {owner} has the same name", value=let.name, hint="rename one"
            )


def _check_lets(lets: Iterable[Let], file: RuleFile, known: frozenset[str]) -> frozenset[str]:
    """Check values in order: each may use those before it. Returns what is known after them."""
    for let in lets:
        _check(let.value, let.node, file, known)
        known |= {let.name}
    return known


def _check_assertion(assertion: Assertion, file: RuleFile, known: frozenset[str]) -> None:
    for expression in assertion_expressions(assertion):
        _check(expression, assertion.node, file, known)


def _check_context(rule: ContextRule, file: RuleFile, known: frozenset[str]) -> None:
    """A context is an XSLT pattern (XSLT 1.0 section 5.2), which is less than any expression."""
    _check(rule.context, rule.node, file, known)
    root = _stylesheet(file.namespaces)
    etree.SubElement(root, f"{{{XSLT}}}template", match=rule.context)
    try:
        etree.XSLT(root)
    except etree.XSLTParseError as error:
        raise rule.node.error(
            f"the context is not an XSLT pattern: {error}",
            value=rule.context,
            hint="use steps down from a parent, predicates without $values, and |: a/b[c] | d",
        ) from error


def _check(expression: str, node: RuleNode, file: RuleFile, variables: frozenset[str]) -> None:
    try:
        etree.XPath(expression, namespaces=dict(file.namespaces))
    except etree.XPathSyntaxError as error:
        raise node.error(f"not an XPath 1.0 expression: {error}", value=expression) from error
    found = references(expression)
    _check_names(found, node, file, variables)
    for name in sorted(found.functions):
        if not _is_function(name, file):
            raise node.error(
                "no such function", value=name, hint="XPath 1.0, and EXSLT date, math, set, str and regexp"
            )


def _check_names(found: References, node: RuleNode, file: RuleFile, variables: frozenset[str]) -> None:
    for name in sorted(found.prefixes - {"xml"}):
        if name not in file.namespaces:
            raise node.error("the prefix is not declared", value=name, hint="declare it with sch:ns")
    for name in sorted(found.variables - variables):
        raise node.error("no such value", value=f"${name}", hint="declare it with sch:let, before it is used")


def _is_function(name: str, file: RuleFile) -> bool:
    prefix, _, local = name.rpartition(":")
    if not prefix:
        return name in _CORE
    uri = file.namespaces[prefix]
    return uri != _OPENS_ALL and _is_extension_function(uri, local)


@cache
def _is_extension_function(uri: str, local: str) -> bool:
    """Ask libxslt whether it has a function."""
    root = _stylesheet({"f": uri})
    template = etree.SubElement(root, f"{{{XSLT}}}template", match="/")
    etree.SubElement(template, f"{{{XSLT}}}value-of", select=f"function-available('f:{local}')")
    etree.SubElement(root, f"{{{XSLT}}}output", method="text")
    return str(etree.XSLT(root)(etree.Element("nothing"))) == "true"


def _stylesheet(namespaces: Mapping[str, str]) -> etree._Element:
    return etree.Element(f"{{{XSLT}}}stylesheet", {"version": "1.0"}, nsmap={"xsl": XSLT, **namespaces})
