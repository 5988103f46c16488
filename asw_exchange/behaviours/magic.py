"""Magic values: words that a tester who owns only the sender writes into a document.

``ASW-BEHAVE:late;seconds=30`` in a free text of the document has its effect for that message alone.
Which text of which kind lets it through is in the corridor's ``Manners``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any, get_origin, get_type_hints

from asw_exchange.behaviours.meeting import Meeting
from asw_exchange.behaviours.vocabulary import find_problem, find_word, read_behaviour
from asw_exchange.behaviours.words import Behaviour
from asw_exchange.errors import InputError
from asw_exchange.model import Finding, Severity

MARKER = "ASW-BEHAVE:"
MOST_VALUES = 8
"""Magic values in one document."""
RULE_ID = "TEST-BEHAVIOUR-UNKNOWN"

_VALUE = re.compile(re.escape(MARKER) + r"([A-Za-z0-9;=.,:_/+-]{1,200})")


def _signs() -> tuple[bytes, ...]:
    """The marker as it can stand in a message: as it is, or in base64 at any of three places."""
    marker = MARKER.encode()
    shifted = (base64.b64encode(b"\0" * shift + marker)[(8 * shift + 5) // 6 : -4] for shift in range(3))
    return (marker, *shifted)


_SIGNS = _signs()


def has_magic(raw: bytes) -> bool:
    """Tell whether a message may hold a magic value, without reading it."""
    return any(map(raw.__contains__, _SIGNS))


def magic_of(meeting: Meeting) -> tuple[tuple[Behaviour, ...], tuple[Finding, ...]]:
    """Return what the magic values of a document ask for, and findings about those nobody understands."""
    behaviours: list[Behaviour] = []
    remarks: list[Finding] = []
    for text in _texts(meeting.text):
        try:
            behaviour = read_value(text)
            problem = find_problem(behaviour, meeting.corridor)
        except InputError as error:
            problem = error
        if problem is None:
            behaviours.append(behaviour)
        else:
            remarks.append(_unknown(text, problem))
    return tuple(behaviours), tuple(remarks)


def read_value(text: str) -> Behaviour:
    """Read ``word;parameter=value;...``; several values of one parameter are parted by commas.

    Raises InputError.
    """
    word, *pairs = text.split(";")
    hints = get_type_hints(find_word(word))
    found: dict[str, Any] = {"name": word}
    for pair in filter(None, pairs):
        name, _, value = pair.partition("=")
        name = name.replace("-", "_")
        several = get_origin(hints.get(name)) is tuple
        found[name] = value.split(",") if several else value
    return read_behaviour(found, strict=False)


def _texts(text: str) -> Iterator[str]:
    for _, match in zip(range(MOST_VALUES), _VALUE.finditer(text), strict=False):
        yield match[1].rstrip(".,:;")


def _unknown(text: str, error: InputError) -> Finding:
    return Finding(
        rule_id=RULE_ID,
        severity=Severity.WARNING,
        message=f"the magic value is not understood: {error.message}",
        value=text,
        hint=error.hint,
    )
