"""Layout tables of the SPS messages: UN/CEFACT SPSCertificate and SPSAcknowledgement, release 17A.

Namespaces, names and order are those of UN/CEFACT; what of them is carried is the subset that the ePhyto
profile uses (``schemas/new-zealand/SOURCES.md``). The four certificates differ in one constant, their
document type. Not here: what must be said (rules beside the schemas).
"""

from __future__ import annotations

from asw_exchange.codec.layout import Layout
from asw_exchange.codec.table import (
    Attribute,
    Constant,
    Content,
    Record,
    Within,
    many,
    one,
    record,
    text,
    texts,
    within,
)
from asw_exchange.codec.values import DATE, DECIMAL, INTEGER, MOMENT
from asw_exchange.model import (
    Characteristic,
    Classification,
    Clause,
    ClearanceStatus,
    Container,
    Movement,
    Note,
    Quantity,
    QuarantineCertificate,
    QuarantineItem,
    ReferencedDocument,
    Signatory,
    SpsAddress,
    SpsCountry,
    SpsPackages,
    SpsParty,
    SpsPlace,
    Treatment,
)
from asw_exchange.model.quarantine import Seal, ShippingMarks

_STANDARD = "urn:un:unece:uncefact:data:standard"
CERTIFICATE_NAMESPACE = f"{_STANDARD}:SPSCertificate:17"
ACKNOWLEDGEMENT_NAMESPACE = f"{_STANDARD}:SPSAcknowledgement:17"
PREFIXES = {
    "ram": f"{_STANDARD}:ReusableAggregateBusinessInformationEntity:21",
    "udt": f"{_STANDARD}:UnqualifiedDataType:21",
}
"""Aggregates and unqualified data types, both of release 17A."""


def moment(element: str, field: str) -> Within:
    """Lay out a date-time as ePhyto writes it: ISO 8601 in a DateTimeString, without a format code."""
    return within(element, text("udt:DateTimeString", field, MOMENT))


QUANTITY = record(Quantity, Attribute("unitCode", "unit"), Content("value", DECIMAL))
COUNTRY = record(SpsCountry, text("ram:ID", "code"), text("ram:Name", "name"))
PLACE = record(SpsPlace, text("ram:ID", "code"), text("ram:Name", "name"))
NOTE = record(Note, text("ram:Subject", "subject"), texts("ram:Content", "contents"))
ADDRESS = record(
    SpsAddress,
    text("ram:PostcodeCode", "postcode"),
    text("ram:LineOne", "line_one"),
    text("ram:LineTwo", "line_two"),
    text("ram:LineThree", "line_three"),
    text("ram:CityName", "city"),
    text("ram:CountryID", "country"),
)
PARTY = record(
    SpsParty,
    text("ram:ID", "identifier"),
    text("ram:Name", "name"),
    one("ram:SpecifiedSPSAddress", "address", ADDRESS),
)
REFERENCED_DOCUMENT = record(
    ReferencedDocument,
    text("ram:IssueDateTime", "issued_on", DATE),
    text("ram:TypeCode", "type_code"),
    text("ram:RelationshipTypeCode", "relationship"),
    text("ram:ID", "id"),
    text("ram:Information", "information"),
)
SIGNATORY = record(
    Signatory,
    moment("ram:ActualDateTime", "signed_at"),
    one("ram:IssueSPSLocation", "place", PLACE),
    within(
        "ram:ProviderSPSParty",
        text("ram:Name", "authority"),
        within("ram:SpecifiedSPSPerson", text("ram:Name", "officer")),
    ),
    many(
        "ram:IncludedSPSClause", "clauses", record(Clause, text("ram:ID", "id"), text("ram:Content", "text"))
    ),
)
CONTAINER = record(
    Container,
    text("ram:ID", "id"),
    many("ram:AffixedSPSSeal", "seals", record(Seal, text("ram:ID", "id"))),
)
MOVEMENT = record(
    Movement,
    text("ram:ID", "id"),
    text("ram:ModeCode", "mode"),
    within("ram:UsedSPSTransportMeans", text("ram:Name", "means")),
)
CLASSIFICATION = record(
    Classification,
    text("ram:SystemName", "system"),
    text("ram:ClassCode", "code"),
    text("ram:ClassName", "name"),
)
PACKAGES = record(
    SpsPackages,
    text("ram:LevelCode", "level"),
    text("ram:TypeCode", "type"),
    text("ram:ItemQuantity", "count", DECIMAL),
    many("ram:PhysicalSPSShippingMarks", "marks", record(ShippingMarks, text("ram:Marking", "marking"))),
)
TREATMENT = record(
    Treatment,
    text("ram:TypeCode", "type_code"),
    within(
        "ram:CompletionSPSPeriod",
        moment("ram:StartDateTime", "started_at"),
        moment("ram:EndDateTime", "ended_at"),
        one("ram:DurationMeasure", "duration", QUANTITY),
    ),
    many(
        "ram:ApplicableSPSProcessCharacteristic",
        "characteristics",
        record(
            Characteristic,
            texts("ram:Description", "descriptions"),
            one("ram:ValueMeasure", "measure", QUANTITY),
        ),
    ),
)
ITEM = record(
    QuarantineItem,
    text("ram:SequenceNumeric", "number", INTEGER),
    text("ram:Description", "description"),
    text("ram:CommonName", "common_name"),
    text("ram:ScientificName", "scientific_name"),
    texts("ram:ProductionBatchID", "batches"),
    text("ram:IntendedUse", "intended_use"),
    one("ram:NetWeightMeasure", "net_weight", QUANTITY),
    one("ram:GrossWeightMeasure", "gross_weight", QUANTITY),
    one("ram:NetVolumeMeasure", "net_volume", QUANTITY),
    many("ram:AdditionalInformationSPSNote", "notes", NOTE),
    many("ram:ApplicableSPSClassification", "classifications", CLASSIFICATION),
    many("ram:PhysicalSPSPackage", "packages", PACKAGES),
    many("ram:AssociatedSPSTransportEquipment", "containers", CONTAINER),
    many("ram:OriginSPSCountry", "origins", COUNTRY),
    many("ram:AppliedSPSProcess", "treatments", TREATMENT),
)


