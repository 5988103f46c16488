"""XSD findings for rarer shapes of schemas, and what types are called in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from asw_exchange.validation import load_schema

MANY = [f"<xs:enumeration value='A{number}'/>" for number in range(20)]
OPEN = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">'


def found(folder: Path, content: str, xml: str) -> list[tuple[str, str | None, str | None]]:
    """Rule, path and expectation of each finding about a document, by a schema with this content."""
    path = folder / "model.xsd"
    path.write_text(f"{OPEN}{content}</xs:schema>", encoding="utf-8")
    findings = load_schema(path).findings(etree.fromstring(xml))
    return [(each.rule_id, each.path, each.expected) for each in findings]


def element(model: str, more: str = "") -> str:
    """A root element r with this content model."""
    return f'<xs:element name="r"><xs:complexType>{model}</xs:complexType>{more}</xs:element>'


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ('<xs:restriction base="xs:positiveInteger"/>', "a whole number, at least 1"),
        ('<xs:restriction base="xs:boolean"/>', "true or false"),
        (
            '<xs:restriction base="xs:token"><xs:minLength value="1"/>'
            '<xs:maxLength value="3"/></xs:restriction>',
            "text without blanks around it, not empty, at most 3 characters",
        ),
        ('<xs:restriction base="xs:NMTOKEN"/>', "a word without blanks"),
        ('<xs:list itemType="xs:date"/>', "a list, separated by blanks, of: a date such as 2025-03-01"),
        (
            '<xs:union memberTypes="xs:date xs:gYear"/>',
            "a date such as 2025-03-01, or a year such as 2025",
        ),
        ('<xs:restriction base="xs:QName"/>', "a value"),
        (
            f'<xs:restriction base="xs:string">{"".join(MANY)}</xs:restriction>',
            "A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, … (20 in all)",
        ),
        (
            '<xs:restriction><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="[A-Z]*"/>'
            '</xs:restriction></xs:simpleType><xs:pattern value="A|B"/><xs:pattern value="C"/>'
            "</xs:restriction>",
            "text, of the form A|B or C, of the form [A-Z]*",
        ),
    ],
)
def test_types_in_words(tmp_path: Path, kind: str, expected: str) -> None:
    """What is expected can be read without knowing XML Schema."""
    content = f'<xs:element name="r"><xs:simpleType>{kind}</xs:simpleType></xs:element>'
    assert found(tmp_path, content, "<r>!! : !!</r>") == [("XSD-VALUE", "/r", expected)]


TWICE = element("""<xs:sequence><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:string"/>
  <xs:element name="a" type="xs:string"/></xs:sequence>""")


@pytest.mark.parametrize(
    ("xml", "rules"),
    [
        ("<r><a/><b/><a/></r>", []),
        ("<r><a/><b/></r>", ["XSD-MISSING"]),
        ("<r><a/><b/><b/><a/></r>", ["XSD-REPEATED"]),
        ("<r><a/><b/><a/><c/></r>", ["XSD-UNEXPECTED"]),
    ],
)
def test_a_name_in_two_places(tmp_path: Path, xml: str, rules: list[str]) -> None:
    """An element that the schema has twice is put where there is room."""
    assert [rule for rule, _, _ in found(tmp_path, TWICE, xml)] == rules


NESTED = element("""<xs:sequence><xs:element name="a"/><xs:choice>
    <xs:sequence><xs:element name="b"/><xs:element name="c"/></xs:sequence><xs:element name="d"/>
  </xs:choice><xs:element name="e"/></xs:sequence>""")


@pytest.mark.parametrize(
    ("xml", "rules"),
    [
        ("<r><a/><b/><c/><e/></r>", []),
        ("<r><a/><d/><e/></r>", []),
        ("<r><a/><e/></r>", ["XSD-MISSING"]),
        ("<r><a/><e/><d/></r>", ["XSD-ORDER"]),
        ("<r><a/><b/><e/></r>", ["XSD-VALUE"]),
    ],
)
def test_nested_choices(tmp_path: Path, xml: str, rules: list[str]) -> None:
    """Where the model is too intricate for words of our own, the engine's words are used: nothing is lost."""
    assert [rule for rule, _, _ in found(tmp_path, NESTED, xml)] == rules


def test_keys_and_references(tmp_path: Path) -> None:
    """A reference to a key that is not there."""
    content = element(
        """<xs:sequence><xs:element name="k" maxOccurs="9" type="xs:string"/>
          <xs:element name="f" type="xs:string"/></xs:sequence>""",
        """<xs:key name="key"><xs:selector xpath="k"/><xs:field xpath="."/></xs:key>
          <xs:keyref name="ref" refer="key"><xs:selector xpath="f"/><xs:field xpath="."/></xs:keyref>""",
    )
    assert found(tmp_path, content, "<r><k>1</k><f>1</f></r>") == []
    assert [rule for rule, _, _ in found(tmp_path, content, "<r><k>1</k><f>2</f></r>")] == ["XSD-VALUE"]
    assert [rule for rule, _, _ in found(tmp_path, content, "<r><k>1</k><k>1</k><f>1</f></r>")] == [
        "XSD-REPEATED"
    ]


def test_attribute_wildcards(tmp_path: Path) -> None:
    """Attributes of another namespace are accepted where the schema says so, others are not."""
    content = element('<xs:attribute name="a"/><xs:anyAttribute namespace="##other" processContents="lax"/>')
    assert found(tmp_path, content, '<r xmlns:o="urn:o" a="1" o:b="2"/>') == []
    assert found(tmp_path, content, '<r c="3"/>') == [("XSD-ATTRIBUTE", "/r/@c", "a")]


def test_mixed_content(tmp_path: Path) -> None:
    """Text is accepted between the elements of mixed content."""
    content = (
        '<xs:element name="r"><xs:complexType mixed="true"><xs:sequence><xs:element name="a"/></xs:sequence>'
    )
    assert found(tmp_path, f"{content}</xs:complexType></xs:element>", "<r>text<a/>text</r>") == []


def test_an_empty_model(tmp_path: Path) -> None:
    """Where nothing may stand, a child is not known."""
    assert found(tmp_path, element("<xs:sequence/>"), "<r><a/></r>") == [
        ("XSD-UNEXPECTED", "/r/a", "no element")
    ]


def test_xsi_attributes(tmp_path: Path) -> None:
    """A schema location in the document is accepted and not followed; nil needs permission."""
    content = element('<xs:sequence><xs:element name="a" type="xs:date"/></xs:sequence>')
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    located = f'<r {xsi} xsi:noNamespaceSchemaLocation="http://example.org/none.xsd"><a>2025-03-01</a></r>'
    assert found(tmp_path, content, located) == []
    assert found(tmp_path, content, located.replace("2025-03-01", "x")) == [
        ("XSD-VALUE", "/r/a", "a date such as 2025-03-01")
    ]
    assert len(found(tmp_path, content, f'<r {xsi}><a xsi:nil="true"/></r>')) == 1
