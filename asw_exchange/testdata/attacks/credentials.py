"""Signatures that hold, by keys or certificates that must not be believed.

Those that ``signature.create_faulty`` makes are taken from there; the rest is made here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from asw_exchange import errors
from asw_exchange.signature import Fault, FaultyKey, SigningKey, create_faulty
from asw_exchange.signature.derivation import derive_ecdsa_key, derive_octets, derive_serial
from asw_exchange.signature.issuing import KEY_USAGES
from asw_exchange.testdata.attacks.attack import PROFILE, SAML, XMLDSIG, Family, attacks_of
from asw_exchange.testdata.attacks.surgery import (
    DS,
    Opened,
    digest_again,
    encoded,
    falsify,
    open_message,
    sign_again,
)
from asw_exchange.testdata.attacks.victim import Victim

_HOUR = timedelta(hours=1)
_SIGNATURES = "digital_signature"
_AUTHORITY = "key_cert_sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate for the sender's name, in order but for what a field says."""

    end: timedelta = 100 * 24 * _HOUR
    """Relative to the receiver's moment."""
    usage: str | None = _SIGNATURES
    authority: bool = False
    by_itself: bool = False
    """Signed by its own key, not by the sender's authority."""


def certified(victim: Victim, key: Any, what: Certificate | None = None) -> x509.Certificate:
    """Return a certificate for a public key, by default of the sender's name and authority."""
    what = what or Certificate()
    own = victim.key.certificate
    issuer, issuer_key = _issuer(victim, what)
    octets = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    label = f"attacks/{what.by_itself}/{what.usage}/{what.end}/{octets.hex()}"
    builder = (
        x509.CertificateBuilder()
        .subject_name(own.subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(derive_serial(str(victim.seed), label))
        .not_valid_before(victim.moment - 23 * _HOUR)
        .not_valid_after(victim.moment + what.end)
        .add_extension(x509.BasicConstraints(ca=what.authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    builder = builder.add_extension(names.value, critical=False)
    if what.usage is not None:
        usage = x509.KeyUsage(**{name: name == what.usage for name in KEY_USAGES})
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256(), ecdsa_deterministic=True)


def _issuer(victim: Victim, what: Certificate) -> tuple[x509.Name, ec.EllipticCurvePrivateKey]:
    if what.by_itself:
        return victim.key.certificate.subject, _new_key(victim)
    genuine = victim.credentials.authority_key
    if genuine is None:
        raise AssertionError("a PKI from a seed has the keys of its authorities")
    return victim.credentials.authority.subject, genuine


def _faulty_key(victim: Victim, fault: Fault) -> SigningKey:
    made = _faulty(victim.seed, tuple(victim.corridor.members), victim.moment)
    found = made[victim.header.sender][fault]
    return SigningKey(private_key=found.private_key, certificate=found.certificate)


@lru_cache(maxsize=8)
def _faulty(seed: int, members: tuple[str, ...], moment: datetime) -> dict[str, dict[Fault, FaultyKey]]:
    return create_faulty(seed, members, moment)


def _new_key(victim: Victim) -> ec.EllipticCurvePrivateKey:
    return derive_ecdsa_key(str(victim.seed), "attacks/another key")


def stranger_key(victim: Victim) -> SigningKey:
    """Return a key whose certificate bears the sender's name, by an authority that nobody knows."""
    return _faulty_key(victim, Fault.UNKNOWN_AUTHORITY)


def key_with(victim: Victim, what: Certificate) -> SigningKey:
    """Return a new key with a certificate of the given sort."""
    key = _new_key(victim)
    return SigningKey(private_key=key, certificate=certified(victim, key.public_key(), what))


def with_certificates(opened: Opened, *certificates: x509.Certificate) -> Opened:
    """Put certificates into KeyInfo, in the place of those that are there."""
    data = opened.part("X509Data")
    for element in list(data):
        data.remove(element)
    for certificate in certificates:
        text = encoded(certificate.public_bytes(Encoding.DER))
        etree.SubElement(data, f"{DS}X509Certificate").text = text
    return opened


def _signed_with(fault: Fault) -> Callable[[Victim], bytes]:
    return lambda victim: victim.message(key=_faulty_key(victim, fault))


def _signed_by(what: Certificate) -> Callable[[Victim], bytes]:
    return lambda victim: victim.message(key=key_with(victim, what))


def _on_other_curve(victim: Victim) -> bytes:
    """A sound value by a certified key on P-384, padded as on P-256 it would not be."""
    number = int.from_bytes(derive_octets(str(victim.seed), "attacks/P-384", 40), "big")
    key = ec.derive_private_key(number, ec.SECP384R1())
    opened = with_certificates(open_message(victim), certified(victim, key.public_key()))
    sign_again(opened, lambda data: _p384_value(key, data))
    return opened.write()


def _p384_value(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return r.to_bytes(48, "big") + s.to_bytes(48, "big")


def _stale(victim: Victim) -> bytes:
    """Captured while the certificate was in force, delivered after its end."""
    then = victim.with_header(sent_at=victim.moment - 3 * _HOUR)
    return then.message(key=key_with(victim, Certificate(end=-2 * _HOUR)))


def _of_other_member(victim: Victim) -> bytes:
    """The receiver's own key: a member of the corridor, but not the sender."""
    return victim.message(key=victim.pki.key(victim.header.receiver))


def _swapped(victim: Victim) -> bytes:
    """Falsified and signed by a stranger, with the genuine certificate in KeyInfo."""
    opened = open_message(victim)
    falsify(opened.target)
    digest_again(opened)
    sign_again(opened, stranger_key(victim).value_of)
    return opened.write()


def _mixed(first: bool) -> Callable[[Victim], bytes]:
    """Falsified and signed by a stranger; the certificates of both are in KeyInfo."""

    def forge(victim: Victim) -> bytes:
        stranger = stranger_key(victim)
        opened = open_message(victim)
        falsify(opened.target)
        digest_again(opened)
        sign_again(opened, stranger.value_of)
        pair = [stranger.certificate, victim.key.certificate]
        return with_certificates(opened, *(pair if first else reversed(pair))).write()

    return forge


def _another_of_the_authority(victim: Victim) -> bytes:
    """The genuine message with the certificate of another key of the same sender."""
    certificate = certified(victim, _new_key(victim).public_key())
    return with_certificates(open_message(victim), certificate).write()


def _key_value(victim: Victim) -> bytes:
    """A stranger's bare public key, which the receiver is to use as it stands."""
    stranger = stranger_key(victim)
    opened = open_message(victim)
    falsify(opened.target)
    digest_again(opened)
    sign_again(opened, stranger.value_of)
    info = opened.part("KeyInfo")
    info.remove(info[0])
    key = etree.SubElement(
        etree.SubElement(info, f"{DS}KeyValue"), "{http://www.w3.org/2009/xmldsig11#}ECKeyValue"
    )
    etree.SubElement(key, "{http://www.w3.org/2009/xmldsig11#}NamedCurve", URI="urn:oid:1.2.840.10045.3.1.7")
    point = stranger.certificate.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    etree.SubElement(key, "{http://www.w3.org/2009/xmldsig11#}PublicKey").text = encoded(point)
    return opened.write()


def _no_key_info(victim: Victim) -> bytes:
    opened = open_message(victim)
    opened.signature.remove(opened.part("KeyInfo"))
    return opened.write()


def _by_authority(victim: Victim) -> bytes:
    """Signed with the key of the authority itself, under its own certificate."""
    credentials = victim.credentials
    if credentials.authority_key is None:
        raise AssertionError("a PKI from a seed has the keys of its authorities")
    key = SigningKey(private_key=credentials.authority_key, certificate=credentials.authority)
    return victim.message(key=key)


_attack = attacks_of(Family.CREDENTIALS, errors.UntrustedSigner, PROFILE)
_FAULTY = (
    ("certificate-expired", "out of date", Fault.EXPIRED, errors.CertificateExpired),
    ("certificate-not-yet-valid", "in force only later", Fault.NOT_YET_VALID, errors.CertificateNotYetValid),
    ("certificate-revoked", "that its authority has revoked", Fault.REVOKED, errors.CertificateRevoked),
    ("certificate-for-encryption", "meant for encryption", Fault.WRONG_USAGE, errors.WrongKeyUsage),
    (
        "certificate-of-unknown-authority",
        "of an unknown authority",
        Fault.UNKNOWN_AUTHORITY,
        errors.UnknownIssuer,
    ),
    (
        "certificate-of-imitated-authority",
        "of an authority that bears the name of the trusted one, with another key",
        Fault.IMITATED_AUTHORITY,
        errors.ImitatedIssuer,
    ),
    (
        "certificate-of-other-subject",
        "of the right authority for another name",
        Fault.WRONG_SUBJECT,
        errors.WrongSubject,
    ),
)
_CERTIFICATES = (
    ("certificate-without-usage", "without a key usage", Certificate(usage=None), errors.WrongKeyUsage),
    (
        "certificate-self-signed",
        "that is the sender's by name and signed by itself",
        Certificate(by_itself=True),
        errors.UnknownIssuer,
    ),
    (
        "certificate-of-sub-authority",
        "that is itself an authority's",
        Certificate(authority=True, usage=_AUTHORITY),
        errors.WrongKeyUsage,
    ),
)

ATTACKS = (
    *(
        _attack(name, f"A sound signature, by a certificate {what}.", _signed_with(fault), expected)
        for name, what, fault, expected in _FAULTY
    ),
    *(
        _attack(name, f"A sound signature, by a certificate {what}.", _signed_by(certificate), expected)
        for name, what, certificate, expected in _CERTIFICATES
    ),
    _attack("authority-as-signer", "Signed by the authority's own key.", _by_authority, errors.WrongKeyUsage),
    _attack(
        "weak-curve",
        "Signed by a certified key on a curve outside the profile.",
        _on_other_curve,
        errors.WeakKey,
    ),
    _attack(
        "stale-delivery",
        "Captured while the certificate was in force, delivered after its end.",
        _stale,
        errors.CertificateExpired,
    ),
    _attack(
        "key-of-other-member",
        "Signed by another member of the corridor.",
        _of_other_member,
        errors.UnknownIssuer,
    ),
    _attack(
        "key-info-swapped",
        "Falsified and signed by a stranger; KeyInfo has the genuine certificate.",
        _swapped,
        errors.SignatureMismatch,
        SAML,
    ),
    _attack(
        "stranger-before-genuine-certificate",
        "Signed by a stranger, whose certificate stands before the genuine one.",
        _mixed(first=True),
        errors.UnknownIssuer,
        SAML,
    ),
    _attack(
        "genuine-before-stranger-certificate",
        "Signed by a stranger, whose certificate stands after the genuine one.",
        _mixed(first=False),
        errors.SignatureMismatch,
        SAML,
    ),
    _attack(
        "same-subject-other-key",
        "The genuine message with a certificate of the same subject for another key.",
        _another_of_the_authority,
        errors.SignatureMismatch,
    ),
    _attack(
        "bare-key-value",
        "Falsified and signed by a stranger, whose bare key stands in KeyInfo.",
        _key_value,
        errors.ForbiddenKeyInfo,
        SAML,
    ),
    _attack(
        "no-key-info", "Nothing says whose key it is.", _no_key_info, errors.SignatureStructureError, XMLDSIG
    ),
)
