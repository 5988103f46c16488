"""Everything that is asked of one document: schema, then rules, all findings in one report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from lxml import etree

from asw_exchange.codec import line_of, path_of
from asw_exchange.errors import ExchangeError
from asw_exchange.model import Finding, Severity
from asw_exchange.validation.report import Report, in_order
from asw_exchange.validation.schema import load_schema
from asw_exchange.validation.schematron import Rules, load_rules

Phases = Callable[[etree._Element], tuple[str, ...]]


def validate_element(
    element: etree._Element,
    *,
    kind: str | None = None,
    schema: Path | None = None,
    rules: Path | None = None,
    phases: Phases | None = None,
    parameters: Mapping[str, str] | None = None,
    file: str | None = None,
) -> Report:
    """Check a document, or the part of one under ``element``, against a schema and dated rules.

    The rules are applied even when the schema is broken, so that one run tells everything. ``phases``
    returns the rule sets that may be used for the document, oldest first; of several the first that
    finds no error is used, else the newest. ``parameters`` go to the rules that know them.

    Raises ConfigurationError when a check could not run: the document is then not called valid.
    """
    faults = load_schema(schema).findings(element) if schema else ()
    return report_on(element, faults, kind=kind, rules=rules, phases=phases, parameters=parameters, file=file)


def report_on(
    element: etree._Element,
    faults: tuple[Finding, ...],
    *,
    kind: str | None = None,
    rules: Path | None = None,
    phases: Phases | None = None,
    parameters: Mapping[str, str] | None = None,
    file: str | None = None,
) -> Report:
    """Check a document in which a schema has found ``faults`` against dated rules too: report both.

    The rest, and what is raised, is as for ``validate_element``.
    """
    found, ruleset = faults, None
    if found and len(element) > MOST_CHILDREN:
        found += (_rules_not_run(element),)
    elif rules:
        candidates = [load_rules(rules, phase) for phase in _candidates(element, phases)]
        ruleset, more = _apply(candidates, element, parameters or {})
        found += more
    return Report(file=file, kind=kind, ruleset=ruleset, findings=in_order(found))


MOST_CHILDREN = 2000
"""Below the root of a document whose structure is broken: rules compare siblings, a flood takes minutes."""


def _rules_not_run(element: etree._Element) -> Finding:
    return Finding(
        rule_id="RULES-NOT-RUN",
        severity=Severity.ERROR,
        message=f"the rules were not applied: {len(element)} elements stand below the root",
        line=line_of(element),
        path=path_of(element),
        hint="repair the structure first",
        source="asw_exchange: bounds on what a stranger can make us do",
    )


def findings_of_error(error: ExchangeError) -> Finding:
    """Return the finding for a document that could not be read, recognised or unwrapped."""
    return Finding(
        rule_id=error.reply_code,
        severity=Severity.ERROR,
        message=error.message,
        line=error.line,
        path=error.path,
        value=error.value,
        hint=error.hint,
    )


def _candidates(element: etree._Element, phases: Phases | None) -> tuple[str | None, ...]:
    return (phases(element) if phases else ()) or (None,)


def _apply(
    candidates: list[Rules], element: etree._Element, parameters: Mapping[str, str]
) -> tuple[str, tuple[Finding, ...]]:
    for rules in candidates:
        known = {key: value for key, value in parameters.items() if key in rules.parameters}
        found = rules.findings(element, **known)
        if not any(finding.severity is Severity.ERROR for finding in found):
            break
    return rules.name, found
