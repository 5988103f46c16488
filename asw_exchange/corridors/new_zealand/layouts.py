"""Layout tables of Form AANZ and of the export declaration. Both are *modelled*: no official XML is public.

Element names follow the WCO Data Model where it has a name for the item, the declaration also its order
(DEC as HMRC publishes it); nothing in it is peculiar to New Zealand. Not here: the SPS messages.
"""

from __future__ import annotations

from asw_exchange.codec.layout import Layout
from asw_exchange.codec.table import Attribute, Constant, Content, many, one, record, text, texts, within
from asw_exchange.codec.values import BOOLEAN, DATE, DECIMAL, INTEGER
from asw_exchange.model import (
    Address,
    Amount,
    Certificate,
    Certification,
    CitedDocument,
    Company,
    Declaration,
    DeclaredItem,
    ExportDeclaration,
    Invoice,
    Item,
    OriginalProof,
    OriginCriterion,
    Packages,
    Party,
    Quantity,
    TickBoxes,
    Transport,
)


def namespace(name: str) -> str:
    """Return the namespace of a modelled message of this corridor; its last part is the version."""
    return f"urn:asw-exchange:new-zealand:{name}:1"


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
PACKAGES = record(Packages, text("QuantityQuantity", "count", INTEGER), text("TypeCode", "type"))
INVOICE = record(Invoice, text("ID", "number"), text("IssueDateTime", "issued_on", DATE))

TRANSPORT = record(
    Transport,
    text("ExitDateTime", "departure_date", DATE),
    within("BorderTransportMeans", text("Name", "conveyance"), text("ModeCode", "mode")),
    within("LoadingLocation", text("ID", "port_of_loading")),
    within("UnloadingLocation", text("ID", "port_of_discharge")),
)
AANZ_ITEM = record(
    Item,
    text("SequenceNumeric", "number", INTEGER),
    text("MarksNumbersID", "marks"),
    many("Packaging", "packages", PACKAGES),
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
        one(
            "Criterion",
            "origin_criterion",
            record(OriginCriterion, text("Code", "rule"), text("ValueContentPercent", "percentage", DECIMAL)),
        ),
        text("RequiredValueContentPercent", "required_value_content", DECIMAL),
        text("DeMinimisPercent", "de_minimis_share", DECIMAL),
    ),
    within(
        "GoodsMeasure",
        one("GrossMassMeasure", "gross_weight", QUANTITY),
        one("TariffQuantity", "other_quantity", QUANTITY),
    ),
    within("InvoiceLine", one("ItemChargeAmount", "fob", AMOUNT)),
)
TICK_BOXES = record(
    TickBoxes,
    text("BackToBackIndicator", "back_to_back", BOOLEAN),
    text("ThirdPartyInvoiceIndicator", "third_country_invoicing", BOOLEAN),
    text("IssuedRetroactivelyIndicator", "issued_retroactively", BOOLEAN),
    text("DeMinimisIndicator", "de_minimis", BOOLEAN),
    text("AccumulationIndicator", "accumulation", BOOLEAN),
)
AANZ = record(
    Certificate,
    Constant("TypeCode", "861"),
    text("ID", "reference"),
    within("ExportCountry", text("ID", "issuing_country")),
    within("Destination", text("CountryCode", "importing_country")),
    within("Origin", text("CountryCode", "produced_in")),
    one("Exporter", "exporter", PARTY),
    one("Consignee", "consignee", PARTY),
    one("Consignment", "transport", TRANSPORT),
    many("GovernmentAgencyGoodsItem", "items", AANZ_ITEM),
    many("Invoice", "invoices", INVOICE),
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
)
CERTIFICATE_AANZ = Layout(namespace("certificate-aanz"), "CertificateOfOrigin", AANZ)

DECLARED_ITEM = record(
    DeclaredItem,
    text("SequenceNumeric", "number", INTEGER),
    many(
        "AdditionalDocument",
        "certificates",
        record(CitedDocument, text("ID", "reference"), text("TypeCode", "type")),
    ),
    within(
        "Commodity",
        text("Description", "description"),
        within("Classification", text("ID", "hs_code")),
        within(
            "GoodsMeasure",
            one("NetNetWeightMeasure", "net_weight", QUANTITY),
            one("TariffQuantity", "quantity", QUANTITY),
        ),
        within("InvoiceLine", one("ItemChargeAmount", "value", AMOUNT)),
    ),
    within("Origin", text("CountryCode", "origin_country")),
    one("Packaging", "packages", PACKAGES),
)
EXPORT_DECLARATION = Layout(
    namespace("export-declaration"),
    "Declaration",
    record(
        ExportDeclaration,
        text("AcceptanceDateTime", "accepted_on", DATE),
        Constant("FunctionCode", "9"),
        text("ID", "number"),
        Constant("TypeCode", "830"),
        text("DeclarationOfficeID", "office"),
        one("InvoiceAmount", "invoice_amount", AMOUNT),
        one("TotalGrossMassMeasure", "gross_weight", QUANTITY),
        text("TotalPackageQuantity", "package_count", INTEGER),
        one("Agent", "agent", record(Party, text("Name", "name"), text("ID", "identifier"))),
        within("BorderTransportMeans", text("Name", "conveyance"), text("ModeCode", "transport_mode")),
        one("Exporter", "exporter", PARTY),
        within(
            "GoodsShipment",
            text("ExitDateTime", "departure_date", DATE),
            one("Consignee", "consignee", PARTY),
            within(
                "Consignment",
                within("LoadingLocation", text("ID", "port_of_loading")),
                within("UnloadingLocation", text("ID", "port_of_discharge")),
            ),
            within("Destination", text("CountryCode", "import_country")),
            within("ExportCountry", text("ID", "export_country")),
            many("GovernmentAgencyGoodsItem", "items", DECLARED_ITEM),
            one("Invoice", "invoice", INVOICE),
            within("TradeTerms", text("ConditionCode", "trade_terms")),
            within("UCR", text("TraderAssignedReferenceID", "consignment_reference")),
        ),
    ),
)
"""FunctionCode 9: the original declaration, EDIFACT 1225."""
