"""A test PKI from a seed: an authority and a gateway key for every gateway. Never for production.

Not here: reading and writing it (``pki_files``), believing it (``trust``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from asw_exchange.errors import ConfigurationError
from asw_exchange.signature.derivation import (
    derive_ecdsa_key,
    derive_ed25519_key,
    derive_rsa_key,
    derive_serial,
)
from asw_exchange.signature.keys import SigningKey
from asw_exchange.signature.primitives import PrivateKey, PublicKey
from asw_exchange.signature.trust import TrustStore

ORGANIZATION = "asw_exchange TEST - not for production"
AUTHORITY_LIFE = timedelta(days=3652)
GATEWAY_LIFE = timedelta(days=731)
_START = timedelta(days=-1)
"""Certificates begin a day before the moment, so that a clock a little behind does not matter."""

_KEYS: dict[str, Callable[[str, str], PrivateKey]] = {
    "ecdsa-p256": derive_ecdsa_key,
    "rsa-2048": derive_rsa_key,
    "ed25519": derive_ed25519_key,
}
_CODE = re.compile(r"[A-Z]{2,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What one gateway of a test PKI has."""

    key: SigningKey
    authority: x509.Certificate
    authority_key: ec.EllipticCurvePrivateKey | None = field(default=None, repr=False)
    """None when the PKI was read from files: it is not written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPki:
    """Keys and authorities of some gateways, by gateway code."""

    __test__: ClassVar[bool] = False
    """pytest is not to collect it for its name."""

    gateways: Mapping[str, Credentials]

    def key(self, code: str) -> SigningKey:
        """Return what a gateway signs with. Raises ConfigurationError for a gateway that is not here."""
        return self._find(code).key

    def trust(self, code: str) -> TrustStore:
        """Return a new store that believes this gateway's authority alone. Raises as ``key``."""
        return TrustStore((self._find(code).authority,))

    def trust_by_gateway(self) -> dict[str, TrustStore]:
        """Return a store for each gateway."""
        return {code: self.trust(code) for code in self.gateways}

    def _find(self, code: str) -> Credentials:
        try:
            return self.gateways[code]
        except KeyError as error:
            raise ConfigurationError(
                "no keys for this gateway", value=code, hint=f"there are keys for {', '.join(self.gateways)}"
            ) from error


def create_pki(
    seed: int | str, gateways: Iterable[str], moment: datetime, algorithm: str = "ecdsa-p256"
) -> TestPki:
    """Make the keys and certificates of some gateways, all of it following from the arguments.

    ``algorithm`` is that of the gateways' keys: ecdsa-p256, rsa-2048 or ed25519; authorities have
    ECDSA P-256. The keys of a gateway do not depend on which others there are. Authorities last ten
    years, gateway certificates two, from a day before ``moment`` on.

    Raises ConfigurationError for a gateway code that is not two to eight capital letters, an unknown
    algorithm, or a moment without a time zone.
    """
    if algorithm not in _KEYS:
        raise ConfigurationError("unknown key algorithm", value=algorithm, hint=f"use {', '.join(_KEYS)}")
    if moment.tzinfo is None:
        raise ConfigurationError("a moment needs a time zone", value=str(moment))
    start = moment.astimezone(UTC).replace(microsecond=0) + _START
    codes = [check_code(code) for code in gateways]
    return TestPki(gateways={code: _credentials(str(seed), code, start, algorithm) for code in codes})


def check_code(code: str) -> str:
    """Return a gateway code that may be used in names of files. Raises ConfigurationError for any other."""
    if not _CODE.fullmatch(code):
        raise ConfigurationError("a gateway code is two to eight capital letters", value=code)
    return code


def _credentials(seed: str, code: str, start: datetime, algorithm: str) -> Credentials:
    authority_key = derive_ecdsa_key(seed, f"{code}/authority/ecdsa-p256")
    authority = _Authority(seed, code, start, authority_key)
    private_key = _KEYS[algorithm](seed, f"{code}/gateway/{algorithm}")
    certificate = authority.certify_gateway(private_key.public_key())
    return Credentials(
        key=SigningKey(private_key=private_key, certificate=certificate),
        authority=authority.certify_itself(),
        authority_key=authority_key,
    )


@dataclass(frozen=True, slots=True)
class _Authority:
    """The certification authority of one gateway, about to issue."""

    seed: str
    code: str
    start: datetime
    key: ec.EllipticCurvePrivateKey

    def certify_itself(self) -> x509.Certificate:
        builder = self._begin("authority", self.key.public_key(), AUTHORITY_LIFE)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        return builder.sign(self.key, hashes.SHA256(), ecdsa_deterministic=True)

    def certify_gateway(self, key: PublicKey) -> x509.Certificate:
        names = [
            x509.DNSName(f"{self.code.lower()}.asw-exchange.test"),
            x509.UniformResourceIdentifier(f"urn:asw-exchange:test:gateway:{self.code}"),
        ]
        builder = self._begin("gateway", key, GATEWAY_LIFE)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(
            _usage(digital_signature=True, content_commitment=True), critical=True
        )
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256(), ecdsa_deterministic=True)

    def _begin(self, role: str, key: PublicKey, life: timedelta) -> x509.CertificateBuilder:
        """Start a certificate of the X.509 v3 profile of RFC 5280, sections 4.1 and 4.2."""
        identifier = x509.SubjectKeyIdentifier.from_public_key(key)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        label = f"{self.code}/{role}/{self.start.isoformat()}/{identifier.digest.hex()}"
        return (
            x509.CertificateBuilder()
            .subject_name(_name(self.code, role))
            .issuer_name(_name(self.code, "authority"))
            .public_key(key)
            .serial_number(derive_serial(self.seed, label))
            .not_valid_before(self.start)
            .not_valid_after(self.start + life)
            .add_extension(identifier, critical=False)
            .add_extension(issuer, critical=False)
        )


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


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
