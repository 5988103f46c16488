"""X.509 certificates and revocation lists in, with all parts decoded at once, or one kind of error.

``cryptography`` decodes a part when it is first asked for, and has many ways to say that it cannot.
Not here: whether a certificate is to be believed (``trust``).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

_REASONS = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


_LIST = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)


def decode_der(data: bytes) -> x509.Certificate:
    """Decode one certificate. Raises ValueError."""
    return _decode(lambda: [x509.load_der_x509_certificate(data)], _decode_parts)[0]


def decode_pem(data: bytes) -> tuple[x509.Certificate, ...]:
    """Decode the certificates of a PEM file, at least one. Raises ValueError."""
    return tuple(_decode(lambda: x509.load_pem_x509_certificates(data), _decode_parts))


def decode_lists(data: bytes) -> tuple[x509.CertificateRevocationList, ...]:
    """Decode the revocation lists of a PEM file, or the one that the file is in DER. Raises ValueError."""
    if not _LIST.search(data):
        return tuple(_decode(lambda: [x509.load_der_x509_crl(data)], _decode_list))
    return tuple(_decode(lambda: list(map(x509.load_pem_x509_crl, _LIST.findall(data))), _decode_list))


def check_list(crl: x509.CertificateRevocationList) -> None:
    """Decode all parts of a list. Raises ValueError."""
    _decode(lambda: [crl], _decode_list)


def is_authority(certificate: x509.Certificate) -> bool:
    """Tell whether the basic constraints make it that of an authority (RFC 5280, section 4.2.1.9)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def name_of(certificate: x509.Certificate) -> str:
    """Return the subject as RFC 4514 writes it, for example ``CN=VN gateway,C=VN``."""
    return certificate.subject.rfc4514_string()


def uris_of(certificate: x509.Certificate) -> list[str]:
    """Return the URIs among its alternative names (RFC 5280, section 4.2.1.6)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.UniformResourceIdentifier)


def is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Tell whether a certificate names an authority as its issuer and has its signature."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


_Decoded = TypeVar("_Decoded")


def _decode(load: Callable[[], list[_Decoded]], decode_parts: Callable[[_Decoded], None]) -> list[_Decoded]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oddities of a stranger's certificate are no news to the user
            found = load()
            for each in found:
                decode_parts(each)
    except _REASONS as error:
        raise ValueError(str(error)) from error
    return found


def _decode_parts(certificate: x509.Certificate) -> None:
    certificate.subject.rfc4514_string()
    certificate.issuer.rfc4514_string()
    certificate.not_valid_before_utc, certificate.not_valid_after_utc  # noqa: B018
    list(certificate.extensions)
    certificate.public_key()


def _decode_list(crl: x509.CertificateRevocationList) -> None:
    crl.issuer.rfc4514_string()
    crl.last_update_utc, crl.next_update_utc, crl.signature_hash_algorithm  # noqa: B018
    list(crl.extensions)
    for entry in crl:
        entry.serial_number, entry.revocation_date_utc  # noqa: B018
        list(entry.extensions)
