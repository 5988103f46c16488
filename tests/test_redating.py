"""Generated documents can be sent on any day: what was valid on its own day is valid on another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from asw_exchange.corridors import all_corridors
from asw_exchange.testdata import generate
from asw_exchange.testdata.generate import generators_of
from asw_exchange.testdata.messages import SENT_AT
from asw_exchange.testdata.redating import redate
from asw_exchange.verbs import build, validate

KINDS = sorted(kind for corridor in all_corridors() for kind in generators_of(corridor.name))


def broken(document: Any, kind: str, moment: datetime) -> set[str]:
    """The rules that a document breaks at a moment."""
    return {found.rule_id for found in validate(build(document, kind), moment=moment).findings}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 25, 23, tzinfo=UTC),
        datetime(2028, 2, 29, tzinfo=UTC),
        datetime(2031, 1, 1, tzinfo=UTC),
    ],
    ids=lambda moment: f"{moment:%Y-%m-%d}",
)
def test_what_was_valid_stays_valid(kind: str, moment: datetime) -> None:
    """No rule is broken on the other day that was not broken before."""
    for document in generate(kind, seed=3, count=12):
        assert broken(redate(document, moment), kind, moment) <= broken(document, kind, SENT_AT)


def test_on_its_own_day_a_document_is_left_alone() -> None:
    """The very same."""
    document = next(generate("asean/eform-d", seed=3))
    assert redate(document, SENT_AT) is document
