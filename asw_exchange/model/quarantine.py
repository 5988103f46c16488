"""The quarantine certificate (phytosanitary, sanitary, veterinary), after UN/CEFACT SPSCertificate.

Field names say what UN/CEFACT's do; codes are those of UNTDID and the ePhyto profile. Notes, treatments
and classifications are kept as their code and text: the lists of the ePhyto hub grow.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from asw_exchange.model.goods import Quantity
from asw_exchange.model.value import Value


class SpsAddress(Value, frozen=True, kw_only=True):
    """An address in UN/CEFACT's SPSAddress."""

    postcode: str | None = None
    line_one: str | None = None
    line_two: str | None = None
    line_three: str | None = None
    city: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2."""


class SpsParty(Value, frozen=True, kw_only=True):
    """Consignor, consignee, issuer."""

    identifier: str | None = None
    name: str | None = None
    address: SpsAddress | None = None


class SpsCountry(Value, frozen=True, kw_only=True):
    """A country; senders often leave the mandatory name empty."""

    code: str | None = None
    """ISO 3166-1 alpha-2."""
    name: str = ""


class SpsPlace(Value, frozen=True, kw_only=True):
    """A port or other place."""

    code: str | None = None
    """UN/LOCODE."""
    name: str = ""


class Note(Value, frozen=True, kw_only=True):
    """A note by its subject, for example ADEDL additional declaration (ePhyto profile)."""

    subject: str | None = None
    contents: tuple[str, ...] = ()


class ReferencedDocument(Value, frozen=True, kw_only=True):
    """A document named by another."""

    issued_on: date | None = None
    type_code: str | None = None
    """UNTDID 1001."""
    relationship: str | None = None
    """UNTDID 1153: AWR for the certificate that is replaced or re-exported, ZZZ for any other."""
    id: str | None = None
    information: str | None = None


class Clause(Value, frozen=True, kw_only=True):
    """A certifying statement: its id in the hub's list, and its text."""

    id: str | None = None
    text: str = ""


class Signatory(Value, frozen=True, kw_only=True):
    """Who signed, when and where, and what was certified."""

    signed_at: datetime | None = None
    """Aware, UTC."""
    place: SpsPlace | None = None
    authority: str = ""
    officer: str | None = None
    clauses: tuple[Clause, ...] = ()


class Movement(Value, frozen=True, kw_only=True):
    """The main carriage."""

    id: str | None = None
    mode: str | None = None
    """UN/ECE Recommendation 19, one digit."""
    means: str | None = None
    """Vessel's name, flight number or the like."""


class Seal(Value, frozen=True, kw_only=True):
    """A seal on a piece of transport equipment."""

    id: str | None = None


class Container(Value, frozen=True, kw_only=True):
    """A piece of transport equipment and its seals."""

    id: str | None = None
    seals: tuple[Seal, ...] = ()


class Classification(Value, frozen=True, kw_only=True):
    """What the goods are in one system: HS, IPPCPCVP (part of the plant), IPPCPCC (condition)."""

    system: str | None = None
    code: str | None = None
    name: str = ""


class ShippingMarks(Value, frozen=True, kw_only=True):
    """What is written on a package."""

    marking: str | None = None


class SpsPackages(Value, frozen=True, kw_only=True):
    """Packages of one type."""

    level: str | None = None
    """UNTDID 7075: 1 inner, 2 intermediate, 3 outer, 4 no hierarchy."""
    type: str | None = None
    """UN/ECE Recommendation 21."""
    count: Decimal | None = None
    """A number with decimals in the standard: ePhyto writes 100.0000."""
    marks: tuple[ShippingMarks, ...] = ()


class Characteristic(Value, frozen=True, kw_only=True):
    """One feature of a treatment by its tag: TTL1, TTL2, TTCH, TTTM, TTCO, TTAI, TTFT (ePhyto profile)."""

    descriptions: tuple[str, ...] = ()
    """The tag first, then what it says, where that is no measure."""
    measure: Quantity | None = None


class Treatment(Value, frozen=True, kw_only=True):
    """A treatment or process that the goods went through."""

    type_code: str | None = None
    """UNTDID 7187; ePhyto always says ZZZ and puts the treatment into the characteristics."""
    started_at: datetime | None = None
    """Aware, UTC, here and below."""
    ended_at: datetime | None = None
    duration: Quantity | None = None
    characteristics: tuple[Characteristic, ...] = ()


class QuarantineItem(Value, frozen=True, kw_only=True):
    """One line of goods."""

    number: int | None = None
    description: str | None = None
    common_name: str | None = None
    scientific_name: str | None = None
    batches: tuple[str, ...] = ()
    intended_use: str | None = None
    net_weight: Quantity | None = None
    gross_weight: Quantity | None = None
    net_volume: Quantity | None = None
    notes: tuple[Note, ...] = ()
    classifications: tuple[Classification, ...] = ()
    packages: tuple[SpsPackages, ...] = ()
    containers: tuple[Container, ...] = ()
    origins: tuple[SpsCountry, ...] = ()
    treatments: tuple[Treatment, ...] = ()


class QuarantineCertificate(Value, frozen=True, kw_only=True):
    """A certificate of plant or animal health. Which of them (UNTDID 1001) is said by the kind of message."""

    name: str = ""
    number: str | None = None
    status_code: str | None = None
    """UNTDID 4405: 47 draft, 70 issued, 40 withdrawn, 44 replaced."""
    issued_at: datetime | None = None
    """Aware, UTC."""
    issuer: SpsParty | None = None
    notes: tuple[Note, ...] = ()
    references: tuple[ReferencedDocument, ...] = ()
    signatory: Signatory | None = None
    consignor: SpsParty | None = None
    consignee: SpsParty | None = None
    export_country: SpsCountry | None = None
    re_export_countries: tuple[SpsCountry, ...] = ()
    port_of_loading: SpsPlace | None = None
    import_country: SpsCountry | None = None
    transit_countries: tuple[SpsCountry, ...] = ()
    port_of_discharge: SpsPlace | None = None
    examination_place: str = ""
    """Mandatory in the schema, often empty in practice."""
    movements: tuple[Movement, ...] = ()
    containers: tuple[Container, ...] = ()
    items: tuple[QuarantineItem, ...] = ()


class ClearanceStatus(Value, frozen=True, kw_only=True):
    """What the importing authority did with a consignment (UN/CEFACT SPSAcknowledgement)."""

    issued_at: datetime | None = None
    """Aware, UTC."""
    status_code: str | None = None
    """UNTDID 4405: 39 approved, 41 rejected."""
    reasons: tuple[str, ...] = ()
    references: tuple[ReferencedDocument, ...] = ()
