"""What is said: documents as values. No XML and no I/O here."""

from asw_exchange.model.answers import (
    Acknowledgement,
    Cancellation,
    CustomsResponse,
    Decision,
    Outcome,
    Reason,
    RefusedItem,
    RetransmissionRequest,
)
from asw_exchange.model.certificate import (
    Certificate,
    Certification,
    Declaration,
    Invoice,
    OriginalProof,
    ReplacedCertificate,
    TickBoxes,
    Transport,
)
from asw_exchange.model.declaration import ExportDeclaration
from asw_exchange.model.finding import Finding, Severity
from asw_exchange.model.goods import (
    Amount,
    DeclaredItem,
    Item,
    Material,
    OriginCriterion,
    OriginRule,
    Packages,
    Quantity,
)
from asw_exchange.model.header import Header, Message
from asw_exchange.model.party import Address, Company, Exhibition, Party
from asw_exchange.model.value import Value

__all__ = [
    "Acknowledgement",
    "Address",
    "Amount",
    "Cancellation",
    "Certificate",
    "Certification",
    "Company",
    "CustomsResponse",
    "Decision",
    "Declaration",
    "DeclaredItem",
    "Exhibition",
    "ExportDeclaration",
    "Finding",
    "Header",
    "Invoice",
    "Item",
    "Material",
    "Message",
    "OriginCriterion",
    "OriginRule",
    "OriginalProof",
    "Outcome",
    "Packages",
    "Party",
    "Quantity",
    "Reason",
    "RefusedItem",
    "ReplacedCertificate",
    "RetransmissionRequest",
    "Severity",
    "TickBoxes",
    "Transport",
    "Value",
]
