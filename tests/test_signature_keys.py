"""Reading keys and certificates: what is accepted, and one clear sentence for each mistake."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from asw_exchange import errors
from asw_exchange.signature import SignatureMethod, SigningKey
from tests.signature_cases import ALGORITHMS, Issue, ecdsa_key, issue, pki

PLAIN = NoEncryption()


def write_key(
    path: Path,
    key: object,
    form: PrivateFormat = PrivateFormat.PKCS8,
    protection: KeySerializationEncryption = PLAIN,
) -> Path:
    """Write a private key as PEM."""
    path.write_bytes(key.private_bytes(Encoding.PEM, form, protection))  # type: ignore[attr-defined]
    return path


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """VN's certificate in a file."""
    path = tmp_path / "cert.pem"
    path.write_bytes(pki().key("VN").certificate.public_bytes(Encoding.PEM))
    return path


def refuse(key: Path, certificate: Path) -> str:
    """Load, which must fail on credentials; return what the person reads."""
    with pytest.raises(errors.CredentialError) as caught:
        SigningKey.load(key, certificate)
    return str(caught.value)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_keys_are_read_in_all_unencrypted_forms(algorithm: str, tmp_path: Path) -> None:
    """PKCS 8 for all, the older form for RSA and EC, as openssl writes them."""
    original = pki(algorithm).key("VN")
    path = tmp_path / "cert.pem"
    path.write_bytes(original.certificate.public_bytes(Encoding.PEM))
    older = [] if algorithm == "ed25519" else [PrivateFormat.TraditionalOpenSSL]
    for form in (PrivateFormat.PKCS8, *older):
        key = SigningKey.load(write_key(tmp_path / "key.pem", original.private_key, form), str(path))
        assert key.value_of(b"x") == original.value_of(b"x")
        assert key.method is original.method


def test_ec_parameters_before_the_key_do_no_harm(tmp_path: Path, certificate: Path) -> None:
    """openssl ecparam -genkey writes them."""
    path = write_key(tmp_path / "key.pem", pki().key("VN").private_key, PrivateFormat.TraditionalOpenSSL)
    parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    path.write_bytes(parameters + path.read_bytes())
    assert SigningKey.load(path, certificate).method is SignatureMethod.ECDSA_SHA256


def test_further_certificates_are_the_chain(tmp_path: Path) -> None:
    """The first is the signer's; all travel in KeyInfo."""
    credentials = pki().gateways["VN"]
    path = tmp_path / "cert.pem"
    both = (credentials.key.certificate, credentials.authority)
    path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in both))
    key = SigningKey.load(write_key(tmp_path / "key.pem", credentials.key.private_key), path)
    assert key.chain == (credentials.authority,)
    assert len(key.certificates) == 2


def test_exchanged_files_are_told(tmp_path: Path, certificate: Path) -> None:
    """Key given for certificate and the other way round."""
    key = write_key(tmp_path / "key.pem", pki().key("VN").private_key)
    message = refuse(certificate, certificate)
    assert "cert.pem: no private key in this file, but: certificate; give the file" in message
    assert "key.pem: no certificate in this file, but: private key; give the file" in refuse(key, key)


def test_a_public_key_is_no_private_key(tmp_path: Path, certificate: Path) -> None:
    """It is told what the file holds."""
    path = tmp_path / "public.pem"
    public = ecdsa_key(1).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path.write_bytes(public)
    assert "no private key in this file, but: public key" in refuse(path, certificate)


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_encrypted_key_is_to_be_decrypted_first(
    form: PrivateFormat, tmp_path: Path, certificate: Path
) -> None:
    """In both forms of encryption, with the command that does it."""
    path = write_key(tmp_path / "key.pem", ecdsa_key(1), form, BestAvailableEncryption(b"secret"))
    message = refuse(path, certificate)
    assert "key.pem: the private key is encrypted; decrypt it first: openssl pkey" in message


def test_a_binary_file_is_to_be_converted(tmp_path: Path, certificate: Path) -> None:
    """DER, PKCS 12 and anything else that is not PEM."""
    path = tmp_path / "key.der"
    path.write_bytes(ecdsa_key(1).private_bytes(Encoding.DER, PrivateFormat.PKCS8, PLAIN))
    assert "it is not PEM; convert it: openssl pkey -inform DER" in refuse(path, certificate)
    key = write_key(tmp_path / "key.pem", ecdsa_key(1))
    assert "it is not PEM; convert it: openssl x509 -inform DER" in refuse(key, path)


def test_a_damaged_key_is_told(tmp_path: Path, certificate: Path) -> None:
    """PEM around something that cannot be decoded."""
    path = tmp_path / "key.pem"
    path.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    assert "key.pem: the private key cannot be read" in refuse(path, certificate)
    bad = tmp_path / "bad.pem"
    bad.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert "bad.pem: a certificate cannot be read" in refuse(write_key(path, ecdsa_key(1)), bad)


def test_a_key_of_another_certificate_is_told(tmp_path: Path, certificate: Path) -> None:
    """Both files are named."""
    path = write_key(tmp_path / "key.pem", pki().key("TH").private_key)
    message = refuse(path, certificate)
    assert f"{path} and {certificate}: the private key does not fit the certificate" in message


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: rsa.generate_private_key(65537, 1024), "its modulus has 1024 bits, fewer than 2048"),
        (lambda: ec.generate_private_key(ec.SECP384R1()), "its curve is secp384r1, not P-256"),
        (ed448.Ed448PrivateKey.generate, "it is neither ECDSA P-256 nor RSA nor Ed25519"),
    ],
    ids=["short RSA", "P-384", "Ed448"],
)
def test_a_key_outside_the_profile_is_told(
    make: object, reason: str, tmp_path: Path, certificate: Path
) -> None:
    """Which property it is, and which keys will do."""
    path = write_key(tmp_path / "key.pem", make())  # type: ignore[operator]
    message = refuse(path, certificate)
    assert f"key.pem: the key cannot be used: {reason}" in message
    assert "use ECDSA P-256, RSA of 2048 bits or more, or Ed25519" in message


def test_a_weak_key_is_refused_however_it_comes() -> None:
    """The constructor checks as the reader does."""
    key = ec.derive_private_key(99, ec.SECP384R1())
    with pytest.raises(errors.CredentialError, match="secp384r1"):
        SigningKey(private_key=key, certificate=issue(Issue(), key, ecdsa_key(1)))


def test_a_file_that_cannot_be_read_is_a_matter_of_files(tmp_path: Path, certificate: Path) -> None:
    """Missing, a folder, or a path that cannot be one: FileError with the file's name."""
    for path in (tmp_path / "missing.pem", tmp_path):
        with pytest.raises(errors.FileError, match=str(path)):
            SigningKey.load(path, certificate)
    with pytest.raises(errors.FileError, match="no path"):
        SigningKey.load("a\0b", certificate)


def test_a_huge_file_is_no_key(tmp_path: Path, certificate: Path) -> None:
    """It is not read to its end."""
    path = tmp_path / "huge.pem"
    path.write_bytes(b" " * (1024 * 1024 + 1))
    assert "more than" in refuse(path, certificate)


def test_a_private_key_is_not_shown() -> None:
    """Neither key nor credentials print it."""
    key = pki().key("VN")
    assert "private_key" not in repr(key)
    assert "authority_key" not in repr(pki().gateways["VN"])
    assert replace(key).certificates == key.certificates
