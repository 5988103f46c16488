"""The TLS key of a test server on this machine, and the authority that certifies it: from a seed, for tests.

On disk it stands beside the gateways of a test PKI, as ``DIR/tls/{authority,server,server-key}.pem``: names
under which nobody takes it for a gateway's, or for an authority that certifies signers. Not here: how it is
used in TLS (``server``).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from os import PathLike, path
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from asw_exchange.errors import CredentialError, FileError
from asw_exchange.signature.derivation import derive_ecdsa_key, derive_serial
from asw_exchange.signature.keys import SigningKey
from asw_exchange.signature.pem import read_certificates
from asw_exchange.signature.pki_files import write_whole

FOLDER = "tls"
AUTHORITY_FILE, CERTIFICATE_FILE, KEY_FILE = "authority.pem", "server.pem", "server-key.pem"
NAMES = ("localhost",)
ADDRESSES = ("127.0.0.1", "::1")
_ORGANIZATION = "asw_exchange TEST - not for production"
_EARLIER, _LIFE = timedelta(days=1), timedelta(days=3652)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCredentials:
    """What a server shows, and what its clients must believe."""

    key: SigningKey
    authority: x509.Certificate


def create_server_credentials(seed: int | str, moment: datetime) -> ServerCredentials:
    """Make a key and certificate for ``localhost``, 127.0.0.1 and ::1; all of it follows from the arguments.

    The names are fixed, as is the key of the authority, so servers of one seed believe each other whenever
    they were started.
    """
    text, start = str(seed), moment.astimezone(UTC).replace(microsecond=0) - _EARLIER
    authority_key = derive_ecdsa_key(text, "tls/authority")
    server_key = derive_ecdsa_key(text, "tls/server")
    authority = _begin(text, "authority", authority_key, authority_key, start)
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    authority = authority.add_extension(_usage(authority=True), critical=True)
    server = _begin(text, "server", server_key, authority_key, start)
    server = server.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    server = server.add_extension(_usage(authority=False), critical=True)
    server = server.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    server = server.add_extension(_alternative_names(), critical=False)
    return ServerCredentials(
        key=SigningKey(private_key=server_key, certificate=_signed(server, authority_key)),
        authority=_signed(authority, authority_key),
    )


def write_server_credentials(
    credentials: ServerCredentials, directory: str | PathLike[str], *, force: bool = False
) -> None:
    """Write them into the folder of a test PKI. Raises FileError, also for files that are there already."""
    folder = Path(directory) / FOLDER
    key = credentials.key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = (
        (folder / AUTHORITY_FILE, credentials.authority.public_bytes(Encoding.PEM), 0o644),
        (folder / CERTIFICATE_FILE, credentials.key.certificate.public_bytes(Encoding.PEM), 0o644),
        (folder / KEY_FILE, key, 0o600),
    )
    for file, _, _ in files:
        if not force and path.lexists(file):
            raise FileError("the file is there already", file=str(file), hint="use --force to overwrite it")
    for file, content, mode in files:
        write_whole(file, content, mode)


def load_server_credentials(directory: str | PathLike[str]) -> ServerCredentials:
    """Read what ``write_server_credentials`` wrote. Raises FileError or CredentialError naming the file."""
    folder = Path(directory) / FOLDER
    if not folder.is_dir():
        raise CredentialError(
            "no key of a server here", file=str(folder), hint=f"asw pki init --force {directory} makes one"
        )
    key = SigningKey.load(folder / KEY_FILE, folder / CERTIFICATE_FILE)
    return ServerCredentials(key=key, authority=read_certificates(folder / AUTHORITY_FILE)[0])


def _begin(
    seed: str,
    role: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: ec.EllipticCurvePrivateKey,
    start: datetime,
) -> x509.CertificateBuilder:
    """Start a certificate of the X.509 v3 profile of RFC 5280, sections 4.1 and 4.2."""
    subject_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(_name(role))
        .issuer_name(_name("authority"))
        .public_key(key.public_key())
        .serial_number(derive_serial(seed, f"tls/{role}/{start.isoformat()}"))
        .not_valid_before(start)
        .not_valid_after(start + _LIFE)
        .add_extension(subject_id, critical=False)
        .add_extension(issuer_id, critical=False)
    )


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)


def _name(role: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, f"TLS {role}"),
        ]
    )


def _alternative_names() -> x509.SubjectAlternativeName:
    addresses = [x509.IPAddress(ipaddress.ip_address(address)) for address in ADDRESSES]
    return x509.SubjectAlternativeName([*map(x509.DNSName, NAMES), *addresses])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
