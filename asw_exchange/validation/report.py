"""What a validation says: all findings about one document."""

from __future__ import annotations

from asw_exchange.model import Finding, Severity, Value


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
