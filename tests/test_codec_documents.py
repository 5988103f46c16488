"""JSON and YAML documents: faults are told with path, line and value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from asw_exchange.codec import from_json, from_yaml, json_schema
from asw_exchange.errors import InputError
from asw_exchange.model import Certificate, CustomsResponse


@pytest.mark.parametrize("reader", [from_json, from_yaml])
def test_an_unknown_field_is_located(reader) -> None:  # type: ignore[no-untyped-def]
    """A misspelt field is refused with its path and line, not ignored."""
    data = b'{"reference": "VN-TH 25/02/00001",\n "items": [\n  {"number": 1},\n  {"hs_cod": "090111"}\n ]}'
    with pytest.raises(InputError) as caught:
        reader(data, Certificate)
    assert caught.value.path == "$.items[1].hs_cod"
    assert caught.value.line == 4
    assert caught.value.hint


def test_a_wrong_value_is_told_with_its_text() -> None:
    """The value that was found stands in the error."""
    data = b'{"certification": {"signed_on":\n "1st of March"}}'
    with pytest.raises(InputError) as caught:
        from_json(data, Certificate)
    assert (caught.value.path, caught.value.line) == ("$.certification.signed_on", 1)
    assert caught.value.value == "1st of March"


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"{", None), (b'{"reference": }', 1), (b"\xff\xfe", None), (b'{"reference":\n\n nope}', 3)],
)
def test_text_that_is_not_json(data: bytes, line: int | None) -> None:
    """Broken JSON is an input error."""
    with pytest.raises(InputError) as caught:
        from_json(data, Certificate)
    if line is not None:
        assert caught.value.line == line


@pytest.mark.parametrize("data", [b"a: [1, 2", b"a: b: c", b"\xff\xfe\xfd", b"{[", b"- 1"])
def test_text_that_is_no_yaml_document(data: bytes) -> None:
    """Broken YAML, or YAML of another shape, is an input error."""
    with pytest.raises(InputError):
        from_yaml(data, Certificate)


def test_yaml_scalars_follow_the_type_of_the_field() -> None:
    """NO is Norway, leading zeros stay, dates and decimals need no quotes."""
    data = b"""
issuing_country: NO
items:
- {hs_code: 010121, marks: null, gross_weight: {value: 12.50, unit: KGM}}
tick_boxes: {accumulation: true}
certification: {signed_on: 2025-03-01}
"""
    certificate = from_yaml(data, Certificate)
    assert certificate.issuing_country == "NO"
    assert certificate.items[0].hs_code == "010121"
    assert certificate.items[0].marks is None
    assert certificate.items[0].gross_weight is not None
    assert str(certificate.items[0].gross_weight.value) == "12.50"
    assert certificate.tick_boxes.accumulation is True
    assert certificate.certification is not None
    assert certificate.certification.signed_on == date(2025, 3, 1)


def test_yaml_aliases_are_refused() -> None:
    """Nothing in a document can expand."""
    with pytest.raises(InputError, match="aliases"):
        from_yaml(b"exporter: &a {name: x}\nconsignee: *a\n", Certificate)


def test_a_huge_document_is_refused() -> None:
    """There is a cap on bytes."""
    with pytest.raises(InputError, match="bytes"):
        from_json(b" " * 5_000_000, Certificate)


def test_deep_nesting_is_refused() -> None:
    """Deep nesting is an input error and no crash."""
    for reader in (from_json, from_yaml):
        with pytest.raises(InputError):
            reader(b"[" * 100_000, Certificate)


def test_json_numbers_keep_their_digits() -> None:
    """A decimal given as a JSON number is exact."""
    data = b'{"utilised_quantities": [{"value": 0.1, "unit": "KGM"}]}'
    assert from_json(data, CustomsResponse).utilised_quantities[0].value == Decimal("0.1")


def test_every_document_has_a_json_schema() -> None:
    """The schema names all fields and forbids others."""
    schema = json_schema(Certificate)
    certificate = schema["$defs"]["Certificate"]
    assert set(certificate["properties"]) == set(Certificate.__struct_fields__)
    assert certificate["additionalProperties"] is False
