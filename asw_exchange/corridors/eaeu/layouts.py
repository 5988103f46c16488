"""Layout tables of the EAEU documents.

The payload namespaces are ours and *modelled*: the structures of EOCVS are not public. Public are
``EDocHeader`` and its parts, R.006 and the signals (EEC data model; Decision N 5, pages 48 and 49), and
SOAP 1.2's fault. Sources: ``schemas/eaeu/SOURCES.md``.
"""

from __future__ import annotations

from asw_exchange.codec.layout import Layout
from asw_exchange.codec.table import (
    Attribute,
    Content,
    Nested,
    Node,
    constant,
    many,
    one,
    record,
    text,
    texts,
    within,
)
from asw_exchange.codec.values import BOOLEAN, DATE, DECIMAL, INTEGER, MOMENT, TEXT, code_list
from asw_exchange.corridors.eaeu import codes
from asw_exchange.corridors.eaeu.wording import CRITERION, DUPLICATE, SUBSTITUTION
from asw_exchange.model import (
    Address,
    Amount,
    Certificate,
    CertificateReference,
    Certification,
    Declaration,
    DeclaredItem,
    ElectronicDocument,
    ExportDeclaration,
    Fault,
    Invoice,
    Item,
    Packages,
    Party,
    ProcessingResult,
    Quantity,
    Reason,
    RefusedItem,
    Signal,
    SignalError,
    TickBoxes,
    Transport,
    VerificationReply,
    VerificationRequest,
    VerificationResult,
)

MODEL_VERSION = "v0.4.14"
"""Of the EEC's shared objects; the decisions leave it open, and several are in use."""
PREFIXES = {
    "ccdo": f"urn:EEC:M:ComplexDataObjects:{MODEL_VERSION}",
    "csdo": f"urn:EEC:M:SimpleDataObjects:{MODEL_VERSION}",
}
SIGNAL = "urn:EEC:signal:v1.0"
SOAP = "http://www.w3.org/2003/05/soap-envelope"
INTERACTION = "urn:EEC:Interaction:v1.0"
RESULT = "urn:EEC:R:ProcessingResultDetails:v1.0.7"


def namespace(name: str) -> str:
    """Return the modelled namespace of a document of this corridor; its last part is the version."""
    return f"urn:asw-exchange:eaeu:{name}:1"


def electronic(kind: str) -> Nested:
    """Lay out ``ccdo:EDocHeader``, which says the codes of its kind."""
    code = codes.MESSAGES[kind]
    return one(
        "ccdo:EDocHeader",
        "electronic_document",
        record(
            ElectronicDocument,
            constant("csdo:InfEnvelopeCode", code.name),
            constant("csdo:EDocCode", code.structure),
            text("csdo:EDocId", "id"),
            text("csdo:EDocRefId", "refers_to"),
            text("csdo:EDocDateTime", "created_at", MOMENT),
            constant("csdo:LanguageCode", "ru"),
        ),
    )


def country(element: str, field: str) -> Node:
    """Lay out a country with the classifier that its code is from (EEC classifier 2021)."""
    return text(element, field, TEXT, codeListId="2021")


QUANTITY = record(Quantity, Attribute("measurementUnitCode", "unit"), Content("value", DECIMAL))
AMOUNT = record(Amount, Attribute("currencyCode", "currency"), Content("value", DECIMAL))
ADDRESS = record(
    Address,
    country("CountryCode", "country"),
    text("RegionName", "subdivision"),
    text("CityName", "city"),
    texts("AddressText", "lines"),
    text("PostCode", "postcode"),
)
PARTY = record(
    Party, text("SubjectName", "name"), text("SubjectId", "identifier"), one("Address", "address", ADDRESS)
)
REFERENCE = record(
    CertificateReference, text("CertificateId", "reference"), text("IssueDate", "issued_on", DATE)
)
REASON = record(Reason, text("ReasonCode", "code"), text("ReasonText", "text"))
INVOICE = record(Invoice, text("InvoiceId", "number"), text("InvoiceDate", "issued_on", DATE))
PACKAGES = record(Packages, text("PackageQuantity", "count", INTEGER), text("PackageKindCode", "type"))

CERTIFICATE_EAV = Layout(
    namespace("certificate-eav"),
    "CertificateOfOrigin",
    record(
        Certificate,
        electronic(codes.CERTIFICATE),
        one("Exporter", "exporter", PARTY),
        one("Consignee", "consignee", PARTY),
        one(
            "Transport",
            "transport",
            record(
                Transport,
                text("DepartureDate", "departure_date", DATE),
                text("TransportModeCode", "mode"),
                text("TransportMeansName", "conveyance"),
                text("LoadingPlaceId", "port_of_loading"),
                text("DischargePlaceId", "port_of_discharge"),
                texts("TransitCountryCode", "transit_countries", TEXT, codeListId="2021"),
            ),
        ),
        text("CertificateId", "reference"),
        country("IssueCountryCode", "issuing_country"),
        country("SubmissionCountryCode", "importing_country"),
        within(
            "OfficialUse",
            text("DuplicateText", "duplicate_of", DUPLICATE),
            text("SubstitutionText", "replaces", SUBSTITUTION),
        ),
        one(
            "IssueStatus",
            "tick_boxes",
            record(TickBoxes, text("IssuedRetroactivelyIndicator", "issued_retroactively", BOOLEAN)),
        ),
        many(
            "GoodsItem",
            "items",
            record(
                Item,
                text("ItemNumber", "number", INTEGER),
                many("Package", "packages", PACKAGES),
                text("MarksText", "marks"),
                text("DescriptionText", "description"),
                text("OriginCriterionText", "origin_criterion", CRITERION),
                one("Quantity", "quantity", QUANTITY),
                one("GrossMass", "gross_weight", QUANTITY),
            ),
        ),
        many("Invoice", "invoices", INVOICE),
        one(
            "Certification",
            "certification",
            record(
                Certification,
                text("PlaceName", "place"),
                text("CertificationDate", "signed_on", DATE),
                text("OfficerName", "officer"),
                text("AuthorityName", "authority"),
                country("CountryCode", "country"),
            ),
        ),
        country("ProductionCountryCode", "produced_in"),
        one(
            "ApplicantDeclaration",
            "declaration",
            record(
                Declaration,
                text("PlaceName", "place"),
                text("DeclarationDate", "signed_on", DATE),
                text("SignatoryName", "signatory"),
            ),
        ),
    ),
    PREFIXES,
)

