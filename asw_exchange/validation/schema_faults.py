"""What the second XSD engine reports, sorted by element and said once, in plain words, under stable ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from lxml import etree
from xmlschema.validators import (
    XMLSchemaChildrenValidationError,
    XMLSchemaValidationError,
    XsdAnyAttribute,
    XsdAttribute,
    XsdAttributeGroup,
    XsdElement,
    XsdGroup,
    XsdIdentity,
    XsdSimpleType,
)

from asw_exchange.codec import line_of, name_of
from asw_exchange.model import Finding, Severity
from asw_exchange.validation.content import Fault, FaultKind, faults, slots_of
from asw_exchange.validation.phrases import listing, sequence
from asw_exchange.validation.places import path_to, shortened
from asw_exchange.validation.wording import documentation_of, expected_by

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_STRUCTURE = "W3C XML Schema 1.0 Part 1"
_DATATYPES = "W3C XML Schema 1.0 Part 2"
CONTENT = f"{_STRUCTURE}, cvc-complex-type.2.4"
VALUE = f"{_DATATYPES}, cvc-datatype-valid"

_CONSTRAINT = re.compile(r"Xsd(Unique|Key|Keyref)\(")
_TWICE = re.compile(r"duplicated value \((.*)\) for")

Declared = Mapping[etree._Element, XsdElement]
Errors = Sequence[XMLSchemaValidationError]


def explain(
    errors: Iterable[XMLSchemaValidationError], declared: Declared, root: etree._Element
) -> Iterator[Finding]:
    """Yield the findings for what xmlschema reported; ``declared`` says which declaration an element has."""
    by_element: dict[Any, list[XMLSchemaValidationError]] = {}
    for error in errors:
        by_element.setdefault(root if error.elem is None else error.elem, []).append(error)
    for element, found in by_element.items():
        yield from _element_findings(element, found, declared.get(element))


def _element_findings(
    element: etree._Element, errors: Errors, declaration: XsdElement | None
) -> Iterator[Finding]:
    content = [error for error in errors if isinstance(error, XMLSchemaChildrenValidationError)]
    attributes = [error for error in errors if _is_about_attributes(error)]
    rest = [error for error in errors if error not in content and error not in attributes]
    if content:
        yield from _or_as_reported(_content_findings(element, content[0].validator), element, content)
    if attributes:
        yield from _or_as_reported(_attribute_findings(element, attributes, declaration), element, attributes)
    constraints = [error for error in rest if _is_about_identity(error)]
    yield from (_constraint_finding(element, error) for error in constraints)
    rest = [error for error in rest if error not in constraints]
    if rest:
        yield from _or_as_reported(_text_findings(element, rest, declaration), element, rest)


def _is_about_attributes(error: XMLSchemaValidationError) -> bool:
    about_names = isinstance(error.validator, XsdAttributeGroup | XsdAnyAttribute)
    return about_names or (error.reason or "").startswith("attribute ")


def _is_about_identity(error: XMLSchemaValidationError) -> bool:
    return isinstance(error.validator, XsdIdentity) or _CONSTRAINT.search(error.reason or "") is not None


def _or_as_reported(found: Iterator[Finding], element: etree._Element, errors: Errors) -> Iterator[Finding]:
    """Yield ``found``, or the engine's own words: a fault is never lost for want of better ones."""
    findings = tuple(found)
    reason = plain(errors[0].reason or str(errors[0].message))
    yield from findings or (_finding("XSD-VALUE", element, reason, source=VALUE),)


def _content_findings(element: etree._Element, group: Any) -> Iterator[Finding]:
    if isinstance(group, XsdGroup):
        slots = slots_of(group)
        children = [child for child in element if isinstance(child.tag, str)]
        known = [name for slot in slots for name in slot.names]
        for fault in faults(children, slots):
            yield _CONTENT_WORDS[fault.kind](element, fault, known)


