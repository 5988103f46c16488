"""Signed messages that somebody changed: each is refused by name."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta

import pytest
from lxml import etree

from asw_exchange import errors
from asw_exchange.codec import read
from asw_exchange.signature import SigningKey, believe, compare, read_claim, read_signed, sign, verify
from tests.signature_cases import (
    DS,
    MOMENT,
    NS,
    document,
    part,
    pki,
    second_key,
    signature_of,
    signed,
    tamper,
)

Change = Callable[[etree._Element], object]


def refuse(message: bytes, error: type[errors.ExchangeError]) -> errors.ExchangeError:
    """Verify and return the error, which must be of exactly that class."""
    with pytest.raises(error) as caught:
        verify(message, pki().trust("VN"), MOMENT)
    assert type(caught.value) is error
    return caught.value


def test_each_part_of_verifying_refuses_what_is_its_own() -> None:
    """A claim is read without belief, a signer believed without a look at the content."""
    changed = read_signed(tamper(lambda root: setattr(content_element(root), "text", "VN-TH 26/01/00018")))
    claim = read_claim(changed)
    with pytest.raises(errors.UnknownIssuer):
        believe(claim, pki().trust("TH"), MOMENT)
    believed = believe(claim, pki().trust("VN"), MOMENT)
    with pytest.raises(errors.DigestMismatch):
        compare(believed)


def set_text(name: str, text: str) -> Change:
    """Return a change that sets the text of a part of the signature."""
    return lambda root: setattr(part(root, name), "text", text)


def edit_text(name: str, edit: Callable[[str], str]) -> Change:
    """Return a change that edits the text of a part of the signature."""
    return lambda root: setattr(part(root, name), "text", edit(part(root, name).text or ""))


def set_algorithm(name: str, uri: str) -> Change:
    """Return a change that names another algorithm."""
    return lambda root: part(root, name).set("Algorithm", uri)


def content_element(root: etree._Element) -> etree._Element:
    """The reference number of the certificate."""
    return root[1]


CONTENT: dict[str, Change] = {
    "text": lambda root: setattr(content_element(root), "text", "VN-TH 26/01/99999"),
    "attribute": lambda root: next(root.iter("{*}CountQuantity")).set("unitCode", "TNE"),
    "new attribute": lambda root: root.set("Id", "x"),
    "added element": lambda root: root.insert(0, deepcopy(root[1])),
    "removed element": lambda root: root.remove(root[3]),
    "swapped elements": lambda root: root.insert(0, root[1]),
    "renamed element": lambda root: setattr(root[1], "tag", root.tag),
    "white space": lambda root: setattr(root[1], "tail", "\n"),
    "instruction": lambda root: root.insert(0, etree.PI("x", "y")),
    "other namespace": lambda root: setattr(root, "tag", "{urn:other}CertificateOfOrigin"),
}


@pytest.mark.parametrize("change", CONTENT.values(), ids=CONTENT.keys())
def test_changed_content_has_another_digest(change: Change) -> None:
    """Whatever is changed in the content, the digest says so."""
    refuse(tamper(change), errors.DigestMismatch)


def test_the_digests_are_told() -> None:
    """The error names the signed digest and the computed one, in base64 as in the XML."""
    signed_digest = part(read(signed()), "DigestValue").text
    error = refuse(signed().replace(b"7200", b"7201", 1), errors.DigestMismatch)
    assert f"signed was digest {signed_digest}," in str(error)
    assert "computed is " in str(error)


def _wrap(root: etree._Element) -> None:
    """Put the signed document inside another one, signature and all (XSW)."""
    inner = deepcopy(root)
    root.remove(signature_of(root))
    root.append(inner)


def _wrap_content(root: etree._Element) -> None:
    """Leave the signature where it is and hide the signed content in it."""
    copy = deepcopy(root)
    copy.remove(signature_of(copy))
    holder = etree.SubElement(signature_of(root), f"{DS}Object")
    holder.append(copy)
    root[1].text = "VN-TH 26/01/99999"


SEVERAL = {"second signature", "second signature in a child", "nested signature"}
MISPLACED: dict[str, Change] = {
    "moved to the front": lambda root: root.insert(0, signature_of(root)),
    "moved into a child": lambda root: root[3].append(signature_of(root)),
    "element after it": lambda root: root.append(deepcopy(root[1])),
    "instruction after it": lambda root: root.append(etree.PI("x", "y")),
    "second signature": lambda root: root.append(deepcopy(signature_of(root))),
    "second signature in a child": lambda root: root[3].append(deepcopy(signature_of(root))),
    "nested signature": lambda root: signature_of(root).append(deepcopy(signature_of(root))),
    "wrapped document": _wrap,
}


@pytest.mark.parametrize("case", MISPLACED)
def test_the_signature_has_one_place(case: str) -> None:
    """One signature, the last child of the root element: anything else is refused before any arithmetic."""
    expected = errors.SeveralSignatures if case in SEVERAL else errors.SignatureMisplaced
    error = refuse(tamper(MISPLACED[case]), expected)
    assert error.path
    assert error.line


def test_a_signature_elsewhere_in_the_envelope_counts() -> None:
    """The document in an envelope is not signed by a signature beside it."""
    root = read(b"<e>" + document() + etree.tostring(signature_of(read(signed()))) + b"</e>")
    with pytest.raises(errors.SignatureMisplaced):
        verify(root[0], pki().trust("VN"), MOMENT)


def test_an_unsigned_document_is_refused() -> None:
    """No signature is an error of its own; so is one in another namespace."""
    refuse(document(), errors.Unsigned)
    refuse(signed().replace(NS.encode() + b'"', b'urn:other"'), errors.Unsigned)


def _second_reference(root: etree._Element) -> None:
    reference = part(root, "Reference")
    reference.addnext(deepcopy(reference))


def _second_signed_info(root: etree._Element) -> None:
    info = part(root, "SignedInfo")
    info.addnext(deepcopy(info))


def _add(name: str, parent: str) -> Change:
    return lambda root: etree.SubElement(part(root, parent), f"{DS}{name}")


def _xpath_transform(root: etree._Element) -> None:
    transform = part(root, "Transform")
    transform.set("Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116")
    etree.SubElement(transform, f"{DS}XPath").text = "true()"


def _inclusive_namespaces(root: etree._Element) -> None:
    uri = "http://www.w3.org/2001/10/xml-exc-c14n#"
    etree.SubElement(part(root, "Transforms")[1], f"{{{uri}}}InclusiveNamespaces", PrefixList="ds")


def _drop(name: str) -> Change:
    def change(root: etree._Element) -> None:
        element = part(root, name)
        element.getparent().remove(element)

    return change


SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
PROFILE: dict[str, Change] = {
    "second reference": _second_reference,
    "second SignedInfo": _second_signed_info,
    "reference to a child": lambda root: part(root, "Reference").set("URI", "#x"),
    "reference to a file": lambda root: part(root, "Reference").set("URI", "file:///etc/passwd"),
    "reference over http": lambda root: part(root, "Reference").set("URI", "http://example.com/"),
    "reference without URI": lambda root: part(root, "Reference").attrib.clear(),
    "reference with a type": lambda root: part(root, "Reference").set("Type", "x"),
    "SHA-1 digest": set_algorithm("DigestMethod", SHA1),
    "MD5 digest": set_algorithm("DigestMethod", "http://www.w3.org/2001/04/xmldsig-more#md5"),
    "SHA-1 signature": set_algorithm("SignatureMethod", f"{NS}rsa-sha1"),
    "HMAC": set_algorithm("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
    "truncated output": _add("HMACOutputLength", "SignatureMethod"),
    "inclusive C14N": set_algorithm(
        "CanonicalizationMethod", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    ),
    "C14N with comments": set_algorithm(
        "CanonicalizationMethod", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"
    ),
    "C14N transform with comments": lambda root: part(root, "Transforms")[1].set(
        "Algorithm", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"
    ),
    "no C14N transform": lambda root: part(root, "Transforms").remove(part(root, "Transforms")[1]),
    "no enveloped transform": lambda root: part(root, "Transforms").remove(part(root, "Transforms")[0]),
    "transforms exchanged": lambda root: part(root, "Transforms").append(part(root, "Transforms")[0]),
    "transform twice": lambda root: part(root, "Transforms").append(deepcopy(part(root, "Transforms")[1])),
    "no transforms": _drop("Transforms"),
    "XPath transform": _xpath_transform,
    "XSLT transform": set_algorithm("Transform", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
    "base64 transform": set_algorithm("Transform", f"{NS}base64"),
    "inclusive namespaces": _inclusive_namespaces,
    "id on the signature": lambda root: signature_of(root).set("Id", "s"),
    "object": lambda root: etree.SubElement(signature_of(root), f"{DS}Object"),
    "content hidden in an object": _wrap_content,
    "manifest": _add("Manifest", "SignedInfo"),
    "key value": _add("KeyValue", "KeyInfo"),
    "retrieval method": _add("RetrievalMethod", "KeyInfo"),
    "subject name": _add("X509SubjectName", "X509Data"),
    "second X509Data": lambda root: part(root, "KeyInfo").append(deepcopy(part(root, "X509Data"))),
    "no KeyInfo": _drop("KeyInfo"),
    "no certificate": _drop("X509Certificate"),
    "no digest value": _drop("DigestValue"),
    "empty certificate": set_text("X509Certificate", ""),
    "certificate and an empty one": _add("X509Certificate", "X509Data"),
    "right name in a foreign namespace": lambda root: setattr(
        part(root, "DigestValue"), "tag", "{urn:x}DigestValue"
    ),
    "foreign element": lambda root: etree.SubElement(part(root, "KeyInfo"), "{urn:x}y"),
    "text between elements": lambda root: setattr(part(root, "SignedInfo"), "tail", "x"),
    "instruction in the digest value": lambda root: part(root, "DigestValue").append(etree.PI("x", "y")),
    "element in the signature value": _add("x", "SignatureValue"),
    "digest value that is not base64": set_text("DigestValue", "*" * 44),
    "digest value without padding": edit_text("DigestValue", lambda text: text.rstrip("=")),
    "digest value with loose bits": edit_text("DigestValue", lambda text: text[:-2] + "//="),
    "signature value in url-safe base64": set_text("SignatureValue", "-_" * 43 + "=="),
    "empty signature value": set_text("SignatureValue", ""),
    "no-break space in the signature value": edit_text("SignatureValue", lambda text: text + "\u00a0"),
}

NAMED: dict[type[errors.ExchangeError], set[str]] = {
    errors.ForbiddenReference: {
        "second reference",
        "reference to a child",
        "reference to a file",
        "reference over http",
        "reference without URI",
        "reference with a type",
        "no transforms",
        "no digest value",
        "right name in a foreign namespace",
    },
    errors.ForbiddenAlgorithm: {
        "SHA-1 digest",
        "MD5 digest",
        "SHA-1 signature",
        "HMAC",
        "truncated output",
        "inclusive C14N",
        "C14N with comments",
    },
    errors.ForbiddenTransform: {
        "C14N transform with comments",
        "no C14N transform",
        "no enveloped transform",
        "transforms exchanged",
        "transform twice",
        "XPath transform",
        "XSLT transform",
        "base64 transform",
        "inclusive namespaces",
    },
    errors.ForbiddenKeyInfo: {
        "key value",
        "retrieval method",
        "subject name",
        "second X509Data",
        "no certificate",
        "foreign element",
    },
    errors.SignatureEncodingError: {
        "empty certificate",
        "certificate and an empty one",
        "instruction in the digest value",
        "element in the signature value",
        "digest value that is not base64",
        "digest value without padding",
        "digest value with loose bits",
        "signature value in url-safe base64",
        "empty signature value",
        "no-break space in the signature value",
    },
}
"""The error of each; all others are SignatureStructureError."""


def named(case: str) -> type[errors.ExchangeError]:
    """The error that a change of PROFILE must give."""
    return next((error for error, cases in NAMED.items() if case in cases), errors.SignatureStructureError)


@pytest.mark.parametrize("case", PROFILE)
def test_a_signature_has_one_shape(case: str) -> None:
    """Anything that the profile does not have is refused by name, with its place, before any arithmetic."""
    error = refuse(tamper(PROFILE[case]), named(case))
    assert "Signature" in (error.path or "")
    assert error.line


def test_the_error_says_what_the_profile_wants() -> None:
    """Found and allowed algorithms, elements and attributes are told, with path and line."""
    error = refuse(tamper(PROFILE["SHA-1 digest"]), errors.ForbiddenAlgorithm)
    assert error.path == "/CertificateOfOrigin/ds:Signature/ds:SignedInfo/ds:Reference/ds:DigestMethod"
    assert error.value == SHA1
    assert "xmlenc#sha256" in (error.hint or "")
    error = refuse(tamper(PROFILE["second reference"]), errors.ForbiddenReference)
    assert error.value == "CanonicalizationMethod SignatureMethod Reference Reference"
    assert error.hint == "the profile wants CanonicalizationMethod SignatureMethod Reference"


def test_the_elements_of_a_signature_share_one_prefix() -> None:
    """Another prefix for the same namespace would give SignedInfo another canonical form."""
    element = re.compile(rb"<ds:SignatureValue>(.*)</ds:SignatureValue>")
    other = element.sub(rb'<x:SignatureValue xmlns:x="%b">\1</x:SignatureValue>' % NS.encode(), signed())
    assert "share one prefix" in refuse(other, errors.SignatureEncodingError).message


@pytest.mark.parametrize("prefix", [b"", b"dsig:", "ký:".encode()])
def test_any_one_prefix_will_do(prefix: bytes) -> None:
    """Signature elements under another prefix are read; what was signed under ds: no longer fits."""
    declaration = b"xmlns:" + prefix[:-1] if prefix else b"xmlns"
    other = signed().replace(b"ds:", prefix).replace(b"xmlns:" + prefix[:-1] + b"=", declaration + b"=")
    other = other.replace(b"<%bSignature xmlns:ds=" % prefix, b"<%bSignature %b=" % (prefix, declaration))
    refuse(other, errors.SignatureMismatch)


def test_a_comment_inside_a_signature_value_is_refused() -> None:
    """A tree that kept comments cannot be read in two ways."""
    root = etree.fromstring(signed())
    part(root, "DigestValue").append(etree.Comment("x"))
    with pytest.raises(errors.SignatureProfileError, match="comment"):
        verify(root, pki().trust("VN"), MOMENT)


def test_a_flood_of_key_info_is_refused() -> None:
    """The whole signature has a cap of its own."""
    refuse(tamper(set_text("X509Certificate", "A" * 70_000)), errors.ForbiddenKeyInfo)
    flood = [deepcopy(part(read(signed()), "X509Certificate")) for _ in range(100)]
    refuse(tamper(lambda root: part(root, "X509Data").extend(flood)), errors.ForbiddenKeyInfo)


def encoded(octets: bytes) -> str:
    """Base64 in one line."""
    return base64.b64encode(octets).decode()


def value_octets() -> bytes:
    """The genuine signature value."""
    return base64.b64decode(part(read(signed()), "SignatureValue").text or "")


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
VALUES = {
    "truncated": lambda value: value[:-1],
    "longer": lambda value: value + b"\0",
    "empty number": lambda value: value[:32],
    "r is zero": lambda value: bytes(32) + value[32:],
    "s is zero": lambda value: value[:32] + bytes(32),
    "r is the order": lambda value: ORDER.to_bytes(32, "big") + value[32:],
    "s is the order": lambda value: value[:32] + ORDER.to_bytes(32, "big"),
    "r and s exchanged": lambda value: value[32:] + value[:32],
    "another value": lambda value: bytes(reversed(value)),
}


@pytest.mark.parametrize("case", VALUES)
def test_an_ecdsa_value_is_two_numbers_in_range(case: str) -> None:
    """r and s, 32 octets each, from 1 to the order less 1, and the right ones."""
    fits = case in {"r and s exchanged", "another value"}
    message = tamper(set_text("SignatureValue", encoded(VALUES[case](value_octets()))))
    refuse(message, errors.SignatureMismatch if fits else errors.SignatureEncodingError)


@pytest.mark.parametrize("algorithm", ["rsa-2048", "ed25519"])
@pytest.mark.parametrize("length", [1, 63, 64, 65, 255, 256, 257])
def test_a_value_of_another_key_type_has_its_own_length(algorithm: str, length: int) -> None:
    """A value of another length is none; one of the right length and wrong content does not fit."""
    message = tamper(set_text("SignatureValue", encoded(b"\1" * length)), signed(algorithm))
    fits = length == {"rsa-2048": 256, "ed25519": 64}[algorithm]
    with pytest.raises(errors.SignatureMismatch if fits else errors.SignatureEncodingError):
        verify(message, pki(algorithm).trust("VN"), MOMENT)


def test_a_changed_signed_info_no_longer_fits_its_value() -> None:
    """White space in SignedInfo is allowed by the profile but was not signed."""
    refuse(tamper(lambda root: setattr(part(root, "SignedInfo"), "text", "\n")), errors.SignatureMismatch)


def test_content_and_digest_changed_together_do_not_fit_the_value() -> None:
    """Who can compute a digest cannot sign it."""
    other = sign(document().replace(b"7200", b"9900", 1), pki().key("TH"))
    theirs = signature_of(read(other))
    digest = next(theirs.iter(f"{DS}DigestValue")).text or ""
    root = read(other, keep_instructions=True)
    signature_of(root).getparent().replace(signature_of(root), deepcopy(signature_of(read(signed()))))
    set_text("DigestValue", digest)(root)
    refuse(etree.tostring(root), errors.SignatureMismatch)


def key_info_of(key: SigningKey) -> Change:
    """Return a change that puts another certificate into KeyInfo."""
    return set_text("X509Certificate", key.certificates[0])


def test_the_certificate_of_another_trusted_key_does_not_fit() -> None:
    """A second gateway certificate of the same authority is believed, but the value is not its."""
    refuse(tamper(key_info_of(second_key())), errors.SignatureMismatch)


def test_the_certificate_of_another_state_is_not_believed() -> None:
    """TH's certificate leads to TH's authority, which vouches for nobody in VN."""
    refuse(tamper(key_info_of(pki().key("TH"))), errors.UnknownIssuer)
    refuse(sign(document(), pki().key("TH")), errors.UnknownIssuer)


def test_a_stranger_is_refused_before_the_content_is_looked_at() -> None:
    """However dear its canonical form may be: neither without a certificate nor without a signature."""
    dear = b'<n xmlns:p="urn:' + b"x" * 40_000 + b'">' + b"<p:a/>" * 1_000 + b"</n></TypeCode>"
    changed = sign(document(), pki().key("TH")).replace(b"</TypeCode>", dear, 1)
    refuse(changed, errors.UnknownIssuer)
    own = tamper(set_text("DigestValue", encoded(b"0" * 32)), signed().replace(b"</TypeCode>", dear, 1))
    refuse(own, errors.SignatureMismatch)
    refuse(signed().replace(b"</TypeCode>", dear, 1), errors.TooLarge)


def test_many_certificates_are_too_many() -> None:
    """Eight are a long chain; whoever sends more wants us to decode them."""
    one = signed()[signed().index(b"<ds:X509Certificate>") : signed().index(b"</ds:X509Data>")]
    assert verify(signed().replace(one, one * 8), pki().trust("VN"), MOMENT)
    refuse(signed().replace(one, one * 9), errors.ForbiddenKeyInfo)


def test_a_method_that_is_not_the_keys_is_refused() -> None:
    """An ECDSA key cannot be used as an RSA key, whatever SignatureMethod says."""
    uri = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    refuse(tamper(set_algorithm("SignatureMethod", uri)), errors.ForbiddenAlgorithm)


def test_time_is_checked_at_the_moment() -> None:
    """The same message is refused after the certificate's end and before its start."""
    trust = pki().trust("VN")
    for _ in range(2):
        with pytest.raises(errors.CertificateExpired, match="2028-03-01"):
            verify(signed(), trust, MOMENT + timedelta(days=731))
        with pytest.raises(errors.CertificateNotYetValid, match="2026-03-01"):
            verify(signed(), trust, MOMENT - timedelta(days=2))
        assert verify(signed(), trust, MOMENT)


def test_what_is_no_certificate_is_not_believed() -> None:
    """Base64 of something else in X509Certificate."""
    refuse(tamper(set_text("X509Certificate", encoded(b"no certificate"))), errors.UntrustedSigner)


def test_a_moment_without_a_time_zone_is_a_mistake_of_the_caller() -> None:
    """It is told as one."""
    with pytest.raises(errors.ConfigurationError, match="time zone"):
        verify(signed(), pki().trust("VN"), MOMENT.replace(tzinfo=None))
