"""Changes of structure that a mutator of bytes seldom finds: the result is nearly always well-formed.

One element is doubled, moved, taken away, wrapped or renamed, an attribute swapped, a text replaced.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random

from lxml import etree

from asw_exchange.codec import read
from asw_exchange.errors import ExchangeError

TEXTS = (
    "", " ", "0", "-1", "1e309", "NaN", "INF", "9" * 40, "0.0000000000000000001", "true", "\u0661", "\ud7ff",
    "2025-02-30", "2025-03-03T25:00:00Z", "0000-01-01", "99999-12-31", "2025-03-03T09:00:00+14:01",
    "VN", "ZZ", "<", "]]>", "{", "}", "'", '"', "%", "\\", "\r\n", "\t", "\u00a0", "a" * 300, "====", "AAAA",
    "urn:uuid:0", "#", "http://", "//", "..", "*", "1/0", "[1]", "document('')", "\U0010ffff",
)  # fmt: skip
NAMESPACES = ("http://www.w3.org/2000/09/xmldsig#", "urn:EEC:SignedData:v1.0:EDoc", "urn:x", "relative", None)


def mutate(data: bytes, most: int, seed: int) -> bytes | None:
    """Return other XML of at most so many bytes, the same for the same seed; None where there is none."""
    random = Random(seed)
    try:
        root = read(data, keep_instructions=True)
    except ExchangeError:
        return None
    for _ in range(random.randint(1, 3)):
        element = random.choice(list(root.iter(etree.Element)))
        random.choice(CHANGES)(element, random)
    written = etree.tostring(root, encoding="UTF-8", xml_declaration=random.random() < 0.2)
    return written if len(written) <= most else None


def _double(element: etree._Element, random: Random) -> None:
    if element.getparent() is not None:
        for _ in range(random.choice((1, 1, 2, 30))):
            element.addnext(copy.deepcopy(element))


def _move(element: etree._Element, random: Random) -> None:
    others = [
        each for each in element.getroottree().getroot().iter(etree.Element) if not _inside(each, element)
    ]
    if element.getparent() is not None and others:
        random.choice(others).insert(random.randint(0, 3), element)


def _inside(inner: etree._Element, outer: etree._Element) -> bool:
    return inner is outer or outer in inner.iterancestors()


def _remove(element: etree._Element, random: Random) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _wrap(element: etree._Element, random: Random) -> None:
    parent = element.getparent()
    if parent is not None:
        wrapper = etree.Element(random.choice((element.tag, parent.tag, "wrapper")))
        parent.replace(element, wrapper)
        wrapper.append(element)


def _rename(element: etree._Element, random: Random) -> None:
    other = random.choice(list(element.getroottree().getroot().iter(etree.Element)))
    name, namespace = etree.QName(other).localname, random.choice(NAMESPACES)
    element.tag = random.choice((other.tag, f"{{{namespace}}}{name}" if namespace else name))


def _text(element: etree._Element, random: Random) -> None:
    element.text = random.choice(TEXTS).replace("\ud7ff", "\ufffd")


def _tail(element: etree._Element, random: Random) -> None:
    if element.getparent() is not None:
        element.tail = random.choice(TEXTS)


def _attribute(element: etree._Element, random: Random) -> None:
    names = [*element.attrib, "Id", "id", "ID", "xml_lang", "{http://www.w3.org/XML/1998/namespace}lang"]
    element.set(random.choice(names), random.choice(TEXTS))


def _swap_attributes(element: etree._Element, random: Random) -> None:
    other = random.choice(list(element.getroottree().getroot().iter(etree.Element)))
    own, theirs = dict(element.attrib), dict(other.attrib)
    for each, attributes in ((element, theirs), (other, own)):
        each.attrib.clear()
        each.attrib.update(attributes)


def _instruction(element: etree._Element, random: Random) -> None:
    inserted = random.choice((etree.Comment(" x "), etree.ProcessingInstruction("x", "y")))
    inserted.tail, element.text = element.text, None
    element.insert(0, inserted)


Change = Callable[[etree._Element, Random], None]
CHANGES: tuple[Change, ...] = (
    _double,
    _move,
    _remove,
    _wrap,
    _rename,
    _text,
    _text,
    _tail,
    _attribute,
    _swap_attributes,
    _instruction,
)
