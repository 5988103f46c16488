"""The life of a test PKI after its making: renewal of keys with an overlap, and revocation.

What is made follows from the PKI and the moment. Not here: files (``pki_files``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from asw_exchange.errors import ConfigurationError, CredentialError
from asw_exchange.signature.certificates import is_issued_by, name_of
from asw_exchange.signature.derivation import derive_ecdsa_key
from asw_exchange.signature.issuing import AUTHORITY_LIFE, Authority, check_moment
from asw_exchange.signature.keys import SigningKey
from asw_exchange.signature.pki import DERIVE_KEY, Credentials, TestPki
from asw_exchange.signature.primitives import PrivateKey
from asw_exchange.signature.revocation import Revocation, entries_of

OVERLAP = timedelta(days=30)


def renew_gateway(
    pki: TestPki, code: str, moment: datetime, *, overlap: timedelta = OVERLAP, authority: bool = False
) -> TestPki:
    """Give a gateway a new key of the same kind, and a certificate that begins at ``moment``.

    The old certificate is believed until ``overlap`` has passed: then the authority revokes it as
    superseded. With ``authority`` the authority gets a new key too, under its old name; partners trust
    both, the old one until its certificate ends or is taken out of their store: after a theft of its
    key, take it out at once.

    Raises ConfigurationError for an unknown gateway, a moment without a time zone or an overlap below
    zero, CredentialError when the private key of the authority is not here.
    """
    if not timedelta(0) <= overlap <= AUTHORITY_LIFE:
        hint = f"an authority is there for {AUTHORITY_LIFE.days} days"
        raise ConfigurationError("an overlap is between zero and ten years", value=str(overlap), hint=hint)
    old, start = pki.find(code), check_moment(moment)
    issuer = Authority(_seed(old.key.private_key), code, start, _authority_key(old))
    if authority:
        key = derive_ecdsa_key(_seed(issuer.key), f"{code}/authority/{start.isoformat()}")
        issuer = replace(issuer, key=key)
    private_key = DERIVE_KEY[_algorithm(old.key.private_key)](
        issuer.seed, f"{code}/gateway/{start.isoformat()}"
    )
    superseded = Revocation(
        serial=old.key.certificate.serial_number,
        date=start + overlap,
        reason=x509.ReasonFlags.superseded,
    )
    new = replace(
        old,
        key=SigningKey(private_key=private_key, certificate=issuer.certify_gateway(private_key.public_key())),
        crls=_lists(old, issuer, superseded, start),
    )
    return _with(pki, code, _rolled_over(new, issuer) if authority else new)


def revoke_certificate(
    pki: TestPki,
    code: str,
    moment: datetime,
    *,
    certificate: x509.Certificate | None = None,
    reason: x509.ReasonFlags = x509.ReasonFlags.key_compromise,
) -> TestPki:
    """Put a certificate of a gateway on its authority's list, from ``moment`` on (default: the present one).

    Raises as ``renew_gateway`` does, and CredentialError for a certificate of another authority.
    """
    found, start = pki.find(code), check_moment(moment)
    revoked = certificate or found.key.certificate
    if not any(is_issued_by(revoked, authority) for authority in (found.authority, *found.older_authorities)):
        raise CredentialError(
            f"the certificate ({name_of(revoked)}) is not one of {name_of(found.authority)}",
            hint="only the authority that issued a certificate can revoke it",
        )
    issuer = Authority("", code, start, _authority_key(found))
    entry = Revocation(serial=revoked.serial_number, date=start, reason=reason)
    return _with(pki, code, replace(found, crls=_lists(found, issuer, entry, start)))


def _lists(
    old: Credentials, issuer: Authority, entry: Revocation, start: datetime
) -> tuple[x509.CertificateRevocationList, ...]:
    """Issue the lists from ``start`` on; of several entries for one certificate the earliest counts."""
    entries: dict[int, Revocation] = {}
    for each in (entry, *(entry for crl in old.crls for entry in entries_of(crl))):
        known = entries.setdefault(each.serial, each)
        if each.date < known.date:
            entries[each.serial] = each
    return issuer.list_revoked(list(entries.values()), start, max(_numbers(old.crls), default=0) + 1)


def _numbers(crls: Iterable[x509.CertificateRevocationList]) -> list[int]:
    return [
        extension.value.crl_number
        for crl in crls
        for extension in crl.extensions
        if isinstance(extension.value, x509.CRLNumber)
    ]


def _rolled_over(credentials: Credentials, issuer: Authority) -> Credentials:
    return replace(
        credentials,
        authority=issuer.certify_itself(),
        authority_key=issuer.key,
        older_authorities=(credentials.authority, *credentials.older_authorities),
    )


def _with(pki: TestPki, code: str, credentials: Credentials) -> TestPki:
    return TestPki(gateways={**pki.gateways, code: credentials})


def _authority_key(credentials: Credentials) -> ec.EllipticCurvePrivateKey:
    if credentials.authority_key is None:
        raise CredentialError(
            f"the private key of {name_of(credentials.authority)} is not here",
            hint="asw pki init writes it as ca-key.pem beside ca.pem",
        )
    return credentials.authority_key


def _algorithm(key: PrivateKey) -> str:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return "ecdsa-p256"
    return "ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "rsa-2048"


def _seed(key: PrivateKey) -> str:
    """Return a seed that follows from a private key: new keys are as secret, or as little, as the old one."""
    encoded = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return sha256(encoded).hexdigest()
