"""What a stranger can send: samples cut, flipped and blown up get an answer, soon, and no traceback."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asw_exchange import resources
from asw_exchange.errors import ExchangeError
from asw_exchange.model import Severity
from asw_exchange.verbs import parse, validate

SAMPLES = [path.read_bytes() for path in sorted(resources.folder("sample_messages").glob("*/*/*.xml"))]
FEW = [data for data in SAMPLES if len(data) < 8000]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FEW), st.integers(0, 8000), st.integers(0, 255))
def test_one_changed_byte(data: bytes, place: int, byte: int) -> None:
    """A report and a document, or an error of ours; nothing else."""
    place %= len(data)
    check(data[:place] + bytes([byte]) + data[place + 1 :])


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FEW), st.integers(0, 8000), st.integers(0, 8000))
def test_a_piece_cut_out_or_doubled(data: bytes, start: int, end: int) -> None:
    """Truncation, gaps and repetitions."""
    start, end = sorted((start % len(data), end % len(data)))
    check(data[:start] + data[end:])
    check(data[:end] + data[start:])


def check(data: bytes) -> None:
    """Validate and parse; only our own errors may come out."""
    report = validate(data)
    assert report.valid == (not any(f.severity is Severity.ERROR for f in report.findings))
    with suppress(ExchangeError):
        assert parse(data) is not None


ITEM = b"<GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric></GovernmentAgencyGoodsItem>"
ROOT = b'<CertificateOfOrigin xmlns="urn:asw-exchange:asean:eform-d:1">%s</CertificateOfOrigin>'


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        (ITEM * 20_000, "RULES-NOT-RUN"),
        (b"<x/>" * 45_000, "XSD-UNEXPECTED"),
        (b"<ID>" + b"9" * 900_000 + b"</ID>", "XSD-VALUE"),
        (b"<x>" * 59 + b"</x>" * 59, "XSD-UNEXPECTED"),
        (
            b"<TypeCode>861</TypeCode><ID " + b" ".join(b"a%d='1'" % n for n in range(1_000)) + b">1</ID>",
            "XSD-ATTRIBUTE",
        ),
        (b"<ID xmlns:p='urn:" + b"x" * 500_000 + b"'>1</ID>", "XSD-MISSING"),
    ],
    ids=["items", "unknown elements", "long text", "deep", "attributes", "long namespace"],
)
def test_a_flood_is_answered(inside: bytes, rule: str) -> None:
    """A megabyte of anything gets its findings without hanging; the bound is generous for slow machines."""
    start = time.perf_counter()
    report = validate(ROOT % inside)
    assert rule in {finding.rule_id for finding in report.findings}
    assert len(report.findings) <= 2_100
    assert time.perf_counter() - start < 30