VERIFICATION_REQUEST = Layout(
    namespace("verification-request"),
    "VerificationRequest",
    record(
        VerificationRequest,
        electronic(codes.REQUEST),
        one("Certificate", "certificate", REFERENCE),
        country("IssueCountryCode", "issuing_country"),
        country("RequestCountryCode", "requesting_country"),
        text("RequestDate", "requested_on", DATE),
        texts("ItemNumber", "items", INTEGER),
        many("Reason", "reasons", REASON),
    ),
    PREFIXES,
)
VERIFICATION_REPLY = Layout(
    namespace("verification-reply"),
    "VerificationReply",
    record(
        VerificationReply,
        electronic(codes.REPLY),
        one("Certificate", "certificate", REFERENCE),
        country("IssueCountryCode", "issuing_country"),
        country("RequestCountryCode", "requesting_country"),
        text("ReplyDate", "replied_on", DATE),
        text("VerificationResultCode", "result", code_list(VerificationResult)),
        many(
            "RefusedItem",
            "refused_items",
            record(RefusedItem, text("ItemNumber", "number", INTEGER), many("Reason", "reasons", REASON)),
        ),
        many("Reason", "reasons", REASON),
    ),
    PREFIXES,
)
EXPORT_DECLARATION = Layout(
    namespace("export-declaration"),
    "ExportDeclaration",
    record(
        ExportDeclaration,
        electronic(codes.DECLARATION),
        text("DeclarationId", "number"),
        text("CustomsOfficeCode", "office"),
        text("AcceptanceDate", "accepted_on", DATE),
        country("ExportCountryCode", "export_country"),
        country("DestinationCountryCode", "import_country"),
        one("Exporter", "exporter", PARTY),
        one("Consignee", "consignee", PARTY),
        text("DepartureDate", "departure_date", DATE),
        text("TransportModeCode", "transport_mode"),
        text("TransportMeansName", "conveyance"),
        text("DischargePlaceId", "port_of_discharge"),
        one("Invoice", "invoice", INVOICE),
        one("InvoiceAmount", "invoice_amount", AMOUNT),
        one("GrossMass", "gross_weight", QUANTITY),
        many(
            "GoodsItem",
            "items",
            record(
                DeclaredItem,
                text("ItemNumber", "number", INTEGER),
                text("CommodityCode", "hs_code"),
                text("DescriptionText", "description"),
                country("OriginCountryCode", "origin_country"),
                one("Package", "packages", PACKAGES),
                one("Quantity", "quantity", QUANTITY),
                one("NetMass", "net_weight", QUANTITY),
                one("ValueAmount", "value", AMOUNT),
            ),
        ),
    ),
    PREFIXES,
)
PROCESSING_RESULT = Layout(
    RESULT,
    "ProcessingResultDetails",
    record(
        ProcessingResult,
        electronic(codes.RESULT),
        text("csdo:EventDateTime", "processed_at", MOMENT),
        text("csdo:ProcessingResultV2Code", "code"),
        text("csdo:DescriptionText", "description"),
    ),
    PREFIXES,
)

DELIVERY_RECEIPT = Layout(
    SIGNAL, "DeliveryReceipt", record(Signal, text("SignalId", "id"), text("DateTime", "occurred_at", MOMENT))
)
PROCESSING_RECEIPT = Layout(
    SIGNAL,
    "ProcessingReceipt",
    record(Signal, text("SignalId", "id"), text("DateTime", "occurred_at", MOMENT)),
)
VALIDATION_ERROR = Layout(
    SIGNAL,
    "ValidationError",
    record(
        Signal,
        text("SignalId", "id"),
        text("DateTime", "occurred_at", MOMENT),
        many(
            "Error",
            "errors",
            record(
                SignalError,
                text("Code", "code"),
                text("Description", "description"),
                text("Details", "details"),
                text("EDocId", "document"),
                text("Reference", "reference"),
            ),
        ),
    ),
)
FAULT = Layout(
    SOAP,
    "Fault",
    record(
        Fault,
        within("Code", text("Value", "code"), within("Subcode", text("Value", "subcode"))),
        within("Reason", text("Text", "reason", TEXT, **{"xml:lang": "ru"})),
        within("Detail", text("int:ProblemMessage", "problem")),
    ),
    {"int": INTERACTION},
)
