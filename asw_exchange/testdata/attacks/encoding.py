"""Digest, signature and certificate as text: values that are cut, out of range, or read in two ways."""

from __future__ import annotations

import string
from base64 import b64decode
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from asw_exchange import errors
from asw_exchange.signature.algorithms import digest_of
from asw_exchange.testdata.attacks.attack import XMLDSIG, Family, attacks_of
from asw_exchange.testdata.attacks.surgery import Opened, edited, encoded, falsify, open_message
from asw_exchange.testdata.attacks.victim import Victim

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the base point of P-256 (SEC 2, section 2.4.2)."""


_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


def _text(name: str, change: Callable[[str], str]) -> Callable[[Victim], bytes]:
    """Change the text of a part of the signature."""

    def edit(opened: Opened) -> None:
        part = opened.part(name)
        part.text = change(part.text or "")

    return edited(edit)


def _value(change: Callable[[bytes], bytes]) -> Callable[[Victim], bytes]:
    return _text("SignatureValue", lambda text: encoded(change(b64decode(text))))


def _psychic(victim: Victim) -> bytes:
    """r and s are zero: fits everything where nobody looks. So the content can be falsified."""
    opened = open_message(victim)
    falsify(opened.target)
    octets = victim.digested(opened.target, opened.signature)
    opened.part("DigestValue").text = encoded(digest_of(octets, victim.policy.digest))
    opened.part("SignatureValue").text = encoded(bytes(64))
    return opened.write()


def _der(value: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big"))


def _number(value: int) -> bytes:
    return value.to_bytes(32, "big")


def _with_node(name: str, make: Callable[[], etree._Element]) -> Callable[[Victim], bytes]:
    """Split the text of a part of the signature with a comment or an instruction."""

    def edit(opened: Opened) -> None:
        part = opened.part(name)
        text = part.text or ""
        node = make()
        node.tail, part.text = text[8:], text[:8]
        part.insert(0, node)

    return edited(edit)


def _comment() -> etree._Element:
    return etree.Comment(" ")


def _instruction() -> etree._Element:
    return etree.ProcessingInstruction("x", "y")


def _forged_digest_in_comment(opened: Opened) -> None:
    """The digest of falsified content in a comment in front of the signed one."""
    falsify(opened.target)
    octets = opened.victim.digested(opened.target, opened.signature)
    part = opened.part("DigestValue")
    comment = etree.Comment(encoded(digest_of(octets, opened.victim.policy.digest)))
    comment.tail, part.text = part.text, None
    part.insert(0, comment)


def _comment_in_signed_info(opened: Opened) -> None:
    opened.part("SignedInfo").insert(1, _comment())


_attack = attacks_of(Family.ENCODING, errors.SignatureEncodingError, XMLDSIG)
_ECDSA = "XML Signature 1.1, section 6.4.3"
_PSYCHIC = "CVE-2022-21449 (Java)"
_COMMENT = "CVE-2025-29775 (xml-crypto)"
_PARTS = {
    "DigestValue": "digest-value",
    "SignatureValue": "signature-value",
    "X509Certificate": "certificate",
}

ATTACKS = (
    _attack(
        "digest-value-truncated",
        "The first octets of the digest alone.",
        _text("DigestValue", lambda text: encoded(b64decode(text)[:4])),
        errors.SignatureMismatch,
        "CVE-2009-0217",
    ),
    _attack("digest-value-empty", "No digest.", _text("DigestValue", lambda text: "")),
    _attack("signature-value-empty", "No signature value.", _text("SignatureValue", lambda text: "")),
    _attack("certificate-empty", "No certificate.", _text("X509Certificate", lambda text: "")),
    _attack("digest-value-not-base64", "Stars for a digest.", _text("DigestValue", lambda text: "*" * 44)),
    _attack(
        "digest-value-unpadded",
        "The digest without its padding.",
        _text("DigestValue", lambda text: text.rstrip("=")),
    ),
    _attack(
        "digest-value-loose-bits",
        "Base64 whose last character has bits that mean nothing: two texts for one digest.",
        _text("DigestValue", lambda text: text[:-2] + _ALPHABET[_ALPHABET.index(text[-2]) | 1] + "="),
    ),
    _attack(
        "signature-value-url-safe",
        "The alphabet of base64url.",
        _text("SignatureValue", lambda text: "-_" + text[2:]),
    ),
    _attack(
        "signature-value-with-no-break-space",
        "A space that XML has not.",
        _text("SignatureValue", lambda text: text + "\u00a0"),
    ),
    _attack(
        "certificate-not-der",
        "Base64 of something that is no certificate.",
        _text("X509Certificate", lambda text: encoded(b"no certificate")),
        errors.UntrustedSigner,
    ),
    _attack(
        "certificate-with-appendix",
        "Octets behind the certificate.",
        _text("X509Certificate", lambda text: encoded(b64decode(text) + bytes(8))),
        errors.UntrustedSigner,
    ),
    _attack("ecdsa-psychic", "Falsified content; r and s are zero.", _psychic, source=_PSYCHIC),
    _attack("ecdsa-r-zero", "r is zero.", _value(lambda value: bytes(32) + value[32:]), source=_PSYCHIC),
    _attack("ecdsa-s-zero", "s is zero.", _value(lambda value: value[:32] + bytes(32)), source=_PSYCHIC),
    _attack(
        "ecdsa-r-order",
        "r is the order of the group.",
        _value(lambda value: _number(_ORDER) + value[32:]),
        source=_PSYCHIC,
    ),
    _attack(
        "ecdsa-s-order",
        "s is the order of the group.",
        _value(lambda value: value[:32] + _number(_ORDER)),
        source=_PSYCHIC,
    ),
    _attack("ecdsa-der", "r and s in DER.", _value(_der), source=_ECDSA),
    _attack("ecdsa-short", "One octet less.", _value(lambda value: value[:-1]), source=_ECDSA),
    _attack("ecdsa-long", "One octet more.", _value(lambda value: value + b"\0"), source=_ECDSA),
    _attack("ecdsa-half", "r alone.", _value(lambda value: value[:32]), source=_ECDSA),
    *(
        _attack(
            f"comment-in-{word}",
            f"A comment splits {name}, which some read up to it.",
            _with_node(name, _comment),
            source=_COMMENT,
        )
        for name, word in _PARTS.items()
    ),
    *(
        _attack(
            f"instruction-in-{word}",
            f"A processing instruction splits {name}.",
            _with_node(name, _instruction),
            source=_COMMENT,
        )
        for name, word in _PARTS.items()
    ),
    _attack(
        "forged-digest-in-comment",
        "Falsified content; its digest stands in a comment in front of the one that was signed.",
        edited(_forged_digest_in_comment),
        source=_COMMENT,
    ),
    _attack(
        "comment-in-signed-info",
        "A comment between the elements of SignedInfo.",
        edited(_comment_in_signed_info),
        errors.SignatureStructureError,
        _COMMENT,
    ),
)
