"""Certificates and revocation lists of authorities, read from a folder: what to trust, as files.

Not here: whom they certify (``trust``) and how long a list holds (``revocation``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519

from asw_exchange.errors import CredentialError, FileError
from asw_exchange.signature.certificates import is_authority, name_of
from asw_exchange.signature.pem import read_certificates, read_lists

AUTHORITY_FILE = "ca.pem"
LIST_FILE = "crl.pem"
_LISTS = "*.crl"
_ENDINGS = {".pem", ".crt", ".cer", ".crl"}


def check_authority(certificate: x509.Certificate) -> None:
    """Raise CredentialError for a certificate that no chain can end in.

    The X.509 verification of ``cryptography`` knows authorities with ECDSA and RSA keys, none with EdDSA.
    """
    who = f"the certificate ({name_of(certificate)})"
    if not is_authority(certificate):
        raise CredentialError(
            f"{who} is not that of an authority", hint="give the certificate of the issuing CA"
        )
    if isinstance(certificate.public_key(), ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        raise CredentialError(f"{who} has an EdDSA key", hint="use an authority with an ECDSA or RSA key")


def read_authorities(
    path: Path,
) -> tuple[tuple[x509.Certificate, ...], tuple[x509.CertificateRevocationList, ...]]:
    """Read authorities and lists from a PKI folder, a gateway's folder, or any folder or file.

    Of a PKI folder, ``*/ca.pem``, ``*/crl.pem`` and ``*/*.crl`` are read; of a gateway's the same without
    the first star; of any other folder all files ending in .pem, .crt, .cer and .crl. Raises FileError when
    something cannot be read, CredentialError naming a file that holds neither.
    """
    certificates: list[x509.Certificate] = []
    lists: list[x509.CertificateRevocationList] = []
    for file in _files(path):
        found = read_lists(file)
        lists += found
        if not found:
            certificates += _authorities_of(file)
    return tuple(certificates), tuple(lists)


def _authorities_of(file: Path) -> Iterator[x509.Certificate]:
    for certificate in read_certificates(file):
        try:
            check_authority(certificate)
        except CredentialError as error:
            raise error.in_file(str(file)) from error.__cause__
        yield certificate


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        folders = (
            [path]
            if (path / AUTHORITY_FILE).is_file()
            else [f.parent for f in path.glob(f"*/{AUTHORITY_FILE}")]
        )
        found = sorted(file for folder in folders for file in _files_of_gateway(folder)) or sorted(
            file for file in path.iterdir() if file.suffix.lower() in _ENDINGS
        )
    except OSError as error:
        raise FileError(f"the folder cannot be read: {error.strerror}", file=str(path)) from error
    if not found:
        raise CredentialError(
            "no certificates of authorities here", file=str(path), hint="asw pki init makes some"
        )
    return found


def _files_of_gateway(folder: Path) -> Iterator[Path]:
    yield folder / AUTHORITY_FILE
    yield from folder.glob(LIST_FILE)
    yield from folder.glob(_LISTS)
