"""Layout tables: both ways of writing and reading agree, and what a form cannot carry is named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.codec import Layout, read
from asw_exchange.codec.builder import compile_writer
from asw_exchange.codec.leftovers import refuse_leftovers
from asw_exchange.codec.parser import compile_reader
from asw_exchange.codec.table import record, text
from asw_exchange.corridor import MessageKind
from asw_exchange.corridors import all_corridors
from asw_exchange.corridors.asean.layouts import ACDD, EFORM_D
from asw_exchange.errors import BuildError, ConfigurationError, FieldNotCarried, ParseError, ValueNotCarried
from asw_exchange.testing.strategies import documents
from tests.builders import certificate, export_declaration, item

KINDS = [kind for corridor in all_corridors() for kind in corridor.kinds]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_careful_way_and_the_straight_way_agree(kind: MessageKind, data: st.DataObject) -> None:
    """The same bytes out, the same document in."""
    document, layout = data.draw(documents(kind.layout)), kind.layout
    table = (layout.namespaces, layout.root, layout.record)
    written = compile_writer(*table)(document)
    assert written == layout.write(document)
    assert compile_reader(*table)(read(written.encode())) == document


@pytest.mark.parametrize("way", ["read", "write", "write_canonical"])
def test_a_layout_is_compiled_when_it_is_first_used(way: str) -> None:
    """And then once."""
    layout = Layout("urn:test", "Party", record(m.Party, text("Name", "name")))
    assert way not in vars(layout)
    assert getattr(layout, way) is getattr(layout, way)
    assert way in vars(layout)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"copy_type": "DUPLICATE"}, "copy_type"),
        ({"items": (item(1), item(2, marks="a\x00b"))}, "items[1].marks"),
        (
            {"items": (item(gross_weight=m.Quantity(value=Decimal("NaN"), unit="KGM")),)},
            "items[0].gross_weight.value",
        ),
        ({"items": (item(origin_criterion=m.OriginCriterion(rule="45%")),)}, "items[0].origin_criterion"),
        ({"exporter": m.Party(address=m.Address(lines=("ok", "\ufffe")))}, "exporter.address.lines[1]"),
        ({"items": (item(quantity=m.Quantity(value=Decimal(1), unit="K\x01")),)}, "items[0].quantity.unit"),
        ({"reference": 5}, "reference"),
        ({"transport": m.Transport(departure_date="soon")}, "transport.departure_date"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_written_is_named_by_its_path(change: dict[str, Any], path: str) -> None:
    """Field and place in the document, never a silent loss."""
    with pytest.raises(BuildError) as caught:
        EFORM_D.write(certificate(**change))
    assert caught.value.path == path
    assert isinstance(caught.value, FieldNotCarried | ValueNotCarried)


def test_a_field_of_a_nested_record_that_the_form_has_no_place_for() -> None:
    """The ACDD carries no address of the exporter."""
    exporter = m.Party(name="x", address=m.Address(city="y"))
    with pytest.raises(FieldNotCarried) as caught:
        ACDD.write(export_declaration(exporter=exporter))
    assert caught.value.path == "exporter.address"


def test_another_document_is_refused() -> None:
    """A form is built from its own type."""
    with pytest.raises(BuildError, match="Certificate"):
        EFORM_D.write(export_declaration())


def test_a_wrong_table_is_refused() -> None:
    """A field that does not exist, or one laid out twice, is our fault and said so."""
    with pytest.raises(ConfigurationError):
        record(m.Company, text("Name", "nmae"))
    with pytest.raises(ConfigurationError):
        record(m.Company, text("Name", "name"), text("Other", "name"))


def test_the_mapping_names_every_field() -> None:
    """Field path and element path, for documentation."""
    mapping = dict(EFORM_D.mapping())
    assert mapping["items[].quantity.unit"] == (
        "CertificateOfOrigin/GovernmentAgencyGoodsItem/Commodity/CountQuantity/@unitCode"
    )
    assert mapping["certification.signed_on"] == "CertificateOfOrigin/Certification/IssueDateTime"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Exporter>", "<Exporter>stray"),
        ("<ID>VN-TH", "<ID lang='vi'>VN-TH"),
        ("<TypeCode>", "<TypeCode a='b'>"),
    ],
)
def test_leftovers_are_refused(old: str, new: str) -> None:
    """Text between elements and unknown attributes are not dropped silently."""
    root = read(EFORM_D.write(certificate()).replace(old, new, 1).encode())
    with pytest.raises(ParseError):
        refuse_leftovers(root, EFORM_D.record)


def test_a_document_without_leftovers_passes() -> None:
    """The attributes that the layout knows are no leftovers."""
    refuse_leftovers(read(EFORM_D.write(certificate()).encode()), EFORM_D.record)


def test_replacing_a_value_leaves_the_original_alone() -> None:
    """Documents are values."""
    first = certificate()
    second = replace(first, reference="other")
    assert (first.reference, second.reference) == ("VN-TH 25/02/00006", "other")
