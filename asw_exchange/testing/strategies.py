"""Hypothesis strategies: every document that a form can hold, made from its layout table.

Not here: valid documents (``testdata``).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from asw_exchange.codec import values
from asw_exchange.codec.layout import Layout
from asw_exchange.codec.table import Attribute, Constant, Content, Leaf, Nested, Node, Record, Within
from asw_exchange.codec.values import ValueCodec
from asw_exchange.corridors import find_kind
from asw_exchange.corridors.eaeu import wording
from asw_exchange.corridors.korea import notation as korean
from asw_exchange.model import (
    CertificateReference,
    Decision,
    OriginCriterion,
    Outcome,
    Severity,
    TrackingState,
    VerificationResult,
)

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r&<>\"'"),
    max_size=20,
)
PERCENT = st.decimals(0, 999, places=2, allow_nan=False) | st.integers(0, 100).map(Decimal)
CRITERIA = (
    st.builds(OriginCriterion, rule=st.sampled_from(["WO", "SP", "CC", "CTH", "CTSH", "PE", "anything else"]))
    | st.builds(OriginCriterion, rule=st.sampled_from(["RVC", "PC", "CC", "CTH", "CTSH"]), percentage=PERCENT)
)  # fmt: skip
KOREAN_RULES = ["WO", "WO-AK", "CTH", "CTC", "SP", "PE", "Rule 6", "anything else"]
KOREAN_CRITERIA = st.builds(OriginCriterion, rule=st.sampled_from(KOREAN_RULES)) | st.builds(
    OriginCriterion, rule=st.sampled_from(["RVC", "CC", "CTH", "CTSH", "CTC"]), percentage=PERCENT
)
NAMED = st.builds(
    CertificateReference,
    reference=st.text("ABCXYZ 0123456789/-", min_size=1, max_size=20),
    issued_on=st.dates(date(1900, 1, 1), date(9999, 12, 31)),
)
BY_CODEC = {
    korean.CRITERION.name: KOREAN_CRITERIA,
    korean.DAY.name: st.dates(date(1900, 1, 1), date(9999, 12, 31)),
    korean.SEQUENCE.name: st.integers(0, 999),
    wording.CRITERION.name: st.builds(OriginCriterion, rule=st.sampled_from(["WO", "PE", "PSR", "another"])),
    wording.DUPLICATE.name: NAMED,
    wording.SUBSTITUTION.name: NAMED,
    VerificationResult.__name__: st.sampled_from(VerificationResult),
    TrackingState.__name__: st.sampled_from(TrackingState),
    values.TEXT.name: TEXT,
    values.INTEGER.name: st.integers(-(10**17), 10**17),
    values.DECIMAL.name: st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6
    )
    | st.integers(0, 10**9).map(Decimal),
    values.DATE.name: st.dates(date(1, 1, 1), date(9999, 12, 31)),
    values.MOMENT.name: st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    values.BOOLEAN.name: st.booleans(),
    values.FORM_D_CRITERION.name: CRITERIA,
    Decision.__name__: st.sampled_from(Decision),
    Outcome.__name__: st.sampled_from(Outcome),
    Severity.__name__: st.sampled_from(Severity),
}


def documents(form: Layout | str) -> st.SearchStrategy[Any]:
    """Return every document that a form can hold: of a kind by its name, or of a layout.

    Most break rules: for valid ones ``asw_exchange.generate``. Raises UnknownKind.
    """
    return _values((find_kind(form).layout if isinstance(form, str) else form).record)


def _values(record: Record) -> st.SearchStrategy[Any]:
    required: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    mandatory = _mandatory(record)
    for name, strategy in _fields(record.nodes):
        (required if name in mandatory else optional)[name] = strategy
    return st.fixed_dictionaries(required, optional=optional).map(lambda fields: record.type(**fields))


def _mandatory(record: Record) -> set[str]:
    names, defaults = record.type.__struct_fields__, record.type.__struct_defaults__
    return set(names[: len(names) - len(defaults)]) | {
        name
        for name, default in zip(names[len(names) - len(defaults) :], defaults, strict=True)
        if _unset(default)
    }


def _unset(default: Any) -> bool:
    return type(default).__name__ == "_NoDefault" or repr(default) == "NODEFAULT"


def _fields(nodes: tuple[Node, ...]) -> Any:
    for node in nodes:
        match node:
            case Leaf(_, field, codec, many, _):
                yield field, _many(_codec(codec)) if many else _codec(codec)
            case Attribute(_, field, codec) | Content(field, codec):
                yield field, _codec(codec)
            case Nested(_, field, record, many):
                yield field, _many(_values(record)) if many else _values(record)
            case Within(_, inner):
                yield from _fields(inner)
            case Constant():
                pass


def _codec(codec: ValueCodec) -> st.SearchStrategy[Any]:
    return BY_CODEC[codec.name]


def _many(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)
