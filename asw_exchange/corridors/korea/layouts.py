"""Layout tables of the Korean corridor. All of them are *modelled*: the EODES messages are not public.

Element names follow the Korean C/O application GOVCBR036 and the export declaration GOVCBR830 where those
have one for the item. Sources: ``schemas/korea/SOURCES.md``.
"""

from __future__ import annotations

from asw_exchange.codec.layout import Layout
from asw_exchange.codec.table import (
    Attribute,
    Content,
    Node,
    Record,
    constant,
    many,
    one,
    record,
    text,
    texts,
    within,
)
from asw_exchange.codec.values import BOOLEAN, DATE, DECIMAL, INTEGER, code_list
from asw_exchange.corridors.korea.notation import CRITERION, DAY, SEQUENCE
from asw_exchange.envelope import acknowledgement_layout
from asw_exchange.model import (
    Address,
    Amount,
    Certificate,
    CertificateReference,
    Certification,
    Company,
    Correction,
    CustomsResponse,
    Decision,
    Declaration,
    DeclaredItem,
    Exhibition,
    ExportDeclaration,
    Invoice,
    Item,
    OriginalProof,
    Packages,
    Party,
    Quantity,
    Reason,
    RefusedItem,
    TickBoxes,
    Transport,
)


def namespace(name: str) -> str:
    """Return the namespace of a message of this corridor; its last part is the version."""
    return f"urn:asw-exchange:korea:{name}:1"


QUANTITY = record(Quantity, Attribute("kcsUnitCode", "unit"), Content("value", DECIMAL))
AMOUNT = record(Amount, Attribute("currencyID", "currency"), Content("value", DECIMAL))
ADDRESS = record(
    Address,
    text("CountryCode", "country"),
    texts("Line", "lines"),
    text("CityName", "city"),
    text("PostcodeID", "postcode"),
)
PARTY = record(Party, text("ID", "identifier"), text("Name", "name"), one("Address", "address", ADDRESS))
PACKAGES = record(Packages, text("QuantityQuantity", "count", INTEGER), text("TypeCode", "type"))
INVOICE = record(Invoice, text("ID", "number"), text("IssueDateTime", "issued_on", DATE))
REASON = record(Reason, text("ReasonCode", "code"), text("Description", "text"))

TRANSPORT = record(
    Transport,
    within("BorderTransportMeans", text("ModeCode", "mode"), text("Name", "conveyance")),
    within(
        "LoadingLocation", text("DepartureDateTime", "departure_date", DATE), text("ID", "port_of_loading")
    ),
    within("UnloadingLocation", text("ID", "port_of_discharge")),
    within("TransitDestination", texts("CountryCode", "transit_countries")),
    within("TransportContractDocument", text("ID", "through_bill_of_lading")),
)
ITEM = record(
    Item,
    text("SequenceNumeric", "number", INTEGER),
    text("MarksNumbersID", "marks"),
    many("Packaging", "packages", PACKAGES),
    text("CargoDescription", "description"),
    within("Classification", text("ID", "hs_code")),
    one("CountQuantity", "quantity", QUANTITY),
    within("Manufacturer", text("Name", "manufacturer")),
    within("Origin", text("Description", "origin_criterion", CRITERION)),
    within(
        "GoodsMeasure",
        one("GrossMassMeasure", "gross_weight", QUANTITY),
        one("OtherQuantity", "other_quantity", QUANTITY),
    ),
    one("ValueAmount", "fob", AMOUNT),
)
EXHIBITION = record(Exhibition, text("Name", "name"), one("Address", "address", ADDRESS))
COMPANY = record(Company, text("Name", "name"), text("CountryCode", "country"))
REFERENCE = record(CertificateReference, text("ID", "reference"), text("IssueDateTime", "issued_on", DATE))
ORIGINAL = record(
    OriginalProof,
    text("ID", "reference"),
    text("IssueDateTime", "issued_on", DATE),
    text("ReceiptOriginCountryCode", "issuing_country"),
)
DECLARATION = record(
    Declaration,
    text("IssueLocation", "place"),
    text("IssueDateTime", "signed_on", DATE),
    text("RepresentativeName", "signatory"),
)
CERTIFIER = record(
    Certification,
    text("IssuingPartyName", "authority"),
    text("IssueLocation", "place"),
    text("IssueDateTime", "signed_on", DATE),
    text("Name", "officer"),
    text("CountryCode", "country"),
)
RETROACTIVE = text("IssuedRetroactivelyIndicator", "issued_retroactively", BOOLEAN)
BOXES_AK = record(
    TickBoxes,
    text("ThirdCountryInvoicingIndicator", "third_country_invoicing", BOOLEAN),
    text("ExhibitionIndicator", "exhibition", BOOLEAN),
    text("BackToBackIndicator", "back_to_back", BOOLEAN),
    RETROACTIVE,
)
BOXES_VK = record(TickBoxes, RETROACTIVE)


