"""Signing and verifying documents that nobody touched in between."""

from __future__ import annotations

import pytest
from lxml import etree

from asw_exchange import errors
from asw_exchange.codec import read
from asw_exchange.corridors.asean.layouts import EFORM_D
from asw_exchange.signature import (
    Canonicalization,
    DigestMethod,
    SignatureMethod,
    SignaturePolicy,
    sign,
    verify,
)
from tests.signature_cases import ALGORITHMS, DS, MOMENT, certificate, document, pki, signature_of, signed

INCLUSIVE = SignaturePolicy(canonicalization=Canonicalization.INCLUSIVE)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_is_signed_verifies_to_the_same_document(algorithm: str) -> None:
    """parse(verify(sign(build(d)))) == d for each kind of key."""
    verified = verify(signed(algorithm), pki(algorithm).trust("VN"), MOMENT)
    assert EFORM_D.read(verified.document) == certificate()
    assert verified.canonical == document()
    assert verified.signer == pki(algorithm).key("VN").certificate


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_signing_twice_gives_the_same_bytes(algorithm: str) -> None:
    """Signatures are deterministic, ECDSA included (RFC 6979)."""
    assert sign(document(), pki(algorithm).key("VN")) == signed(algorithm)


@pytest.mark.parametrize(
    ("algorithm", "method"),
    [
        ("ecdsa-p256", SignatureMethod.ECDSA_SHA256),
        ("rsa-2048", SignatureMethod.RSA_SHA256),
        ("ed25519", SignatureMethod.ED25519),
    ],
)
def test_the_algorithm_is_told(algorithm: str, method: SignatureMethod) -> None:
    """Verified says by which method, and the digest of the canonical bytes in hexadecimal."""
    verified = verify(signed(algorithm), pki(algorithm).trust("VN"), MOMENT)
    assert verified.algorithm is method
    assert len(bytes.fromhex(verified.digest)) == 32


def test_an_element_is_signed_and_verified_like_its_bytes() -> None:
    """sign and verify take a tree as well, and leave it as it was."""
    root = read(document())
    message = sign(root, pki().key("VN"))
    assert message == signed()
    assert etree.tostring(root, encoding="utf-8") == document()
    tree = read(message, keep_instructions=True)
    before = etree.tostring(tree)
    assert verify(tree, pki().trust("VN"), MOMENT).canonical == document()
    assert etree.tostring(tree) == before


def test_the_signature_is_the_last_child_and_no_part_of_what_comes_back() -> None:
    """Enveloped: appended to the root element; what verify returns is without it."""
    root = read(signed())
    assert root[-1].tag == f"{DS}Signature"
    verified = verify(signed(), pki().trust("VN"), MOMENT)
    assert next(verified.document.iter(f"{DS}Signature"), None) is None


@pytest.mark.parametrize(
    "text",
    [
        "<a/>",
        "<a>x</a>",
        "<a>\n  <b/>\n  tail\n</a>",
        '<p:a xmlns:p="urn:p" xmlns:q="urn:q" z="1" b="2" p:c="&lt;&#9;&#10;&#13;&quot;">&amp;&#13;</p:a>',
        '<a xml:lang="vi" xmlns="urn:a"><b xmlns="">Đ</b></a>',
        "<a><?inside it?></a>",
        '<ds:a xmlns:ds="urn:not-signatures"><ds:b/></ds:a>',
        '<a note="http://www.w3.org/2000/09/xmldsig#"/>',
    ],
)
@pytest.mark.parametrize("policy", [SignaturePolicy(), INCLUSIVE], ids=["exclusive", "inclusive"])
def test_any_document_survives(text: str, policy: SignaturePolicy) -> None:
    """White space, namespaces, escapes and instructions are signed as they canonicalise, in both C14N."""
    verified = verify(sign(text.encode(), pki().key("VN"), policy), pki().trust("VN"), MOMENT, policy)
    tree = read(text.encode(), keep_instructions=True).getroottree()
    exclusive = policy.canonicalization is Canonicalization.EXCLUSIVE
    assert verified.canonical == etree.tostring(tree, method="c14n", exclusive=exclusive, with_comments=False)


def test_text_after_the_signature_is_signed_content() -> None:
    """The enveloped transform leaves out the element, not the text behind it."""
    root = read(signed(), keep_instructions=True)
    signature_of(root).tail = "\n  "
    with pytest.raises(errors.DigestMismatch):
        verify(etree.tostring(root), pki().trust("VN"), MOMENT)
    spaced = sign(
        document().replace(b"</CertificateOfOrigin>", b"\n  </CertificateOfOrigin>"), pki().key("VN")
    )
    tree = read(spaced, keep_instructions=True)
    signature_of(tree).getprevious().tail = None
    signature_of(tree).tail = "\n  "
    verified = verify(tree, pki().trust("VN"), MOMENT)
    assert verified.canonical.endswith(b"\n  </CertificateOfOrigin>")
    assert signature_of(tree).tail == "\n  "


