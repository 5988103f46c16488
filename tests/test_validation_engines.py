"""The two XSD engines together: what is refused has a finding, told once, and no crash is valid."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from asw_exchange.errors import ConfigurationError
from asw_exchange.model import Severity
from asw_exchange.validation import Schema, load_schema
from asw_exchange.validation import schema as schema_module
from tests.validation_cases import PARTS, document, load_form, rooted

_OPEN = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    """The schema of the form."""
    return load_form(tmp_path_factory)


_ONE_FAULT = st.one_of(
    st.tuples(
        st.just("XSD-MISSING"), st.sampled_from(["TypeCode", "ID", "Exporter", "Consignee", "Item", "Place"])
    ),
    st.tuples(st.just("XSD-REPEATED"), st.sampled_from(["TypeCode", "ID", "Exporter", "Sea", "Date"])),
    st.tuples(st.just("XSD-UNEXPECTED"), st.sampled_from(list(PARTS))),
    st.tuples(st.just("XSD-ORDER"), st.sampled_from(list(PARTS))),
)


@settings(deadline=None)
@given(fault=_ONE_FAULT, target=st.integers(min_value=0, max_value=len(PARTS) - 1))
def test_one_fault_gives_one_finding(schema: Schema, fault: tuple[str, str], target: int) -> None:
    """Whatever one change is made to the order and number of elements: one finding, of its own kind."""
    rule, name = fault
    parts = list(PARTS.values())
    place = list(PARTS).index(name)
    if rule == "XSD-MISSING":
        del parts[place]
    elif rule == "XSD-REPEATED":
        parts.insert(target, parts[place])
    elif rule == "XSD-UNEXPECTED":
        parts.insert(place, "<Qwrtz/>")
    else:
        parts.insert(target, parts.pop(place))
    finding_ids = [finding.rule_id for finding in schema.findings(rooted("".join(parts)))]
    assert finding_ids == ([] if rule == "XSD-ORDER" and target == place else [rule])


@given(
    order=st.lists(st.sampled_from([*PARTS, "Broker"]), max_size=10),
)
def test_what_libxml2_refuses_has_a_finding(schema: Schema, order: list[str]) -> None:
    """Any mixture of elements: findings exactly when libxml2 refuses it."""
    element = rooted("".join(PARTS.get(name, "<Broker/>") for name in order))
    valid = etree.XMLSchema(file=str(schema.path)).validate(element)
    assert bool(schema.findings(element)) is not valid


def test_libxml2_alone_is_enough_to_refuse(schema: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that the second engine does not see is told in the words of libxml2, never passed over."""
    monkeypatch.setattr("asw_exchange.validation.second_engine.list_faults", lambda path, element: iter(()))
    (finding,) = schema.findings(document(ID=""))
    assert finding.severity is Severity.ERROR
    assert "Exporter" in finding.message


def test_a_second_engine_that_breaks_down(schema: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the faults cannot be listed, the check has failed: that is an error, not a valid document."""

    def crash(*arguments: object) -> None:
        raise TypeError("crashed")

    monkeypatch.setattr("asw_exchange.validation.second_engine.explain", crash)
    with pytest.raises(ConfigurationError, match="crashed"):
        schema.findings(document(ID=""))


def test_a_first_engine_that_breaks_down(schema: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    """An internal error of libxml2 is not a valid document either."""

    class Broken:
        def validate(self, element: etree._Element) -> bool:
            raise etree.XMLSchemaValidateError("internal error")

    broken = schema_module.Schema(schema.path, schema.roots, Broken())  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="internal error"):
        broken.findings(document())


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("<xs:schema", "not well-formed", 1),
        (
            f"{_OPEN}\n<xs:element/></xs:schema>",
            "not in order",
            2,
        ),
        (
            f"{_OPEN}\n<xs:include schemaLocation='no.xsd'/></xs:schema>",
            "a file that is not there",
            2,
        ),
        (
            f"{_OPEN}\n\n<xs:import schemaLocation='http://example.org/a.xsd'/></xs:schema>",
            "a file that is not there",
            3,
        ),
    ],
)
def test_a_schema_that_is_not_in_order(tmp_path: Path, text: str, message: str, line: int) -> None:
    """A fault of our own schema names its file and line; nothing is fetched from a network."""
    path = tmp_path / "bad.xsd"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_schema(path)
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_a_schema_that_is_missing(tmp_path: Path) -> None:
    """A missing file is a ConfigurationError, no OSError."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_schema(tmp_path / "none.xsd")
