"""Where the signature stands, and where its canonical text lies in that of the document.

One case for each ``Placement``. Not here: what may stand inside a signature (``profile``).
"""

from __future__ import annotations

from typing import assert_never

from lxml import etree

from asw_exchange.codec import path_of
from asw_exchange.errors import SignatureMisplaced, Unsigned
from asw_exchange.signature.policy import Placement
from asw_exchange.signature.profile import TAG


def find_signature(root: etree._Element, placement: Placement) -> etree._Element:
    """Return the one signature of a document element, from its pinned place.

    Raises Unsigned where there is none, SignatureMisplaced where there are several in the document or
    in the envelope around it, or where it stands elsewhere.
    """
    signatures = list(root.getroottree().iter(TAG))
    if not signatures:
        raise Unsigned("the document is not signed", path=path_of(root), line=root.sourceline)
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
    return SignatureMisplaced(message, path=path_of(signature), line=signature.sourceline)


def split_canonical(canonical: bytes, signature: etree._Element) -> tuple[bytes, bytes]:
    """Cut the signature out of the canonical bytes of its document; return (document without, signature).

    The enveloped-signature transform (XML Signature 1.1, section 6.6.4): text before and after the
    signature stays. In canonical text ``<`` stands for markup only, and no other signature follows this
    one, so the last start tag of its name is its own, and the first end tag after that ends it or
    something that the profile refuses.
    """
    name = f"{signature.prefix}:Signature" if signature.prefix else "Signature"
    start = max(canonical.rfind(f"<{name}{ending}".encode()) for ending in " >")
    closing = f"</{name}>".encode()
    end = canonical.index(closing, start) + len(closing)
    return canonical[:start] + canonical[end:], canonical[start:end]
