"""Where the signature stands, and the bytes that it is about.

One case for each ``Placement``. Not here: what may stand inside a signature (``profile``).
"""

from __future__ import annotations

from typing import assert_never

from lxml import etree

from asw_exchange.codec import path_of
from asw_exchange.errors import SignatureMisplaced, Unsigned
from asw_exchange.signature.canonical import canonicalize_without
from asw_exchange.signature.places import place_of
from asw_exchange.signature.policy import Placement, SignaturePolicy
from asw_exchange.signature.profile import TAG


def find_signature(root: etree._Element, placement: Placement) -> etree._Element:
    """Return the one signature of a document element, from its pinned place.

    Raises Unsigned where there is none, SignatureMisplaced where there are several in the document or
    in the envelope around it, or where it stands elsewhere.
    """
    signatures = list(root.getroottree().iter(TAG))
    if not signatures:
        raise Unsigned("the document is not signed", **place_of(root))
    if len(signatures) > 1:
        raise _misplaced(signatures[1], f"one of {len(signatures)} signatures, where one is allowed")
    match placement:
        case Placement.ENVELOPED:
            return _enveloped(root, signatures[0])
        case other:  # pragma: no cover
            assert_never(other)


def _enveloped(root: etree._Element, signature: etree._Element) -> etree._Element:
    if signature.getparent() is not root or signature.getnext() is not None:
        raise _misplaced(signature, f"the signature must be the last child of {path_of(root)}")
    return signature


def _misplaced(signature: etree._Element, message: str) -> SignatureMisplaced:
    return SignatureMisplaced(message, **place_of(signature))


def signed_bytes(root: etree._Element, signature: etree._Element, policy: SignaturePolicy) -> bytes:
    """Return the octets that the one Reference digests, made from the tree as the transforms say.

    Raises TooLarge or SignatureProfileError where they cannot be made.
    """
    match policy.placement:
        case Placement.ENVELOPED:
            return canonicalize_without(root, signature, policy.canonicalization)
        case other:  # pragma: no cover
            assert_never(other)
