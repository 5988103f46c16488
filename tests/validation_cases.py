"""A small form and its schema, for the tests of validation."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from asw_exchange.validation import Schema, load_schema

NAMESPACE = "urn:test"
SCHEMATRON = "http://purl.oclc.org/dsdl/schematron"
FORM = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}" xmlns:t="{NAMESPACE}"
    targetNamespace="{NAMESPACE}" elementFormDefault="qualified">
  <xs:include schemaLocation="codes.xsd"/>
  <xs:import namespace="urn:other" schemaLocation="other.xsd"/>
  <xs:element name="Certificate">
    <xs:complexType><xs:sequence>
      <xs:element name="TypeCode" type="xs:string" fixed="861"/>
      <xs:element name="ID" type="Reference"/>
      <xs:element name="Exporter" type="Party"/>
      <xs:element name="Consignee" type="Party"/>
      <xs:element name="Item" type="Item" maxOccurs="unbounded"/>
      <xs:choice minOccurs="0">
        <xs:element name="Road" type="Empty"/><xs:element name="Sea" type="Empty"/>
      </xs:choice>
      <xs:sequence minOccurs="0">
        <xs:element name="Place" type="xs:string"/><xs:element name="Date" type="xs:date"/>
      </xs:sequence>
      <xs:any namespace="##other" processContents="lax" minOccurs="0"/>
    </xs:sequence></xs:complexType>
    <xs:unique name="numbers"><xs:selector xpath="t:Item"/><xs:field xpath="t:Number"/></xs:unique>
  </xs:element>
  <xs:complexType name="Party"><xs:all>
    <xs:element name="Name" type="xs:string"/><xs:element name="CountryCode" type="Country" minOccurs="0"/>
  </xs:all></xs:complexType>
  <xs:complexType name="Item"><xs:sequence>
    <xs:element name="Number" type="xs:positiveInteger"/>
    <xs:element name="Mass" type="Mass"/>
    <xs:choice minOccurs="0" maxOccurs="unbounded">
      <xs:element name="Mark" type="xs:string"/><xs:element name="Seal" type="xs:string"/>
    </xs:choice>
  </xs:sequence></xs:complexType>
  <xs:complexType name="Mass"><xs:simpleContent><xs:extension base="Positive">
    <xs:attribute name="unitCode" type="Unit" use="required"/>
  </xs:extension></xs:simpleContent></xs:complexType>
  <xs:complexType name="Empty"/>
</xs:schema>"""
CODES = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{NAMESPACE}">
  <xs:simpleType name="Country">
    <xs:annotation><xs:documentation>Country code of ISO 3166-1.</xs:documentation></xs:annotation>
    <xs:restriction base="xs:token"><xs:enumeration value="VN"/><xs:enumeration value="TH"/></xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="Unit"><xs:restriction base="xs:token">
    <xs:enumeration value="KGM"/><xs:enumeration value="TNE"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Reference"><xs:restriction base="xs:string">
    <xs:maxLength value="8"/><xs:pattern value="[A-Z0-9-]+"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Positive"><xs:restriction base="xs:decimal">
    <xs:minExclusive value="0"/><xs:fractionDigits value="3"/></xs:restriction></xs:simpleType>
</xs:schema>"""
OTHER = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:other">
  <xs:element name="Seal"/></xs:schema>"""
PARTS = {
    "TypeCode": "<TypeCode>861</TypeCode>",
    "ID": "<ID>VN-1</ID>",
    "Exporter": "<Exporter><Name>A</Name><CountryCode>VN</CountryCode></Exporter>",
    "Consignee": "<Consignee><Name>B</Name></Consignee>",
    "Item": "<Item><Number>1</Number><Mass unitCode='KGM'>1.5</Mass></Item>",
    "Sea": "<Sea/>",
    "Place": "<Place>Ha Noi</Place>",
    "Date": "<Date>2025-03-01</Date>",
}


def load_form(factory: pytest.TempPathFactory) -> Schema:
    """A schema with an include, an import, choices, optional groups and an xs:all."""
    folder = factory.mktemp("schemas") / "asean"
    folder.mkdir()
    for name, text in (("form.xsd", FORM), ("codes.xsd", CODES), ("other.xsd", OTHER)):
        (folder / name).write_text(text, encoding="utf-8")
    return load_schema(folder / "form.xsd")


def document(**changes: str) -> etree._Element:
    """A valid document, one element a line (ID on line 3), with parts replaced."""
    parts = [changes.pop(name, text) for name, text in PARTS.items()]
    assert not changes
    return rooted("\n".join(parts))


def rooted(content: str) -> etree._Element:
    """``content`` in a root element, from line 2 on."""
    return etree.fromstring(f'<Certificate xmlns="{NAMESPACE}">\n{content}\n</Certificate>')


def items(number: int) -> str:
    """Numbered items."""
    return "".join(PARTS["Item"].replace(">1<", f">{index + 1}<") for index in range(number))


def rule_file(folder: Path, content: str, attributes: str = "") -> Path:
    """Write a Schematron file asean/form.sch with this content (its first line is line 2)."""
    (folder / "asean").mkdir(exist_ok=True)
    path = folder / "asean" / "form.sch"
    schema = f'<schema xmlns="{SCHEMATRON}" queryBinding="exslt" {attributes}>\n{content}\n</schema>'
    path.write_text(schema, encoding="utf-8")
    return path
