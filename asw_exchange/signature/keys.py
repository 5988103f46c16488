"""What a gateway signs with: a private key, its certificate and the certificates between it and its CA."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from asw_exchange.errors import CredentialError
from asw_exchange.signature.algorithms import SignatureMethod
from asw_exchange.signature.pem import read_certificates, read_private_key
from asw_exchange.signature.primitives import PrivateKey, key_weakness, method_of, signer_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key that fits its certificate. Raises CredentialError otherwise."""

    private_key: PrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()
    """Intermediate certificates, the signer's issuer first; the CA that partners trust need not be here."""
    method: SignatureMethod = field(init=False)
    certificates: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """What KeyInfo carries: base64 of DER, the signer's certificate first."""
    value_of: Callable[[bytes], bytes] = field(init=False, repr=False, compare=False)
    """From the octets of SignedInfo to those of SignatureValue."""

    def __post_init__(self) -> None:
        weakness = key_weakness(self.private_key)
        if weakness:
            raise CredentialError(f"the key cannot be used: {weakness}")
        if self.certificate.public_key() != self.private_key.public_key():
            raise CredentialError(
                "the private key does not fit the certificate", hint="give the two of one pair"
            )
        object.__setattr__(self, "method", method_of(self.private_key))
        object.__setattr__(self, "certificates", tuple(map(_base64, (self.certificate, *self.chain))))
        object.__setattr__(self, "value_of", signer_of(self.private_key))

    @classmethod
    def load(cls, key_path: str | PathLike[str], cert_path: str | PathLike[str]) -> SigningKey:
        """Read key and certificate from PEM files; further certificates in the second are the chain.

        Raises FileError when a file cannot be read, CredentialError naming the file and what to do.
        """
        key = read_private_key(Path(key_path))
        certificate, *chain = read_certificates(Path(cert_path))
        try:
            return cls(private_key=key, certificate=certificate, chain=tuple(chain))
        except CredentialError as error:
            raise error.in_file(f"{key_path} and {cert_path}") from error.__cause__


def _base64(certificate: x509.Certificate) -> str:
    return b64encode(certificate.public_bytes(Encoding.DER)).decode()
