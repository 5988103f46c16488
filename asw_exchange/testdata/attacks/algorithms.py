"""Algorithms that are weak, of another kind than the key, or cut short: sound values by such algorithms."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from asw_exchange import errors
from asw_exchange.signature.algorithms import NAMESPACE, Canonicalization, SignatureMethod
from asw_exchange.signature.derivation import derive_rsa_key
from asw_exchange.testdata.attacks.attack import BEST_PRACTICES, XMLDSIG, Family, attacks_of
from asw_exchange.testdata.attacks.credentials import certified, with_certificates
from asw_exchange.testdata.attacks.surgery import DS, Opened, digest_again, open_message, resigned, sign_again
from asw_exchange.testdata.attacks.victim import Victim

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"


def _method(opened: Opened, uri: str) -> None:
    opened.part("SignatureMethod").set("Algorithm", uri)


def _set(name: str, uri: str) -> Callable[[Opened], None]:
    return lambda opened: opened.part(name).set("Algorithm", uri)


def _hmac(secret_of: Callable[[Victim], bytes], length: int | None = None) -> Callable[[Victim], bytes]:
    """Sign with HMAC-SHA256 under something that everybody knows."""

    def forge(victim: Victim) -> bytes:
        opened = open_message(victim)
        _method(opened, f"{_MORE}hmac-sha256")
        if length is not None:
            etree.SubElement(opened.part("SignatureMethod"), f"{DS}HMACOutputLength").text = str(length)
        secret = secret_of(victim)
        octets = None if length is None else length // 8
        sign_again(opened, lambda data: hmac.digest(secret, data, "sha256")[:octets])
        return opened.write()

    return forge


def _public_key(victim: Victim) -> bytes:
    key = victim.key.certificate.public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _public_key_pem(victim: Victim) -> bytes:
    key = victim.key.certificate.public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _certificate(victim: Victim) -> bytes:
    return victim.key.certificate.public_bytes(Encoding.DER)


def _ecdsa_sha1(victim: Victim) -> bytes:
    opened = open_message(victim)
    _method(opened, f"{_MORE}ecdsa-sha1")
    key = victim.key.private_key
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise AssertionError("the test keys are on P-256")
    algorithm = ec.ECDSA(hashes.SHA1(), deterministic_signing=True)  # noqa: S303 - it is the attack

    def value(data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, algorithm))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    sign_again(opened, value)
    return opened.write()


@cache
def _rsa_key(seed: int, bits: int) -> rsa.RSAPrivateKey:
    return derive_rsa_key(str(seed), f"attacks/rsa-{bits}", bits)


def _rsa(
    bits: int, uri: str, algorithm: hashes.HashAlgorithm, scheme: Any = None
) -> Callable[[Victim], bytes]:
    """Sign with an RSA key that the sender's authority has certified."""

    def forge(victim: Victim) -> bytes:
        key = _rsa_key(victim.seed, bits)
        opened = with_certificates(open_message(victim), certified(victim, key.public_key()))
        _method(opened, uri)
        digest_again(opened)
        sign_again(opened, lambda data: key.sign(data, scheme or padding.PKCS1v15(), algorithm))
        return opened.write()

    return forge


def _cut(octets: int) -> Callable[[Opened], None]:
    def change(opened: Opened) -> None:
        etree.SubElement(opened.part("DigestMethod"), f"{DS}DigestOutputLength").text = str(8 * octets)

    return change


_attack = attacks_of(Family.ALGORITHMS, errors.ForbiddenAlgorithm, XMLDSIG)
_CONFUSION = "CVE-2015-9235 (the same confusion in JSON Web Tokens)"
_TRUNCATION = "CVE-2009-0217"
_SHA1, _MD5 = f"{NAMESPACE}sha1", f"{_MORE}md5"

ATTACKS = (
    _attack(
        "hmac-public-key", "HMAC under the sender's public key in DER.", _hmac(_public_key), source=_CONFUSION
    ),
    _attack(
        "hmac-public-key-pem", "HMAC under the public key in PEM.", _hmac(_public_key_pem), source=_CONFUSION
    ),
    _attack(
        "hmac-certificate", "HMAC under the sender's certificate.", _hmac(_certificate), source=_CONFUSION
    ),
    _attack("hmac-empty-secret", "HMAC under an empty secret.", _hmac(lambda victim: b""), source=_CONFUSION),
    _attack(
        "hmac-cut-to-a-byte",
        "HMACOutputLength of eight bits: one guess in 256 fits.",
        _hmac(_public_key, 8),
        source=_TRUNCATION,
    ),
    _attack(
        "output-cut-to-nothing",
        "HMACOutputLength of zero bits: the empty value fits.",
        _hmac(_public_key, 0),
        source=_TRUNCATION,
    ),
    _attack(
        "digest-sha1",
        "A sound SHA-1 digest, signed by the sender.",
        resigned(_set("DigestMethod", _SHA1), hashlib.sha1),
        source=BEST_PRACTICES,
    ),
    _attack(
        "digest-md5",
        "A sound MD5 digest, signed by the sender.",
        resigned(_set("DigestMethod", _MD5), hashlib.md5),
        source=BEST_PRACTICES,
    ),
    _attack(
        "digest-unknown", "A digest that nobody knows.", resigned(_set("DigestMethod", "urn:example:none"))
    ),
    _attack(
        "digest-cut",
        "DigestMethod with a parameter that cuts its output.",
        resigned(_cut(4)),
        source=_TRUNCATION,
    ),
    _attack("ecdsa-sha1", "A sound ECDSA signature over SHA-1.", _ecdsa_sha1, source=BEST_PRACTICES),
    _attack(
        "rsa-sha1",
        "A sound RSA PKCS #1 signature over SHA-1, by a certified key.",
        _rsa(2048, f"{NAMESPACE}rsa-sha1", hashes.SHA1()),  # noqa: S303 - it is the attack
        source=BEST_PRACTICES,
    ),
    _attack(
        "rsa-md5",
        "A sound RSA PKCS #1 signature over MD5, by a certified key.",
        _rsa(2048, f"{_MORE}rsa-md5", hashes.MD5()),  # noqa: S303 - it is the attack
        source=BEST_PRACTICES,
    ),
    _attack(
        "rsa-1024",
        "A sound RSA signature by a certified key of 1024 bits.",
        _rsa(1024, SignatureMethod.RSA_SHA256, hashes.SHA256()),
        source="NIST SP 800-131A revision 2",
        expected=errors.WeakKey,
    ),
    _attack(
        "method-of-another-key",
        "SignatureMethod says RSA where the key is on a curve.",
        resigned(_set("SignatureMethod", SignatureMethod.RSA_SHA256)),
    ),
    _attack("method-none", "SignatureMethod is empty.", resigned(_set("SignatureMethod", ""))),
    _attack(
        "method-unknown",
        "SignatureMethod is one that nobody knows.",
        resigned(_set("SignatureMethod", "urn:none")),
    ),
    _attack(
        "signed-info-with-comments",
        "SignedInfo canonicalised with comments.",
        resigned(_set("CanonicalizationMethod", f"{Canonicalization.EXCLUSIVE}WithComments")),
        source=BEST_PRACTICES,
    ),
    _attack(
        "signed-info-not-canonicalized",
        "SignedInfo canonicalised by a method that nobody knows.",
        resigned(_set("CanonicalizationMethod", "urn:example:none")),
        source=BEST_PRACTICES,
    ),
)
