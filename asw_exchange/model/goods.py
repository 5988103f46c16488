"""Goods: what an item line says, with the origin criterion as a parsed value."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from asw_exchange.model.value import Value


class OriginRule(StrEnum):
    """The rules of origin that the forms of our corridors cite."""

    WHOLLY_OBTAINED = "WO"
    VALUE_CONTENT = "RVC"
    CHANGE_OF_CHAPTER = "CC"
    CHANGE_OF_HEADING = "CTH"
    CHANGE_OF_SUBHEADING = "CTSH"
    SPECIFIC_PROCESS = "SP"
    PARTIAL_CUMULATION = "PC"
    PRODUCED_EXCLUSIVELY = "PE"
    """From originating materials alone (Forms EAV, VK, KV, AANZ)."""
    PRODUCT_SPECIFIC = "PSR"
    CHANGE_OF_CLASSIFICATION = "CTC"
    """A change of tariff class at whatever level the product-specific rule says (Forms AK, VK, KV)."""
    WHOLLY_OBTAINED_IN_PARTIES = "WO-AK"
    """Wholly obtained in the territory of any Party (Form AK, overleaf note 3)."""
    RULE_6 = "Rule 6"
    """Goods of the industrial zones that AKFTA Annex 3, Rule 6 names."""


class OriginCriterion(Value, frozen=True, kw_only=True):
    """One entry of the origin-criterion box, read into its parts.

    ``OriginCriterion(rule="CTSH", percentage=Decimal(35))`` is what Form D prints as ``CTSH + 35%``.
    A rule that is no member of OriginRule is kept as it was written, so that a document with a wrong
    criterion can be built, carried and reported.
    """

    rule: str
    percentage: Decimal | None = None
    """Value content in per cent of FOB: achieved (RVC, PC) or demanded beside a change of tariff class."""


class Quantity(Value, frozen=True, kw_only=True):
    """A number with its unit (UN/ECE Recommendation 20 code, for example KGM or H87)."""

    value: Decimal
    unit: str


class Amount(Value, frozen=True, kw_only=True):
    """Money with its currency (ISO 4217)."""

    value: Decimal
    currency: str


class Packages(Value, frozen=True, kw_only=True):
    """A number of packages of one type (UN/ECE Recommendation 21 code, for example CT or BX)."""

    count: int
    type: str


class Material(Value, frozen=True, kw_only=True):
    """One line of an item's bill of materials."""

    hs_code: str
    originating: bool
    value: Amount | None = None


class Item(Value, frozen=True, kw_only=True):
    """One goods item (Form D boxes 5 to 9)."""

    number: int | None = None
    marks: str | None = None
    packages: tuple[Packages, ...] = ()
    description: str | None = None
    quantity: Quantity | None = None
    hs_code: str | None = None
    """In the importing state's nomenclature: 6 digits of the HS, or 8 of the AHTN."""
    manufacturer: str | None = None
    trademark: str | None = None
    origin_criterion: OriginCriterion | None = None
    required_value_content: Decimal | None = None
    """Threshold of the product-specific rule in per cent, where it is not the general 40."""
    de_minimis_share: Decimal | None = None
    """Share of FOB, in per cent, of materials that do not undergo the change of tariff class."""
    gross_weight: Quantity | None = None
    other_quantity: Quantity | None = None
    fob: Amount | None = None
    materials: tuple[Material, ...] = ()


class CitedDocument(Value, frozen=True, kw_only=True):
    """A document that a declaration rests on."""

    type: str
    """UNTDID 1001, for example 861 certificate of origin or 851 phytosanitary certificate."""
    reference: str


class DeclaredItem(Value, frozen=True, kw_only=True):
    """One line of an exchanged export declaration."""

    number: int | None = None
    hs_code: str | None = None
    quantity: Quantity | None = None
    origin_country: str | None = None
    """ISO 3166-1 alpha-2."""
    description: str | None = None
    net_weight: Quantity | None = None
    packages: Packages | None = None
    value: Amount | None = None
    """FOB, in the currency of the invoice."""
    certificates: tuple[CitedDocument, ...] = ()
    """Certificates that cover the line."""
