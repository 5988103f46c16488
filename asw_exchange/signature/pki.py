"""A test PKI from a seed: an authority, its revocation list and a gateway key for every gateway.

Never for production. Not here: reading and writing it (``pki_files``), renewing it (``renewal``), keys that
are wrong on purpose (``faulty``), believing it (``trust``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from asw_exchange.errors import ConfigurationError, UnknownName
from asw_exchange.signature.derivation import derive_ecdsa_key, derive_ed25519_key, derive_rsa_key
from asw_exchange.signature.issuing import Authority, check_code, check_moment, uri_of
from asw_exchange.signature.keys import SigningKey
from asw_exchange.signature.primitives import PrivateKey
from asw_exchange.signature.revocation import Revocation
from asw_exchange.signature.trust import TrustStore

_START = timedelta(days=-1)
"""Certificates begin a day before the moment, so that a clock a little behind does not matter."""

DERIVE_KEY: Mapping[str, Callable[[str, str], PrivateKey]] = {
    "ecdsa-p256": derive_ecdsa_key,
    "rsa-2048": derive_rsa_key,
    "ed25519": derive_ed25519_key,
}
"""From seed and label to a key, by the name of its algorithm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What one gateway of a test PKI has."""

    key: SigningKey
    authority: x509.Certificate
    authority_key: ec.EllipticCurvePrivateKey | None = field(default=None, repr=False)
    """None when the PKI was read from files that lack it; nothing can then be renewed or revoked."""
    older_authorities: tuple[x509.Certificate, ...] = ()
    """Certificates of the same authority with keys that it had before; partners still trust them."""
    crls: tuple[x509.CertificateRevocationList, ...] = field(default=(), hash=False)
    """Its revocation lists, the earliest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPki:
    """Keys and authorities of some gateways, by gateway code."""

    __test__: ClassVar[bool] = False
    """pytest is not to collect it for its name."""

    gateways: Mapping[str, Credentials]

    def key(self, code: str) -> SigningKey:
        """Return what a gateway signs with. Raises ConfigurationError for a gateway that is not here."""
        return self.find(code).key

    def trust(self, code: str) -> TrustStore:
        """Return a new store that believes this gateway's authority alone, and only about this gateway.

        Raises as ``key``.
        """
        found = self.find(code)
        return TrustStore((found.authority, *found.older_authorities), found.crls, uri_of(code))

    def trust_by_gateway(self) -> dict[str, TrustStore]:
        """Return a store for each gateway."""
        return {code: self.trust(code) for code in self.gateways}

    def find(self, code: str) -> Credentials:
        """Return all that a gateway has. Raises as ``key``."""
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
    years, gateway certificates and revocation lists two, from a day before ``moment`` on. On every list
    stands the one certificate that ``create_faulty`` makes to be revoked.

    Raises UnknownName for an algorithm, ConfigurationError for a gateway code that is not two to eight
    capital letters and for a moment that certificates cannot tell.
    """
    if algorithm not in DERIVE_KEY:
        raise UnknownName("unknown key algorithm", value=algorithm, hint=f"use {', '.join(DERIVE_KEY)}")
    checked = check_moment(moment)
    codes = [check_code(code) for code in gateways]
    return TestPki(
        gateways={code: _credentials(authority_of(str(seed), code, checked), algorithm) for code in codes}
    )


def authority_of(seed: str, code: str, moment: datetime) -> Authority:
    """Return the authority that ``create_pki`` makes for a gateway."""
    return Authority(seed, code, moment + _START, derive_ecdsa_key(seed, f"{code}/authority/ecdsa-p256"))


def revoked_key(authority: Authority) -> SigningKey:
    """Return the key whose certificate the authority revokes as soon as it has issued it."""
    key = derive_ecdsa_key(authority.seed, f"{authority.code}/faulty/revoked")
    return SigningKey(private_key=key, certificate=authority.certify_gateway(key.public_key()))


def _credentials(authority: Authority, algorithm: str) -> Credentials:
    private_key = DERIVE_KEY[algorithm](authority.seed, f"{authority.code}/gateway/{algorithm}")
    certificate = authority.certify_gateway(private_key.public_key())
    revoked = Revocation(
        serial=revoked_key(authority).certificate.serial_number,
        date=authority.start,
        reason=x509.ReasonFlags.key_compromise,
    )
    return Credentials(
        key=SigningKey(private_key=private_key, certificate=certificate),
        authority=authority.certify_itself(),
        authority_key=authority.key,
        crls=authority.list_revoked((revoked,), authority.start),
    )
