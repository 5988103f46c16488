"""Generated documents for another day than the one that all of them are written for.

All dates move together, and so does the year in reference numbers, so what was consistent stays so. Not
here: generating them (``generate``).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from asw_exchange.testdata.certificates import DEFAULT_DATE
from asw_exchange.testdata.messages import SENT_AT

T = TypeVar("T")

_REFERENCE = re.compile(r"[A-Z0-9 ./-]*\d{4}[A-Z0-9 ./-]*")
"""A number that somebody assigned: no words, and several digits."""
_YEAR = re.compile(rf"(?<!\d)({DEFAULT_DATE:%Y}|{DEFAULT_DATE:%y})(?=[/-])")


def redate(document: T, moment: datetime) -> T:
    """Return a generated document as it would be sent on the day of ``moment``."""
    days = (moment.date() - SENT_AT.date()).days
    moved: T = _moved(document, timedelta(days=days)) if days else document
    return moved


def _moved(value: Any, by: timedelta) -> Any:
    match value:
        case msgspec.Struct():
            fields = {name: _moved(getattr(value, name), by) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **fields)
        case tuple():
            return tuple(_moved(each, by) for each in value)
        case date():
            return value + by
        case str() if type(value) is str and _REFERENCE.fullmatch(value):
            year = str((DEFAULT_DATE + by).year)
            return _YEAR.sub(lambda found: year[-len(found[0]) :], value)
    return value
