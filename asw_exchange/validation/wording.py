"""What a schema type accepts, in words for somebody who has never seen a schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xmlschema.validators import XsdList, XsdPatternFacets, XsdSimpleType, XsdUnion

from asw_exchange.validation.phrases import listing

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_BUILTIN = {
    "date": "a date such as 2025-03-01",
    "dateTime": "a date and time such as 2025-03-01T08:00:00Z",
    "time": "a time such as 08:00:00",
    "gYear": "a year such as 2025",
    "gYearMonth": "a year and month such as 2025-03",
    "duration": "a duration such as P1Y",
    "decimal": "a number such as 12.5",
    "double": "a number",
    "float": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "string": "text",
    "normalizedString": "text on one line",
    "token": "text without blanks around it",
    "anyURI": "a URI",
    "ID": "a name that is used once",
    "IDREF": "the name of another element",
    "NCName": "a name without colon",
    "NMTOKEN": "a word without blanks",
    "language": "a language tag such as en",
    "base64Binary": "bytes in Base64",
    "hexBinary": "bytes in hexadecimal digits",
}
_BOUNDS = {
    "minInclusive": "at least {}",
    "minExclusive": "more than {}",
    "maxInclusive": "at most {}",
    "maxExclusive": "less than {}",
    "totalDigits": "at most {} digits",
    "fractionDigits": "at most {} decimals",
    "length": "exactly {} characters",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
}


def expected_by(kind: XsdSimpleType) -> str:
    """Say what values a simple type accepts, for example ``text, not empty, at most 35 characters``."""
    if isinstance(kind, XsdUnion):
        return ", or ".join(expected_by(member) for member in kind.member_types)
    if isinstance(kind, XsdList):
        return f"a list, separated by blanks, of: {expected_by(kind.item_type)}"
    if kind.enumeration:
        return listing([str(value) for value in kind.enumeration])
    return ", ".join((_builtin_of(kind), *_facets(kind)))


def documentation_of(component: object) -> str | None:
    """Return what the schema says about one of its components."""
    annotation = getattr(component, "annotation", None)
    texts = (
        [" ".join("".join(each.itertext()).split()) for each in annotation.documentation]
        if annotation
        else []
    )
    return next((text for text in texts if text), None)


def _builtin_of(kind: XsdSimpleType) -> str:
    for each in _line(kind):
        name = (each.name or "").removeprefix(_XSD)
        if name in _BUILTIN:
            return _BUILTIN[name]
    return "a value"


def _facets(kind: XsdSimpleType) -> Iterator[str]:
    """Yield the restrictions, each from the type that states it last."""
    found: dict[str, Any] = {}
    patterns: list[str] = []
    for each in _line(kind):
        pattern = each.facets.get(f"{_XSD}pattern")
        if isinstance(pattern, XsdPatternFacets) and not (each.name or "").startswith(_XSD):
            patterns.append(" or ".join(pattern.regexps))
        for name, facet in each.facets.items():
            found.setdefault((name or "").removeprefix(_XSD), getattr(facet, "value", None))
    for name, words in _BOUNDS.items():
        if found.get(name) is not None:
            yield "not empty" if (name, found[name]) == ("minLength", 1) else words.format(found[name])
    yield from (f"of the form {pattern}" for pattern in patterns)


def _line(kind: XsdSimpleType) -> Iterator[XsdSimpleType]:
    """Yield a type and those that it restricts."""
    each: Any = kind
    while isinstance(each, XsdSimpleType):
        yield each
        each = each.base_type
