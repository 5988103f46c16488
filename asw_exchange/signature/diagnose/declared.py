"""What a signature says of itself, read whether the profile allows it or not.

Nothing is believed or accepted on the strength of this: it is there to say what a signature would need.
Not here: the profile (``signature.profile``).
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass

from cryptography import x509
from lxml import etree

from asw_exchange.signature.algorithms import NAMESPACE, Canonicalization
from asw_exchange.signature.certificates import decode_der

_MOST_CERTIFICATES = 16
_EXCLUSIVE = str(Canonicalization.EXCLUSIVE)
_COMMENTS = "WithComments"
_METHODS = {
    _EXCLUSIVE: "exclusive",
    str(Canonicalization.INCLUSIVE): "inclusive",
    "http://www.w3.org/2006/12/xml-c14n11": "1.1",
}
_NAMES = {"exclusive": "exclusive C14N", "inclusive": "inclusive C14N", "1.1": "C14N 1.1"}


@dataclass(frozen=True, slots=True)
class Method:
    """One way of canonicalising."""

    kind: str
    """``exclusive``, ``inclusive`` or ``1.1``."""
    comments: bool = False
    prefixes: tuple[str, ...] = ()
    """Of InclusiveNamespaces (Exclusive XML Canonicalization 1.0, section 4)."""

    def __str__(self) -> str:
        ending = " with comments" if self.comments else ""
        listed = f" with the prefixes {' '.join(self.prefixes)}" if self.prefixes else ""
        return _NAMES[self.kind] + ending + listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The parts of a signature; what is missing or unreadable is empty."""

    signed_info: etree._Element | None
    reference: str | None
    """The URI of its one Reference."""
    content_method: Method | None
    """How the content is canonicalised; None where a transform is not known here."""
    info_method: Method | None
    signature_method: str
    digest_method: str
    digest: bytes
    digest_text: str
    value: bytes
    certificates: tuple[x509.Certificate, ...]
    encoded: tuple[bytes, ...]
    """The same and the unreadable ones, in DER."""


def read_declared(signature: etree._Element) -> Declared:
    """Read a signature as far as it can be read."""
    info = signature.find(_tag("SignedInfo"))
    references = [] if info is None else info.findall(_tag("Reference"))
    reference = references[0] if len(references) == 1 else None
    digest = _text(reference, "DigestValue")
    encoded = tuple(_octets(_joined(each)) for each in signature.iter(_tag("X509Certificate")))
    return Declared(
        signed_info=info,
        reference=None if reference is None else reference.get("URI"),
        content_method=_content_method(reference),
        info_method=_method(None if info is None else info.find(_tag("CanonicalizationMethod"))),
        signature_method=_algorithm(info, "SignatureMethod"),
        digest_method=_algorithm(reference, "DigestMethod"),
        digest=_octets(digest),
        digest_text=digest,
        value=_octets(_text(signature, "SignatureValue")),
        certificates=tuple(_certificates(encoded)),
        encoded=encoded[:_MOST_CERTIFICATES],
    )


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _joined(element: etree._Element) -> str:
    return "".join("".join(map(str, element.itertext())).split())


def _text(parent: etree._Element | None, name: str) -> str:
    found = None if parent is None else parent.find(_tag(name))
    return "" if found is None else _joined(found)


def _algorithm(parent: etree._Element | None, name: str) -> str:
    found = None if parent is None else parent.find(_tag(name))
    return "" if found is None else str(found.get("Algorithm", ""))


def _content_method(reference: etree._Element | None) -> Method | None:
    """Return the last canonicalisation among the transforms; without any it is Canonical XML 1.0."""
    transforms = [] if reference is None else reference.findall(f"{_tag('Transforms')}/{_tag('Transform')}")
    others = [each for each in transforms if each.get("Algorithm") != f"{NAMESPACE}enveloped-signature"]
    if len(others) > 1:
        return None
    return _method(others[0]) if others else Method("inclusive")


def _method(element: etree._Element | None) -> Method | None:
    uri = "" if element is None else str(element.get("Algorithm", ""))
    comments = uri.endswith(_COMMENTS)
    kind = _METHODS.get(uri.removesuffix(_COMMENTS)) or _METHODS.get(uri.removesuffix(f"#{_COMMENTS}"))
    if element is None or kind is None:
        return None
    listed = element.find(f"{{{_EXCLUSIVE}}}InclusiveNamespaces") if kind == "exclusive" else None
    prefixes = () if listed is None else tuple(str(listed.get("PrefixList", "")).split())
    return Method(kind, comments, prefixes)


def _octets(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text.encode("ascii", "replace"))
    except binascii.Error:
        return b""


def _certificates(encoded: tuple[bytes, ...]) -> list[x509.Certificate]:
    found = []
    for each in encoded[:_MOST_CERTIFICATES]:
        try:
            found.append(decode_der(each))
        except ValueError:
            continue
    return found
