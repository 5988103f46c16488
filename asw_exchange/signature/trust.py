"""Whom to believe: the certification authorities of one counterparty, and the check of a signer against them.

Not here: revocation lists, and whether the signature fits (``verify``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from asw_exchange.errors import (
    CertificateExpired,
    CertificateNotYetValid,
    ConfigurationError,
    CredentialError,
    FileError,
    ImitatedIssuer,
    UnknownIssuer,
    UntrustedSigner,
    WeakKey,
    WrongKeyUsage,
)
from asw_exchange.signature.certificates import decode_der, name_of
from asw_exchange.signature.pem import read_certificates
from asw_exchange.signature.primitives import PublicKey, key_weakness

AUTHORITY_FILE = "ca.pem"
_ENDINGS = {".pem", ".crt", ".cer"}
_MOST_REMEMBERED = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedSigner:
    """A certificate that leads to a trusted authority, while the whole chain is in force."""

    certificate: x509.Certificate
    public_key: PublicKey
    chain: tuple[x509.Certificate, ...]
    """From the certificate to the authority."""
    valid_from: datetime
    """The latest start of the certificates in the chain."""
    valid_until: datetime
    """Their earliest end."""


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Certificates of the authorities that may certify the signers of one counterparty.

    Signers that were found in order are remembered, so checking one again is a look-up and a comparison
    of times. Authorities sign with ECDSA or RSA: the X.509 verification of ``cryptography`` has no Ed25519.
    """

    authorities: tuple[x509.Certificate, ...]
    _store: Store = field(init=False, repr=False, compare=False)
    _known: dict[bytes, TrustedSigner] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.authorities:
            raise CredentialError("a trust store needs at least one certification authority")
        for certificate in self.authorities:
            _check_authority(certificate)
        object.__setattr__(self, "_store", Store(list(self.authorities)))
        object.__setattr__(self, "_known", {})

    @classmethod
    def load(cls, path: str | PathLike[str]) -> TrustStore:
        """Read authorities from a PKI folder (``*/ca.pem``), a gateway's folder, any folder or file of PEM.

        Raises FileError when something cannot be read, CredentialError naming a file that is no authority's.
        """
        return cls(tuple(_read_authorities(authority_files(Path(path)))))

    def check(
        self, certificate: x509.Certificate, intermediates: Sequence[x509.Certificate], moment: datetime
    ) -> TrustedSigner:
        """Check that a signer's certificate is to be believed at ``moment`` (RFC 5280, section 6).

        Raises UnknownIssuer, ImitatedIssuer, CertificateExpired, CertificateNotYetValid, WrongKeyUsage or
        WeakKey.
        """
        return self.check_encoded(
            [each.public_bytes(Encoding.DER) for each in (certificate, *intermediates)], moment
        )

    def check_encoded(self, certificates: Sequence[bytes], moment: datetime) -> TrustedSigner:
        """Check certificates in DER, the signer's first, as ``check`` does.

        Raises UntrustedSigner too for what is no certificate.
        """
        if moment.tzinfo is None:
            raise ConfigurationError("a moment needs a time zone", value=str(moment))
        known = self._known.get(certificates[0])
        if known is not None and known.valid_from <= moment <= known.valid_until:
            return known
        certificate, *intermediates = map(_decode, certificates)
        signer = self._resolve(certificate, intermediates, moment.astimezone(UTC))
        _check_time(signer, moment)
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[certificates[0]] = signer
        return signer

    def _resolve(
        self, certificate: x509.Certificate, intermediates: Sequence[x509.Certificate], moment: datetime
    ) -> TrustedSigner:
        chain = self._chain(certificate, intermediates, moment)
        _check_usage(certificate)
        return TrustedSigner(
            certificate=certificate,
            public_key=_usable_key(certificate),
            chain=chain,
            valid_from=max(each.not_valid_before_utc for each in chain),
            valid_until=min(each.not_valid_after_utc for each in chain),
        )

    def _chain(
        self, certificate: x509.Certificate, intermediates: Sequence[x509.Certificate], moment: datetime
    ) -> tuple[x509.Certificate, ...]:
        """Build a chain at ``moment``, or else at the ends of the validity, to tell late from unknown."""
        for time in (moment, certificate.not_valid_before_utc, certificate.not_valid_after_utc):
            verifier = _POLICY.store(self._store).time(time).build_client_verifier()
            try:
                return tuple(verifier.verify(certificate, list(intermediates)).chain)
            except VerificationError as error:
                reason = error
        if self._is_imitated((certificate, *intermediates)):
            raise ImitatedIssuer(
                f"the certificate of the signer ({name_of(certificate)}) names a trusted authority, "
                "but has not its signature",
                value=f"issued by {certificate.issuer.rfc4514_string()}",
                hint="ask the sender whether the authority has a new key",
            ) from reason
        raise UnknownIssuer(
            f"the certificate of the signer ({name_of(certificate)}) does not lead to a trusted authority",
            value=f"issued by {certificate.issuer.rfc4514_string()}",
            hint="trust that authority, or ask the sender which key it signed with",
        ) from reason

    def _is_imitated(self, certificates: Iterable[x509.Certificate]) -> bool:
        """Tell whether one of them names an authority of ours that has not signed it."""
        for each in certificates:
            named = [authority for authority in self.authorities if authority.subject == each.issuer]
            if named and not any(_has_signed(authority, each) for authority in named):
                return True
        return False


