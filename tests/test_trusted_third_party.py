"""Receipts of a trusted third party: what they vouch for, and what they cannot be used for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from asw_exchange.corridors.eaeu import CORRIDOR, codes
from asw_exchange.corridors.eaeu.trusted_third_party import ReasonCode, check_receipt, issue_receipt
from asw_exchange.errors import DigestMismatch, UnknownIssuer, WrongKind
from asw_exchange.signature.pki import TestPki
from asw_exchange.testdata import eaeu, stream
from tests.builders import MOMENT


def container(pki: TestPki, number: int = 1, signer: str = "VN") -> bytes:
    """A signed certificate."""
    document = eaeu.certificate(stream(1, "ttp", number), number, issuer="VN", importer="RU")
    return CORRIDOR.write(CORRIDOR.kind(codes.CERTIFICATE), document, pki.key(signer))


def receipt(pki: TestPki, about: bytes) -> bytes:
    """What the third party, here with the key of the EEC gateway, says of Viet Nam's document."""
    return issue_receipt(about, trust=pki.trust("VN"), key=pki.key("EAEU"), moment=MOMENT)


def test_a_good_document_is_vouched_for(pki: TestPki) -> None:
    """The receipt names document and signature."""
    about = container(pki)
    told = check_receipt(receipt(pki, about), about, trust=pki.trust("EAEU"), moment=MOMENT)
    assert told.verified
    assert told.document.startswith("urn:uuid:")


def unsigned(raw: bytes) -> bytes:
    """The container without its signature."""
    end = b"</ds:Signature>"
    return raw[: raw.index(b"<ds:Signature")] + raw[raw.index(end) + len(end) :]


def tampered(raw: bytes) -> bytes:
    """Ten times the quantity."""
    return raw.replace(b"</Quantity>", b"0</Quantity>", 1)


@pytest.mark.parametrize(
    ("change", "reason"), [(tampered, ReasonCode.SIGNATURE), (unsigned, ReasonCode.DOCUMENT)]
)
def test_a_bad_document_is_told_why(
    pki: TestPki, change: Callable[[bytes], bytes], reason: ReasonCode
) -> None:
    """Signature.Error or Document.AuthenticityError, in a receipt that is itself in order."""
    about = change(container(pki))
    told = check_receipt(receipt(pki, about), about, trust=pki.trust("EAEU"), moment=MOMENT)
    assert (told.verified, told.reason) == (False, reason)
    assert told.text


def test_a_certificate_of_another_is_told(pki: TestPki) -> None:
    """Signature.BadCertificate."""
    about = container(pki, signer="KR")
    told = check_receipt(receipt(pki, about), about, trust=pki.trust("EAEU"), moment=MOMENT)
    assert told.reason is ReasonCode.CERTIFICATE


def test_a_receipt_counts_only_for_its_document(pki: TestPki) -> None:
    """Not for another one, nor for the same document signed by another."""
    told = receipt(pki, container(pki))
    for other in (container(pki, 2), container(pki, signer="KR")):
        with pytest.raises(DigestMismatch):
            check_receipt(told, other, trust=pki.trust("EAEU"), moment=MOMENT)


def test_a_receipt_of_anybody_is_refused(pki: TestPki) -> None:
    """Its own signature must lead to the third party."""
    about = container(pki)
    forged = issue_receipt(about, trust=pki.trust("VN"), key=pki.key("KR"), moment=MOMENT)
    with pytest.raises(UnknownIssuer):
        check_receipt(forged, about, trust=pki.trust("EAEU"), moment=MOMENT)


def test_only_signed_containers_are_checked(pki: TestPki) -> None:
    """Any other XML is refused by name."""
    with pytest.raises(WrongKind):
        receipt(pki, b"<a/>")
