"""Layout tables of the ASEAN messages. All of them are *modelled*: no official XML is public.

Element names follow the WCO Data Model (DEC, RES) where it has a name for the item; the WCO ids
stand in the schemas, the sources in ``schemas/asean/SOURCES.md``.
"""

from __future__ import annotations

from asw_exchange.codec.layout import Layout
from asw_exchange.codec.table import (
    Attribute,
    Constant,
    Content,
    Record,
    many,
    one,
    record,
    text,
    texts,
    within,
)
from asw_exchange.codec.values import BOOLEAN, DATE, DECIMAL, FORM_D_CRITERION, INTEGER, code_list
from asw_exchange.envelope import acknowledgement_layout
from asw_exchange.model import (
    Address,
    Amount,
    Cancellation,
    Certificate,
    CertificateReference,
    Certification,
    Company,
    CustomsResponse,
    Decision,
    Declaration,
    DeclaredItem,
    Exhibition,
    ExportDeclaration,
    Invoice,
    Item,
    Material,
    OriginalProof,
    Packages,
    Party,
    Quantity,
    Reason,
    RefusedItem,
    RetransmissionRequest,
    TickBoxes,
    Transport,
)


def namespace(name: str) -> str:
    """Return the namespace of a message of this corridor; its last part is the version."""
    return f"urn:asw-exchange:asean:{name}:1"


QUANTITY = record(Quantity, Attribute("unitCode", "unit"), Content("value", DECIMAL))
AMOUNT = record(Amount, Attribute("currencyID", "currency"), Content("value", DECIMAL))
ADDRESS = record(
    Address,
    texts("Line", "lines"),
    text("CityName", "city"),
    text("CountrySubDivisionName", "subdivision"),
    text("PostcodeID", "postcode"),
    text("CountryCode", "country"),
)
PARTY = record(Party, text("Name", "name"), text("ID", "identifier"), one("Address", "address", ADDRESS))
REASON = record(Reason, text("ValidationCode", "code"), text("Description", "text"))

TRANSPORT = record(
    Transport,
    text("ExitDateTime", "departure_date", DATE),
    within("BorderTransportMeans", text("Name", "conveyance"), text("ModeCode", "mode")),
    within("LoadingLocation", text("ID", "port_of_loading")),
    within("UnloadingLocation", text("ID", "port_of_discharge")),
    within("Itinerary", texts("RoutingCountryCode", "transit_countries")),
    within("TransportContractDocument", text("ID", "through_bill_of_lading")),
)

ITEM = record(
    Item,
    text("SequenceNumeric", "number", INTEGER),
    text("MarksNumbersID", "marks"),
    many(
        "Packaging",
        "packages",
        record(Packages, text("QuantityQuantity", "count", INTEGER), text("TypeCode", "type")),
    ),
    within(
        "Commodity",
        text("Description", "description"),
        within("Classification", text("ID", "hs_code")),
        one("CountQuantity", "quantity", QUANTITY),
        text("TrademarkName", "trademark"),
    ),
    within("Manufacturer", text("Name", "manufacturer")),
    within(
        "Origin",
        text("CriterionText", "origin_criterion", FORM_D_CRITERION),
        text("RequiredValueContentPercent", "required_value_content", DECIMAL),
        text("DeMinimisPercent", "de_minimis_share", DECIMAL),
    ),
    within(
        "GoodsMeasure",
        one("GrossMassMeasure", "gross_weight", QUANTITY),
        one("TariffQuantity", "other_quantity", QUANTITY),
    ),
    within("InvoiceLine", one("ItemChargeAmount", "fob", AMOUNT)),
    many(
        "Material",
        "materials",
        record(
            Material,
            text("ClassificationID", "hs_code"),
            text("OriginatingIndicator", "originating", BOOLEAN),
            one("ValueAmount", "value", AMOUNT),
        ),
    ),
)

TICK_BOXES = record(
    TickBoxes,
    text("ThirdCountryInvoicingIndicator", "third_country_invoicing", BOOLEAN),
    text("ExhibitionIndicator", "exhibition", BOOLEAN),
    text("AccumulationIndicator", "accumulation", BOOLEAN),
    text("DeMinimisIndicator", "de_minimis", BOOLEAN),
    text("BackToBackIndicator", "back_to_back", BOOLEAN),
    text("IssuedRetroactivelyIndicator", "issued_retroactively", BOOLEAN),
    text("PartialCumulationIndicator", "partial_cumulation", BOOLEAN),
)