def _order(parent: etree._Element, fault: Fault, known: list[str]) -> Finding:
    place = " and ".join(
        f"{word} {name}" for word, name in (("after", fault.after), ("before", fault.before)) if name
    )
    child = _child(fault)
    return _finding(
        "XSD-ORDER",
        child,
        f"wrong order: {name_of(child)} belongs {place}",
        expected=place,
        hint=f"move it; the order in {name_of(parent)} is {sequence(known)}",
        source=CONTENT,
    )


def _missing(parent: etree._Element, fault: Fault, known: list[str]) -> Finding:
    names = listing(fault.names)
    return _finding(
        "XSD-MISSING",
        parent,
        f"{names} is missing in {name_of(parent)}",
        expected=f"{names} after {fault.after}" if fault.after else f"{names} at the beginning",
        source=CONTENT,
    )


def _unexpected(parent: etree._Element, fault: Fault, known: list[str]) -> Finding:
    child = _child(fault)
    near = fault.names[0] if fault.names else None
    hint = f"did you mean {near}?" if near else "remove it"
    if near == etree.QName(child).localname:
        hint = (
            f"write {near} in the namespace of {name_of(parent)}: {etree.QName(parent).namespace or 'none'}"
        )
    message = f"{name_of(child)} is not known in {name_of(parent)}"
    return _finding(
        "XSD-UNEXPECTED", child, message, expected=listing(known) or "no element", hint=hint, source=CONTENT
    )


def _repeated(parent: etree._Element, fault: Fault, known: list[str]) -> Finding:
    child = _child(fault)
    return _finding(
        "XSD-REPEATED",
        child,
        f"{name_of(child)} stands {fault.number} times in {name_of(parent)}",
        value=str(fault.number),
        expected=f"at most {fault.most}",
        source=CONTENT,
    )


def _second_choice(parent: etree._Element, fault: Fault, known: list[str]) -> Finding:
    child, first = _child(fault), fault.names[0]
    message = f"{name_of(child)} and {first} exclude each other"
    hint = f"keep either {first} or {name_of(child)}"
    return _finding("XSD-UNEXPECTED", child, message, expected="one of them", hint=hint, source=CONTENT)


_CONTENT_WORDS: dict[FaultKind, Callable[[etree._Element, Fault, list[str]], Finding]] = {
    FaultKind.ORDER: _order,
    FaultKind.MISSING: _missing,
    FaultKind.UNEXPECTED: _unexpected,
    FaultKind.REPEATED: _repeated,
    FaultKind.SECOND_CHOICE: _second_choice,
}


def _child(fault: Fault) -> etree._Element:
    if fault.child is None:
        raise AssertionError("only a missing element has no place of its own")
    return fault.child


def _attribute_findings(
    element: etree._Element, errors: Errors, declaration: XsdElement | None
) -> Iterator[Finding]:
    reported = (error.validator for error in errors if isinstance(error.validator, XsdAttributeGroup))
    group = next(reported, declaration.attributes if declaration is not None else None)
    if group is None:
        return
    yield from _attribute_names(element, group)
    for name, attribute in group.items():
        value = element.get(name) if name else None
        if isinstance(attribute, XsdAttribute) and value is not None and not attribute.is_valid(value):
            yield _value_finding(element, value, attribute, name)


def _attribute_names(element: etree._Element, group: XsdAttributeGroup) -> Iterator[Finding]:
    known = [str(name) for name in group if name]
    for name in group.iter_required():
        if name not in element.attrib:
            message = f"{name_of(element)} has no attribute {_local(name)}"
            expected = _expected(group[name])
            yield _finding(
                "XSD-ATTRIBUTE",
                element,
                message,
                expected=expected,
                source=f"{_STRUCTURE}, cvc-complex-type.4",
            )
    for name in map(str, element.attrib):
        if (
            name not in known
            and not name.startswith(_XSI)
            and (None not in group or not group[None].is_matching(name))
        ):
            yield _finding(
                "XSD-ATTRIBUTE",
                element,
                f"the attribute {_local(name)} is not known in {name_of(element)}",
                attribute=name,
                value=element.get(name),
                expected=listing([_local(each) for each in known]) or "no attribute",
                source=f"{_STRUCTURE}, cvc-complex-type.3.2",
            )