_POLICY = PolicyBuilder().extension_policies(
    ca_policy=ExtensionPolicy.webpki_defaults_ca(),
    ee_policy=ExtensionPolicy.webpki_defaults_ee()
    .may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, None)
    .may_be_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, None),
)
"""Signers are gateways, not web clients: any extended key usage and any name will do. Key usage and
whether it is an authority are checked here, for an error of their own."""


def _has_signed(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _decode(der: bytes) -> x509.Certificate:
    try:
        return decode_der(der)
    except ValueError as error:
        raise UntrustedSigner("a certificate in the signature cannot be read", value=str(error)) from error


def _usable_key(certificate: x509.Certificate) -> PublicKey:
    key = certificate.public_key()
    weakness = key_weakness(key)
    if weakness:
        raise WeakKey(f"the key of the signer ({name_of(certificate)}) is not accepted: {weakness}")
    return key  # type: ignore[return-value]  # key_weakness knows no other types


def _check_usage(certificate: x509.Certificate) -> None:
    """RFC 5280, section 4.2.1.3. The extension must be there: without it a certificate is for everything."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound as error:
        raise _wrong_usage(certificate, "it has no key usage") from error
    if not usage.digital_signature:
        raise _wrong_usage(certificate, "its key usage lacks digitalSignature")
    if _is_authority(certificate):
        raise _wrong_usage(certificate, "it is that of an authority")


def _wrong_usage(certificate: x509.Certificate, reason: str) -> WrongKeyUsage:
    return WrongKeyUsage(f"the signer's certificate ({name_of(certificate)}) is not for signatures: {reason}")


def _check_time(signer: TrustedSigner, moment: datetime) -> None:
    who = f"the certificate of the signer ({name_of(signer.certificate)}) or of an authority above it"
    if moment > signer.valid_until:
        raise CertificateExpired(f"{who} expired on {signer.valid_until:%Y-%m-%d}", value=moment.isoformat())
    if moment < signer.valid_from:
        raise CertificateNotYetValid(
            f"{who} is valid only from {signer.valid_from:%Y-%m-%d}", value=moment.isoformat()
        )


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _check_authority(certificate: x509.Certificate) -> None:
    who = f"the certificate ({name_of(certificate)})"
    if not _is_authority(certificate):
        raise CredentialError(
            f"{who} is not that of an authority", hint="give the certificate of the issuing CA"
        )
    if isinstance(certificate.public_key(), ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        raise CredentialError(f"{who} has an EdDSA key", hint="use an authority with an ECDSA or RSA key")


def authority_files(path: Path) -> list[Path]:
    """Return the files that hold the authorities in a PKI folder, a gateway's folder, or any other place.

    Raises FileError for a folder that cannot be listed, CredentialError for one without such files.
    """
    try:
        if not path.is_dir():
            return [path]
        if (path / AUTHORITY_FILE).is_file():
            return [path / AUTHORITY_FILE]
        found = sorted(path.glob(f"*/{AUTHORITY_FILE}")) or sorted(
            file for file in path.iterdir() if file.suffix.lower() in _ENDINGS
        )
    except OSError as error:
        raise FileError(f"the folder cannot be read: {error.strerror}", file=str(path)) from error
    if not found:
        raise CredentialError(
            "no certificates of authorities here", file=str(path), hint="asw pki init makes some"
        )
    return found


def _read_authorities(files: Iterable[Path]) -> Iterable[x509.Certificate]:
    for file in files:
        for certificate in read_certificates(file):
            try:
                _check_authority(certificate)
            except CredentialError as error:
                raise error.in_file(str(file)) from error.__cause__
            yield certificate
