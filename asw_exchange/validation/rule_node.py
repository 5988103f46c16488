"""An element of a Schematron file that knows its file, so that every fault can be told with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from asw_exchange.codec import line_of, read_trusted
from asw_exchange.errors import ConfigurationError

SCHEMATRON = "http://purl.oclc.org/dsdl/schematron"
XSLT = "http://www.w3.org/1999/XSL/Transform"

_TEXT_PARTS = {"value-of", "name", "emph", "dir", "span"}
_CHILDREN = {
    "schema": {"title", "p", "ns", "let", "phase", "pattern", "diagnostics", "properties", "include"},
    "phase": {"p", "let", "active", "include"},
    "pattern": {"title", "p", "let", "param", "rule", "include"},
    "rule": {"p", "let", "assert", "report", "extends", "include"},
    "diagnostics": {"diagnostic", "include"},
    "assert": _TEXT_PARTS,
    "report": _TEXT_PARTS,
    "diagnostic": _TEXT_PARTS,
    "emph": _TEXT_PARTS,
    "dir": _TEXT_PARTS,
    "span": _TEXT_PARTS,
}
"""What may stand in what. A misspelt ``asert`` must not pass as a rule that never fires."""


@dataclass(frozen=True, slots=True)
class RuleNode:
    """An element, the file it stands in, and the parameters of the abstract pattern it was made from."""

    element: etree._Element
    path: Path
    parameters: Mapping[str, str] = field(default_factory=dict)
    inside: tuple[Path, ...] = ()
    """The files that included this one."""

    @property
    def name(self) -> str:
        return etree.QName(self.element).localname

    @property
    def is_schema(self) -> bool:
        """True for the root of a rule file."""
        return str(self.element.tag) == f"{{{SCHEMATRON}}}schema"

    def get(self, attribute: str) -> str | None:
        """Return an attribute's value without outer blanks; None when it is absent or empty."""
        return (self.element.get(attribute) or "").strip() or None

    def require(self, attribute: str, hint: str | None = None) -> str:
        value = self.get(attribute)
        if value is None:
            raise self.error(f"sch:{self.name} has no attribute {attribute}", hint=hint)
        return value

    def expression(self, attribute: str) -> str | None:
        """Return an attribute that holds XPath, with the parameters of an abstract pattern filled in."""
        value = self.get(attribute)
        if value is None or not self.parameters:
            return value
        return re.sub(r"\$([^\W\d][\w.\-]*)", lambda match: self.parameters.get(match[1], match[0]), value)

    def require_expression(self, attribute: str) -> str:
        return self.expression(attribute) or self.require(attribute)

    def filled(self, parameters: Mapping[str, str]) -> RuleNode:
        """Return the same node with the parameters of a pattern that is-a this one."""
        return replace(self, parameters=parameters)

    def children(self, name: str | None = None) -> Iterator[RuleNode]:
        """Yield the Schematron children, with what is included in place of ``include``; skip foreign ones."""
        for child in self.element:
            node = replace(self, element=child)
            if not self._known(node):
                continue
            for found in node._included(self) if node.name == "include" else (node,):
                if name is None or found.name == name:
                    yield found

    def content(self) -> Iterator[str | RuleNode]:
        """Yield text and Schematron elements in order; of foreign elements, the text."""
        yield self.element.text or ""
        for child in self.element:
            node = replace(self, element=child)
            if self._known(node):
                yield node
            else:
                yield "".join(map(str, child.itertext()))
            yield child.tail or ""

    def error(self, message: str, *, value: str | None = None, hint: str | None = None) -> ConfigurationError:
        """Return an error that names this file and line."""
        return ConfigurationError(
            message, file=str(self.path), line=line_of(self.element), value=value, hint=hint
        )

    def _known(self, child: RuleNode) -> bool:
        """Tell whether ``child`` is Schematron. Raises when it is, and has no place here."""
        namespace = etree.QName(child.element).namespace
        if namespace == XSLT:
            raise child.error("XSLT instructions have no place in a rule file", value=child.name)
        if namespace != SCHEMATRON:
            return False
        allowed = _CHILDREN.get(self.name, set())
        if child.name not in allowed:
            raise child.error(
                f"sch:{child.name} has no place in sch:{self.name}",
                hint=f"expected: {', '.join(sorted(allowed))}" if allowed else "it is empty",
            )
        return True

    def _included(self, parent: RuleNode) -> Iterator[RuleNode]:
        """Yield what an ``include`` stands for: a file, one element of it, or the content of a schema."""
        found = self._referred()
        if found.is_schema and parent.is_schema:
            yield from found.children()
        elif parent._known(found):
            yield found

    def _referred(self) -> RuleNode:
        name, _, fragment = self.require("href").partition("#")
        path = (self.path.parent / name).resolve() if name else self.path
        if "://" in name or path in self.inside:
            raise self.error("only local files are included, and none in itself", value=name)
        try:
            root = open_rule_file(path)
        except ConfigurationError as error:
            raise self.error(f"the included file cannot be used: {error}") from error
        found = replace(root, parameters=self.parameters, inside=(*self.inside, self.path.resolve()))
        if not fragment:
            return found
        for element in root.element.iter(f"{{{SCHEMATRON}}}*"):
            if element.get("id") == fragment:
                return replace(found, element=element)
        raise self.error("the included file has no element with this id", value=fragment)


def open_rule_file(path: Path) -> RuleNode:
    """Parse a rule file. Raises ConfigurationError when it is missing or not XML."""
    try:
        return RuleNode(read_trusted(path.read_bytes()), path)
    except OSError as error:
        raise ConfigurationError(f"the rule file cannot be read: {error.strerror}", file=str(path)) from error
    except etree.XMLSyntaxError as error:
        raise ConfigurationError(
            f"the rule file is not well-formed XML: {error.msg}", file=str(path), line=error.lineno
        ) from error
