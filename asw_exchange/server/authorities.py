"""Under whose authorities the messages in a ledger were signed, so that a server with other keys can say so.

Noted are the public keys, not the certificates: those made anew from the same seed are the same authorities.
Not here: whether one message holds (the gateways judge each by itself).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from asw_exchange.errors import ConfigurationError
from asw_exchange.ledger import Ledger
from asw_exchange.signature import TrustStore

_NOTE = "authorities"


def note_authorities(ledger: Ledger, trust: Mapping[str, TrustStore]) -> None:
    """Note whom messages are signed under from now on. Raises LedgerError."""
    told = {code: sorted(_fingerprints(store)) for code, store in sorted(trust.items())}
    ledger.set_note(_NOTE, msgspec.json.encode(told).decode())


def find_estranged(ledger: Ledger, trust: Mapping[str, TrustStore]) -> tuple[str, ...]:
    """Return the gateways whose earlier messages do not verify now; of an empty ledger, note whom it has.

    The note of a ledger with messages stays, so that it is right again with the keys of before. A ledger
    without one, from elsewhere, tells nothing. Raises LedgerError, and ConfigurationError for a note that
    cannot be read.
    """
    if not ledger.last_sequence():
        note_authorities(ledger, trust)
    noted = ledger.note(_NOTE)
    try:
        known = msgspec.json.decode(noted or "{}", type=dict[str, frozenset[str]])
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"what the ledger says of its keys cannot be read: {error}") from error
    return tuple(
        code
        for code, store in sorted(trust.items())
        if not known.get(code, frozenset()) <= _fingerprints(store)
    )


def _fingerprints(store: TrustStore) -> set[str]:
    keys = (each.public_key() for each in store.authorities)
    return {
        hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()[:32]
        for key in keys
    }