def _certificate(boxes: Record, *box_13: Node) -> Record:
    """Lay out the 13 boxes that the forms share; ``box_13`` is what stands beside the tick boxes."""
    return record(
        Certificate,
        constant("FunctionCode", "09"),
        constant("TypeCode", "861"),
        text("ID", "reference"),
        within("ExportCountry", text("ID", "issuing_country")),
        within("Destination", text("CountryCode", "importing_country")),
        one("Exporter", "exporter", PARTY),
        one("Importer", "consignee", PARTY),
        one("Consignment", "transport", TRANSPORT),
        many("ConsignmentItem", "items", ITEM),
        many("Invoice", "invoices", INVOICE),
        within("Origin", text("CountryCode", "produced_in")),
        one("Submitter", "declaration", DECLARATION),
        one("Certifier", "certification", CERTIFIER),
        one("CriteriaConformance", "tick_boxes", boxes),
        one("InvoicingParty", "third_country_company", COMPANY),
        *box_13,
        one("PreviousDocument", "replaces", REFERENCE),
    )


_AK = (many("AdditionalDocument", "original_proofs", ORIGINAL), one("Exhibition", "exhibition", EXHIBITION))
_VK = (text("Remarks", "remarks"), many("AdditionalDocument", "original_proofs", ORIGINAL))

CERTIFICATE_AK = Layout(namespace("certificate-ak"), "CertificateOfOrigin", _certificate(BOXES_AK, *_AK))
CERTIFICATE_VK = Layout(namespace("certificate-vk"), "CertificateOfOrigin", _certificate(BOXES_VK, *_VK))
CERTIFICATE_KV = Layout(namespace("certificate-kv"), "CertificateOfOrigin", _certificate(BOXES_VK, *_VK))

CORRECTION = Layout(
    namespace("correction"),
    "CertificateCorrection",
    record(
        Correction,
        constant("FunctionCode", "35"),
        text("FormCode", "form"),
        text("ID", "reference"),
        within("ExportCountry", text("ID", "issuing_country")),
        text("IssueDateTime", "corrected_on", DATE),
        text("VersionID", "version", INTEGER),
        one("Reason", "reason", REASON),
        one(
            "CertificateOfOrigin",
            "certificate",
            _certificate(BOXES_AK, text("Remarks", "remarks"), *_AK),
        ),
    ),
)
FEEDBACK = Layout(
    namespace("feedback"),
    "PreferenceFeedback",
    record(
        CustomsResponse,
        text("ID", "reference"),
        within("ExportCountry", text("ID", "issuing_country")),
        within("ImportCountry", text("ID", "responding_country")),
        within("Status", text("NameCode", "decision", code_list(Decision))),
        text("IssueDateTime", "decided_on", DATE),
        text("AcceptanceDateTime", "received_on", DATE),
        within("AdditionalDocument", text("ID", "import_declaration")),
        many(
            "ConsignmentItem",
            "refused_items",
            record(
                RefusedItem, text("SequenceNumeric", "number", INTEGER), many("Reason", "reasons", REASON)
            ),
        ),
        many("Reason", "reasons", REASON),
    ),
)
EXPORT_DECLARATION = Layout(
    namespace("export-declaration"),
    "Declaration",
    record(
        ExportDeclaration,
        text("DeclarationOfficeID", "office"),
        constant("FunctionCode", "9"),
        text("ID", "number"),
        one("InvoiceAmount", "invoice_amount", AMOUNT),
        text("IssueDateTime", "accepted_on", DAY),
        one("TotalGrossMassMeasure", "gross_weight", QUANTITY),
        text("TotalPackageQuantity", "package_count", INTEGER),
        constant("TypeCode", "GOVCBR830"),
        constant("TransactionNatureCode", "11"),
        constant("ResponseTypeCode", "NA"),
        within(
            "BorderTransportMeans",
            text("Name", "conveyance"),
            text("EstimatedDepartureDateTime", "departure_date", DAY),
        ),
        within("CustomsProcedure", text("ProcessTypeCode", "procedure")),
        one("Exporter", "exporter", PARTY),
        within(
            "GoodsShipment",
            one("Buyer", "consignee", PARTY),
            within("Consignment", within("BorderTransportMeans", text("TypeCode", "transport_mode"))),
            within("ExportCountry", text("ID", "export_country")),
            within("Destination", text("CountryCode", "import_country")),
            many(
                "GovernmentAgencyGoodsItem",
                "items",
                record(
                    DeclaredItem,
                    text("SequenceNumeric", "number", SEQUENCE),
                    within(
                        "Commodity",
                        text("CargoDescription", "description"),
                        one("CountQuantity", "quantity", QUANTITY),
                        one("ValueAmount", "value", AMOUNT),
                        within("Classification", text("ID", "hs_code")),
                    ),
                    within("GoodsMeasure", one("NetNetWeightMeasure", "net_weight", QUANTITY)),
                    within("Origin", text("CountryCode", "origin_country")),
                    one("Packaging", "packages", PACKAGES),
                ),
            ),
            within("TradeTerms", text("ConditionCode", "trade_terms")),
        ),
        within("LoadingLocation", text("ID", "port_of_loading")),
        within("UnloadingLocation", text("ID", "port_of_discharge")),
        within("UCR", text("ID", "consignment_reference")),
    ),
)
ACKNOWLEDGEMENT = acknowledgement_layout(namespace("acknowledgement"))
