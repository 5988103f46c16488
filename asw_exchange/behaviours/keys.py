"""Keys that a gateway should not sign with: another gateway's, and those with a fault (``signature.faulty``).

They stand in the folder that ``asw pki init`` wrote, or follow from the seed of the test PKI. Not here: which
word means which key (``writing``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from asw_exchange.signature import Fault, SigningKey, create_faulty, create_pki
from asw_exchange.signature.issuing import check_code
from asw_exchange.signature.pki_files import CERTIFICATE_FILE, FAULTY_FOLDER, KEY_FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class PkiOrigin:
    """Where the test PKI comes from, so that keys that nobody should sign with are like its own."""

    seed: str
    start: datetime
    """Its moment, as for ``create_pki``."""
    folder: Path | None = None
    """Where ``asw pki init`` wrote it; what is not there follows from the seed."""


@cache
def true_key(origin: PkiOrigin, gateway: str) -> SigningKey:
    """Return the key of a gateway. Raises ConfigurationError for no code, FileError and CredentialError."""
    found = _written(origin, gateway)
    return found or create_pki(origin.seed, (gateway,), origin.start).key(gateway)


@cache
def faulty_key(origin: PkiOrigin, gateway: str, fault: Fault) -> SigningKey:
    """Return a key of the gateway whose certificate has this fault. Raises FileError and CredentialError."""
    written = _written(origin, gateway, FAULTY_FOLDER, fault)
    if written is not None:
        return written
    made = create_faulty(origin.seed, (gateway,), origin.start)[gateway][fault]
    return SigningKey(private_key=made.private_key, certificate=made.certificate)


def _written(origin: PkiOrigin, gateway: str, *place: str) -> SigningKey | None:
    if origin.folder is None:
        return None
    folder = origin.folder.joinpath(check_code(gateway), *place)
    key, certificate = folder / KEY_FILE, folder / CERTIFICATE_FILE
    return SigningKey.load(key, certificate) if key.is_file() and certificate.is_file() else None
