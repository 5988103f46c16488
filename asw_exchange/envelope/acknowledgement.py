"""The technical acknowledgement of the corridors that wrap their messages in SBDH. *Modelled*."""

from __future__ import annotations

from asw_exchange.codec.layout import Layout
from asw_exchange.codec.table import constant, many, record, text, within
from asw_exchange.codec.values import INTEGER, MOMENT, code_list
from asw_exchange.model import Acknowledgement, Finding, Outcome, Severity

_RECORD = record(
    Acknowledgement,
    constant("TypeCode", "312"),
    text("ReferenceID", "refers_to"),
    text("KindName", "kind"),
    within("Status", text("NameCode", "outcome", code_list(Outcome))),
    text("AcceptanceDateTime", "received_at", MOMENT),
    text("DigestID", "digest"),
    many(
        "Error",
        "findings",
        record(
            Finding,
            text("ValidationCode", "rule_id"),
            text("SeverityCode", "severity", code_list(Severity)),
            text("Description", "message"),
            text("LineNumeric", "line", INTEGER),
            text("ColumnNumeric", "column", INTEGER),
            text("LocationText", "path"),
            text("ValueText", "value"),
            text("ExpectedText", "expected"),
            text("HintText", "hint"),
            text("SourceText", "source"),
            text("RuleSetName", "ruleset"),
        ),
    ),
)


def acknowledgement_layout(namespace: str) -> Layout:
    """Return the layout of a corridor's acknowledgement, in its own namespace."""
    return Layout(namespace, "Acknowledgement", _RECORD)
