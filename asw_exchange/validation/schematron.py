"""Runs Schematron rules over a document: one run of libxslt, findings only for what fires."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, cast

from lxml import etree

from asw_exchange.codec import line_of
from asw_exchange.errors import ConfigurationError
from asw_exchange.model import Finding, Severity
from asw_exchange.validation.catalogue import Rule, read_catalogue
from asw_exchange.validation.places import Places, shortened
from asw_exchange.validation.report import limited
from asw_exchange.validation.rule_checks import check_rule_file
from asw_exchange.validation.rule_file import Assertion, Let, Pattern, RuleFile, read_rule_file, unknown_phase
from asw_exchange.validation.stylesheet import write_stylesheet

ALL = "#ALL"
_NO_ACCESS: Any = cast(Any, etree.XSLTAccessControl).DENY_ALL


@dataclass(frozen=True)
class Rules:
    """The rules of one phase of a Schematron file, compiled once. Made by ``load_rules``."""

    file: RuleFile
    phase: str | None
    """None when all patterns apply."""

    @property
    def name(self) -> str:
        """The name of the rule set in findings and reports, for example ``asean/OCP21``."""
        return f"{self.file.path.parent.name}/{self.phase or self.file.path.stem}"

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The values that can be set from outside: the ``sch:let`` of the schema."""
        return frozenset(let.name for let in self.file.lets)

    @cached_property
    def catalogue(self) -> tuple[Rule, ...]:
        """All rules of the file, those of other phases too."""
        return read_catalogue(self.file)

    def findings(self, element: etree._Element, **parameters: str) -> tuple[Finding, ...]:
        """Return what the rules find in the document or part of a document under ``element``.

        ``element`` is taken as a document of its own; lines and paths are those of the whole. ``parameters``
        set values of the schema, each as a string. Raises ConfigurationError when a rule could not be
        evaluated or has no such parameter: a check that did not run is no valid document.
        """
        unknown = parameters.keys() - self.parameters
        if unknown:
            raise self._error(f"the rule file has no value named {', '.join(sorted(unknown))}")
        fired = sorted(self._run(element, parameters), key=self._is_no_error)
        if not fired:
            return ()
        places = Places(element)
        return limited((self._finding(each, places) for each in fired), self.name)

    def _run(self, element: etree._Element, parameters: dict[str, str]) -> list[etree._Element]:
        transform, _ = self._compiled
        try:
            strings: dict[str, Any] = {name: etree.XSLT.strparam(value) for name, value in parameters.items()}
            result = transform(element, **strings).getroot()
        except (etree.XSLTApplyError, re.error) as error:
            raise self._error(f"a rule could not be evaluated: {error}") from error
        except ValueError as error:
            raise self._error(f"a parameter is no text that XML can hold: {error}") from error
        if result is None or not len(result) or result[-1].tag != "end":
            raise self._error("the rules were not evaluated to their end")
        return list(result)[:-1]

    @cached_property
    def _compiled(self) -> tuple[etree.XSLT, tuple[Assertion, ...]]:
        patterns, lets = self._active()
        stylesheet = write_stylesheet(self.file, patterns, lets)
        try:
            transform = etree.XSLT(stylesheet.root, regexp=stylesheet.regexp, access_control=_NO_ACCESS)
        except etree.XSLTParseError as error:
            raise self._error(f"the rules cannot be compiled: {error}") from error
        return transform, stylesheet.assertions

    def _active(self) -> tuple[tuple[Pattern, ...], tuple[Let, ...]]:
        if self.phase is not None:
            phase = self.file.phases[self.phase]
            return tuple(each for each in self.file.patterns if each.id in phase.active), phase.lets
        if any(phase.lets for phase in self.file.phases.values()):
            raise self._error("the rule file can only be used with a phase", hint=", ".join(self.file.phases))
        return self.file.patterns, ()

    def _finding(self, fired: etree._Element, places: Places) -> Finding:
        assertion = self._assertion(fired)
        place = next(fired.iterchildren("subject", "context"))
        node, attribute = places.node_at(place.get("p", "")), place.get("a")
        return Finding(
            rule_id=assertion.id,
            severity=assertion.severity,
            message=_text(fired, "message") or f"{assertion.test} does not hold",
            line=line_of(node),
            path=places.path_to(node, attribute),
            value=shortened(_text(fired, "value") or _value(node, attribute)),
            expected=_text(fired, "expected"),
            hint=_text(fired, "hint"),
            source=assertion.source,
            ruleset=self.name,
        )

    def _assertion(self, fired: etree._Element) -> Assertion:
        return self._compiled[1][int(fired.get("n", ""))]

    def _is_no_error(self, fired: etree._Element) -> bool:
        """Sort errors to the front: of too many findings, warnings are those that are left out."""
        return self._assertion(fired).severity is not Severity.ERROR

    def _error(self, message: str, hint: str | None = None) -> ConfigurationError:
        return ConfigurationError(message, file=str(self.file.path), hint=hint)


@cache
def load_rules(path: Path, phase: str | None = None) -> Rules:
    """Read the rules of a Schematron file, of one ``phase`` (default: its default phase, else all rules).

    Raises ConfigurationError naming file, line and what to do when the file is not in order.
    """
    file = read_rule_file(path)
    check_rule_file(file)
    chosen = phase or file.default_phase
    if chosen in (None, ALL):
        return Rules(file, None)
    if chosen not in file.phases:
        raise unknown_phase(file, str(chosen))
    return Rules(file, chosen)


def _value(node: etree._Element, attribute: str | None) -> str | None:
    """Return what is written there: an attribute's value, the text of an element without children."""
    if attribute:
        return node.get(attribute.removeprefix("{}"))
    return node.text if len(node) == 0 else None


def _text(fired: etree._Element, name: str) -> str | None:
    return " ".join((fired.findtext(name) or "").split()) or None
