"""The export declaration as one customs administration tells it to another."""

from __future__ import annotations

from datetime import date

from asw_exchange.model.certificate import Invoice
from asw_exchange.model.electronic import ElectronicDocument
from asw_exchange.model.goods import Amount, DeclaredItem, Quantity
from asw_exchange.model.party import Party
from asw_exchange.model.value import Value


class ExportDeclaration(Value, frozen=True, kw_only=True):
    """Data taken from a cleared export declaration: the 15 elements of an ACDD, and what others add."""

    number: str | None = None
    exporter: Party | None = None
    consignee: Party | None = None
    agent: Party | None = None
    departure_date: date | None = None
    transport_mode: str | None = None
    """UN/ECE Recommendation 19, one digit."""
    port_of_discharge: str | None = None
    """UN/LOCODE."""
    items: tuple[DeclaredItem, ...] = ()
    office: str | None = None
    """The customs office that cleared it, by the code of its own state."""
    accepted_on: date | None = None
    procedure: str | None = None
    """Customs procedure by the code of the declaring state."""
    export_country: str | None = None
    """ISO 3166-1 alpha-2, here and below."""
    import_country: str | None = None
    conveyance: str | None = None
    """Vessel's name, flight number or the like."""
    port_of_loading: str | None = None
    """UN/LOCODE."""
    trade_terms: str | None = None
    """Incoterms rule, three letters."""
    invoice: Invoice | None = None
    invoice_amount: Amount | None = None
    gross_weight: Quantity | None = None
    package_count: int | None = None
    consignment_reference: str | None = None
    """The trader's unique consignment reference (UCR)."""
    electronic_document: ElectronicDocument | None = None
