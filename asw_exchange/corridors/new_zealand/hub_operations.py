"""The 27 operations of the ePhyto hub and their types, as data: the WSDL and the hub are made from it.

Operations, parameters and fields are those of the hub's WSDL. *Modelled*: names of results
(``<operation>Result``), and the fields of an entry of a code list.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its parameters and the type that it returns."""

    name: str
    parameters: tuple[tuple[str, str, bool], ...] = ()
    """(name, type, whether it may be left out)."""
    result: str | None = None
    many: bool = False
    """Whether several results may stand in the answer."""


def _number(name: str, *others: str, result: str | None = None) -> Operation:
    return Operation(
        name,
        (("hubTrackingNumber", "xs:string", False), *((other, "xs:string", False) for other in others)),
        result,
    )


CODE_LISTS = (
    "GetAdditionalDeclarations",
    "GetConditions",
    "GetIntendedUses",
    "GetMeanOfTransports",
    "GetPackageTypes",
    "GetPesticides",
    "GetProductDescriptions",
    "GetStatements",
    "GetTreatmentTypes",
    "GetUnitMeasures",
)

OPERATIONS: tuple[Operation, ...] = (
    Operation("DeliverEnvelope", (("env", "hub:Envelope", False),), "hub:EnvelopeHeader"),
    Operation("ValidateAndDeliverEnvelope", (("envelope", "hub:Envelope", False),), "hub:EnvelopeHeader"),
    Operation(
        "DeliverPhytoEnvelope", (("ePhytoEnvelope", "hub:TypedEnvelope", False),), "hub:EnvelopeHeader"
    ),
    Operation(
        "DeliverCountryResponseEnvelope",
        (("CountryResponseEnvelope", "hub:TypedEnvelope", False),),
        "hub:EnvelopeHeader",
    ),
    Operation("GetImportEnvelopeHeaders", (("countryCode", "xs:string", True),), "hub:ArrayOfEnvelopeHeader"),
    Operation("PULLImportEnvelope", (), "hub:ArrayOfEnvelope"),
    _number("PULLSingleImportEnvelope", result="hub:Envelope"),
    _number("AcknowledgeEnvelopeReceipt"),
    _number("AdvancedAcknowledgeEnvelopeReceipt", "warningMessage", result="xs:string"),
    _number("AcknowledgeFailedEnvelopeReceipt", "message", result="xs:string"),
    Operation("GetUnderDeliveryEnvelope", (), "hub:ArrayOfEnvelopeHeader"),
    _number("GetEnvelopeTrackingInfo", result="hub:EnvelopeHeader"),
    Operation("SetTrackingInfoUpdate", (("header", "hub:EnvelopeHeader", False),)),
    Operation("ValidatePhytoXML", (("ePhytoXML", "xs:string", False),), "hub:ValidationResult", many=True),
    Operation("GetProfile", (), "hub:Nppo"),
    Operation("GetActiveNppos", (), "hub:ArrayOfNppo"),
    Operation("GetAvailableChannels", (), "hub:ArrayOfChannels"),
    *(Operation(name, (), "hub:CodeListEntry", many=True) for name in CODE_LISTS),
)
BY_NAME = {operation.name: operation for operation in OPERATIONS}

TYPES = """
  <xs:complexType name="TypedEnvelope"><xs:complexContent><xs:extension base="EnvelopeHeader"><xs:sequence>
    <xs:any namespace="##other" processContents="lax"/>
  </xs:sequence></xs:extension></xs:complexContent></xs:complexType>
  <xs:complexType name="ArrayOfEnvelope"><xs:sequence>
    <xs:element name="Envelope" type="Envelope" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="ArrayOfEnvelopeHeader"><xs:sequence>
    <xs:element name="EnvelopeHeader" type="EnvelopeHeader" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="ValidationResult"><xs:sequence>
    <xs:element name="area" type="ValidationArea" minOccurs="0"/>
    <xs:element name="field" type="xs:string" minOccurs="0"/>
    <xs:element name="level" type="ValidationLevel" minOccurs="0"/>
    <xs:element name="msg" type="xs:string" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:simpleType name="ValidationArea"><xs:restriction base="xs:string">
    <xs:enumeration value="MandatoryElements"/>
    <xs:enumeration value="Mapping"/>
    <xs:enumeration value="Schema"/>
  </xs:restriction></xs:simpleType>
  <xs:simpleType name="ValidationLevel"><xs:restriction base="xs:string">
    <xs:enumeration value="SEVERE"/><xs:enumeration value="WARNING"/><xs:enumeration value="INFO"/>
  </xs:restriction></xs:simpleType>
  <xs:complexType name="NumberedValue">
    <xs:attribute name="number" type="xs:int" use="required"/>
    <xs:attribute name="value" type="xs:string"/>
  </xs:complexType>
  <xs:complexType name="AllowedDocument">
    <xs:sequence>
      <xs:element name="certificateType" type="NumberedValue" minOccurs="0"/>
      <xs:element name="certificateStatus" type="NumberedValue" minOccurs="0"/>
    </xs:sequence>
    <xs:attribute name="active" type="xs:boolean"/>
  </xs:complexType>
  <xs:complexType name="Nppo"><xs:sequence>
    <xs:element name="Country" type="xs:string" minOccurs="0"/>
    <xs:element name="Receive" type="xs:boolean" minOccurs="0"/>
    <xs:element name="Send" type="xs:boolean" minOccurs="0"/>
    <xs:element name="AllowedDocument" type="AllowedDocument" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="ArrayOfNppo"><xs:sequence>
    <xs:element name="Nppo" type="Nppo" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="Channel">
    <xs:sequence>
      <xs:element name="Code" type="xs:string" minOccurs="0"/>
      <xs:element name="Name" type="xs:string" minOccurs="0"/>
    </xs:sequence>
    <xs:attribute name="Receive" type="xs:boolean"/>
    <xs:attribute name="Send" type="xs:boolean"/>
  </xs:complexType>
  <xs:complexType name="ArrayOfChannels"><xs:sequence>
    <xs:element name="Channel" type="Channel" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="CodeListEntry"><xs:sequence>
    <xs:element name="Code" type="xs:string"/>
    <xs:element name="Name" type="xs:string"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="HubWebException"><xs:sequence>
    <xs:element name="message" type="xs:string" minOccurs="0"/>
  </xs:sequence></xs:complexType>
"""
"""Types of the hub's entities beside those in ``schemas/new-zealand/hub-entities.xsd``."""
