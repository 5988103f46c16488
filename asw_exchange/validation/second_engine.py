"""xmlschema as the second XSD engine: slower, but it does not stop at the first fault."""

from __future__ import annotations

from collections.abc import Iterator
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


@cache
def _compiled(path: Path) -> XMLSchema10:
    return XMLSchema10(str(path), allow="local")