def _certificate(type_code: str) -> Record:
    return record(
        QuarantineCertificate,
        within(
            "SPSExchangedDocument",
            text("ram:Name", "name"),
            text("ram:ID", "number"),
            Constant("ram:TypeCode", type_code),
            text("ram:StatusCode", "status_code"),
            moment("ram:IssueDateTime", "issued_at"),
            one("ram:IssuerSPSParty", "issuer", PARTY),
            many("ram:IncludedSPSNote", "notes", NOTE),
            many("ram:ReferenceSPSReferencedDocument", "references", REFERENCED_DOCUMENT),
            one("ram:SignatorySPSAuthentication", "signatory", SIGNATORY),
        ),
        within(
            "SPSConsignment",
            one("ram:ConsignorSPSParty", "consignor", PARTY),
            one("ram:ConsigneeSPSParty", "consignee", PARTY),
            one("ram:ExportSPSCountry", "export_country", COUNTRY),
            many("ram:ReExportSPSCountry", "re_export_countries", COUNTRY),
            one("ram:LoadingBaseportSPSLocation", "port_of_loading", PLACE),
            one("ram:ImportSPSCountry", "import_country", COUNTRY),
            many("ram:TransitSPSCountry", "transit_countries", COUNTRY),
            one("ram:UnloadingBaseportSPSLocation", "port_of_discharge", PLACE),
            within(
                "ram:ExaminationSPSEvent",
                within("ram:OccurrenceSPSLocation", text("ram:Name", "examination_place")),
            ),
            many("ram:MainCarriageSPSTransportMovement", "movements", MOVEMENT),
            many("ram:UtilizedSPSTransportEquipment", "containers", CONTAINER),
            within("ram:IncludedSPSConsignmentItem", many("ram:IncludedSPSTradeLineItem", "items", ITEM)),
        ),
    )


def _layout(type_code: str) -> Layout:
    return Layout(CERTIFICATE_NAMESPACE, "SPSCertificate", _certificate(type_code), prefixes=PREFIXES)


PHYTOSANITARY, RE_EXPORT, SANITARY, VETERINARY = "851", "657", "852", "853"
"""UNTDID 1001."""

PHYTOSANITARY_CERTIFICATE = _layout(PHYTOSANITARY)
RE_EXPORT_CERTIFICATE = _layout(RE_EXPORT)
SANITARY_CERTIFICATE = _layout(SANITARY)
VETERINARY_CERTIFICATE = _layout(VETERINARY)

SPS_ACKNOWLEDGEMENT = Layout(
    ACKNOWLEDGEMENT_NAMESPACE,
    "SPSAcknowledgement",
    record(
        ClearanceStatus,
        within(
            "SPSAcknowledgementDocument",
            moment("ram:IssueDateTime", "issued_at"),
            text("ram:StatusCode", "status_code"),
            texts("ram:ReasonInformation", "reasons"),
            many("ram:ReferenceSPSReferencedDocument", "references", REFERENCED_DOCUMENT),
        ),
    ),
    prefixes=PREFIXES,
)
