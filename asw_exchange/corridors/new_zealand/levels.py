"""How strictly a receiver takes SPS messages: by the schema, or as the ePhyto hub and its users do.

On the hub a certificate travels as text: no schema stops it, and the commonest fault of real ones is the
order of elements. Receivers take them with warnings (Norwegian client; inferred for all others).
"""

from __future__ import annotations

from msgspec.structs import replace

from asw_exchange.model import Finding, Severity
from asw_exchange.validation import Report

AS_THE_HUB = "as-the-hub"


def as_the_hub(report: Report) -> Report:
    """Return the report with errors of schema and rules as warnings; what cannot be read stays an error."""
    return replace(report, findings=tuple(_softened(finding) for finding in report.findings))


def _softened(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.WARNING) if finding.severity is Severity.ERROR else finding


LEVELS = {AS_THE_HUB: as_the_hub}
"""Beside ``strict``, which every corridor has."""
