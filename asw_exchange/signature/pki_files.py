"""A test PKI on disk: ``DIR/<GATEWAY>/{ca.pem,cert.pem,key.pem}``.

Not here: other people's keys, which ``SigningKey.load`` and ``TrustStore.load`` read from anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from asw_exchange.errors import CredentialError, FileError
from asw_exchange.signature.keys import SigningKey
from asw_exchange.signature.pem import read_certificates
from asw_exchange.signature.pki import Credentials, TestPki, check_code
from asw_exchange.signature.trust import AUTHORITY_FILE

CERTIFICATE_FILE = "cert.pem"
KEY_FILE = "key.pem"
_OWNER_ONLY = 0o600
_ALL_MAY_READ = 0o644


def write_pki(pki: TestPki, directory: str | PathLike[str], *, force: bool = False) -> None:
    """Write a folder for each gateway; private keys are readable by their owner alone.

    Nothing is written when one of the files is there already, unless ``force``. A file is complete or
    not there. Raises FileError naming the file, ConfigurationError for a code that is no gateway code.
    """
    files = [
        (Path(directory) / check_code(code) / name, content, mode)
        for code, credentials in pki.gateways.items()
        for name, content, mode in contents_of(credentials)
    ]
    for path, _, _ in files:
        if not force and os.path.lexists(path):
            raise FileError("the file is there already", file=str(path), hint="use --force to overwrite it")
    for path, content, mode in files:
        _write(path, content, mode)


def load_pki(directory: str | PathLike[str]) -> TestPki:
    """Read what ``write_pki`` wrote; the private keys of the authorities are not among it.

    Raises FileError or CredentialError naming the file.
    """
    folder = Path(directory)
    try:
        codes = sorted(path.parent.name for path in folder.glob(f"*/{KEY_FILE}"))
    except OSError as error:
        raise FileError(f"the folder cannot be read: {error.strerror}", file=str(folder)) from error
    if not codes:
        raise CredentialError(
            "no keys of gateways here", file=str(folder), hint=f"asw pki init {folder} makes some"
        )
    return TestPki(gateways={code: _load(folder / code) for code in codes})


def _load(folder: Path) -> Credentials:
    key = SigningKey.load(folder / KEY_FILE, folder / CERTIFICATE_FILE)
    return Credentials(key=key, authority=read_certificates(folder / AUTHORITY_FILE)[0])


def contents_of(credentials: Credentials) -> Iterator[tuple[str, bytes, int]]:
    """Yield the files of a gateway: name, content, and who may read it."""
    yield AUTHORITY_FILE, _pem(credentials.authority), _ALL_MAY_READ
    chain = (credentials.key.certificate, *credentials.key.chain)
    yield CERTIFICATE_FILE, b"".join(_pem(certificate) for certificate in chain), _ALL_MAY_READ
    key = credentials.key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    yield KEY_FILE, key, _OWNER_ONLY


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write beside the target and rename, so that a full disk leaves no half of a key."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(content)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(f"the file cannot be written: {error.strerror}", file=str(path)) from error
