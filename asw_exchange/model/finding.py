"""One thing that is wrong, as data: the same shape in Python, JSON, reports and acknowledgements."""

from __future__ import annotations

from enum import StrEnum

from asw_exchange.model.value import Value


class Severity(StrEnum):
    """Only ERROR makes a document invalid."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(Value, frozen=True, kw_only=True, omit_defaults=False):
    """One thing that a check found. Rule ids are public: retired, never reused."""

    rule_id: str
    severity: Severity
    message: str
    line: int | None = None
    column: int | None = None
    path: str | None = None
    """Where, with element names as written: ``/CertificateOfOrigin/GovernmentAgencyGoodsItem[2]/...``"""
    value: str | None = None
    expected: str | None = None
    hint: str | None = None
    source: str | None = None
    """The legal or technical basis of the rule."""
    ruleset: str | None = None
