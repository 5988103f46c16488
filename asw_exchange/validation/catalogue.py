"""What rules there are, for people: what each demands, why, and what to do."""

from __future__ import annotations

from typing import Literal

from asw_exchange.model import Severity, Value
from asw_exchange.validation.rule_file import Assertion, Pattern, RuleFile, Text

Scope = Literal["reading", "schema", "document", "exchange"]


class Rule(Value, frozen=True, kw_only=True, omit_defaults=False):
    """One entry of the catalogue. A rule with several aspects has several entries of the same id."""

    id: str
    """Public: retired, never reused."""
    severity: Severity
    message: str
    """What a finding says; ``…`` stands where it names a value of the document."""
    source: str | None = None
    """The legal or technical basis."""
    hint: str | None = None
    phases: tuple[str, ...] = ()
    """The dated rule sets that it belongs to; empty when it belongs to all."""
    scope: Scope = "document"
    """What it looks at: the bytes, the schema, one document, or what was exchanged before."""


def read_catalogue(file: RuleFile) -> tuple[Rule, ...]:
    """Return the rules of a Schematron file in the order in which they stand there."""
    rules = (
        _rule(assertion, _phases(pattern, file))
        for pattern in file.patterns
        for rule in pattern.rules
        for assertion in rule.assertions
    )
    return tuple(dict.fromkeys(rules))


def _rule(assertion: Assertion, phases: tuple[str, ...]) -> Rule:
    return Rule(
        id=assertion.id,
        severity=assertion.severity,
        message=_as_template(assertion.message),
        source=assertion.source,
        hint=_as_template(assertion.hint) or None,
        phases=phases,
    )


def _phases(pattern: Pattern, file: RuleFile) -> tuple[str, ...]:
    """``#ALL`` is the name that ISO/IEC 19757-3 gives to running every pattern, whatever phases there are."""
    if not file.phases:
        return ()
    found = file.phases_of(pattern)
    return () if len(found) == len(file.phases) else found or ("#ALL",)


def _as_template(text: Text) -> str:
    return " ".join("".join("…" if piece.computed else piece.text for piece in text).split())


def _built_in(scope: Scope, rule_id: str, message: str, source: str, hint: str) -> Rule:
    return Rule(id=rule_id, severity=Severity.ERROR, message=message, source=source, hint=hint, scope=scope)


_XML = "W3C Extensible Markup Language (XML) 1.0"
_XSD = "W3C XML Schema 1.0"

BUILT_IN_RULES = (
    _built_in(
        "reading", "XML-SYNTAX", "the document is well-formed XML", _XML, "repair the XML at the line given"
    ),
    _built_in(
        "reading",
        "XML-DOCTYPE",
        "the document has no document type declaration",
        "asw_exchange: a DTD can include files and grow without bounds",
        "remove the <!DOCTYPE ...>",
    ),
    _built_in("reading", "XML-ENCODING", "the document is in UTF-8", _XML, "write the document in UTF-8"),
    _built_in(
        "reading",
        "XML-LIMIT",
        "the document is within the limits on bytes, elements, attributes and depth",
        "asw_exchange: bounds on what a stranger can make us hold",
        "split the document",
    ),
    _built_in("reading", "XML-UNREADABLE", "the document can be read", _XML, "send the document again"),
    _built_in(
        "reading",
        "KIND-UNKNOWN",
        "the root element is that of a known kind of message",
        "asw_exchange: a kind is known by its root element and namespace",
        "asw kinds lists the root elements and namespaces",
    ),
    Rule(
        id="FINDINGS-LIMIT",
        severity=Severity.INFO,
        message="at most a thousand findings of one check are listed",
        source="asw_exchange: an answer must stay within the limits of the reader that receives it",
        hint="correct these and validate again",
    ),
    _built_in(
        "document",
        "RULES-NOT-RUN",
        "rules are applied to every document whose structure is in order, or that is not too large",
        "asw_exchange: bounds on what a stranger can make us do",
        "repair the structure first",
    ),
    _built_in(
        "schema",
        "XSD-ROOT",
        "the document begins with the root element of its kind",
        f"{_XSD} Part 1, cvc-elt.1",
        "check the name of the root element and its namespace",
    ),
    _built_in(
        "schema",
        "XSD-ORDER",
        "elements stand in the order of the schema",
        f"{_XSD} Part 1, cvc-complex-type.2.4",
        "move the element to its place",
    ),
    _built_in(
        "schema",
        "XSD-MISSING",
        "every required element is there",
        f"{_XSD} Part 1, cvc-complex-type.2.4",
        "add the element",
    ),
    _built_in(
        "schema",
        "XSD-UNEXPECTED",
        "only elements and text that the schema knows are there",
        f"{_XSD} Part 1, cvc-complex-type.2.4",
        "check name and namespace, or remove it",
    ),
    _built_in(
        "schema",
        "XSD-REPEATED",
        "nothing stands more often than the schema says",
        f"{_XSD} Part 1, cvc-complex-type.2.4",
        "remove what is too many",
    ),
    _built_in(
        "schema",
        "XSD-VALUE",
        "every value is of the type and in the list or form that the schema says",
        f"{_XSD} Part 2, cvc-datatype-valid",
        "write a value as expected",
    ),
    _built_in(
        "schema",
        "XSD-ATTRIBUTE",
        "required attributes are there, and none that the schema does not know",
        f"{_XSD} Part 1, cvc-complex-type.3 and 4",
        "add or remove the attribute",
    ),
)
"""The rules that are not in a rule file: what the reader and the schema engines demand."""
