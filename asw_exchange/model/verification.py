"""Is this certificate genuine, and are the goods originating: the question and its answer."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from asw_exchange.model.answers import Reason, RefusedItem
from asw_exchange.model.certificate import CertificateReference
from asw_exchange.model.electronic import ElectronicDocument
from asw_exchange.model.value import Value


class VerificationRequest(Value, frozen=True, kw_only=True):
    """The importing side asks the issuing body about a certificate."""

    certificate: CertificateReference | None = None
    issuing_country: str | None = None
    """ISO 3166-1 alpha-2, here and in the one below."""
    requesting_country: str | None = None
    requested_on: date | None = None
    reasons: tuple[Reason, ...] = ()
    items: tuple[int, ...] = ()
    """Numbers of the items in doubt; none means the whole certificate."""
    electronic_document: ElectronicDocument | None = None


class VerificationResult(StrEnum):
    """What the issuing body found (modelled: no public list exists)."""

    CONFIRMED = "confirmed"
    PARTLY_CONFIRMED = "partly-confirmed"
    NOT_ORIGINATING = "not-originating"
    NOT_ISSUED = "not-issued"


class VerificationReply(Value, frozen=True, kw_only=True):
    """The issuing body's answer."""

    certificate: CertificateReference | None = None
    issuing_country: str | None = None
    """ISO 3166-1 alpha-2, here and in the one below."""
    requesting_country: str | None = None
    replied_on: date | None = None
    result: VerificationResult | None = None
    refused_items: tuple[RefusedItem, ...] = ()
    """Items whose origin was not confirmed, where others were."""
    reasons: tuple[Reason, ...] = ()
    electronic_document: ElectronicDocument | None = None
