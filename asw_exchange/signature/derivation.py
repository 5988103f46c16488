"""Private keys and numbers that follow from a seed: for tests, where the same seed gives the same bytes.

A key made here is no secret. Not here: certificates (``pki``).
"""

from __future__ import annotations

import math
from itertools import count

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_EXPONENT = 65537
_ROUNDS = 8
"""Of Miller-Rabin, after a Fermat test; FIPS 186-5, table B.1, wants four for 1024 bits."""


def derive_octets(seed: str, label: str, length: int) -> bytes:
    """Return ``length`` octets that follow from seed and label (HKDF with SHA-256, RFC 5869)."""
    return HKDF(hashes.SHA256(), length, salt=None, info=label.encode()).derive(seed.encode())


def derive_serial(seed: str, label: str) -> int:
    """Return a serial number of 127 bits: positive, at most 20 octets (RFC 5280, section 4.1.2.2)."""
    return (int.from_bytes(derive_octets(seed, label, 16), "big") >> 1) | 1


def derive_ecdsa_key(seed: str, label: str) -> ec.EllipticCurvePrivateKey:
    """Return a key on P-256, from 128 bits more than it needs (FIPS 186-5, A.2.1)."""
    number = int.from_bytes(derive_octets(seed, label, 48), "big")
    return ec.derive_private_key(number % (_ORDER - 1) + 1, ec.SECP256R1())


def derive_ed25519_key(seed: str, label: str) -> ed25519.Ed25519PrivateKey:
    """Return an Ed25519 key (RFC 8032, section 5.1.5)."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(derive_octets(seed, label, 32))


def derive_rsa_key(seed: str, label: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return an RSA key. Takes some tenths of a second."""
    p, q = (_derive_prime(seed, f"{label}/{name}", bits // 2) for name in "pq")
    d = pow(_EXPONENT, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    )
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def _small_primes(below: int) -> list[int]:
    return [n for n in range(3, below, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2))]


_SMALL_PRIMES = math.prod(_small_primes(2000))


def _derive_prime(seed: str, label: str, bits: int) -> int:
    """Return the first fitting prime after a derived start whose two highest bits are set."""
    start = int.from_bytes(derive_octets(seed, label, bits // 8), "big") | (0b11 << (bits - 2)) | 1
    return next(number for number in count(start, 2) if _fits(number))


def _fits(number: int) -> bool:
    return (
        math.gcd(number, _SMALL_PRIMES) == 1
        and pow(2, number - 1, number) == 1
        and math.gcd(number - 1, _EXPONENT) == 1
        and all(_is_strong_probable_prime(number, base) for base in range(3, 3 + _ROUNDS))
    )


def _is_strong_probable_prime(number: int, base: int) -> bool:
    """One round of Miller-Rabin (FIPS 186-5, B.3.1)."""
    twos = (number - 1 & 1 - number).bit_length() - 1
    power = pow(base, (number - 1) >> twos, number)
    if power in (1, number - 1):
        return True
    return any((power := power * power % number) == number - 1 for _ in range(twos - 1))
