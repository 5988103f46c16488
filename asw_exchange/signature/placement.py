"""Where the signature stands, and the bytes that it is about.

One case for each ``Placement``. Not here: what may stand inside a signature (``profile``).
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from asw_exchange.codec import path_of, reread
from asw_exchange.errors import SeveralSignatures, SignatureMisplaced, Unsigned
from asw_exchange.signature.canonical import canonicalize, canonicalize_without
from asw_exchange.signature.containers import find_container, payload_of
from asw_exchange.signature.places import place_of
from asw_exchange.signature.policy import Placement, SignaturePolicy
from asw_exchange.signature.profile import TAG


@dataclass(frozen=True, slots=True)
class Found:
    """A signature in its pinned place, and the element that it has to cover."""

    signature: etree._Element
    target: etree._Element
    reference: str
    """What the URI of its one Reference must be."""


def find_signature(root: etree._Element, placement: Placement) -> Found:
    """Return the one signature of a document element or container, from its pinned place.

    Raises Unsigned where there is none, SeveralSignatures where there are more in the document or in the
    envelope around it, SignatureMisplaced where it stands elsewhere; SignatureStructureError or DuplicateId
    for a container of another shape.
    """
    signatures = list(root.getroottree().iter(TAG))
    if not signatures:
        raise Unsigned("the document is not signed", **place_of(root))
    if len(signatures) > 1:
        message = f"one of {len(signatures)} signatures, where one is allowed"
        raise SeveralSignatures(message, **place_of(signatures[1]))
    if placement is Placement.ENVELOPED:
        return Found(_enveloped(root, signatures[0]), root, "")
    packed = find_container(root, placement)
    return Found(packed.signature, packed.target, f"#{packed.id}")


def _enveloped(root: etree._Element, signature: etree._Element) -> etree._Element:
    if signature.getparent() is not root or signature.getnext() is not None:
        message = f"the signature must be the last child of {path_of(root)}"
        raise SignatureMisplaced(message, **place_of(signature))
    return signature


def signed_bytes(found: Found, policy: SignaturePolicy) -> bytes:
    """Return the octets that the one Reference digests, made from the tree as the transforms say.

    Raises TooLarge or NoCanonicalForm where they cannot be made.
    """
    if policy.placement is Placement.ENVELOPED:
        return canonicalize_without(found.target, found.signature, policy.canonicalization)
    return canonicalize(found.target, policy.canonicalization)


def reread_document(canonical: bytes, placement: Placement) -> tuple[etree._Element, bytes]:
    """Read the document anew from the octets that were digested; return it with its own octets.

    Raises SignatureStructureError where they do not hold exactly one document.
    """
    root = reread(canonical)
    if placement is Placement.ENVELOPED:
        return root, canonical
    document = payload_of(root, placement)
    root.remove(document)
    document.tail = None
    return document, canonical[canonical.index(b">") + 1 : canonical.rindex(b"</")]
