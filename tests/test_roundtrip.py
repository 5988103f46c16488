"""parse(build(d)) == d, for every kind of every corridor and every document that its form can hold."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from asw_exchange.codec import from_json, from_yaml, read, to_bytes, to_json, to_yaml
from asw_exchange.corridor import MessageKind
from asw_exchange.corridors import all_corridors
from asw_exchange.corridors.asean.layouts import EFORM_D
from asw_exchange.errors import ParseError
from asw_exchange.testing.strategies import documents
from tests.builders import certificate

KINDS = [kind for corridor in all_corridors() for kind in corridor.kinds]
RELAXED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@RELAXED
@given(data=st.data())
def test_what_is_built_is_parsed_back(kind: MessageKind, data: st.DataObject) -> None:
    """One table serves both directions, so a document survives XML unchanged."""
    document = data.draw(documents(kind.layout))
    assert kind.layout.read(read(to_bytes(kind.layout.write(document)))) == document


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@RELAXED
@given(data=st.data())
def test_json_and_yaml_hold_the_same(kind: MessageKind, data: st.DataObject) -> None:
    """A document survives JSON and YAML unchanged."""
    document = data.draw(documents(kind.layout))
    assert from_json(to_json(document), kind.document) == document
    assert from_yaml(to_yaml(document), kind.document) == document


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@RELAXED
@given(data=st.data())
def test_what_is_built_is_its_own_canonical_form(kind: MessageKind, data: st.DataObject) -> None:
    """So a document can be signed as it was written, without parsing it again."""
    document = data.draw(documents(kind.layout))
    canonical = kind.layout.write_canonical(document).encode()
    written = etree.fromstring(kind.layout.write(document).encode())
    assert etree.tostring(written, method="c14n", exclusive=True) == canonical


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_same_document_gives_the_same_bytes(kind: MessageKind, data: st.DataObject) -> None:
    """Writing is a function of the document alone."""
    document = data.draw(documents(kind.layout))
    copy = msgspec.json.decode(msgspec.json.encode(document), type=kind.document)
    assert kind.layout.write(copy) == kind.layout.write(document)


def test_a_signature_is_passed_over_only_at_the_end_of_the_root() -> None:
    """Elsewhere it is an element that does not belong there, and nothing behind it is lost."""
    signature = '<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"/>'
    written = EFORM_D.write(certificate())
    last = written.replace("</CertificateOfOrigin>", f"{signature}</CertificateOfOrigin>")
    assert EFORM_D.read(read(last.encode())) == certificate()
    for behind in ("</Exporter>", "</Commodity>", "</Address>"):
        moved = written.replace(behind, f"{signature}{behind}", 1)
        with pytest.raises(ParseError, match="Signature"):
            EFORM_D.read(read(moved.encode()))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("<ID>VN-TH", "<ID><x/>VN-TH"), "x does not belong here"),
        (("</TypeCode>", "</TypeCode><TypeCode>861</TypeCode>"), ""),
        ((">861<", ">862<"), "must be 861"),
        (("<SequenceNumeric>1<", "<SequenceNumeric>one<"), "whole number"),
        (("<Name>Highland Coffee Export</Name>", "<Name>a</Name><Name>b</Name>"), "twice"),
        (("<ExitDateTime>2025-03-02", "<ExitDateTime>2 March"), "date"),
        ((' unitCode="KGM">6100', ">6100"), "incomplete"),
    ],
)
def test_what_does_not_follow_the_layout_is_told_with_its_place(change: tuple[str, str], error: str) -> None:
    """The straight way stumbles, the careful one says what is wrong; order alone is forgiven."""
    written = EFORM_D.write(certificate())
    assert change[0] in written
    root = read(written.replace(*change, 1).encode())
    if not error:
        assert EFORM_D.read(root) == certificate()
        return
    with pytest.raises(ParseError, match=error) as caught:
        EFORM_D.read(root)
    assert caught.value.line == 1


def test_elements_in_another_order_are_read_all_the_same() -> None:
    """The schema refuses them; the reader loses nothing."""
    written = EFORM_D.write(certificate())
    start, middle, end = (
        written.index("<Exporter>"),
        written.index("<Consignee>"),
        written.index("<Consignment>"),
    )
    swapped = written[:start] + written[middle:end] + written[start:middle] + written[end:]
    assert EFORM_D.read(read(swapped.encode())) == certificate()
