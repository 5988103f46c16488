"""Generated documents for another day than the one that all of them are written for.

All dates move together, so what was consistent stays so; numbers and references that hold a year do not
change. Not here: generating them (``generate``).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from asw_exchange.testdata.messages import SENT_AT

T = TypeVar("T")


def redate(document: T, moment: datetime) -> T:
    """Return a generated document as it would be sent on the day of ``moment``."""
    days = (moment.date() - SENT_AT.date()).days
    moved: T = _moved(document, timedelta(days=days)) if days else document
    return moved


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, msgspec.Struct):
        fields = {name: _moved(getattr(value, name), by) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    if isinstance(value, tuple):
        return tuple(_moved(each, by) for each in value)
    return value + by if isinstance(value, date) else value