def _text_findings(
    element: etree._Element, errors: Errors, declaration: XsdElement | None
) -> Iterator[Finding]:
    if declaration is None:
        return
    kind = declaration.type
    simple = kind if isinstance(kind, XsdSimpleType) else kind.content
    if not isinstance(simple, XsdSimpleType):
        yield from _stray_text(element, kind.is_empty())
    elif len(element):
        message = f"{name_of(element[0])} is not known in {name_of(element)}, which holds text only"
        yield _finding(
            "XSD-UNEXPECTED",
            element[0],
            message,
            expected=expected_by(simple),
            source=f"{_STRUCTURE}, cvc-type.3.1.2",
        )
    elif _is_text_fault(element, simple, declaration):
        yield _value_finding(element, element.text or "", declaration)


def _is_text_fault(element: etree._Element, simple: XsdSimpleType, declaration: XsdElement) -> bool:
    return declaration.fixed is not None or not simple.is_valid(element.text or "")


def _expected(declaration: Any) -> str:
    kind = declaration.type if isinstance(declaration.type, XsdSimpleType) else declaration.type.content
    return str(declaration.fixed or expected_by(kind))


def _stray_text(element: etree._Element, empty: bool) -> Iterator[Finding]:
    texts = [element.text, *(child.tail for child in element)]
    found = next((text.strip() for text in texts if text and text.strip()), None)
    if found is not None:
        yield _finding(
            "XSD-UNEXPECTED",
            element,
            f"text is not accepted in {name_of(element)}{'' if empty else ' between its elements'}",
            value=found,
            expected="nothing" if empty else "elements only",
            hint="remove the text",
            source=f"{_STRUCTURE}, cvc-complex-type.2.{1 if empty else 3}",
        )


def _value_finding(
    element: etree._Element, value: str, declaration: Any, attribute: str | None = None
) -> Finding:
    kind = declaration.type if isinstance(declaration.type, XsdSimpleType) else declaration.type.content
    owner = f"the attribute {_local(attribute)} of {name_of(element)}" if attribute else name_of(element)
    return _finding(
        "XSD-VALUE",
        element,
        f"the value of {owner} is not accepted" if value.strip() else f"{owner} is empty",
        attribute=attribute,
        value=value,
        expected=_expected(declaration),
        hint=documentation_of(kind) or documentation_of(declaration),
        source=f"{_STRUCTURE}, cvc-elt.5.2.2" if declaration.fixed else VALUE,
    )


def _constraint_finding(element: etree._Element, error: XMLSchemaValidationError) -> Finding:
    source = f"{_STRUCTURE}, cvc-identity-constraint.4"
    twice = _TWICE.match(error.reason or "")
    if twice is None:
        return _finding("XSD-VALUE", element, plain(error.reason or ""), source=source)
    value = ", ".join(part.strip(" '") for part in twice[1].split(",") if part.strip())
    message = f"{name_of(element)} has a value that must be unique and stands more than once: {value}"
    return _finding(
        "XSD-REPEATED", element, message, value=value, expected="a value used once", source=source
    )


def _finding(
    rule_id: str,
    element: etree._Element,
    message: str,
    *,
    attribute: str | None = None,
    value: str | None = None,
    expected: str | None = None,
    hint: str | None = None,
    source: str,
) -> Finding:
    return Finding(
        rule_id=rule_id,
        severity=Severity.ERROR,
        message=message,
        line=line_of(element),
        path=path_to(element, attribute),
        value=shortened(value),
        expected=expected,
        hint=hint,
        source=source,
    )


def plain(reason: str) -> str:
    """Return the words of an engine without namespaces in braces."""
    return " ".join(re.sub(r"\{[^}]*\}", "", reason).split())


def _local(name: str | None) -> str:
    return etree.QName(name or "").localname
