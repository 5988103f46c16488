"""Other implementations accept what we sign, and we accept what they sign in our profile."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree
from signxml import XMLSigner, XMLVerifier

from asw_exchange.corridors.asean.layouts import EFORM_D
from asw_exchange.signature import (
    Canonicalization,
    DigestMethod,
    SignatureMethod,
    SignaturePolicy,
    TestPki,
    sign,
    verify,
    write_pki,
)
from tests.signature_cases import MOMENT, NS, certificate, document, pki, signed

XMLSEC = shutil.which("xmlsec1")
needs_xmlsec = pytest.mark.skipif(XMLSEC is None, reason="xmlsec1 is not installed (apt-get install xmlsec1)")
OLD_ALGORITHMS = ("ecdsa-p256", "rsa-2048")
"""xmlsec1 1.2 and signxml know no Ed25519."""

EXCLUSIVE, INCLUSIVE = Canonicalization.EXCLUSIVE, Canonicalization.INCLUSIVE
POLICIES = [
    SignaturePolicy(),
    SignaturePolicy(digest=DigestMethod.SHA512),
    SignaturePolicy(canonicalization=INCLUSIVE),
]
policies = pytest.mark.parametrize("policy", POLICIES, ids=["default", "SHA-512", "inclusive"])
AWKWARD = b"""<r:root xmlns:r="urn:r" xmlns:unused="urn:u" xmlns="urn:d" xml:lang="vi" xml:space="preserve">
  <a b="&lt;&#10;" r:a='"'/> <unused:x xmlns:y="urn:y"/>\xc4\x90&#13;<b xmlns=""><?inside it?></b>
</r:root>"""
documents = pytest.mark.parametrize("text", [document(), AWKWARD], ids=["Form D", "awkward"])


def xmlsec(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run xmlsec1."""
    assert XMLSEC
    return subprocess.run([XMLSEC, *arguments], capture_output=True, text=True, check=False, timeout=30)


def xmlsec_verify(message: bytes, directory: Path) -> subprocess.CompletedProcess[str]:
    """Let xmlsec1 check a message of VN at our moment, by the certificate in it and VN's authority."""
    path = directory / "message.xml"
    path.write_bytes(message)
    return xmlsec(
        "--verify",
        "--enabled-key-data",
        "x509",
        "--trusted-pem",
        str(directory / "VN" / "ca.pem"),
        "--verification-gmt-time",
        f"{MOMENT:%Y-%m-%d %H:%M:%S}",
        str(path),
    )


@needs_xmlsec
@documents
@policies
@pytest.mark.parametrize("algorithm", OLD_ALGORITHMS)
def test_xmlsec_accepts_ours(algorithm: str, policy: SignaturePolicy, text: bytes, tmp_path: Path) -> None:
    """xmlsec1 --verify, chain included, for key types, digests and both C14N."""
    write_pki(pki(algorithm), tmp_path)
    result = xmlsec_verify(sign(text, pki(algorithm).key("VN"), policy), tmp_path)
    assert result.returncode == 0, result.stderr


@needs_xmlsec
def test_xmlsec_refuses_ours_when_changed(tmp_path: Path) -> None:
    """The check above can fail."""
    write_pki(pki(), tmp_path)
    assert xmlsec_verify(signed().replace(b"7200", b"7201", 1), tmp_path).returncode != 0


TEMPLATE = f"""<ds:Signature xmlns:ds="{NS}">
  <ds:SignedInfo>
    <ds:CanonicalizationMethod Algorithm="%(c14n)s"/>
    <ds:SignatureMethod Algorithm="%(method)s"/>
    <ds:Reference URI="">
      <ds:Transforms>
        <ds:Transform Algorithm="{NS}enveloped-signature"/>
        <ds:Transform Algorithm="%(c14n)s"/>
      </ds:Transforms>
      <ds:DigestMethod Algorithm="%(digest)s"/>
      <ds:DigestValue/>
    </ds:Reference>
  </ds:SignedInfo>
  <ds:SignatureValue/>
  <ds:KeyInfo>
    <ds:X509Data>
      <ds:X509Certificate/>
    </ds:X509Data>
  </ds:KeyInfo>
</ds:Signature>"""


def xmlsec_sign(template: bytes, directory: Path) -> bytes:
    """Let xmlsec1 fill in a signature with the key of VN."""
    (directory / "template.xml").write_bytes(template)
    vn, output = directory / "VN", directory / "signed.xml"
    keys = f"{vn / 'key.pem'},{vn / 'cert.pem'}"
    result = xmlsec("--sign", "--privkey-pem", keys, "--output", str(output), str(directory / "template.xml"))
    assert result.returncode == 0, result.stderr
    return output.read_bytes()


