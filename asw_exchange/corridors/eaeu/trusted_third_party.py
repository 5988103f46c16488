"""A trusted third party vouches across the border: it checks a signed document and signs a receipt for it.

EEC Decision N 125; the receipt's elements and reason codes are those of Kazakhstan's published rules. An
option: gateways here do not ask for receipts by themselves. *Modelled*: that the receipt is signed in this
project's profile, and that its reference is the SHA-256 of what was signed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lxml import etree

from asw_exchange.codec import read
from asw_exchange.codec.builder import escape, escape_attribute
from asw_exchange.corridors.eaeu import codes
from asw_exchange.errors import DigestMismatch, ExchangeError, SignatureMismatch, UntrustedSigner, WrongKind
from asw_exchange.signature import (
    Placement,
    SignaturePolicy,
    SigningKey,
    TrustStore,
    sign_canonical,
    verify,
)
from asw_exchange.signature.containers import SIGNED_DATA

NAMESPACE = "urn:EEC:TTP:v1.0:receipt"
CONTAINER = SignaturePolicy(placement=Placement.SIGNED_DOC)
_CONTENT = f"{{{SIGNED_DATA}}}SignedContent"


class ReasonCode(StrEnum):
    """Why a document is not vouched for."""

    SIGNATURE = "Signature.Error"
    CERTIFICATE = "Signature.BadCertificate"
    DOCUMENT = "Document.AuthenticityError"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says; only what was signed by the third party."""

    id: str
    document: str
    """DocInstance of the signed container."""
    reference: str | None
    """SHA-256 of the signed container's bytes, as ``urn:sha256:...``, where it was found in order."""
    reason: ReasonCode | None = None
    text: str | None = None

    @property
    def verified(self) -> bool:
        """Whether the third party vouches for the document."""
        return self.reason is None


def issue_receipt(container: bytes, *, trust: TrustStore, key: SigningKey, moment: datetime) -> bytes:
    """Check a ``SignedDoc`` against the signer's authorities and return a signed receipt, good or bad.

    Raises ReadError for bytes that are not XML, WrongKind for XML that is no SignedDoc.
    """
    document = _instance(container)
    try:
        verify(container, trust, moment, CONTAINER)
    except ExchangeError as error:
        report = (
            f"<Error><ReasonCode>{_reason(error)}</ReasonCode>"
            f"<ReasonText>{escape(error.message)}</ReasonText></Error>"
        )
    else:
        report = f'<Success Reference="{_reference(container)}"></Success>'
    id_ = codes.message_id(f"receipt for {document} at {moment.isoformat()}")
    text = (
        f'<Receipt xmlns="{NAMESPACE}" Id="r{id_}"><ReceiptId>urn:uuid:{id_}</ReceiptId>'
        f"<DocId>{escape(document)}</DocId><Report>{report}</Report></Receipt>"
    )
    return sign_canonical(text.encode(), key)


def check_receipt(receipt: bytes, container: bytes, *, trust: TrustStore, moment: datetime) -> Receipt:
    """Check the third party's own signature, and that the receipt is about this container.

    Returns what it says, which may be that the document is *not* in order. Raises a SignatureError for the
    receipt's signature, DigestMismatch for a receipt about other bytes.
    """
    told = _read(verify(receipt, trust, moment).document)
    if told.document != _instance(container) or told.reference not in (None, _reference(container)):
        raise DigestMismatch(
            "the receipt is about another document or another signature", value=told.document
        )
    return told


def _read(root: etree._Element) -> Receipt:
    if root.tag != f"{{{NAMESPACE}}}Receipt":
        raise WrongKind("the document is no receipt", value=str(root.tag))
    success = root.find(f".//{{{NAMESPACE}}}Success")
    return Receipt(
        id=root.findtext(f"{{{NAMESPACE}}}ReceiptId") or "",
        document=root.findtext(f"{{{NAMESPACE}}}DocId") or "",
        reference=None if success is None else success.get("Reference"),
        reason=None if success is not None else _reason_code(root),
        text=root.findtext(f".//{{{NAMESPACE}}}ReasonText"),
    )


def _reason_code(root: etree._Element) -> ReasonCode:
    """Read the reason; one that is not on the list vouches for nothing either."""
    code = root.findtext(f".//{{{NAMESPACE}}}ReasonCode")
    return ReasonCode(code) if code in set(ReasonCode) else ReasonCode.DOCUMENT


def _instance(container: bytes) -> str:
    content = next(read(container).iter(_CONTENT), None)
    if content is None:
        raise WrongKind("the document is no SignedDoc", hint="a trusted third party checks signed containers")
    return content.get("DocInstance") or ""


def _reference(container: bytes) -> str:
    return escape_attribute(f"urn:sha256:{hashlib.sha256(container).hexdigest()}")


def _reason(error: ExchangeError) -> ReasonCode:
    if isinstance(error, UntrustedSigner):
        return ReasonCode.CERTIFICATE
    if isinstance(error, DigestMismatch | SignatureMismatch):
        return ReasonCode.SIGNATURE
    return ReasonCode.DOCUMENT
