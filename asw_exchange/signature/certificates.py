"""X.509 certificates in, with all their parts decoded at once, or one kind of error.

``cryptography`` decodes a part when it is first asked for, and has many ways to say that it cannot.
Not here: whether a certificate is to be believed (``trust``).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

_REASONS = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


def decode_der(data: bytes) -> x509.Certificate:
    """Decode one certificate. Raises ValueError."""
    return _decode(lambda: [x509.load_der_x509_certificate(data)])[0]


def decode_pem(data: bytes) -> tuple[x509.Certificate, ...]:
    """Decode the certificates of a PEM file, at least one. Raises ValueError."""
    return tuple(_decode(lambda: x509.load_pem_x509_certificates(data)))


def name_of(certificate: x509.Certificate) -> str:
    """Return the subject as RFC 4514 writes it, for example ``CN=VN gateway,C=VN``."""
    return certificate.subject.rfc4514_string()


def _decode(load: Callable[[], list[x509.Certificate]]) -> list[x509.Certificate]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oddities of a stranger's certificate are no news to the user
            certificates = load()
            for certificate in certificates:
                _decode_parts(certificate)
    except _REASONS as error:
        raise ValueError(str(error)) from error
    return certificates


def _decode_parts(certificate: x509.Certificate) -> None:
    certificate.subject.rfc4514_string()
    certificate.issuer.rfc4514_string()
    certificate.not_valid_before_utc, certificate.not_valid_after_utc  # noqa: B018
    list(certificate.extensions)
    certificate.public_key()
