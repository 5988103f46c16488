"""What can be done to the bytes of a message after it was signed. Nothing here parses: it may be no XML."""

from __future__ import annotations

import re

_SIGNATURE = re.compile(rb"<(\w+:)?Signature[ >].*?</(\w+:)?Signature>", re.DOTALL)
_TEXT_WITH_DIGIT = re.compile(rb">[^<>]*[0-9][^<>]*<")


def tamper(raw: bytes) -> bytes:
    """Change the last digit of the content that stands outside a signature."""
    signature = _SIGNATURE.search(raw)
    texts = [
        match
        for match in _TEXT_WITH_DIGIT.finditer(raw)
        if signature is None or not signature.start() < match.start() < signature.end()
    ]
    if not texts:
        return raw[:-1] + b"?"
    end = texts[-1].end()
    place = next(place for place in range(end - 1, 0, -1) if raw[place : place + 1].isdigit())
    changed = b"2" if raw[place : place + 1] == b"1" else b"1"
    return raw[:place] + changed + raw[place + 1 :]


def unsign(raw: bytes) -> bytes:
    """Cut the signature out and leave the rest as it is."""
    return _SIGNATURE.sub(b"", raw, count=1)


def break_off(raw: bytes, percent: int = 67) -> bytes:
    """Keep only so much of the beginning."""
    return raw[: len(raw) * percent // 100]


def pad(raw: bytes, size: int) -> bytes:
    """Add white space after the last element until the message has this size; it says what it said."""
    return raw.ljust(size)
