"""Who wrote it: XML signatures in a narrow profile, their keys, test PKI and trust.

Not here: wrapping (``envelope``), revocation lists, and why a signature fails (issue of ``diagnose``).
"""

from asw_exchange.signature.algorithms import Canonicalization, DigestMethod, SignatureMethod
from asw_exchange.signature.policy import Placement, SignaturePolicy

__all__ = [
    "Canonicalization",
    "DigestMethod",
    "Placement",
    "SignatureMethod",
    "SignaturePolicy",
]