def test_comments_and_declaration_are_not_signed() -> None:
    """A comment can be added or dropped on the way; it never comes back from verify."""
    commented = b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- a -->' + signed().replace(
        b"7200", b"72<!--x-->00", 1
    )
    assert verify(commented, pki().trust("VN"), MOMENT).canonical == document()
    assert sign(b"<!-- a --><a>1<!-- b -->0</a>", pki().key("VN")).startswith(b"<a>10<ds:Signature")


def test_a_document_inside_an_envelope_verifies_like_one_outside() -> None:
    """Exclusive C14N does not see the envelope, whatever namespaces it declares."""
    envelope = (
        b'<e:envelope xmlns:e="urn:e" xmlns="urn:default" xml:lang="th"><e:header/>'
        + signed()
        + b"</e:envelope>"
    )
    root = read(envelope, keep_instructions=True)
    verified = verify(root[1], pki().trust("VN"), MOMENT)
    assert verified.canonical == document()
    assert verified.document.getparent() is None


def test_inclusive_canonicalisation_inside_an_envelope_is_refused() -> None:
    """It would take over the envelope's namespaces."""
    root = read(b'<e:e xmlns:e="urn:e">' + sign(document(), pki().key("VN"), INCLUSIVE) + b"</e:e>")
    with pytest.raises(errors.SignatureProfileError, match="envelope"):
        verify(root[0], pki().trust("VN"), MOMENT, INCLUSIVE)


def test_inclusive_canonicalisation_bears_few_namespaces() -> None:
    """libxml2 takes time in the square of those in scope: a stranger must not choose how many."""
    names = b" ".join(b'xmlns:p%d="urn:p%d"' % (n, n) for n in range(40))
    text = b"<a " + names + b"><b/></a>"
    assert verify(sign(text, pki().key("VN")), pki().trust("VN"), MOMENT)
    with pytest.raises(errors.TooLarge, match="32 namespaces"):
        sign(text, pki().key("VN"), INCLUSIVE)


def test_a_stronger_digest_is_written_and_read() -> None:
    """A policy may choose SHA-512; the default policy accepts it."""
    message = sign(document(), pki().key("VN"), SignaturePolicy(digest=DigestMethod.SHA512))
    assert len(bytes.fromhex(verify(message, pki().trust("VN"), MOMENT).digest)) == 64


def test_a_policy_narrows_what_is_accepted() -> None:
    """A corridor that wants RSA alone neither makes nor takes ECDSA."""
    policy = SignaturePolicy(methods=frozenset({SignatureMethod.RSA_SHA256}))
    with pytest.raises(errors.CredentialError, match="policy"):
        sign(document(), pki().key("VN"), policy)
    with pytest.raises(errors.SignatureProfileError, match="not allowed"):
        verify(signed(), pki().trust("VN"), MOMENT, policy)


def test_a_signed_document_is_not_signed_again() -> None:
    """It is refused by name, and told where the signature is."""
    with pytest.raises(errors.AlreadySigned) as caught:
        sign(signed(), pki().key("TH"))
    assert caught.value.path == "/CertificateOfOrigin/ds:Signature"


def test_an_instruction_beside_the_root_is_not_signed() -> None:
    """Signing is refused; when another signed it, it is part of what was signed."""
    with pytest.raises(errors.SignatureProfileError, match="beside the root"):
        sign(b"<?style x?>" + document(), pki().key("VN"))
    with pytest.raises(errors.DigestMismatch):
        verify(b"<?style x?>" + signed(), pki().trust("VN"), MOMENT)


def test_relative_namespace_names_have_no_canonical_form() -> None:
    """libxml2 refuses to canonicalise them; so do we, in our own words."""
    with pytest.raises(errors.SignatureProfileError, match="no canonical form"):
        sign(b'<a xmlns="relative"/>', pki().key("VN"))


def test_a_canonical_form_that_explodes_is_stopped() -> None:
    """A long namespace name, repeated by exclusive C14N on every child, is cut off at the cap."""
    bomb = b"<e xmlns:q='urn:" + b"x" * 400_000 + b"'>" + b"<q:x/>" * 400 + b"</e>"
    with pytest.raises(errors.TooLarge, match="canonical form"):
        sign(bomb, pki().key("VN"))
