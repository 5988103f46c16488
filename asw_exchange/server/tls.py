"""TLS for both directions: the context that a server listens with, and those that gateways deliver with.

TLS 1.2 or newer. Not here: which gateway a client certificate stands for (``peers``).
"""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from asw_exchange.errors import CredentialError, WrongOption
from asw_exchange.server.settings import Settings
from asw_exchange.signature import SigningKey, TestPki, TrustStore
from asw_exchange.signature.pem import read_certificates
from asw_exchange.signature.server_credentials import (
    FOLDER,
    ServerCredentials,
    create_server_credentials,
    load_server_credentials,
)

_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL: the clock of the space says who is in time (``peers``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What a server needs of TLS."""

    server: ssl.SSLContext | None
    """None: it speaks plain HTTP."""
    pki: TestPki
    authorities: tuple[x509.Certificate, ...]
    """Of the servers that gateways deliver to."""
    _contexts: dict[str, ssl.SSLContext] = field(default_factory=dict, init=False)

    def context(self, gateway: str) -> ssl.SSLContext:
        """Return what a gateway delivers with: it shows its certificate to who asks for one.

        Raises CredentialError.
        """
        if gateway not in self._contexts:
            self._contexts[gateway] = client_context(self.authorities, self.pki.key(gateway))
        return self._contexts[gateway]


def open_tls(settings: Settings, pki: TestPki, trust: Mapping[str, TrustStore], moment: datetime) -> Tls:
    """Read or make what the settings ask for. Raises ConfigurationError, CredentialError and FileError."""
    own, test = _own_key(settings), _test_credentials(settings, moment)
    context, key = None, own or (test.key if test else None)
    if settings.scheme == "https" and key is not None:
        clients = dict.fromkeys(each for store in trust.values() for each in store.authorities)
        context = server_context(key, clients if settings.mtls else ())
    given = read_certificates(settings.tls_ca) if settings.tls_ca else ()
    known = ((test.authority,) if test else ()) + ((own.certificate, *own.chain) if own else ())
    authorities = (*known, *given)
    return Tls(server=context, pki=pki, authorities=authorities)


def _own_key(settings: Settings) -> SigningKey | None:
    if settings.tls_cert is None and settings.tls_key is None:
        return None
    if settings.tls_cert is None or settings.tls_key is None:
        raise WrongOption("a certificate and its key belong together", hint="--tls-cert and --tls-key")
    return SigningKey.load(settings.tls_key, settings.tls_cert)


def _test_credentials(settings: Settings, moment: datetime) -> ServerCredentials | None:
    """Return those of the test PKI; None where its folder has none and none are needed."""
    if settings.pki is None:
        return create_server_credentials(settings.seed, moment)
    if settings.scheme == "http" and not (settings.pki / FOLDER).is_dir():
        return None
    return load_server_credentials(settings.pki)


def client_context(
    authorities: Iterable[x509.Certificate] | None, key: SigningKey | None = None
) -> ssl.SSLContext:
    """Return the context of a client that believes these authorities of servers, and may have a certificate.

    None: the authorities that this machine believes. Raises CredentialError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _limit(context)
    context.verify_flags |= (
        ssl.VERIFY_X509_PARTIAL_CHAIN
    )  # a server's own certificate may be believed as it is
    if authorities is None:
        context.load_default_certs()
    else:
        _believe(context, authorities)
    if key is not None:
        _present(context, key)
    return context


def server_context(key: SigningKey, client_authorities: Iterable[x509.Certificate] = ()) -> ssl.SSLContext:
    """Return the context of a server; with authorities, every client must show a certificate of one of them.

    Raises CredentialError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _limit(context)
    _present(context, key)
    authorities = tuple(client_authorities)
    if authorities:
        _believe(context, authorities)
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= _NO_CHECK_TIME
    return context


def _limit(context: ssl.SSLContext) -> None:
    """TLS 1.0 and 1.1 are deprecated (RFC 8996); renegotiation and compression are never needed."""
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION


def _believe(context: ssl.SSLContext, authorities: Iterable[x509.Certificate]) -> None:
    texts = [each.public_bytes(Encoding.PEM).decode("ascii") for each in authorities]
    try:
        if texts:
            context.load_verify_locations(cadata="".join(texts))
    except ssl.SSLError as error:
        raise CredentialError(f"an authority cannot be used for TLS: {error.reason}") from error


def _present(context: ssl.SSLContext, key: SigningKey) -> None:
    """Load a key. The module ``ssl`` takes it from a file alone, which is there for that moment only."""
    private = key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain = b"".join(each.public_bytes(Encoding.PEM) for each in (key.certificate, *key.chain))
    try:
        with tempfile.TemporaryDirectory(prefix="asw-tls-") as folder:  # for its owner alone
            file = Path(folder) / "key.pem"
            file.write_bytes(private + chain)
            context.load_cert_chain(file)
    except (ssl.SSLError, OSError) as error:
        raise CredentialError(f"the key cannot be used for TLS: {error}") from error
