"""What a validation says: all findings about one document."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from asw_exchange.model import Finding, Severity, Value

MOST_FINDINGS = 1000
"""Of one check of one document. An answer must stay within the limits of the reader that receives it."""


class Report(Value, frozen=True, kw_only=True, omit_defaults=False):
    """All findings about one document, in the order in which they stand in it."""

    file: str | None = None
    kind: str | None
    """``corridor/name``; None when the document could not be recognised."""
    ruleset: str | None
    """The dated rule set that was applied, for example ``asean/OCP21``; None where there are no rules."""
    findings: tuple[Finding, ...]

    @property
    def valid(self) -> bool:
        """Tell whether there is no error. Warnings and remarks do not make a document invalid."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARNING)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings without doubles, by line and rule."""
    return tuple(sorted(dict.fromkeys(findings), key=_place))


def _place(finding: Finding) -> tuple[bool, int, str]:
    return finding.line is None, finding.line or 0, finding.rule_id


def limited(findings: Iterable[Finding], ruleset: str) -> tuple[Finding, ...]:
    """Return the first thousand findings; where there are more, the last one says so."""
    rest = iter(findings)
    found = tuple(islice(rest, MOST_FINDINGS))
    if next(rest, None) is None:
        return found
    return (
        *found,
        Finding(
            rule_id="FINDINGS-LIMIT",
            severity=Severity.INFO,
            message=f"there are more findings than the {MOST_FINDINGS} that are listed",
            hint="correct these and validate again",
            ruleset=ruleset,
        ),
    )
