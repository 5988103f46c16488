"""Certificates that lie beside the trusted ones: to recognise a key by, never to trust it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from cryptography import x509

from asw_exchange.errors import ExchangeError
from asw_exchange.signature.pem import read_certificates

_MOST_FILES = 256
_PATTERNS = ("*.pem", "*.crt", "*.cer", "*/*.pem", "*/*.crt", "*/*.cer")


def certificates_in(folder: Path) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a folder and the folders in it; files that hold none are passed over."""
    files = sorted({file for pattern in _PATTERNS for file in islice(folder.glob(pattern), _MOST_FILES)})
    found: list[x509.Certificate] = []
    for file in files:
        try:
            found += read_certificates(file)
        except ExchangeError:
            continue
    return tuple(dict.fromkeys(found))
