"""Is it right? XSD, Schematron, rule catalogue: findings for wrong input; raises when a check cannot run."""

from asw_exchange.validation.catalogue import BUILT_IN_RULES, Rule
from asw_exchange.validation.inspection import findings_of_error, report_on, validate_element
from asw_exchange.validation.report import MOST_FINDINGS, Report, in_order
from asw_exchange.validation.schema import Schema, load_schema
from asw_exchange.validation.schematron import Rules, load_rules

__all__ = [
    "BUILT_IN_RULES",
    "MOST_FINDINGS",
    "Report",
    "Rule",
    "Rules",
    "Schema",
    "findings_of_error",
    "in_order",
    "load_rules",
    "load_schema",
    "report_on",
    "validate_element",
]
