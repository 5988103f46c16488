"""A test PKI on disk: ``DIR/<GATEWAY>/{ca.pem,ca-key.pem,crl.pem,cert.pem,key.pem}``.

Beside them ``previous-<N>/{cert.pem,key.pem}``, what a gateway signed with before its keys were renewed, and
``faulty/<FAULT>/{cert.pem,key.pem}``, what nobody must believe; neither is read with the PKI.

Not here: other people's keys, which ``SigningKey.load`` and ``TrustStore.load`` read from anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from os import PathLike
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from asw_exchange.errors import CredentialError, FileError, UnknownName
from asw_exchange.signature.authorities import AUTHORITY_FILE, LIST_FILE
from asw_exchange.signature.certificates import uris_of
from asw_exchange.signature.faulty import Fault, FaultyKey
from asw_exchange.signature.issuing import check_code
from asw_exchange.signature.keys import SigningKey
from asw_exchange.signature.pem import read_certificates, read_lists, read_private_key
from asw_exchange.signature.pki import Credentials, TestPki
from asw_exchange.signature.primitives import PrivateKey
from asw_exchange.signature.renewal import renew_gateway, revoke_certificate
from asw_exchange.signature.trust import TrustStore

AUTHORITY_KEY_FILE = "ca-key.pem"
CERTIFICATE_FILE = "cert.pem"
KEY_FILE = "key.pem"
FAULTY_FOLDER = "faulty"
PREVIOUS_FOLDER = "previous-{}"
_OWNER_ONLY = 0o600
_ALL_MAY_READ = 0o644
_File = tuple[Path, bytes, int]
"""Path, content, mode."""


def write_pki(pki: TestPki, directory: str | PathLike[str], *, force: bool = False) -> None:
    """Write a folder for each gateway; private keys are readable by their owner alone.

    Nothing is written when one of the files is there already, unless ``force``. A file is complete or
    not there. Raises FileError naming the file, ConfigurationError for a code that is no gateway code.
    """
    _write_all(
        [
            (Path(directory) / check_code(code) / name, content, mode)
            for code, credentials in pki.gateways.items()
            for name, content, mode in contents_of(credentials)
        ],
        force,
    )


def write_faulty(
    faulty: Mapping[str, Mapping[Fault, FaultyKey]], directory: str | PathLike[str], *, force: bool = False
) -> None:
    """Write what ``create_faulty`` made into ``DIR/<GATEWAY>/faulty/<FAULT>``; raises as ``write_pki``."""
    _write_all(
        [
            (Path(directory) / check_code(code) / FAULTY_FOLDER / fault / name, content, mode)
            for code, keys in faulty.items()
            for fault, key in keys.items()
            for name, content, mode in _pair(key.private_key, [key.certificate])
        ],
        force,
    )


def load_pki(directory: str | PathLike[str]) -> TestPki:
    """Read what ``write_pki`` wrote; lists and private keys of the authorities only where they are there.

    Raises FileError or CredentialError naming the file.
    """
    folder = Path(directory)
    return TestPki(gateways={code: _load(folder / code) for code in _codes_in(folder)})


def load_trust(folder: str | PathLike[str]) -> TrustStore:
    """Read whom to believe to be one gateway: of its folder ``ca.pem`` is enough.

    Where its certificate is there too and bears a URI, as those of ``asw pki init`` do, only certificates
    with this name are believed. Raises as ``TrustStore.load``.
    """
    own = Path(folder) / CERTIFICATE_FILE
    names = uris_of(read_certificates(own)[0]) if own.is_file() else []
    return TrustStore.load(folder, expected_uri=next(iter(names), None))


def _codes_in(folder: Path) -> list[str]:
    """Return whose keys are in a folder. Raises FileError, and CredentialError where there are none."""
    try:
        codes = sorted(path.name for path in folder.iterdir() if (path / KEY_FILE).exists())
    except OSError as error:
        raise FileError(f"the folder cannot be read: {error.strerror}", file=str(folder)) from error
    if not codes:
        raise CredentialError(
            "no keys of gateways here", file=str(folder), hint=f"asw pki init {folder} makes some"
        )
    return codes


def _load_one(folder: Path, code: str) -> TestPki:
    """Read the keys of one gateway. Raises as ``load_pki``, and UnknownName when it is not there."""
    if code not in (codes := _codes_in(folder)):
        hint = f"there are keys of {', '.join(codes)}"
        raise UnknownName("no keys of this gateway here", file=str(folder), value=code, hint=hint)
    return TestPki(gateways={code: _load(folder / code)})


def renew_files(
    directory: str | PathLike[str],
    code: str,
    moment: datetime,
    *,
    overlap: timedelta,
    authority: bool = False,
) -> Path:
    """Renew a gateway's keys on disk as ``renew_gateway`` does, and return the folder with the old ones.

    Raises as ``load_pki``, ``renew_gateway`` and ``write_pki``, and UnknownName.
    """
    pki, folder = _load_one(Path(directory), code), Path(directory) / code
    renewed = renew_gateway(pki, code, moment, overlap=overlap, authority=authority)
    kept = next(path for number in count(1) if not (path := folder / PREVIOUS_FOLDER.format(number)).exists())
    old = pki.key(code)
    pair = _pair(old.private_key, [old.certificate, *old.chain])
    _write_all([(kept / name, content, mode) for name, content, mode in pair], force=False)
    write_pki(renewed, directory, force=True)
    return kept


def revoke_files(
    directory: str | PathLike[str], code: str, moment: datetime, *, certificate: Path | None = None
) -> x509.Certificate:
    """Revoke a gateway's certificate on disk as ``revoke_certificate`` does, and return the certificate.

    ``certificate`` is a file, for another than the present one. Raises as ``load_pki``,
    ``revoke_certificate`` and ``write_pki``, and UnknownName.
    """
    pki, folder = _load_one(Path(directory), code), Path(directory) / code
    revoked = read_certificates(certificate)[0] if certificate else pki.key(code).certificate
    crls = revoke_certificate(pki, code, moment, certificate=revoked).find(code).crls
    _write_all([(folder / LIST_FILE, _pem(*crls), _ALL_MAY_READ)], force=True)
    return revoked


def _load(folder: Path) -> Credentials:
    key = SigningKey.load(folder / KEY_FILE, folder / CERTIFICATE_FILE)
    authority, *older = read_certificates(folder / AUTHORITY_FILE)
    lists = folder / LIST_FILE
    return Credentials(
        key=key,
        authority=authority,
        authority_key=_load_authority_key(folder / AUTHORITY_KEY_FILE, authority),
        older_authorities=tuple(older),
        crls=read_lists(lists) if lists.exists() else (),
    )


def _load_authority_key(path: Path, authority: x509.Certificate) -> ec.EllipticCurvePrivateKey | None:
    if not path.exists():
        return None
    key = read_private_key(path)
    if key.public_key() != authority.public_key() or not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CredentialError(
            f"this is not the ECDSA key of the first certificate in {AUTHORITY_FILE}", file=str(path)
        )
    return key


def contents_of(credentials: Credentials) -> Iterator[tuple[str, bytes, int]]:
    """Yield the files of a gateway: name, content, and who may read it."""
    authorities = (credentials.authority, *credentials.older_authorities)
    yield AUTHORITY_FILE, _pem(*authorities), _ALL_MAY_READ
    if credentials.crls:
        yield LIST_FILE, _pem(*credentials.crls), _ALL_MAY_READ
    if credentials.authority_key:
        yield AUTHORITY_KEY_FILE, _private_pem(credentials.authority_key), _OWNER_ONLY
    yield from _pair(credentials.key.private_key, [credentials.key.certificate, *credentials.key.chain])


def _pair(key: PrivateKey, certificates: Iterable[x509.Certificate]) -> Iterator[tuple[str, bytes, int]]:
    yield CERTIFICATE_FILE, _pem(*certificates), _ALL_MAY_READ
    yield KEY_FILE, _private_pem(key), _OWNER_ONLY


def _private_pem(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _pem(*parts: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    return b"".join(part.public_bytes(Encoding.PEM) for part in parts)


def _write_all(files: Iterable[_File], force: bool) -> None:
    files = list(files)
    for path, _, _ in files:
        if not force and os.path.lexists(path):
            raise FileError("the file is there already", file=str(path), hint="use --force to overwrite it")
    for path, content, mode in files:
        write_whole(path, content, mode)


def write_whole(path: Path, content: bytes, mode: int) -> None:
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
