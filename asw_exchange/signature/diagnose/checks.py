"""Checks of a signature value under a key by every method that comes into question.

Not here: what is accepted (``signature.primitives``). Weak methods stand here to be recognised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from asw_exchange.signature.algorithms import SignatureMethod
from asw_exchange.signature.diagnose.causes import Cause, Explanation

_LARGEST_RSA = 4096
_HASHES: tuple[hashes.HashAlgorithm, ...] = (
    hashes.SHA256(),
    hashes.SHA384(),
    hashes.SHA512(),
    hashes.SHA1(),  # noqa: S303 - to explain a signature, not to accept it
)
_NAMES = {
    str(SignatureMethod.ECDSA_SHA256): "ECDSA with SHA256",
    str(SignatureMethod.RSA_SHA256): "RSA with SHA256",
    str(SignatureMethod.RSA_SHA384): "RSA with SHA384",
    str(SignatureMethod.RSA_SHA512): "RSA with SHA512",
    str(SignatureMethod.ED25519): "Ed25519",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One way to check a value under one key."""

    oddities: tuple[Explanation, ...]
    """What would be wrong with the value, or the method, if it fits this way."""
    verify: Callable[[bytes], None]

    def fits(self, data: bytes) -> bool:
        """Tell whether the value is the signature of ``data``."""
        try:
            self.verify(data)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            return False
        return True


def checks_of(certificate: x509.Certificate, value: bytes, method: str) -> Iterator[Check]:
    """Yield the checks of a value under the key of a certificate; none for a key of no use here.

    ``method`` is the URI that the signature names; where it is known, another method is odd.
    """
    match certificate.public_key():
        case ec.EllipticCurvePublicKey() as key:
            yield from _ecdsa(key, value, method)
        case rsa.RSAPublicKey() as key if key.key_size <= _LARGEST_RSA:
            yield from _rsa(key, value, method)
        case ed25519.Ed25519PublicKey() as key:
            yield Check(_other(method, "Ed25519"), lambda data: key.verify(value, data))
        case _:
            return


def _other(method: str, found: str) -> tuple[Explanation, ...]:
    named = _NAMES.get(method, found)
    if named == found:
        return ()
    return (Explanation(Cause.OTHER_METHOD, f"it was made with {found}, the signature says {named}"),)


def _ecdsa(key: ec.EllipticCurvePublicKey, value: bytes, method: str) -> Iterator[Check]:
    for der, odd in _ecdsa_values(value, (key.key_size + 7) // 8):
        for each in _HASHES:
            oddities = (*odd, *_other(method, f"ECDSA with {each.name.upper()}"))
            yield Check(oddities, lambda data, der=der, each=each: key.verify(der, data, ec.ECDSA(each)))  # type: ignore[misc]


def _ecdsa_values(value: bytes, size: int) -> Iterator[tuple[bytes, tuple[Explanation, ...]]]:
    if len(value) == 2 * size:
        r, s = int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big")
        yield encode_dss_signature(r, s), ()
    try:
        decode_dss_signature(value)
    except ValueError:
        return
    yield value, (Explanation(Cause.VALUE_FORMAT, "the ECDSA value is DER (ASN.1), not r and s"),)


def _rsa(key: rsa.RSAPublicKey, value: bytes, method: str) -> Iterator[Check]:
    for each in _HASHES:
        for name, fill in (("RSA", padding.PKCS1v15()), ("RSASSA-PSS", _pss(each))):
            oddities = _other(method, f"{name} with {each.name.upper()}")
            yield Check(
                oddities,
                lambda data, fill=fill, each=each: key.verify(value, data, fill, each),  # type: ignore[misc]
            )


def _pss(each: hashes.HashAlgorithm) -> padding.PSS:
    return padding.PSS(padding.MGF1(each), padding.PSS.AUTO)
