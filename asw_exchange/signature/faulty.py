"""Credentials that nobody must believe, each for one reason: what negative tests sign with.

They follow from the same arguments as ``create_pki``'s, and fit the PKI that it makes from them. Not here:
messages signed with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509

from asw_exchange.signature.derivation import derive_ecdsa_key, derive_rsa_key
from asw_exchange.signature.issuing import GATEWAY_LIFE, Authority, check_code, check_moment
from asw_exchange.signature.pki import authority_of, revoked_key
from asw_exchange.signature.primitives import PrivateKey

_NOBODY = "ZZ"
"""A code that ISO 3166-1 leaves to users."""


class Fault(StrEnum):
    """What is wrong. The value is the name of a folder."""

    EXPIRED = "expired"
    """An hour long, on the day before the moment."""
    NOT_YET_VALID = "not-yet-valid"
    """From the day on which the gateway's own certificate ends."""
    REVOKED = "revoked"
    """It stands on the authority's list from the beginning."""
    WRONG_USAGE = "wrong-usage"
    """keyEncipherment, no digitalSignature."""
    WEAK_KEY = "weak-key"
    """RSA of 1024 bits."""
    UNKNOWN_AUTHORITY = "unknown-authority"
    IMITATED_AUTHORITY = "imitated-authority"
    """The authority's name, but another key."""
    WRONG_SUBJECT = "wrong-subject"
    """The gateway's own authority, but the name of the next gateway (of ZZ where there is none)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyKey:
    """A private key and its certificate, as good as any but for one fault.

    No ``SigningKey``, which would refuse the weak one; of all others one can be made.
    """

    private_key: PrivateKey = field(repr=False)
    certificate: x509.Certificate


def create_faulty(
    seed: int | str, gateways: Iterable[str], moment: datetime
) -> dict[str, dict[Fault, FaultyKey]]:
    """Make the faulty credentials of some gateways, by gateway code and fault.

    At ``moment`` and for two years after it each has its one fault. Raises ConfigurationError as
    ``create_pki`` does.
    """
    start = check_moment(moment)
    codes = [check_code(code) for code in gateways]
    others = dict(zip(codes, [*codes[1:], *codes[:1]], strict=True)) if len(codes) > 1 else {}
    return {code: _faulty(authority_of(str(seed), code, start), others.get(code, _NOBODY)) for code in codes}


def _faulty(authority: Authority, other: str) -> dict[Fault, FaultyKey]:
    revoked = revoked_key(authority)
    return {
        Fault.REVOKED: FaultyKey(private_key=revoked.private_key, certificate=revoked.certificate),
        **{fault: _make(authority, fault, other) for fault in Fault if fault is not Fault.REVOKED},
    }


def _make(authority: Authority, fault: Fault, other: str) -> FaultyKey:
    label = f"{authority.code}/faulty/{fault}"
    weak = fault is Fault.WEAK_KEY
    key = derive_rsa_key(authority.seed, label, 1024) if weak else derive_ecdsa_key(authority.seed, label)
    public, start = key.public_key(), authority.start
    issue: dict[Fault, Callable[[], x509.Certificate]] = {
        Fault.EXPIRED: lambda: authority.certify_gateway(public, life=timedelta(hours=1)),
        Fault.NOT_YET_VALID: lambda: authority.certify_gateway(public, start=start + GATEWAY_LIFE),
        Fault.WRONG_USAGE: lambda: authority.certify_gateway(public, usage=frozenset({"key_encipherment"})),
        Fault.WEAK_KEY: lambda: authority.certify_gateway(public),
        Fault.UNKNOWN_AUTHORITY: lambda: _impostor(authority, fault, "stranger").certify_gateway(public),
        Fault.IMITATED_AUTHORITY: lambda: _impostor(authority, fault, "authority").certify_gateway(public),
        Fault.WRONG_SUBJECT: lambda: authority.certify_gateway(public, name=other),
    }
    return FaultyKey(private_key=key, certificate=issue[fault]())


def _impostor(authority: Authority, fault: Fault, role: str) -> Authority:
    key = derive_ecdsa_key(authority.seed, f"{authority.code}/faulty/{fault}/authority")
    return Authority(authority.seed, authority.code, authority.start, key, role)
