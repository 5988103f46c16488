"""xmlschema as the second XSD engine: slower, but it does not stop at the first fault."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from elementpath import ElementPathError
from lxml import etree
from xmlschema import XMLSchema10, XMLSchemaException
from xmlschema.validators import XsdElement

from asw_exchange.errors import ConfigurationError
from asw_exchange.model import Finding
from asw_exchange.validation.schema_faults import explain

_CRASHES = (
    XMLSchemaException,
    ElementPathError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RecursionError,
)


def list_faults(path: Path, element: etree._Element) -> Iterator[Finding]:
    """Yield what xmlschema finds under ``element``. Raises ConfigurationError when it breaks down."""
    element = _elements_only(element)
    declared: dict[etree._Element, XsdElement] = {}

    def remember(found: Any, declaration: XsdElement) -> bool:
        declared[found] = declaration
        return False

    try:
        errors = list(
            _compiled(path).iter_errors(element, validation_hook=remember, use_location_hints=False)
        )
        yield from explain(errors, declared, element)
    except _CRASHES as error:
        raise ConfigurationError(f"xmlschema could not list the faults: {error}", file=str(path)) from error


def _elements_only(element: etree._Element) -> etree._Element:
    """Return ``element``, or its like in a copy without comments and instructions.

    xmlschema takes those for children. What ``element`` stands in is copied with it: paths and lines stay.
    """
    if next(element.iter(etree.Comment, etree.ProcessingInstruction), None) is None:
        return element
    positions, top = [], element
    while (parent := top.getparent()) is not None:
        positions.append(parent.index(top))
        top = parent
    alike = deepcopy(top)
    for position in reversed(positions):
        alike = alike[position]
    etree.strip_tags(alike, etree.Comment, etree.ProcessingInstruction)
    return alike


@cache
def _compiled(path: Path) -> XMLSchema10:
    return XMLSchema10(str(path), allow="local")
