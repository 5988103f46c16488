"""Finds out everything about a signature and its signer, where ``verify`` stops at the first fault.

For people and reports; a gateway decides by ``verify``. Not here: why a digest differs.
"""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from asw_exchange.codec import read
from asw_exchange.errors import SignatureError
from asw_exchange.signature.algorithms import digest_of
from asw_exchange.signature.canonical import signed_info_tag
from asw_exchange.signature.facts import Fact, SignatureFacts, SignerFacts, State, bad, good, unknown
from asw_exchange.signature.placement import Found, find_signature, signed_bytes
from asw_exchange.signature.policy import ENVELOPED, SignaturePolicy
from asw_exchange.signature.primitives import check_value
from asw_exchange.signature.profile import SignatureParts, read_parts
from asw_exchange.signature.trust import TrustStore
from asw_exchange.signature.verify import check_digest


def examine(
    root: etree._Element | bytes, trust: TrustStore, moment: datetime, policy: SignaturePolicy = ENVELOPED
) -> SignatureFacts:
    """Say of the signature of a document whether it fits, and everything about its signer.

    Takes what ``verify`` takes. A signature that is not there, or not of the profile, is a bad fact about
    the signature, and leaves none about a signer. Raises ReadError for bytes that are not XML, TooLarge where
    the canonical form explodes, ConfigurationError for a moment without a time zone.
    """
    element = read(root, keep_instructions=True) if isinstance(root, bytes) else root
    try:
        found = find_signature(element, policy.placement)
        parts = read_parts(found.signature, found.reference, policy)
        signer = trust.examine_encoded(parts.certificates, moment)
    except SignatureError as error:
        return SignatureFacts(signature=bad(error.message, error), signer=None)
    return SignatureFacts(signature=_fit(element, found, parts, signer, policy), signer=signer)


def _fit(
    element: etree._Element,
    found: Found,
    parts: SignatureParts,
    signer: SignerFacts,
    policy: SignaturePolicy,
) -> Fact:
    """Check the digest, then the value; no weak key is asked, for it proves nothing."""
    try:
        check_digest(digest_of(signed_bytes(found, policy), parts.digest_method), parts, element)
        if signer.key.state is State.BAD:
            return unknown("the content is what was signed; the value was not checked with such a key")
        tag = signed_info_tag(found.signature, found.signature.prefix or "", policy.canonicalization)
        key = signer.certificate.public_key()
        check_value(key, parts.method, parts.value, tag + parts.signed_info)  # type: ignore[arg-type]
    except SignatureError as error:
        return bad(error.message, error)
    return good("fits the content and the key")
