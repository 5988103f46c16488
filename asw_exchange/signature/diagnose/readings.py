"""A message as it was read for diagnosis, and the file that it would have to be where it cannot be read.

A tree is made anew for every form that changes it. Not here: what is computed from it (``forms``).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from asw_exchange.codec import read, read_whole
from asw_exchange.signature.diagnose.causes import Cause, Explanation
from asw_exchange.signature.diagnose.declared import Declared, read_declared
from asw_exchange.signature.placement import Found, find_signature
from asw_exchange.signature.policy import Placement, SignaturePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """What the signature of a message is about, and what is agreed on it."""

    part: etree._Element
    """The document element or container: what ``verify`` takes."""
    policy: SignaturePolicy
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Namespace to the prefix that it usually has, ``""`` for none."""


Locate = Callable[[etree._Element], Located]
"""From the root of a message. Raises ExchangeError where nothing can be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message that could be read, with the one signature in its place."""

    raw: bytes
    located: Located
    found: Found
    declared: Declared

    @property
    def enveloped(self) -> bool:
        """Whether the signature stands in what it covers."""
        return self.located.policy.placement is Placement.ENVELOPED

    @property
    def depth(self) -> int:
        """How deep the signed element stands in the file."""
        return sum(1 for _ in self.found.target.iterancestors())


@dataclass(frozen=True, slots=True)
class Scene:
    """A tree of a message that may be changed."""

    part: etree._Element
    target: etree._Element
    signature: etree._Element

    def take_out_signature(self) -> None:
        """Remove the signature; the text around it stays (XML Signature 1.1, section 6.6.4)."""
        parent, previous = self.signature.getparent(), self.signature.getprevious()
        tail = self.signature.tail or ""
        if parent is None:
            return
        if previous is None:
            parent.text = (parent.text or "") + tail
        else:
            previous.tail = (previous.tail or "") + tail
        parent.remove(self.signature)


def make_reading(raw: bytes, locate: Locate) -> Reading:
    """Read a message and find its signature. Raises as ``verify`` does up to there."""
    located = locate(read(raw, keep_instructions=True))
    found = find_signature(located.part, located.policy.placement)
    return Reading(raw=raw, located=located, found=found, declared=read_declared(found.signature))


def scene(reading: Reading, *, comments: bool = False, instructions: bool = True) -> Scene:
    """Read the message again, for a tree of one's own."""
    root = read_whole(reading.raw) if comments else read(reading.raw, keep_instructions=instructions)
    return Scene(
        *(_twin(each, root) for each in (reading.located.part, reading.found.target, reading.found.signature))
    )


def _twin(element: etree._Element, root: etree._Element) -> etree._Element:
    """Return the element at the same place of another tree of the same message."""
    lineage = [element, *element.iterancestors()][:-1]
    for step in reversed(
        [sum(1 for _ in each.itersiblings(etree.Element, preceding=True)) for each in lineage]
    ):
        root = next(child for index, child in enumerate(root.iterchildren(etree.Element)) if index == step)
    return root


def readable_forms(raw: bytes) -> Iterator[tuple[Explanation, bytes]]:
    """Yield files in UTF-8 that an unreadable one may have been, and what would have been done to them."""
    stripped = raw.strip(b"\xef\xbb\xbf\x00\x1a \t\r\n")
    if stripped != raw:
        detail = "white space, byte order marks or padding stand before or behind the document"
        yield Explanation(Cause.RESERIALISED, detail), stripped
    without = _DOCTYPE.sub(b"", stripped, count=1)
    if without != stripped:
        yield Explanation(Cause.RESERIALISED, "a document type declaration was added"), without
    for name in _codecs_of(raw):
        try:
            text = raw.decode(name)
        except (UnicodeError, ValueError):
            continue
        declaration = _DECLARATION.match(text)
        body = text[declaration.end() :] if declaration else text
        yield (
            Explanation(Cause.ENCODING, f"the file is {_NAMES.get(name, name)}"),
            body.lstrip("\ufeff").encode(),
        )


_DOCTYPE = re.compile(rb"<!DOCTYPE[^<>\[\]]*+>\s*+")
_DECLARATION = re.compile(r"\ufeff?<\?xml[^<>?]*+\?>\s*+")
_DECLARED = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?<\?xml[^<>]*?encoding\s*+=\s*+["']([A-Za-z0-9._-]{1,40})["']"""
)
_NAMES = {
    "utf-8": "UTF-8, but says that it is not",
    "utf-16": "UTF-16, where UTF-8 belongs",
    "utf-32": "UTF-32, where UTF-8 belongs",
    "cp1252": "Windows-1252, where UTF-8 belongs",
    "latin-1": "Latin-1 (ISO-8859-1), where UTF-8 belongs",
}
_ALLOWED = {
    *(
        "utf-8",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "iso8859-1",
        "cp1252",
        "cp1258",
        "cp1251",
        "cp949",
    ),
    *("euc_kr", "cp874", "tis-620", "gb2312", "gbk", "gb18030", "shift_jis", "big5", "koi8-r", "iso8859-15"),
}
"""Encodings of the member states; not those that expand or decompress."""


def _codecs_of(raw: bytes) -> Iterator[str]:
    """Yield what the bytes may be in: UTF-16 and UTF-32 by their look, then as declared, then others."""
    if raw.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        yield "utf-32"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
    if raw.startswith((b"\x00<", b"<\x00")):
        yield "utf-16-be" if raw.startswith(b"\x00") else "utf-16-le"
    yield "utf-8"
    declared = _DECLARED.match(raw)
    if declared:
        try:
            name = codecs.lookup(declared[1].decode()).name
        except LookupError:
            name = ""
        if name in _ALLOWED and name != "utf-8":
            yield name
    yield from ("cp1252", "latin-1", "cp1258", "cp949")
