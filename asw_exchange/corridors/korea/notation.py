"""How the Korean forms write things: origin criteria as printed, dates and item numbers of KCS messages."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from asw_exchange.codec.values import DECIMAL, INTEGER, TEXT, ValueCodec
from asw_exchange.model import OriginCriterion, OriginRule

_PROCESSES = "Specific Processes"
_VALUE = re.compile(r"(?:(CC|CTH|CTSH|CTC) ?\+ ?)?RVC ?([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%").fullmatch


@lru_cache(maxsize=1024)
def _read_criterion(text: str) -> OriginCriterion:
    match = _VALUE(text)
    if match:
        rule = match[1] or str(OriginRule.VALUE_CONTENT)
        return OriginCriterion(rule=rule, percentage=Decimal(match[2]))
    if text == _PROCESSES:
        return OriginCriterion(rule=OriginRule.SPECIFIC_PROCESS)
    return OriginCriterion(rule=text)


@lru_cache(maxsize=1024)
def _write_criterion(value: OriginCriterion) -> str:
    text = TEXT.write(_criterion_text(value))
    if _read_criterion(text) != value:
        raise ValueError("is a criterion that the form cannot print so that it reads back the same")
    return text


def _criterion_text(value: OriginCriterion) -> str:
    if value.percentage is None:
        return _PROCESSES if value.rule == OriginRule.SPECIFIC_PROCESS else str(value.rule)
    percent = f"RVC {DECIMAL.write(value.percentage)}%"
    return percent if value.rule == OriginRule.VALUE_CONTENT else f"{value.rule} + {percent}"


CRITERION = ValueCodec("origin criterion of Forms AK, VK and KV", _write_criterion, _read_criterion)
"""``WO``, ``WO-AK``, ``CTH``, ``CTC``, ``RVC 45%``, ``CTH + RVC 40%``, ``Specific Processes``, ``Rule 6``
(AK, overleaf note 3; VK and KV have ``PE`` too). Anything else is kept as it was written."""


def _write_day(value: date) -> str:
    return f"{value.year:04}{value.month:02}{value.day:02}"


def _read_day(text: str) -> date:
    if not re.fullmatch("[0-9]{8}", text.strip()):
        raise ValueError("is not a date written YYYYMMDD")
    return datetime.strptime(text.strip(), "%Y%m%d").date()  # noqa: DTZ007 - a date has no time zone


DAY = ValueCodec("date YYYYMMDD", _write_day, _read_day, plain=True)
"""KCS messages write dates without separators."""


def _write_sequence(value: int) -> str:
    if not 0 <= value <= 999:
        raise ValueError("has more than the three digits of an item number")
    return f"{value:03}"


SEQUENCE = ValueCodec("item number of three digits", _write_sequence, INTEGER.read, plain=True)
