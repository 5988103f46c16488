"""The certification authority of one test gateway, about to issue certificates and revocation lists.

Everything follows from the arguments. Not here: who gets what (``pki``, ``faulty``, ``renewal``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from asw_exchange.errors import ConfigurationError
from asw_exchange.signature.derivation import derive_serial
from asw_exchange.signature.primitives import PublicKey
from asw_exchange.signature.revocation import Revocation

ORGANIZATION = "asw_exchange TEST - not for production"
AUTHORITY_LIFE = timedelta(days=3652)
GATEWAY_LIFE = timedelta(days=731)
_YEARS = (1951, 9900)
LIST_LIFE = GATEWAY_LIFE
"""Real lists hold for days. Nobody publishes new ones of a test PKI, so these last as long as its keys."""

_CODE = re.compile(r"[A-Z]{2,8}")
_SIGNING = frozenset({"digital_signature", "content_commitment"})
KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
"""The bits of the extension, by the names that ``cryptography`` gives them (RFC 5280, section 4.2.1.3)."""


def check_code(code: str) -> str:
    """Return a gateway code that may be used in names of files. Raises ConfigurationError for any other."""
    if not _CODE.fullmatch(code):
        raise ConfigurationError("a gateway code is two to eight capital letters", value=code)
    return code


def check_moment(moment: datetime) -> datetime:
    """Return a moment as certificates tell it: in whole seconds of UTC. Raises ConfigurationError.

    X.509 begins in 1950 (RFC 5280, section 4.1.2.5.1), and what is issued has to end before the year 10000.
    """
    if moment.tzinfo is None:
        raise ConfigurationError("a moment needs a time zone", value=str(moment))
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        message = f"keys can be made for the years {_YEARS[0]} to {_YEARS[1]}"
        raise ConfigurationError(message, value=moment.isoformat())
    return moment.astimezone(UTC).replace(microsecond=0)


GATEWAY_URI = "urn:asw-exchange:test:gateway:"
"""What stands before the code in the alternative name of a test gateway."""


def uri_of(code: str) -> str:
    """Return the alternative name that certificates of a test gateway bear, and partners expect."""
    return f"{GATEWAY_URI}{code}"


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority whose certificates begin at ``start`` unless told otherwise."""

    seed: str
    code: str
    start: datetime
    key: ec.EllipticCurvePrivateKey
    role: str = "authority"
    """The last word of its name."""

    def certify_itself(self) -> x509.Certificate:
        """Issue its own certificate."""
        builder = self._begin(_name(self.code, self.role), "authority", self.key.public_key())
        builder = builder.not_valid_before(self.start).not_valid_after(self.start + AUTHORITY_LIFE)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(frozenset({"key_cert_sign", "crl_sign"})), critical=True)
        return builder.sign(self.key, hashes.SHA256(), ecdsa_deterministic=True)

    def certify_gateway(
        self,
        key: PublicKey,
        *,
        name: str | None = None,
        start: datetime | None = None,
        life: timedelta = GATEWAY_LIFE,
        usage: frozenset[str] = _SIGNING,
    ) -> x509.Certificate:
        """Issue a certificate of a gateway: its own unless ``name`` is another's code."""
        code = name or self.code
        host = f"{code.lower()}.asw-exchange.test"
        names = [x509.DNSName(host), x509.UniformResourceIdentifier(uri_of(code))]
        begins = start or self.start
        builder = self._begin(_name(code, "gateway"), "gateway", key)
        builder = builder.not_valid_before(begins).not_valid_after(begins + life)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(usage), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256(), ecdsa_deterministic=True)

    def _begin(self, subject: x509.Name, role: str, key: PublicKey) -> x509.CertificateBuilder:
        """Start a certificate of the X.509 v3 profile of RFC 5280, sections 4.1 and 4.2."""
        identifier = x509.SubjectKeyIdentifier.from_public_key(key)
        label = f"{self.code}/{role}/{self.start.isoformat()}/{identifier.digest.hex()}"
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_name(self.code, self.role))
            .public_key(key)
            .serial_number(derive_serial(self.seed, label))
            .add_extension(identifier, critical=False)
            .add_extension(self._key_identifier(), critical=False)
        )

    def list_revoked(
        self, entries: Sequence[Revocation], since: datetime, number: int = 1
    ) -> tuple[x509.CertificateRevocationList, ...]:
        """Issue the list that holds from ``since`` on, and one more for every later date of an entry.

        An entry stands only on lists that are not older than its date, so every reader agrees on when a
        revocation begins, also one that looks at no dates (RFC 5280, section 5.1.2.6). Numbers count up
        from ``number``.
        """
        starts = [since, *sorted({entry.date for entry in entries if entry.date > since})]
        ends = [*starts[1:], starts[-1] + LIST_LIFE]
        return tuple(
            self._list([entry for entry in entries if entry.date <= start], start, end, number + index)
            for index, (start, end) in enumerate(zip(starts, ends, strict=True))
        )

    def _list(
        self, entries: Sequence[Revocation], start: datetime, end: datetime, number: int
    ) -> x509.CertificateRevocationList:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(_name(self.code, self.role))
            .last_update(start)
            .next_update(end)
            .add_extension(self._key_identifier(), critical=False)
            .add_extension(x509.CRLNumber(number), critical=False)
        )
        for entry in sorted(entries, key=lambda entry: (entry.date, entry.serial)):
            builder = builder.add_revoked_certificate(_entry(entry))
        return builder.sign(self.key, hashes.SHA256(), ecdsa_deterministic=True)

    def _key_identifier(self) -> x509.AuthorityKeyIdentifier:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())


def _entry(entry: Revocation) -> x509.RevokedCertificate:
    builder = (
        x509.RevokedCertificateBuilder()
        .serial_number(entry.serial)
        .revocation_date(entry.date.astimezone(UTC))
    )
    if entry.reason is not x509.ReasonFlags.unspecified:  # RFC 5280, section 5.3.1: better left out
        builder = builder.add_extension(x509.CRLReason(entry.reason), critical=False)
    return builder.build()


def _name(code: str, role: str) -> x509.Name:
    """Two letters are taken as an ISO 3166-1 code, which a country attribute must be; EAEU is none."""
    country = [x509.NameAttribute(NameOID.COUNTRY_NAME, code)] if len(code) == 2 else []
    return x509.Name(
        [
            *country,
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{code} {role}"),
        ]
    )


def _usage(names: frozenset[str]) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in names for name in KEY_USAGES})
