"""From text to the bytes of a file, compact or indented for people; the same bytes every time."""

from __future__ import annotations

from lxml import etree

from asw_exchange.codec.reader import read

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def to_bytes(text: str, *, indent: bool = False) -> bytes:
    """Return XML text as UTF-8 with a declaration, on one line or with an element a line."""
    compact = text.encode()
    if not indent:
        return DECLARATION + compact
    root = read(compact)
    etree.indent(root)
    return DECLARATION + etree.tostring(root, encoding="unicode").encode() + b"\n"
