"""What may have been done to a message, undone on its canonical text: functions from bytes to bytes.

A repair that is not the right one does no harm: only the digest says which is. Canonical text has one
spelling for everything, so a few patterns see all of it. They run over what strangers sent, so none of them
looks back: their time is proportional to the text. Not here: other canonical forms (``forms``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from asw_exchange.signature.diagnose.causes import Cause

_TAG = rb'<[^<>"]*+(?:"[^"<]*+"[^<>"]*+)*+>'
_TAGS = re.compile(rb"(" + _TAG + rb")([^<]*+)")
"""A tag, and the text behind it."""
_SPACE = rb"[ \t\n]++"
_BETWEEN = re.compile(rb"(?<=>)" + _SPACE + rb"(?=<)")
_LEADING = re.compile(rb"(?<=>)" + _SPACE)
_BEHIND_END = re.compile(rb"(</[^<>]*+>)" + _SPACE + rb"(?=<)")
_BEFORE_START = re.compile(rb"(?<=>)" + _SPACE + rb"(?=<[^/])")
_EMPTY = re.compile(rb'<([^\s<>/!?]++)([^<>"]*+(?:"[^"<]*+"[^<>"]*+)*+)></\1>')
_MOST_GROWTH = 8
"""No usual cause makes more than so many times as much of a text."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One way to undo a cause."""

    cause: Cause
    detail: str
    """What was done, if this undoes it."""
    apply: Callable[[bytes], bytes]
    last: bool = False
    """Whether nothing sensible can be undone behind it."""

    def __call__(self, text: bytes) -> bytes | None:
        """Return the repaired text, or None where there is nothing to repair."""
        try:
            repaired = self.apply(text)
        except UnicodeError:
            return None
        return None if repaired == text or len(repaired) > _MOST_GROWTH * len(text) else repaired


def repairs(depth: int, *, enveloped: bool) -> tuple[Repair, ...]:
    """Return all repairs in the order of their causes.

    ``depth`` is how deep the text stands in its file; ``enveloped`` whether a signature was taken out of it.
    """
    return (
        *_white_space(depth, enveloped=enveloped),
        *_line_ends(),
        *_encodings(),
        *_attributes(),
        *_serialisations(),
        *_frames(),
    )


def _white_space(depth: int, *, enveloped: bool) -> Iterator[Repair]:
    added = "white space was added between elements"
    yield Repair(Cause.INDENTED, added, compact)
    yield Repair(Cause.INDENTED, added, _compact_between)
    if enveloped:
        around = "white space was changed around the signature"
        yield Repair(Cause.INDENTED, around, partial(_before_end, gap=b""))
        yield Repair(Cause.INDENTED, around, partial(_before_end, gap=b"\n"))
    yield Repair(Cause.INDENTED, "texts were put on lines of their own", _trim)
    for name, unit in _UNITS.items():
        detail = f"the document was signed indented ({name}), and its white space was removed or changed"
        for start in (0, depth) if enveloped else (-1, 0, depth):
            yield Repair(Cause.INDENTED, detail, partial(indent, unit=unit, depth=start))
            if enveloped:
                yield Repair(Cause.INDENTED, detail, partial(_indent_around, unit=unit, depth=start))


_UNITS = {"2 spaces": b"  ", "4 spaces": b"    ", "a tab": b"\t", "1 space": b" ", "line ends only": b""}


def compact(text: bytes) -> bytes:
    """Leave out text that is only white space."""
    return _BETWEEN.sub(b"", text)


def _compact_between(text: bytes) -> bytes:
    """The same, but what stands alone in an element is taken as its value."""
    return _BEFORE_START.sub(b"", _BEHIND_END.sub(rb"\1", text))


def _before_end(text: bytes, gap: bytes) -> bytes:
    end = text.rindex(b"</") if b"</" in text else len(text)
    return text[:end].rstrip(b" \t\n") + gap + text[end:]


def _trim(text: bytes) -> bytes:
    return b"<".join([part.rstrip(b" \t\n") for part in _LEADING.sub(b"", text).split(b"<")])


def indent(text: bytes, unit: bytes, depth: int) -> bytes:
    """Put every element on a line, as pretty-printers do; an element without content stays closed.

    At depth -1 the outer element is a container that stays as it is, around an indented document.
    """
    return b"".join(
        [
            piece if level is None or level + depth < lowest else b"\n" + unit * (level + depth)
            for piece, level, lowest in _pieces(text)
        ]
    )


