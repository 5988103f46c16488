"""Value codecs: how one value of the model is written as text in XML, and read back.

A codec's ``write`` raises ValueError for a value that XML or the form cannot represent, its ``read``
for text that is no value of the type; the layout turns both into errors that name the place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any

from asw_exchange.model import OriginCriterion, OriginRule


@dataclass(frozen=True, slots=True)
class ValueCodec:
    """A pair of functions, and the name of the lexical form for the documentation."""

    name: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    plain: bool = False
    """Whether what it writes never needs escaping."""


_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search
"""What is no Char of XML 1.0 (production 2)."""


def _write_text(value: str) -> str:
    if _FORBIDDEN(value):
        raise ValueError("holds a character that XML 1.0 does not allow")
    return value


def _read_text(text: str) -> str:
    return text


def _write_integer(value: int) -> str:
    return str(value)


_MOST_DIGITS = 40
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}").fullmatch
_DECIMAL = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})").fullmatch
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch


def _read_integer(text: str) -> int:
    if not _INTEGER(text.strip()):
        raise ValueError("is not a whole number")
    return int(text)


def _write_decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError("is not a finite number")
    if value.adjusted() >= _MOST_DIGITS or value.as_tuple().exponent < -_MOST_DIGITS:  # type: ignore[operator]
        raise ValueError("has more than 40 digits before or after the decimal point")
    return f"{value:f}"


def _read_decimal(text: str) -> Decimal:
    if not _DECIMAL(text.strip()):
        raise ValueError("is not a decimal number")
    try:
        return Decimal(text.strip())
    except InvalidOperation as error:  # pragma: no cover - the pattern leaves nothing to refuse
        raise ValueError("is not a decimal number") from error


def _write_date(value: date) -> str:
    return value.isoformat()


def _read_date(text: str) -> date:
    if not _DATE(text.strip()):
        raise ValueError("is not a date written YYYY-MM-DD")
    return date.fromisoformat(text.strip())


def _write_moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("is a time without a time zone")
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.replace(tzinfo=None).isoformat() + "Z"


def _read_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError("is no date and time") from error
    if moment.tzinfo is None:
        raise ValueError("is a time without a time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is a time that in UTC is not in the years 1 to 9999") from error


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _write_boolean(value: bool) -> str:
    return "true" if value else "false"


def _read_boolean(text: str) -> bool:
    try:
        return _BOOLEANS[text.strip()]
    except KeyError as error:
        raise ValueError("is neither true nor false") from error


TEXT = ValueCodec("text", _write_text, _read_text)
INTEGER = ValueCodec("whole number", _write_integer, _read_integer, plain=True)
DECIMAL = ValueCodec("decimal number", _write_decimal, _read_decimal, plain=True)
DATE = ValueCodec("date YYYY-MM-DD", _write_date, _read_date, plain=True)
MOMENT = ValueCodec("date and time in UTC", _write_moment, _read_moment, plain=True)
BOOLEAN = ValueCodec("true or false", _write_boolean, _read_boolean, plain=True)


def code_list(codes: type[StrEnum]) -> ValueCodec:
    """Return the codec of a closed list of codes of ours."""

    def read(text: str) -> StrEnum:
        try:
            return codes(text)
        except ValueError as error:
            raise ValueError(f"is none of {', '.join(codes)}") from error

    return ValueCodec(codes.__name__, str, read)


_PERCENT = r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%"
_CRITERION = re.compile(rf"(?:(CC|CTH|CTSH) ?\+ ?)?(?:(RVC|PC) ?)?{_PERCENT}").fullmatch


@lru_cache(maxsize=1024)
def _read_criterion(text: str) -> OriginCriterion:
    match = _CRITERION(text)
    if not match or (match[1] and match[2] == "PC"):
        return OriginCriterion(rule=text)
    rule = match[1] or match[2] or OriginRule.VALUE_CONTENT
    return OriginCriterion(rule=str(rule), percentage=Decimal(match[3]))


@lru_cache(maxsize=1024)
def _write_criterion(value: OriginCriterion) -> str:
    text = _criterion_text(value)
    if _read_criterion(_write_text(text)) != value:
        raise ValueError("is a criterion that box 8 of Form D cannot print so that it reads back the same")
    return text


def _criterion_text(value: OriginCriterion) -> str:
    if value.percentage is None:
        return str(value.rule)
    percent = f"{_write_decimal(value.percentage)}%"
    match value.rule:
        case OriginRule.VALUE_CONTENT:
            return percent
        case OriginRule.PARTIAL_CUMULATION:
            return f"PC {percent}"
        case rule:
            return f"{rule} + {percent}"


FORM_D_CRITERION = ValueCodec("origin criterion of Form D box 8", _write_criterion, _read_criterion)
"""``WO``, ``45%``, ``CTH``, ``CTSH + 35%``, ``PC 25%`` (Form D, overleaf note 3); ``CTSH+35%`` and
``RVC 45%`` are read as well. Anything else is kept as it was written."""
