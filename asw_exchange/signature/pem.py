"""PEM files: keys, certificates and revocation lists in, clear sentences out when they are something else.

Not here: whether a certificate is to be believed (``trust``).
"""

from __future__ import annotations

import re
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from asw_exchange.errors import CredentialError, FileError
from asw_exchange.signature.certificates import decode_lists, decode_pem
from asw_exchange.signature.primitives import PrivateKey, key_weakness

MOST_BYTES = 1024 * 1024
MOST_BYTES_OF_LISTS = 16 * MOST_BYTES

_LABELS = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
_CERTIFICATE = "CERTIFICATE"
_LIST = "X509 CRL"
_LIST_ENDING = ".crl"
"""The one ending under which DER is read too: so authorities publish lists (RFC 5280, section 4.2.1.13)."""


def read_private_key(path: Path) -> PrivateKey:
    """Read an unencrypted private key of the profile.

    Raises FileError when the file cannot be read, CredentialError saying what it holds instead.
    """
    data, labels = _read(path)
    held = [label for label in labels if label.endswith("PRIVATE KEY")]
    if not held:
        raise _not_there(path, "private key", labels)
    if held[0] == "ENCRYPTED PRIVATE KEY" or b"Proc-Type: 4,ENCRYPTED" in data:
        hint = "decrypt it first: openssl pkey -in FILE -out PLAIN.pem"
        raise CredentialError("the private key is encrypted", file=str(path), hint=hint)
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CredentialError("the private key cannot be read", file=str(path), value=str(error)) from error
    return _of_the_profile(key, path)


def _of_the_profile(key: object, path: Path) -> PrivateKey:
    weakness = key_weakness(key)
    if weakness:
        hint = "use ECDSA P-256, RSA of 2048 bits or more, or Ed25519"
        raise CredentialError(f"the key cannot be used: {weakness}", file=str(path), hint=hint)
    return key  # type: ignore[return-value]  # key_weakness knows no other types


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """Read all certificates of a file, at least one, in the order in which they stand.

    Raises FileError when the file cannot be read, CredentialError saying what it holds instead.
    """
    data, labels = _read(path)
    if _CERTIFICATE not in labels:
        raise _not_there(path, "certificate", labels)
    try:
        return decode_pem(data)
    except ValueError as error:
        raise CredentialError("a certificate cannot be read", file=str(path), value=str(error)) from error


def read_lists(path: Path) -> tuple[x509.CertificateRevocationList, ...]:
    """Read all revocation lists of a file; none where it holds something else.

    Raises FileError when the file cannot be read, CredentialError when a list cannot.
    """
    data, labels = _read(path, MOST_BYTES_OF_LISTS)
    if _LIST not in labels and (labels or path.suffix.lower() != _LIST_ENDING):
        return ()
    try:
        return decode_lists(data)
    except ValueError as error:
        raise CredentialError("a revocation list cannot be read", file=str(path), value=str(error)) from error


def _read(path: Path, most: int = MOST_BYTES) -> tuple[bytes, list[str]]:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise FileError(f"the file cannot be read: {error.strerror}", file=str(path)) from error
    except ValueError as error:
        raise FileError(f"this is no path of a file: {error}", file=repr(str(path))) from error
    if len(data) > most:
        raise CredentialError(f"more than {most} bytes are no key, certificate or list", file=str(path))
    return data, [label.decode() for label in _LABELS.findall(data)]


def _not_there(path: Path, wanted: str, labels: list[str]) -> CredentialError:
    if labels:
        found = ", ".join(dict.fromkeys(labels)).lower()
        hint = f"give the file with the {wanted}; key and certificate may have been exchanged"
        return CredentialError(f"no {wanted} in this file, but: {found}", file=str(path), hint=hint)
    command = "pkey" if wanted == "private key" else "x509"
    hint = f"convert it: openssl {command} -inform DER -in FILE -out NEW.pem"
    return CredentialError(f"no {wanted} in this file: it is not PEM", file=str(path), hint=hint)
