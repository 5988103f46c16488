"""What is said in answer: the technical acknowledgement and the business outcomes."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from asw_exchange.model.certificate import Certificate
from asw_exchange.model.finding import Finding
from asw_exchange.model.goods import Quantity
from asw_exchange.model.value import Value


class Outcome(StrEnum):
    """What became of a message on arrival."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


class Acknowledgement(Value, frozen=True, kw_only=True):
    """The technical answer to one message."""

    refers_to: str
    """Id of the message that is answered."""
    kind: str | None = None
    """Kind of the message that is answered, where it could be told."""
    outcome: Outcome
    received_at: datetime
    digest: str
    """SHA-256 of the bytes as they arrived, in hexadecimal: what exactly was acknowledged."""
    findings: tuple[Finding, ...] = ()


class Decision(StrEnum):
    """What the importing customs did with a document (modelled: no public list exists)."""

    UTILISED = "utilised"
    PARTLY_UTILISED = "partly-utilised"
    NOT_GRANTED = "not-granted"
    REJECTED = "rejected"
    MATCHED = "matched"
    NOT_MATCHED = "not-matched"


class Reason(Value, frozen=True, kw_only=True):
    """Why a document or an item was refused: a code of the corridor's list and plain words."""

    code: str
    text: str | None = None


class RefusedItem(Value, frozen=True, kw_only=True):
    """An item that was refused while others were not (Form D, overleaf note 9)."""

    number: int
    reasons: tuple[Reason, ...] = ()


class CustomsResponse(Value, frozen=True, kw_only=True):
    """The importing customs' decision on a certificate or a declaration (OCP Rule 30)."""

    reference: str | None = None
    """Reference number of the document that is answered."""
    issuing_country: str | None = None
    responding_country: str | None = None
    decision: Decision | None = None
    decided_on: date | None = None
    received_on: date | None = None
    """When the document was received; the time to reject is counted from here (Rule 30(3))."""
    import_declaration: str | None = None
    utilised_quantities: tuple[Quantity, ...] = ()
    refused_items: tuple[RefusedItem, ...] = ()
    reasons: tuple[Reason, ...] = ()


class Cancellation(Value, frozen=True, kw_only=True):
    """The issuer takes a document back (OCP Rule 29(4); ACDD guide, Rule 3)."""

    reference: str | None = None
    issuing_country: str | None = None
    cancelled_on: date | None = None
    reason: Reason | None = None
    replaced_by: str | None = None
    """Reference number of the new document, where there is one."""


class Correction(Value, frozen=True, kw_only=True):
    """The issuer puts a certificate right: what was wrong, and the certificate as it is now.

    The corrected certificate bears the old number or a new one, as the issuing state has it.
    """

    reference: str | None = None
    """Reference number of the certificate that is corrected."""
    issuing_country: str | None = None
    corrected_on: date | None = None
    version: int | None = None
    """1 for the first correction."""
    form: str | None = None
    """The form that the certificate is on, for example AK."""
    reason: Reason | None = None
    certificate: Certificate | None = None
    """The certificate in full, corrected."""


class RetransmissionRequest(Value, frozen=True, kw_only=True):
    """The receiver asks for documents again after a loss of data (OCP Rule 29(3))."""

    references: tuple[str, ...] = ()
    requesting_country: str | None = None
    requested_on: date | None = None
    reason: Reason | None = None
