"""Who wrote it: XML signatures in a narrow profile, their keys, a test PKI, and trust.

Not here: the envelope around a signed document (``envelope``), what the document says (``validation``), and
why a signature does not hold: that is in ``signature.diagnose``, which only who asks needs to load.
"""

from asw_exchange.signature.algorithms import Canonicalization, DigestMethod, SignatureMethod, Transform
from asw_exchange.signature.containers import is_container, payload_of
from asw_exchange.signature.examine import examine
from asw_exchange.signature.facts import Fact, SignatureFacts, SignerFacts, State
from asw_exchange.signature.faulty import Fault, FaultyKey, create_faulty
from asw_exchange.signature.keys import SigningKey
from asw_exchange.signature.pki import Credentials, TestPki, create_pki
from asw_exchange.signature.pki_files import (
    load_pki,
    load_trust,
    renew_files,
    revoke_files,
    write_faulty,
    write_pki,
)
from asw_exchange.signature.policy import Placement, SignaturePolicy
from asw_exchange.signature.renewal import renew_gateway, revoke_certificate
from asw_exchange.signature.sign import sign, sign_canonical
from asw_exchange.signature.trust import TrustedSigner, TrustStore
from asw_exchange.signature.verify import (
    Believed,
    Claim,
    Compared,
    Verified,
    believe,
    compare,
    read_claim,
    read_signed,
    take_content,
    verify,
)

__all__ = [
    "Believed",
    "Canonicalization",
    "Claim",
    "Compared",
    "Credentials",
    "DigestMethod",
    "Fact",
    "Fault",
    "FaultyKey",
    "Placement",
    "SignatureFacts",
    "SignatureMethod",
    "SignaturePolicy",
    "SignerFacts",
    "SigningKey",
    "State",
    "TestPki",
    "Transform",
    "TrustStore",
    "TrustedSigner",
    "Verified",
    "believe",
    "compare",
    "create_faulty",
    "create_pki",
    "examine",
    "is_container",
    "load_pki",
    "load_trust",
    "payload_of",
    "read_claim",
    "read_signed",
    "renew_files",
    "renew_gateway",
    "revoke_certificate",
    "revoke_files",
    "sign",
    "sign_canonical",
    "take_content",
    "verify",
    "write_faulty",
    "write_pki",
]
