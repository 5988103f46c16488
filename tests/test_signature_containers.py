"""Signatures beside what they cover: the EEC SignedDoc and the SOAP body of WS-Security."""

from __future__ import annotations

import pytest
from lxml import etree

from asw_exchange.errors import (
    ConfigurationError,
    DigestMismatch,
    SignatureError,
    SignatureMisplaced,
    SignatureProfileError,
    Unsigned,
)
from asw_exchange.signature import Canonicalization, Placement, SignaturePolicy, sign, verify
from asw_exchange.signature.containers import SIGNED_DATA, WSU
from tests.signature_cases import MOMENT, document, pki

SIGNED_DOC = SignaturePolicy(placement=Placement.SIGNED_DOC)
SOAP_BODY = SignaturePolicy(placement=Placement.SOAP_BODY)
policies = pytest.mark.parametrize("policy", [SIGNED_DOC, SOAP_BODY], ids=["SignedDoc", "SOAP body"])
EDOC_ID = "0a000000-0000-4000-8000-00000000000b"
PREFIXED = f'<d:doc xmlns:d="urn:d" xmlns:e="urn:e"><e:EDocId>{EDOC_ID}</e:EDocId></d:doc>'.encode()


def signed(policy: SignaturePolicy, text: bytes | None = None) -> bytes:
    """A document in its signed container."""
    return sign(text or document(), pki().key("VN"), policy)


def checked(data: bytes, policy: SignaturePolicy) -> bytes:
    """The octets of the document that verification hands on."""
    return verify(data, pki().trust("VN"), MOMENT, policy).canonical


@policies
@pytest.mark.parametrize("text", [document(), PREFIXED], ids=["one namespace", "prefixes"])
def test_what_was_signed_comes_back(policy: SignaturePolicy, text: bytes) -> None:
    """The document alone, as a root element of its own, in canonical form."""
    verified = verify(signed(policy, text), pki().trust("VN"), MOMENT, policy)
    assert verified.document.getparent() is None
    assert etree.tostring(verified.document, method="c14n", exclusive=True) == verified.canonical
    assert verified.canonical == etree.tostring(etree.fromstring(text), method="c14n", exclusive=True)


@policies
def test_the_same_document_gives_the_same_bytes(policy: SignaturePolicy) -> None:
    """Ids follow from the content."""
    assert signed(policy) == signed(policy)


def test_the_instance_is_the_id_of_the_electronic_document() -> None:
    """DocInstance repeats the EDocId of an EEC document."""
    content = etree.fromstring(signed(SIGNED_DOC, PREFIXED))[0][1]
    assert content.get("DocInstance") == f"urn:uuid:{EDOC_ID}"


@policies
def test_a_change_is_seen(policy: SignaturePolicy) -> None:
    """One digit."""
    with pytest.raises(DigestMismatch):
        checked(signed(policy).replace(b"7200", b"7201", 1), policy)


@policies
def test_an_enveloped_signature_is_refused_here(policy: SignaturePolicy) -> None:
    """A signature at another place than the corridor's is none."""
    with pytest.raises(SignatureError):
        checked(sign(document(), pki().key("VN")), policy)


def test_an_unsigned_container_is_refused() -> None:
    """As is a document without any."""
    content = '<SignedContent Id="c" DocInstance="urn:x"><a/></SignedContent>'
    bare = f'<SignedDoc xmlns="{SIGNED_DATA}"><Data Id="d">{content}</Data></SignedDoc>'
    with pytest.raises(Unsigned):
        checked(bare.encode(), SIGNED_DOC)
    with pytest.raises(Unsigned):
        checked(document(), SOAP_BODY)


def wrapped_signed_doc() -> bytes:
    """The signed content moved aside, another in its place under the same id."""
    root = etree.fromstring(signed(SIGNED_DOC))
    data, content = root[0], root[0][1]
    forged = etree.fromstring(etree.tostring(content).replace(b"7200", b"9999", 1))
    data.append(forged)
    aside = etree.SubElement(root, "{urn:aside}box")
    aside.append(content)
    return etree.tostring(root)


def wrapped_body() -> bytes:
    """The signed Body moved into the header, another in its place under another id."""
    root = etree.fromstring(signed(SOAP_BODY))
    body = root[1]
    forged = etree.fromstring(etree.tostring(body).replace(b"7200", b"9999", 1))
    forged.set(f"{{{WSU}}}Id", "another")
    root[0].append(body)
    root.append(forged)
    return etree.tostring(root)


def test_moved_content_is_refused() -> None:
    """Signature wrapping: only the pinned element can be what was signed."""
    with pytest.raises(SignatureProfileError):
        checked(wrapped_signed_doc(), SIGNED_DOC)
    with pytest.raises(SignatureProfileError):
        checked(wrapped_body(), SOAP_BODY)


def test_two_documents_in_one_container_are_refused() -> None:
    """A Body has one payload; which of two was meant cannot be told."""
    two = signed(SIGNED_DOC).replace(b"</SignedContent>", b"<extra/></SignedContent>")
    with pytest.raises(SignatureError):
        checked(two, SIGNED_DOC)
    root = etree.fromstring(signed(SIGNED_DOC))
    root[0].append(root[0][0])
    with pytest.raises(SignatureMisplaced):
        checked(etree.tostring(root), SIGNED_DOC)


def test_a_container_needs_exclusive_canonicalisation() -> None:
    """Inclusive C14N would depend on the container."""
    with pytest.raises(ConfigurationError):
        SignaturePolicy(placement=Placement.SOAP_BODY, canonicalization=Canonicalization.INCLUSIVE)
