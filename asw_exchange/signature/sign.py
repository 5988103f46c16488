"""Signs a document: one signature in or beside it, the same bytes for the same document and key.

SignedInfo is written as the canonical text that it is, so nothing but the document is canonicalised.
"""

from __future__ import annotations

from base64 import b64encode

from lxml import etree

from asw_exchange.codec import read
from asw_exchange.errors import AlreadySigned, CredentialError, SignatureProfileError
from asw_exchange.signature.algorithms import NAMESPACE, Canonicalization, digest_of
from asw_exchange.signature.canonical import canonicalize, signed_info_tag
from asw_exchange.signature.containers import pack
from asw_exchange.signature.keys import SigningKey
from asw_exchange.signature.places import place_of
from asw_exchange.signature.policy import ENVELOPED, Placement, SignaturePolicy
from asw_exchange.signature.profile import TAG

_PREFIX = "ds"
_EXCLUSIVE_TAG = f'<{_PREFIX}:SignedInfo xmlns:{_PREFIX}="{NAMESPACE}">'.encode()
"""What ``signed_info_tag`` gives for any document under exclusive C14N."""


def sign(document: bytes | etree._Element, key: SigningKey, policy: SignaturePolicy = ENVELOPED) -> bytes:
    """Return the document in canonical form with its signature, placed as the policy says.

    Enveloped, the signature is the last child of the root element; else a container is made around both.

    ``document`` is XML, or an element of a tree that ``codec.read`` made, which stays as it is. Comments
    and the XML declaration are no part of what is signed and are left out.

    Raises ReadError, AlreadySigned, SignatureProfileError for a document without a canonical form, and
    CredentialError for a key whose method the policy does not allow.
    """
    root = read(document, keep_instructions=True) if isinstance(document, bytes) else document
    _check_key(key, policy)
    _refuse_instructions(root)
    canonical = canonicalize(root, policy.canonicalization)
    if NAMESPACE.encode() in canonical:
        _refuse_signed(root)
    return _seal(canonical, signed_info_tag(root, _PREFIX, policy.canonicalization), key, policy)


def sign_canonical(canonical: bytes, key: SigningKey, policy: SignaturePolicy = ENVELOPED) -> bytes:
    """Sign bytes that are their own exclusive canonical form, as a layout writes them: nothing is parsed.

    The result is that of ``sign``; with another canonicalisation in the policy, it is ``sign`` that does it.
    Raises CredentialError for a key whose method the policy does not allow.
    """
    if policy.canonicalization is not Canonicalization.EXCLUSIVE:
        return sign(canonical, key, policy)
    _check_key(key, policy)
    return _seal(canonical, _EXCLUSIVE_TAG, key, policy)


def _check_key(key: SigningKey, policy: SignaturePolicy) -> None:
    if key.method not in policy.methods:
        raise CredentialError("the policy does not allow this kind of key", value=key.method.value)


def _seal(canonical: bytes, tag: bytes, key: SigningKey, policy: SignaturePolicy) -> bytes:
    """Put document and signature together. ``tag`` is the start tag of SignedInfo."""
    if policy.placement is Placement.ENVELOPED:
        end = canonical.rindex(b"</")
        return b"".join((canonical[:end], _signature(tag, canonical, "", key, policy), canonical[end:]))
    packing = pack(canonical, policy.placement)
    return packing.around(_signature(tag, packing.signed, f"#{packing.id}", key, policy))


def _refuse_signed(root: etree._Element) -> None:
    signature = next(root.iter(TAG), None)
    if signature is not None:
        raise AlreadySigned(
            "the document is signed already",
            hint="sign the document without its signature",
            **place_of(signature),
        )


def _refuse_instructions(root: etree._Element) -> None:
    beside = [*root.itersiblings(etree.PI), *root.itersiblings(etree.PI, preceding=True)]
    if root.getparent() is None and beside:
        raise SignatureProfileError(
            "a processing instruction stands beside the root element",
            value=str(beside[0]),
            hint="remove it: partners differ in whether it is signed",
        )


def _signature(tag: bytes, signed: bytes, reference: str, key: SigningKey, policy: SignaturePolicy) -> bytes:
    digest = b64encode(digest_of(signed, policy.digest)).decode()
    signed_info = _signed_info(digest, reference, key, policy).encode()
    value = b64encode(key.value_of(tag + signed_info)).decode()
    certificates = "".join([f"<ds:X509Certificate>{each}</ds:X509Certificate>" for each in key.certificates])
    return b"".join(
        (
            f'<ds:Signature xmlns:ds="{NAMESPACE}"><ds:SignedInfo>'.encode(),
            signed_info,
            f"<ds:SignatureValue>{value}</ds:SignatureValue>"
            f"<ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo></ds:Signature>".encode(),
        )
    )


def _signed_info(digest: str, reference: str, key: SigningKey, policy: SignaturePolicy) -> str:
    """Return SignedInfo from behind its start tag to its end (XML Signature 1.1, section 4.4)."""
    transforms = "".join([f'<ds:Transform Algorithm="{uri}"></ds:Transform>' for uri in policy.transforms])
    return (
        f'<ds:CanonicalizationMethod Algorithm="{policy.canonicalization}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{key.method}"></ds:SignatureMethod>'
        f'<ds:Reference URI="{reference}"><ds:Transforms>{transforms}</ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{policy.digest}"></ds:DigestMethod>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )
