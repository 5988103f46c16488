"""Keys that a gateway should not sign with: another's, a stranger's, an imitation, one out of date.

All follow from the seed of the test PKI. Not here: revoked, weak and misused ones (``signature.pki``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from asw_exchange.signature import SigningKey, create_pki

_STRANGER = "STRANGER"
_EXPIRED = timedelta(days=4 * 366)
"""Before the moment: gateway certificates last two years, their authorities ten."""


@cache
def key_of(seed: str, gateway: str, start: datetime) -> SigningKey:
    """Return the true key of a gateway in the PKI of this seed. Raises ConfigurationError for no code."""
    return create_pki(seed, (gateway,), start).key(gateway)


def unknown_key(seed: str, start: datetime) -> SigningKey:
    """Return a key whose authority nobody knows."""
    return key_of(f"{seed}/stranger", _STRANGER, start)


def imitated_key(seed: str, gateway: str, start: datetime) -> SigningKey:
    """Return a key whose certificate bears the gateway's names, made by a false authority."""
    return key_of(f"{seed}/imitation", gateway, start)


def expired_key(seed: str, gateway: str, start: datetime) -> SigningKey:
    """Return a key with a certificate of the gateway's own authority that is out of date."""
    return key_of(seed, gateway, start - _EXPIRED)
