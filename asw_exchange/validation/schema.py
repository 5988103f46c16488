"""XSD 1.0: libxml2 says quickly whether a document is valid, xmlschema lists every fault when it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
from lxml import etree

from asw_exchange.codec import line_of, read_trusted
from asw_exchange.errors import ConfigurationError
from asw_exchange.model import Finding, Severity
from asw_exchange.validation.phrases import listing
from asw_exchange.validation.places import path_to
from asw_exchange.validation.report import limited

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_REFERENCES = (f"{_XSD}include", f"{_XSD}import", f"{_XSD}redefine")
_ROOT_SOURCE = "W3C XML Schema 1.0 Part 1, cvc-elt.1"


@dataclass(frozen=True)
class Schema:
    """An XML Schema, compiled once. Made by ``load_schema``."""

    path: Path
    roots: frozenset[str]
    """The elements that a document may have at its root, as ``{namespace}name``."""
    _compiled: etree.XMLSchema

    @property
    def name(self) -> str:
        """The name in findings, for example ``asean/eform-d.xsd``."""
        return f"{self.path.parent.name}/{self.path.name}"

    def findings(self, element: etree._Element) -> tuple[Finding, ...]:
        """Return every fault of the document or part of a document under ``element``.

        Raises ConfigurationError when an engine could not do its work: that is no valid document.
        """
        if element.tag not in self.roots:
            return (self._wrong_root(element),)
        try:
            if self._compiled.validate(element):
                return ()
        except etree.XMLSchemaValidateError as error:
            raise self._error(f"libxml2 could not validate: {error}") from error
        if _FLOOD(element):
            return self._logged(element)
        return self._explained(element) or self._logged(element)

    def _explained(self, element: etree._Element) -> tuple[Finding, ...]:
        # Loaded when a document is not valid: it takes longer than everything else that is needed.
        from asw_exchange.validation.second_engine import list_faults

        return limited((self._named(finding) for finding in list_faults(self.path, element)), self.name)

    def _logged(self, element: etree._Element) -> tuple[Finding, ...]:
        """Return what libxml2 itself says, for a fault that the second engine does not see.

        What it says belongs to the compiled schema, which threads share; so this compiles one of its own.
        """
        own = _compile(self.path)
        own.validate(element)
        entries: list[Any] = [*cast(Any, own.error_log)]
        if not entries:
            raise self._error("libxml2 refused the document without a reason")
        return limited((self._named(_as_logged(entry, element)) for entry in entries), self.name)

    def _wrong_root(self, element: etree._Element) -> Finding:
        return Finding(
            rule_id="XSD-ROOT",
            severity=Severity.ERROR,
            message=f"a document of this kind does not begin with {etree.QName(element).localname}",
            line=line_of(element),
            path=path_to(element),
            value=str(element.tag),
            expected=listing(sorted(self.roots)),
            hint="check the name of the root element and its namespace",
            source=_ROOT_SOURCE,
            ruleset=self.name,
        )

    def _named(self, finding: Finding) -> Finding:
        return msgspec.structs.replace(finding, ruleset=self.name)

    def _error(self, message: str) -> ConfigurationError:
        return ConfigurationError(message, file=str(self.path))


_FLOOD = etree.XPath(
    "count(descendant::*) > 12000 or count(*) > 2000 or boolean(descendant-or-self::*[count(@*) > 60])"
)
"""So much that naming every fault would take minutes: then libxml2's own words have to do."""


@cache
def load_schema(path: Path) -> Schema:
    """Compile an XML Schema; what it includes and imports must be local files.

    Raises ConfigurationError naming file and line when a schema file is missing or not in order.
    """
    path = path.resolve()
    documents = dict(_local_files(path, set()))
    return Schema(path, _roots(path, documents), _compile(path))


def _compile(path: Path) -> etree.XMLSchema:
    tree = _read(path).getroottree()
    tree.docinfo.URL = str(path)
    try:
        return etree.XMLSchema(tree)
    except etree.XMLSchemaParseError as error:
        raise _schema_error(error, path) from error


def _local_files(path: Path, seen: set[Path]) -> Iterator[tuple[Path, etree._Element]]:
    """Yield a schema file and those that it refers to."""
    seen.add(path)
    root = _read(path)
    yield path, root
    for reference in root.iterchildren(*_REFERENCES):
        target = _target(path, reference)
        if target is not None and target not in seen:
            yield from _local_files(target, seen)


def _target(path: Path, reference: etree._Element) -> Path | None:
    location = reference.get("schemaLocation")
    if location is None:
        return None
    target = (path.parent / location).resolve()
    if urlsplit(location).scheme or not target.is_file():
        raise ConfigurationError(
            "the schema refers to a file that is not there",
            file=str(path),
            line=line_of(reference),
            value=location,
            hint="name a file relative to this one; nothing is fetched from elsewhere",
        )
    return target


def _read(path: Path) -> etree._Element:
    try:
        return read_trusted(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"the schema cannot be read: {error.strerror}", file=str(path)) from error
    except etree.XMLSyntaxError as error:
        raise ConfigurationError(
            f"the schema is not well-formed XML: {error.msg}", file=str(path), line=error.lineno
        ) from error


def _roots(path: Path, documents: dict[Path, etree._Element]) -> frozenset[str]:
    """Return the global elements of the schema's own namespace."""
    namespace = documents[path].get("targetNamespace")
    own = (root for root in documents.values() if root.get("targetNamespace", namespace) == namespace)
    names = (element.get("name", "") for root in own for element in root.iterchildren(f"{_XSD}element"))
    return frozenset(f"{{{namespace}}}{name}" if namespace else name for name in names)


def _schema_error(error: etree.XMLSchemaParseError, path: Path) -> ConfigurationError:
    entry: Any = error.error_log[0] if len(error.error_log) else None
    file = str(entry.filename or path) if entry is not None else str(path)
    return ConfigurationError(
        f"the schema is not in order: {error}", file=file, line=entry.line if entry is not None else None
    )


_LOGGED_AS = (
    ("ELEMENT_CONTENT", "XSD-UNEXPECTED"),
    ("COMPLEX_TYPE_3", "XSD-ATTRIBUTE"),
    ("COMPLEX_TYPE_4", "XSD-ATTRIBUTE"),
    ("CVC_TYPE_3_1_1", "XSD-ATTRIBUTE"),
)
"""Part of libxml2's name of a fault, and the rule that it comes under; all else is a wrong value."""


def _as_logged(entry: Any, element: etree._Element) -> Finding:
    return Finding(
        rule_id=next((rule for name, rule in _LOGGED_AS if name in entry.type_name), "XSD-VALUE"),
        severity=Severity.ERROR,
        message=" ".join(str(entry.message).split()),
        line=entry.line or line_of(element),
        path=path_to(element),
        source="W3C XML Schema 1.0, as libxml2 reads it",
    )
