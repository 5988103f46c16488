"""Verifies a signature, and hands on only what was signed.

The order of the checks is that of ``verify``: place, shape, trust, signature value, digest. The dear one
is last: a stranger cannot make us canonicalise what he sends (XML Signature Best Practices, section 2.1).
Not here: why a digest differs.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from lxml import etree

from asw_exchange.codec import DEFAULT_LIMITS, Limits, read, read_whole
from asw_exchange.errors import DigestMismatch
from asw_exchange.signature.algorithms import SignatureMethod, digest_of
from asw_exchange.signature.canonical import check_context, signed_info_tag
from asw_exchange.signature.facts import SignerFacts
from asw_exchange.signature.placement import Found, find_signature, reread_document, signed_bytes
from asw_exchange.signature.places import place_of
from asw_exchange.signature.policy import ENVELOPED, SignaturePolicy
from asw_exchange.signature.primitives import check_value
from asw_exchange.signature.profile import SignatureParts, read_parts, refuse_comments
from asw_exchange.signature.trust import TrustedSigner, TrustStore


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verified:
    """What was signed, and by whom. Everything downstream works on this, never on the input."""

    document: etree._Element
    """The document, without signature and container, parsed anew from what was digested."""
    canonical: bytes
    """Its canonical octets: all that was digested, less the container's own tags."""
    signer: x509.Certificate
    facts: SignerFacts
    """What is known of the signer, its revocation included, which may be unknown."""
    algorithm: SignatureMethod
    digest: str
    """Of what was signed, by the digest method of the signature, in hexadecimal."""


def read_signed(data: bytes, limits: Limits = DEFAULT_LIMITS) -> etree._Element:
    """Read a message whose signature is to be verified, and return its root element.

    Raises ReadError, and a subclass of SignatureProfileError for a comment inside a signature.
    """
    root = read(data, limits=limits, keep_instructions=True)
    if b"!" in data and b"<!--" in data:  # most have no exclamation mark at all, which is seen sooner
        refuse_comments(read_whole(data, limits=limits))
    return root


def verify(
    root: etree._Element | bytes, trust: TrustStore, moment: datetime, policy: SignaturePolicy = ENVELOPED
) -> Verified:
    """Verify the one signature of a document and return what it covers.

    ``root`` is XML, or an element of a tree that ``read_signed`` made. An element
    inside an envelope is taken as if it were a document of its own: our envelopes hold exactly one
    document, ``URI=""`` means that one, and exclusive C14N gives the same octets wherever it stands.

    Checks in this order, and raises: Unsigned or SignatureMisplaced; SignatureProfileError for anything
    outside the profile (XML Signature 1.1, section 4); a subclass of UntrustedSigner for the certificate at
    ``moment`` (RFC 5280, section 6); SignatureMismatch (section 3.2.2); DigestMismatch (section 3.2.1).
    Also ReadError for bytes that are not XML, TooLarge where the canonical form explodes.
    """
    element = read_signed(root) if isinstance(root, bytes) else root
    return take_content(compare(believe(read_claim(element, policy), trust, moment)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Claim:
    """A signature in its place and of the right shape. Nothing of it is believed yet."""

    element: etree._Element
    policy: SignaturePolicy
    found: Found
    parts: SignatureParts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Believed:
    """A claim that a trusted signer has made. Whether it is about this content is open."""

    claim: Claim
    signer: TrustedSigner


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """What a trusted signer has signed, as octets."""

    believed: Believed
    octets: bytes
    digest: bytes


def read_claim(element: etree._Element, policy: SignaturePolicy = ENVELOPED) -> Claim:
    """Begin as ``verify`` does: find the signature, and read what it says."""
    found = find_signature(element, policy.placement)
    check_context(found.target, policy.canonicalization)
    parts = read_parts(found.signature, found.reference, policy)
    return Claim(element=element, policy=policy, found=found, parts=parts)


def believe(claim: Claim, trust: TrustStore, moment: datetime) -> Believed:
    """Go on as ``verify`` does: the signer is to be trusted at ``moment``, and the signature value is his."""
    signature, parts = claim.found.signature, claim.parts
    signer = trust.check_encoded(parts.certificates, moment)
    tag = signed_info_tag(signature, signature.prefix or "", claim.policy.canonicalization)
    check_value(signer.public_key, parts.method, parts.value, tag + parts.signed_info)
    return Believed(claim=claim, signer=signer)


def compare(believed: Believed) -> Compared:
    """Go on as ``verify`` does: the content has the digest that was signed."""
    claim = believed.claim
    octets = signed_bytes(claim.found, claim.policy)
    digest = digest_of(octets, claim.parts.digest_method)
    check_digest(digest, claim.parts, claim.element)
    return Compared(believed=believed, octets=octets, digest=digest)


def take_content(compared: Compared) -> Verified:
    """End as ``verify`` does: read the document anew from what was digested, and hand on only that."""
    claim, signer = compared.believed.claim, compared.believed.signer
    document, canonical = reread_document(compared.octets, claim.policy.placement)
    return Verified(
        document=document,
        canonical=canonical,
        signer=signer.certificate,
        facts=signer.facts,
        algorithm=claim.parts.method,
        digest=compared.digest.hex(),
    )


def check_digest(digest: bytes, parts: SignatureParts, element: etree._Element) -> None:
    """Raise DigestMismatch, placed at ``element``, when the digest is not the one that was signed."""
    if digest != parts.digest:
        expected, computed = b64encode(parts.digest).decode(), b64encode(digest).decode()
        raise DigestMismatch(
            f"the content is not what was signed: signed was digest {expected}, computed is {computed}",
            **place_of(element),
        )