CERTIFICATE = record(
    Certificate,
    Constant("TypeCode", "861"),
    text("ID", "reference"),
    within("ExportCountry", text("ID", "issuing_country")),
    within("Destination", text("CountryCode", "importing_country")),
    within("Origin", text("CountryCode", "produced_in")),
    one("Exporter", "exporter", PARTY),
    one("Consignee", "consignee", PARTY),
    one(
        "Exhibition",
        "exhibition",
        record(Exhibition, text("Name", "name"), one("Address", "address", ADDRESS)),
    ),
    one("Consignment", "transport", TRANSPORT),
    many("GovernmentAgencyGoodsItem", "items", ITEM),
    many(
        "Invoice",
        "invoices",
        record(Invoice, text("ID", "number"), text("IssueDateTime", "issued_on", DATE)),
    ),
    one(
        "InvoicingParty",
        "third_country_company",
        record(Company, text("Name", "name"), text("CountryCode", "country")),
    ),
    many(
        "PreviousDocument",
        "original_proofs",
        record(
            OriginalProof,
            text("ID", "reference"),
            text("IssueDateTime", "issued_on", DATE),
            text("IssueCountryCode", "issuing_country"),
        ),
    ),
    one("TickBoxes", "tick_boxes", TICK_BOXES),
    one(
        "ExporterDeclaration",
        "declaration",
        record(
            Declaration,
            text("IssueLocationName", "place"),
            text("IssueDateTime", "signed_on", DATE),
            text("AuthenticatorName", "signatory"),
        ),
    ),
    one(
        "Certification",
        "certification",
        record(
            Certification,
            text("IssueLocationName", "place"),
            text("IssueDateTime", "signed_on", DATE),
            text("AuthenticatorName", "officer"),
            text("AuthorityName", "authority"),
            text("CountryCode", "country"),
        ),
    ),
    one(
        "ReplacedDocument",
        "replaces",
        record(CertificateReference, text("ID", "reference"), text("IssueDateTime", "issued_on", DATE)),
    ),
)

EFORM_D = Layout(namespace("eform-d"), "CertificateOfOrigin", CERTIFICATE)


def _response(*extra_nodes: object) -> Record:
    return Record(
        CustomsResponse,
        (
            text("ReferenceID", "reference"),
            within("ExportCountry", text("ID", "issuing_country")),
            within("ImportCountry", text("ID", "responding_country")),
            within("Status", text("NameCode", "decision", code_list(Decision))),
            text("IssueDateTime", "decided_on", DATE),
            text("AcceptanceDateTime", "received_on", DATE),
            within("AdditionalDocument", text("ID", "import_declaration")),
            *extra_nodes,  # type: ignore[arg-type]
            many("Error", "reasons", REASON),
        ),
    )


CUSTOMS_RESPONSE = Layout(
    namespace("customs-response"),
    "CustomsResponse",
    _response(
        within("WriteOff", many("QuantityQuantity", "utilised_quantities", QUANTITY)),
        many(
            "RefusedItem",
            "refused_items",
            record(RefusedItem, text("SequenceNumeric", "number", INTEGER), many("Error", "reasons", REASON)),
        ),
    ),
)
ACDD_RESPONSE = Layout(namespace("acdd-response"), "DeclarationResponse", _response())


def _cancellation() -> Record:
    return record(
        Cancellation,
        text("ReferenceID", "reference"),
        within("ExportCountry", text("ID", "issuing_country")),
        text("CancellationDateTime", "cancelled_on", DATE),
        one("Reason", "reason", REASON),
        within("ReplacementDocument", text("ID", "replaced_by")),
    )


EFORM_D_CANCELLATION = Layout(namespace("eform-d-cancellation"), "CertificateCancellation", _cancellation())
ACDD_CANCELLATION = Layout(namespace("acdd-cancellation"), "DeclarationCancellation", _cancellation())

RETRANSMISSION_REQUEST = Layout(
    namespace("retransmission-request"),
    "RetransmissionRequest",
    record(
        RetransmissionRequest,
        texts("ReferenceID", "references"),
        within("ImportCountry", text("ID", "requesting_country")),
        text("IssueDateTime", "requested_on", DATE),
        one("Reason", "reason", REASON),
    ),
)

ACDD = Layout(
    namespace("acdd"),
    "CustomsDeclarationDocument",
    record(
        ExportDeclaration,
        Constant("TypeCode", "830"),
        text("ID", "number"),
        one("Exporter", "exporter", record(Party, text("Name", "name"), text("ID", "identifier"))),
        one(
            "Consignee", "consignee", record(Party, text("Name", "name"), one("Address", "address", ADDRESS))
        ),
        one("Agent", "agent", record(Party, text("Name", "name"), text("ID", "identifier"))),
        text("ExitDateTime", "departure_date", DATE),
        within("BorderTransportMeans", text("ModeCode", "transport_mode")),
        within("UnloadingLocation", text("ID", "port_of_discharge")),
        many(
            "GovernmentAgencyGoodsItem",
            "items",
            record(
                DeclaredItem,
                text("SequenceNumeric", "number", INTEGER),
                within("Commodity", within("Classification", text("ID", "hs_code"))),
                within("GoodsMeasure", one("TariffQuantity", "quantity", QUANTITY)),
                within("Origin", text("CountryCode", "origin_country")),
            ),
        ),
    ),
)

ACKNOWLEDGEMENT = acknowledgement_layout(namespace("acknowledgement"))
