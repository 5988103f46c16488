"""The algorithms that a signature may name, by the URIs that stand in the XML.

Sources: XML Signature 1.1 (section 6), RFC 4051, RFC 9231. A URI that is not here is refused by
name; SHA-1, MD5, HMAC, XPath, XSLT and base64 transforms are left out on purpose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import Any

NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
"""The namespace of XML Signature, and of the enveloped-signature transform."""


class Canonicalization(StrEnum):
    """How a tree becomes bytes, comments left out."""

    EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
    """Exclusive XML Canonicalization 1.0: does not depend on what stands around the element."""
    INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    """Canonical XML 1.0: takes over the namespaces and xml: attributes of what stands around."""


class Transform(StrEnum):
    """What is done to the signed element before it is canonicalised."""

    ENVELOPED = f"{NAMESPACE}enveloped-signature"
    """Leave out the signature itself (XML Signature 1.1, section 6.6.4)."""


class DigestMethod(StrEnum):
    """How the canonical bytes are digested."""

    SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
    SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
    SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"


class SignatureMethod(StrEnum):
    """How the signature value is made."""

    ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
    """On the curve P-256; the value is r and s, 32 octets each (XML Signature 1.1, section 6.4.3)."""
    RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    """RSASSA-PKCS1-v1_5, as the two below; keys of 2048 bits or more."""
    RSA_SHA384 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384"
    RSA_SHA512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"
    ED25519 = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"
    """EdDSA on Curve25519 (RFC 9231, section 2.3.12)."""


DIGESTS: dict[DigestMethod, Callable[[bytes], Any]] = {
    DigestMethod.SHA256: hashlib.sha256,
    DigestMethod.SHA384: hashlib.sha384,
    DigestMethod.SHA512: hashlib.sha512,
}

STRONG_DIGESTS = frozenset(DigestMethod)
"""The allow-list of digest methods, unless a policy narrows it."""

STRONG_SIGNATURES = frozenset(SignatureMethod)
"""The allow-list of signature methods, unless a policy narrows it."""


def digest_of(data: bytes, method: DigestMethod) -> bytes:
    """Return the digest of ``data``."""
    value: bytes = DIGESTS[method](data).digest()
    return value
