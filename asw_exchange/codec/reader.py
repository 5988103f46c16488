"""The one place that creates XML parsers: bytes in, a tree out, or a ReadError.

No document type declaration, no entities but the five of XML, no network, no XInclude, no schema
locations taken from the instance. Caps bound what a stranger can make us hold.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cache

from lxml import etree

from asw_exchange.errors import ForbiddenDoctype, NotWellFormed, TooLarge, WrongEncoding


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps on one document. The defaults leave room for a certificate of several hundred items."""

    bytes: int = 4 * 1024 * 1024
    elements: int = 50_000
    attributes: int = 50_000
    attributes_of_one: int = 1_000
    """On one element. libxml2 sorts them for C14N, and lxml lists them, in quadratic time."""
    depth: int = 60
    text: int = 1024 * 1024
    """Characters in one text node or attribute value."""


DEFAULT_LIMITS = Limits()

_ENCODING = re.compile(rb"""\A<\?xml[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_UTF8_NAMES = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
_BOM = b"\xef\xbb\xbf"
_FOREIGN_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")


# collect_ids stays on: switching it off makes libxml2 2.14 open the external subset of a DOCTYPE.
def _parser(*, keep_instructions: bool, keep_comments: bool = False, huge: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=huge,
        remove_comments=not keep_comments,
        remove_pis=not keep_instructions,
        strip_cdata=True,
    )


class _Parsers(threading.local):
    """One of each for every thread: what a parser complains of is told after it has parsed."""

    def __init__(self) -> None:
        self.document = _parser(keep_instructions=False)
        self.signed = _parser(keep_instructions=True)
        self.whole = _parser(keep_instructions=True, keep_comments=True)


_PARSERS = _Parsers()
_OWN = _parser(keep_instructions=False, huge=True)


def read(data: bytes, *, limits: Limits = DEFAULT_LIMITS, keep_instructions: bool = False) -> etree._Element:
    """Parse ``data`` and return its root element.

    Comments are dropped, and processing instructions unless ``keep_instructions``, so the text of an
    element is whole: ``10<!-- -->00`` reads as ``1000``. Line numbers are those of ``data``.

    Raises NotWellFormed, ForbiddenDoctype, WrongEncoding or TooLarge.
    """
    return _read(data, _PARSERS.signed if keep_instructions else _PARSERS.document, limits)


def _read(data: bytes, parser: etree.XMLParser, limits: Limits) -> etree._Element:
    _check_bytes(data, limits)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _syntax_error(error, data) from error
    except ValueError as error:
        raise NotWellFormed(f"not XML: {error}") from error
    if root is None:
        raise NotWellFormed("the document is empty")
    _check_faults(parser)
    if _too_deep(limits.depth)(root):
        raise TooLarge(f"elements are nested deeper than {limits.depth} levels")
    if len(data) > limits.text and _too_long(root, most=limits.text):
        raise TooLarge(f"a value has more than the {limits.text} characters accepted")
    if data.count(b"=") > limits.attributes_of_one and _too_wide(limits.attributes_of_one)(root):
        raise TooLarge(f"an element has more than {limits.attributes_of_one} attributes")
    return root


def read_whole(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> etree._Element:
    """Parse ``data`` with its comments: to see what another reader sees, never to take values from.

    Raises as ``read``.
    """
    return _read(data, _PARSERS.whole, limits)


def reread(canonical: bytes) -> etree._Element:
    """Parse bytes that came out of our own canonicalisation of a tree that ``read`` had accepted."""
    return etree.fromstring(canonical, _PARSERS.document)


def read_trusted(data: bytes) -> etree._Element:
    """Parse one of our own files (a schema, a rule file), comments kept out, any length."""
    return etree.fromstring(data, _OWN)


def _check_faults(parser: etree.XMLParser) -> None:
    """Look for faults of namespaces: lxml forgets them when libxml2 has a warning to give after them."""
    faults = parser.error_log.filter_from_errors() if len(parser.error_log) else ()
    for fault in faults:
        raise NotWellFormed(f"not well-formed XML: {fault.message.rstrip()}", line=fault.line or None)


def _check_bytes(data: bytes, limits: Limits) -> None:
    if len(data) > limits.bytes:
        raise TooLarge(f"{len(data)} bytes, more than the {limits.bytes} accepted")
    if not data.strip():
        raise NotWellFormed("the document is empty")
    if data.startswith(_FOREIGN_BOMS):
        raise WrongEncoding("UTF-16 or UTF-32", hint="write the document in UTF-8")
    declared = _ENCODING.match(data[len(_BOM) :] if data.startswith(_BOM) else data)
    if declared and declared.group(1).lower() not in _UTF8_NAMES:
        name = declared.group(1).decode("ascii")
        raise WrongEncoding("the XML declaration names another encoding", value=name, hint="write in UTF-8")
    if data.startswith(b"<!DOCTYPE", _prolog(data).end()):  # before libxml2 could look at it
        raise _doctype()
    if len(data) > _FEW_BYTES:
        _check_counts(data, limits)


_FEW_BYTES = 64 * 1024
"""So few cannot hold more elements or attributes than any sensible limit."""


def _check_counts(data: bytes, limits: Limits) -> None:
    if data.count(b"<") > 2 * limits.elements:
        raise TooLarge(f"more than the {limits.elements} elements accepted")
    if data.count(b"=") > 2 * limits.attributes and _count_attributes(data) > limits.attributes:
        raise TooLarge(f"more than the {limits.attributes} attributes accepted")


_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)


def _prolog(data: bytes) -> re.Match[bytes]:
    match = _PROLOG.match(data)
    if match is None:
        raise AssertionError("the pattern matches an empty prolog too")
    return match


def _count_attributes(data: bytes) -> int:
    return len(re.findall(rb"""[\w.:-]\s*=\s*["']""", data))


def _doctype() -> ForbiddenDoctype:
    return ForbiddenDoctype("a document type declaration is not accepted", hint="remove the <!DOCTYPE ...>")


_XML_ENCODING_ERRORS = {81, 32, 6005}


def _syntax_error(error: etree.XMLSyntaxError, data: bytes) -> NotWellFormed | WrongEncoding | TooLarge:
    line = error.lineno or None
    text = (error.msg or "not well-formed XML").rstrip()
    if getattr(error, "code", None) in _XML_ENCODING_ERRORS or "encoding" in text.lower():
        return WrongEncoding(f"bytes that are not UTF-8: {text}", line=bad_utf8_line(data) or line)
    if "too deep" in text.lower() or "excessive depth" in text.lower() or "huge" in text.lower():
        return TooLarge(f"the document is over the parser's limits: {text}", line=line)
    return NotWellFormed(f"not well-formed XML: {text}", line=line)


def bad_utf8_line(data: bytes) -> int | None:
    """Return the line of the first octet that is not UTF-8, None where all of it is."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return None


_too_long = etree.XPath("boolean(//text()[string-length() > $most] | //@*[string-length() > $most])")


@cache
def _too_deep(depth: int) -> etree.XPath:
    return etree.XPath("boolean(" + "/*" * (depth + 1) + ")")


@cache
def _too_wide(attributes: int) -> etree.XPath:
    return etree.XPath(f"boolean(//*[@*[{attributes + 1}]])")