@needs_xmlsec
@documents
@pytest.mark.parametrize("c14n", [EXCLUSIVE, INCLUSIVE])
@pytest.mark.parametrize("digest", DigestMethod)
@pytest.mark.parametrize(
    ("algorithm", "method"),
    [
        ("ecdsa-p256", SignatureMethod.ECDSA_SHA256),
        ("rsa-2048", SignatureMethod.RSA_SHA256),
        ("rsa-2048", SignatureMethod.RSA_SHA384),
        ("rsa-2048", SignatureMethod.RSA_SHA512),
    ],
)
def test_we_accept_xmlsec(
    algorithm: str,
    method: SignatureMethod,
    digest: DigestMethod,
    c14n: Canonicalization,
    text: bytes,
    tmp_path: Path,
) -> None:
    """xmlsec1 --sign over an indented template, base64 in several lines."""
    write_pki(pki(algorithm), tmp_path)
    filled = TEMPLATE % {"c14n": c14n, "method": method, "digest": digest}
    end = text.rindex(b"</")
    message = xmlsec_sign(text[:end] + filled.encode() + text[end:], tmp_path)
    verified = verify(message, pki(algorithm).trust("VN"), MOMENT, SignaturePolicy(canonicalization=c14n))
    assert verified.algorithm is method


signxml_cases = pytest.mark.parametrize(
    ("text", "c14n"), [(document(), EXCLUSIVE), (document(), INCLUSIVE), (AWKWARD, EXCLUSIVE)]
)
"""signxml forgets that inclusive C14N of SignedInfo takes over xml: attributes; xmlsec1 does as we do."""


@needs_xmlsec
def test_what_the_signature_declares_counts_in_inclusive_c14n(tmp_path: Path) -> None:
    """A namespace declared on ds:Signature itself is in scope of SignedInfo."""
    write_pki(pki(), tmp_path)
    names = {"c14n": INCLUSIVE, "method": SignatureMethod.ECDSA_SHA256, "digest": DigestMethod.SHA256}
    filled = (TEMPLATE % names).replace("<ds:Signature ", '<ds:Signature xmlns:extra="urn:e" ').encode()
    message = xmlsec_sign(AWKWARD.replace(b"</r:root>", filled + b"</r:root>"), tmp_path)
    assert b'xmlns:extra="urn:e"' in message
    assert verify(message, pki().trust("VN"), MOMENT, SignaturePolicy(canonicalization=INCLUSIVE))


@signxml_cases
@pytest.mark.parametrize("digest", DigestMethod)
@pytest.mark.parametrize("algorithm", OLD_ALGORITHMS)
def test_signxml_accepts_ours(
    algorithm: str, digest: DigestMethod, c14n: Canonicalization, text: bytes
) -> None:
    """signxml verifies with the signer's certificate, and hands on the same content."""
    policy = SignaturePolicy(digest=digest, canonicalization=c14n)
    key = pki(algorithm).key("VN")
    result = XMLVerifier().verify(sign(text, key, policy), x509_cert=key.certificate)
    ours = verify(sign(text, key, policy), pki(algorithm).trust("VN"), MOMENT, policy)
    assert result.signed_data == ours.canonical


def signxml_sign(text: bytes, keys: TestPki, method: str, digest: str, c14n: str) -> bytes:
    """Let signxml sign with the key of VN."""
    signer = XMLSigner(signature_algorithm=method, digest_algorithm=digest, c14n_algorithm=c14n)
    key = keys.key("VN")
    return etree.tostring(signer.sign(etree.fromstring(text), key=key.private_key, cert=[key.certificate]))


@signxml_cases
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize(
    ("algorithm", "method"),
    [
        ("ecdsa-p256", "ecdsa-sha256"),
        ("rsa-2048", "rsa-sha256"),
        ("rsa-2048", "rsa-sha384"),
        ("rsa-2048", "rsa-sha512"),
    ],
)
def test_we_accept_signxml(
    algorithm: str, method: str, digest: str, c14n: Canonicalization, text: bytes
) -> None:
    """signxml's enveloped signature with a certificate is our profile."""
    message = signxml_sign(text, pki(algorithm), method, digest, str(c14n))
    verified = verify(message, pki(algorithm).trust("VN"), MOMENT, SignaturePolicy(canonicalization=c14n))
    if text == document():
        assert EFORM_D.read(verified.document) == certificate()
