"""Keys that a gateway should not sign with: another gateway's, and those with a fault (``signature.faulty``).

All follow from the seed of the test PKI. Not here: which word means which key (``writing``).
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

from asw_exchange.signature import Fault, SigningKey, create_faulty, create_pki


@cache
def true_key(seed: str, gateway: str, start: datetime) -> SigningKey:
    """Return the key of a gateway in the PKI of this seed. Raises ConfigurationError for no code."""
    return create_pki(seed, (gateway,), start).key(gateway)


@cache
def faulty_key(seed: str, gateway: str, start: datetime, fault: Fault) -> SigningKey:
    """Return a key of the gateway whose certificate has this fault."""
    found = create_faulty(seed, (gateway,), start)[gateway][fault]
    return SigningKey(private_key=found.private_key, certificate=found.certificate)
