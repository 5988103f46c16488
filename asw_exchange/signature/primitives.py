"""Signature values: the octets that stand in SignatureValue, made and checked with ``cryptography``.

Not here: certificates (``trust``) and what is signed (``sign``, ``verify``).
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from asw_exchange.errors import CredentialError, ForbiddenAlgorithm, SignatureEncodingError, SignatureMismatch
from asw_exchange.signature.algorithms import SignatureMethod

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey

SMALLEST_RSA = 2048
"""Bits of a modulus (NIST SP 800-131A revision 2, section 3)."""

_DETERMINISTIC = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
"""The nonce follows from key and message (RFC 6979): same document, same key, same bytes."""
_ECDSA = ec.ECDSA(hashes.SHA256())
_PKCS1 = padding.PKCS1v15()
_RSA_HASHES: dict[SignatureMethod, hashes.HashAlgorithm] = {
    SignatureMethod.RSA_SHA256: hashes.SHA256(),
    SignatureMethod.RSA_SHA384: hashes.SHA384(),
    SignatureMethod.RSA_SHA512: hashes.SHA512(),
}
_COORDINATE = 32
"""Octets of r and of s on P-256."""


def key_weakness(key: object) -> str | None:
    """Say in a few words why a private or public key is outside the profile, or return None."""
    match key:
        case ed25519.Ed25519PublicKey() | ed25519.Ed25519PrivateKey():
            return None
        case ec.EllipticCurvePublicKey() | ec.EllipticCurvePrivateKey():
            fits = isinstance(key.curve, ec.SECP256R1)
            return None if fits else f"its curve is {key.curve.name}, not P-256 (secp256r1)"
        case rsa.RSAPublicKey() | rsa.RSAPrivateKey():
            short = key.key_size < SMALLEST_RSA
            return f"its modulus has {key.key_size} bits, fewer than {SMALLEST_RSA}" if short else None
        case _:
            return "it is neither ECDSA P-256 nor RSA nor Ed25519"


def method_of(key: PrivateKey) -> SignatureMethod:
    """Return the signature method that we write with a key that has no ``key_weakness``."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return SignatureMethod.ECDSA_SHA256
    return SignatureMethod.RSA_SHA256 if isinstance(key, rsa.RSAPrivateKey) else SignatureMethod.ED25519


def signer_of(key: PrivateKey) -> Callable[[bytes], bytes]:
    """Return the function from the octets of SignedInfo to the octets of SignatureValue."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return lambda data: _ecdsa_value(key, data)
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda data: key.sign(data, _PKCS1, _RSA_HASHES[SignatureMethod.RSA_SHA256])
    return key.sign


def _ecdsa_value(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    try:
        r, s = decode_dss_signature(key.sign(data, _DETERMINISTIC))
    except UnsupportedAlgorithm as error:
        raise CredentialError(
            "this build of cryptography cannot sign deterministically (RFC 6979)",
            hint="install its wheel from PyPI, which brings OpenSSL 3.2 or later",
        ) from error
    return r.to_bytes(_COORDINATE, "big") + s.to_bytes(_COORDINATE, "big")


def check_value(key: PublicKey, method: SignatureMethod, value: bytes, data: bytes) -> None:
    """Check that ``value`` is the signature of ``data`` by ``method`` under ``key``.

    Raises SignatureMismatch when it is not, SignatureEncodingError when it cannot be one,
    ForbiddenAlgorithm when the method does not fit the key.
    """
    try:
        _check(key, method, value, data)
    except InvalidSignature as error:
        raise SignatureMismatch(
            "the signature value does not fit SignedInfo and the key of the certificate",
            hint="SignedInfo was changed after signing, or another key signed it",
        ) from error


def _check(key: PublicKey, method: SignatureMethod, value: bytes, data: bytes) -> None:
    match key:
        case ec.EllipticCurvePublicKey() if method is SignatureMethod.ECDSA_SHA256:
            key.verify(_ecdsa_der(value), data, _ECDSA)
        case rsa.RSAPublicKey() if method in _RSA_HASHES:
            _check_length(value, key.key_size // 8, "as the modulus of the key")
            key.verify(value, data, _PKCS1, _RSA_HASHES[method])
        case ed25519.Ed25519PublicKey() if method is SignatureMethod.ED25519:
            _check_length(value, 64, "RFC 8032, section 5.1.6")
            key.verify(value, data)
        case _:
            raise ForbiddenAlgorithm(
                "the signature method does not fit the kind of key in the certificate", value=method.value
            )


_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Order of the base point of P-256 (FIPS 186-5; SEC 2, section 2.4.2)."""


def _ecdsa_der(value: bytes) -> bytes:
    _check_length(value, 2 * _COORDINATE, "r and s, 32 octets each, not DER")
    r, s = int.from_bytes(value[:_COORDINATE], "big"), int.from_bytes(value[_COORDINATE:], "big")
    if not (0 < r < _ORDER and 0 < s < _ORDER):
        raise SignatureEncodingError("r or s of the ECDSA signature value is out of range")
    return encode_dss_signature(r, s)


def _check_length(value: bytes, wanted: int, why: str) -> None:
    if len(value) != wanted:
        raise SignatureEncodingError(
            f"the signature value has {len(value)} octets, {wanted} expected ({why})"
        )
