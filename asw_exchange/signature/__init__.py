"""Who wrote it: XML signatures in a narrow profile, their keys, a test PKI, and trust.

Not here: the envelope around a signed document (``envelope``) and what the document says (``validation``).
"""

from asw_exchange.signature.algorithms import Canonicalization, DigestMethod, SignatureMethod, Transform
from asw_exchange.signature.containers import is_container, payload_of
from asw_exchange.signature.keys import SigningKey
from asw_exchange.signature.pki import Credentials, TestPki, create_pki
from asw_exchange.signature.pki_files import load_pki, write_pki
from asw_exchange.signature.policy import Placement, SignaturePolicy
from asw_exchange.signature.sign import sign, sign_canonical
from asw_exchange.signature.trust import TrustedSigner, TrustStore
from asw_exchange.signature.verify import Verified, read_signed, verify

__all__ = [
    "Canonicalization",
    "Credentials",
    "DigestMethod",
    "Placement",
    "SignatureMethod",
    "SignaturePolicy",
    "SigningKey",
    "TestPki",
    "Transform",
    "TrustStore",
    "TrustedSigner",
    "Verified",
    "create_pki",
    "is_container",
    "load_pki",
    "payload_of",
    "read_signed",
    "sign",
    "sign_canonical",
    "verify",
    "write_pki",
]