@lru_cache(maxsize=1)
def _pieces(text: bytes) -> list[tuple[bytes, int | None, int]]:
    """Return tags and texts, and the gaps between tags: their level, and the lowest where they are lines."""
    pieces: list[tuple[bytes, int | None, int]] = []
    behind, opened, level = b"-", False, 0
    for tag, following in _TAGS.findall(compact(text)):
        starts, ends = tag[1:2] not in b"/!?", tag[1:2] == b"/"
        level -= ends
        if not behind and not (ends and opened):
            pieces.append((b"", level, 0 if ends else 1))
        pieces.append((tag + following, None, 0))
        level += starts
        behind, opened = following, starts
    return pieces


def _indent_around(text: bytes, unit: bytes, depth: int) -> bytes:
    """As if a signature had stood on a line of its own before the last end tag."""
    return _before_end(indent(text, unit, depth), b"\n" + unit * (depth + 1) + b"\n" + unit * depth)


def _line_ends() -> Iterator[Repair]:
    """XML reads CRLF as LF (XML 1.0, section 2.11); only ``&#13;`` keeps a CR, and C14N writes ``&#xD;``."""
    cause = Cause.LINE_ENDS
    added = "carriage returns were added (&#13;)"
    yield Repair(cause, added, lambda text: text.replace(b"&#xD;", b""))
    yield Repair(cause, added, lambda text: text.replace(b"&#xD;", b"\n"))
    lost = "the document was signed with CRLF line ends, and the carriage returns were lost"
    yield Repair(cause, lost, lambda text: _plain(text).replace(b"\n", b"&#xD;\n"))
    yield Repair(cause, lost, lambda text: _plain(text).replace(b"\n", b"&#xD;"))
    raw = "the signer digested CRLF line ends as they stand in its file, without C14N"
    yield Repair(cause, raw, lambda text: _plain(text).replace(b"\n", b"\r\n"))


def _plain(text: bytes) -> bytes:
    return text.replace(b"&#xD;", b"")


def _encodings() -> Iterator[Repair]:
    cause = Cause.ENCODING
    for name, table in _SINGLE_BYTE.items():
        wrong = f"UTF-8 was read as {name} and written again as UTF-8"
        yield Repair(cause, wrong, partial(_undo_misreading, table=table))
    yield Repair(
        cause,
        "the signer read UTF-8 as Latin-1 before it computed the digest",
        lambda text: text.decode("latin-1").encode(),
    )
    mark = "byte order marks (U+FEFF) were added to texts"
    yield Repair(cause, mark, lambda text: text.replace("\ufeff".encode(), b""))
    for codec in ("utf-16-le", "utf-16-be", "utf-16", "latin-1", "cp1252", "utf-8-sig"):
        detail = f"the digest was computed over the text in {_NAMES.get(codec, codec)}"
        yield Repair(cause, detail, partial(_encoded, codec=codec), last=True)


_NAMES = {"utf-8-sig": "UTF-8 with a byte order mark", "cp1252": "Windows-1252", "latin-1": "Latin-1"}


def _windows(codec: str) -> dict[int, int]:
    """Windows reads the few octets that a code page leaves open as the control characters of Latin-1."""
    decoded = (bytes([octet]).decode(codec, "replace") for octet in range(256))
    return {octet if char == "\ufffd" else ord(char): octet for octet, char in enumerate(decoded)}


_SINGLE_BYTE = {
    "Windows-1252": _windows("cp1252"),
    "Latin-1": _windows("latin-1"),
    "Windows-1258": _windows("cp1258"),
    "Windows-1251": _windows("cp1251"),
}


def _undo_misreading(text: bytes, table: dict[int, int]) -> bytes:
    if text.isascii():
        return text
    original = text.decode().translate(table).encode("latin-1")
    original.decode()
    return original


def _encoded(text: bytes, codec: str) -> bytes:
    return text.decode().encode(codec)


def _attributes() -> Iterator[Repair]:
    cause, detail = Cause.ATTRIBUTES, "white space in attribute values was changed"
    yield Repair(cause, detail, partial(_in_values, change=lambda value: b" ".join(_spaced(value).split())))
    yield Repair(
        cause, "line ends in attribute values became spaces", partial(_in_values, change=_lines_of(b"&#xA;"))
    )
    yield Repair(
        cause, "tabs in attribute values became spaces", partial(_in_values, change=_lines_of(b"&#x9;"))
    )


def _spaced(value: bytes) -> bytes:
    for reference in (b"&#xA;", b"&#xD;", b"&#x9;"):
        value = value.replace(reference, b" ")
    return value


