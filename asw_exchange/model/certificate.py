"""The certificate of origin, neutral over the forms that print it.

Box numbers in the docstrings are those of Form D (ATIGA Annex 7). What a form *requires* is a rule
in its schema folder, never a constructor check: an incomplete certificate can be built on purpose.
"""

from __future__ import annotations

from datetime import date

from asw_exchange.model.electronic import ElectronicDocument
from asw_exchange.model.goods import Item
from asw_exchange.model.party import Company, Exhibition, Party
from asw_exchange.model.value import Value


class Transport(Value, frozen=True, kw_only=True):
    """Means of transport and route, as far as known (box 3)."""

    departure_date: date | None = None
    mode: str | None = None
    """UN/ECE Recommendation 19, one digit."""
    conveyance: str | None = None
    """Vessel's name, flight number or the like."""
    port_of_loading: str | None = None
    """UN/LOCODE."""
    port_of_discharge: str | None = None
    """UN/LOCODE."""
    transit_countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2 of the states passed through."""
    through_bill_of_lading: str | None = None


class Invoice(Value, frozen=True, kw_only=True):
    """Number and date of an invoice (box 10)."""

    number: str | None = None
    issued_on: date | None = None


class OriginalProof(Value, frozen=True, kw_only=True):
    """The proof of origin that a back-to-back certificate rests on (box 7, overleaf note 12)."""

    reference: str | None = None
    issued_on: date | None = None
    issuing_country: str | None = None
    """ISO 3166-1 alpha-2 of the first exporting state."""


class TickBoxes(Value, frozen=True, kw_only=True):
    """The seven tick boxes (box 13)."""

    third_country_invoicing: bool = False
    exhibition: bool = False
    accumulation: bool = False
    de_minimis: bool = False
    back_to_back: bool = False
    issued_retroactively: bool = False
    partial_cumulation: bool = False


class Declaration(Value, frozen=True, kw_only=True):
    """The exporter's declaration (box 11)."""

    place: str | None = None
    signed_on: date | None = None
    signatory: str | None = None


class Certification(Value, frozen=True, kw_only=True):
    """The issuing authority's certification (box 12). Its date is the date of issue."""

    place: str | None = None
    signed_on: date | None = None
    officer: str | None = None
    authority: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2."""


class CertificateReference(Value, frozen=True, kw_only=True):
    """Another certificate, named by its number and date of issue."""

    reference: str
    issued_on: date


class Certificate(Value, frozen=True, kw_only=True):
    """A certificate of origin."""

    reference: str | None = None
    issuing_country: str | None = None
    """ISO 3166-1 alpha-2, here and in the two below."""
    importing_country: str | None = None
    produced_in: str | None = None
    exporter: Party | None = None
    consignee: Party | None = None
    exhibition: Exhibition | None = None
    transport: Transport | None = None
    items: tuple[Item, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    third_country_company: Company | None = None
    original_proofs: tuple[OriginalProof, ...] = ()
    tick_boxes: TickBoxes = TickBoxes()
    declaration: Declaration | None = None
    certification: Certification | None = None
    replaces: CertificateReference | None = None
    """The one that this is issued instead of (OCP Rule 29(4); EAEU - Viet Nam FTA, Article 4.20.2)."""
    duplicate_of: CertificateReference | None = None
    """The lost original, whose date counts for validity (EAEU - Viet Nam FTA, Article 4.20.1)."""
    remarks: str | None = None
    """The remarks box of the forms that have one (box 13 of VK and KV)."""
    electronic_document: ElectronicDocument | None = None
    copy_type: str | None = None
    """ORIGINAL, DUPLICATE or TRIPLICATE, as paper says; an electronic form has no copies to tell apart."""
    certified_true_copy_of: date | None = None
    """Issue date of the lost original (OCP Rule 12); paper only, Rule 26 leaves it out for e-Form D."""
