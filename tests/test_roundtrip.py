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
from tests.strategies import documents

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
    written = kind.layout.write(data.draw(documents(kind.layout))).encode()
    assert etree.tostring(etree.fromstring(written), method="c14n", exclusive=True) == written


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_same_document_gives_the_same_bytes(kind: MessageKind, data: st.DataObject) -> None:
    """Writing is a function of the document alone."""
    document = data.draw(documents(kind.layout))
    copy = msgspec.json.decode(msgspec.json.encode(document), type=kind.document)
    assert kind.layout.write(copy) == kind.layout.write(document)