def _lines_of(end: bytes) -> Callable[[bytes], bytes]:
    return lambda value: value.replace(b" ", end)


_SPACED_VALUES = re.compile(rb'="([^"< &]*+(?:&(?!#x[9AD];)[^"< &]*+)*+(?: |&#x[9AD];)[^"<]*+)"')


def _in_values(text: bytes, change: Callable[[bytes], bytes]) -> bytes:
    return _SPACED_VALUES.sub(lambda match: b'="' + change(match[1]) + b'"', text)


def _serialisations() -> Iterator[Repair]:
    cause = Cause.RESERIALISED
    for form, from_form in (("NFC", "NFD"), ("NFD", "NFC"), ("NFKC", "NFC")):
        detail = f"accented letters were signed as Unicode {form} and are {from_form} now"
        yield Repair(cause, detail, partial(_normalised, form=form))
    spaces = "no-break spaces and spaces were exchanged"
    yield Repair(cause, spaces, lambda text: text.replace(b"\xc2\xa0", b" "))
    yield Repair(cause, "characters were escaped twice (&amp;amp;)", _unescaped)
    yield Repair(cause, "one level of escapes was lost", lambda text: _in_texts(text, {b"&": b"&amp;"}))
    yield Repair(
        cause, "the signer wrote empty elements in the short form", lambda text: _EMPTY.sub(rb"<\1\2/>", text)
    )
    yield Repair(
        cause,
        "the signer wrote empty elements in the short form",
        lambda text: _EMPTY.sub(rb"<\1\2 />", text),
    )
    yield Repair(cause, "the signer escaped quotation marks in texts", lambda text: _in_texts(text, _QUOTES))
    yield Repair(cause, "the signer did not escape > in texts", lambda text: text.replace(b"&gt;", b">"))
    yield Repair(
        cause,
        "the signer wrote letters as character references",
        lambda text: text.decode().encode("ascii", "xmlcharrefreplace"),
    )
    yield Repair(cause, "white space was added at the ends of lines", _trim_lines)


_QUOTES = {b'"': b"&quot;", b"'": b"&apos;"}


def _normalised(text: bytes, form: str) -> bytes:
    if text.isascii():
        return text
    return unicodedata.normalize(form, text.decode()).encode()  # type: ignore[arg-type]  # one of the four


def _in_texts(text: bytes, changes: dict[bytes, bytes]) -> bytes:
    def changed(match: re.Match[bytes]) -> bytes:
        found = match[0]
        for old, new in changes.items():
            found = found.replace(old, new)
        return found

    characters = b"".join(changes)
    with_some = re.compile(rb"(?<=>)[^<" + characters + rb"]*+[" + characters + rb"][^<]*+")
    return with_some.sub(changed, text)


_ESCAPED = re.compile(rb"&amp;(?:(lt|gt|amp)|(quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6}));")


def _unescaped(text: bytes) -> bytes:
    return _ESCAPED.sub(lambda match: b"&" + match[1] + b";" if match[1] else _character(match[2]), text)


def _character(name: bytes) -> bytes:
    if name in (b"quot", b"apos"):
        return b'"' if name == b"quot" else b"'"
    number = int(name[2:], 16) if name[1:2] == b"x" else int(name[1:])
    if number == 13:
        return b"&#xD;"
    return chr(number).encode() if number < 0x110000 else name


def _trim_lines(text: bytes) -> bytes:
    return b"\n".join([line.rstrip(b" \t") for line in text.split(b"\n")])


def _frames() -> Iterator[Repair]:
    cause, detail = Cause.OTHER_CONTENT, "the XML declaration was digested too"
    for quote in (b'"', b"'"):
        start = b"<?xml version=" + quote + b"1.0" + quote + b" encoding=" + quote + b"UTF-8" + quote
        for end in (b"?>\n", b"?>", b' standalone="yes"?>', b' standalone="no"?>'):
            yield Repair(cause, detail, partial(_framed, before=start + end), last=True)
    yield Repair(
        cause, "a line end behind the document was digested too", partial(_framed, behind=b"\n"), last=True
    )
    yield Repair(cause, "the digest leaves out the outer element's own tags", _inner)


def _framed(text: bytes, before: bytes = b"", behind: bytes = b"") -> bytes:
    return before + text + behind


def _inner(text: bytes) -> bytes:
    start, end = text.find(b">"), text.rfind(b"</")
    return text[start + 1 : end] if 0 <= start < end else text
