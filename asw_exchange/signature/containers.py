"""The elements that are made around a document so that it can be signed: EEC SignedDoc, SOAP body.

In both the signature stands beside the element that it covers and names it by its id. The id is looked
for in one place only, so nothing can be moved under another element of the same id.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass

from lxml import etree

from asw_exchange.codec import only_elements
from asw_exchange.errors import DuplicateId, SignatureMisplaced, SignatureStructureError
from asw_exchange.signature.algorithms import NAMESPACE as XMLDSIG
from asw_exchange.signature.places import place_of
from asw_exchange.signature.policy import Placement

SIGNED_DATA = "urn:EEC:SignedData:v1.0:EDoc"
"""EEC signed container (published in Kazakhstan's rules for trusted third parties)."""
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
"""SOAP 1.1."""
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"

_SIGNATURE = f"{{{XMLDSIG}}}Signature"


@dataclass(frozen=True, slots=True)
class Packing:
    """A document on its way into a container: what is signed, and what stands around it."""

    head: bytes
    """From the start of the container to where the signature goes."""
    between: bytes
    """From the end of the signature to where the signed element begins."""
    signed: bytes
    """The signed element in exclusive canonical form."""
    tail: bytes
    id: str
    """The id of the signed element."""

    def around(self, signature: bytes) -> bytes:
        """Return the whole container."""
        return b"".join((self.head, signature, self.between, self.signed, self.tail))


@dataclass(frozen=True, slots=True)
class Packed:
    """A container that was taken apart; nothing of it is believed yet."""

    signature: etree._Element
    target: etree._Element
    """The element that the signature must cover."""
    id: str


def pack(canonical: bytes, placement: Placement) -> Packing:
    """Put the canonical bytes of a document into the container of a placement."""
    return _pack_signed_doc(canonical) if placement is Placement.SIGNED_DOC else _pack_soap(canonical)


def find_container(root: etree._Element, placement: Placement) -> Packed:
    """Take a container apart.

    The caller has seen that there is a signature somewhere. Raises SignatureMisplaced where it is elsewhere,
    SignatureStructureError or DuplicateId where the container is not of the pinned shape.
    """
    return _find_signed_doc(root) if placement is Placement.SIGNED_DOC else _find_soap(root)


def is_container(element: etree._Element, placement: Placement) -> bool:
    """Tell whether an element is the outermost one of the containers of a placement."""
    return placement is not Placement.ENVELOPED and element.tag == _TARGETS[placement][0]


def payload_of(root: etree._Element, placement: Placement) -> etree._Element:
    """Return the document of an element that a signature covers or may cover; nothing is checked.

    Raises SignatureStructureError where the container does not hold exactly one document.
    """
    if placement is Placement.ENVELOPED:
        return root
    target = root if root.tag in (_CONTENT, _BODY) else _child(root, _TARGETS[placement])
    if len(target) != 1 or not only_elements(target):
        message = f"the signed container holds {len(target)} parts, where one document belongs"
        raise SignatureStructureError(message, **place_of(target))
    return target[0]


_CONTENT = f"{{{SIGNED_DATA}}}SignedContent"
_BODY = f"{{{SOAP}}}Body"
_TARGETS = {
    Placement.SIGNED_DOC: (f"{{{SIGNED_DATA}}}SignedDoc", f"{{{SIGNED_DATA}}}Data", _CONTENT),
    Placement.SOAP_BODY: (f"{{{SOAP}}}Envelope", _BODY),
}
_WSU_ID = f"{{{WSU}}}Id"
_DOCUMENT_ID = re.compile(rb"EDocId[^<>]*>([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})</").search


def _pack_signed_doc(canonical: bytes) -> Packing:
    """Decision N 5 leaves the ids free: ours follow from the content, DocInstance from its EDocId."""
    digest = hashlib.sha256(canonical).digest()
    known = _DOCUMENT_ID(canonical)
    instance = known[1].decode() if known else str(uuid.UUID(bytes=digest[:16], version=4))
    mark = str(uuid.UUID(bytes=digest[16:], version=4))
    start = f'<SignedContent xmlns="{SIGNED_DATA}" DocInstance="urn:uuid:{instance}" Id="c{mark}">'
    return Packing(
        head=f'<SignedDoc xmlns="{SIGNED_DATA}"><Data Id="d{mark}">'.encode(),
        between=b"",
        signed=start.encode() + canonical + b"</SignedContent>",
        tail=b"</Data></SignedDoc>",
        id=f"c{mark}",
    )


def _pack_soap(canonical: bytes) -> Packing:
    mark = "id-" + hashlib.sha256(canonical).hexdigest()[:32]
    start = f'<soap:Body xmlns:soap="{SOAP}" xmlns:wsu="{WSU}" wsu:Id="{mark}">'
    return Packing(
        head=f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Header>'
        f'<wsse:Security xmlns:wsse="{WSSE}" soap:mustUnderstand="1">'.encode(),
        between=b"</wsse:Security></soap:Header>",
        signed=start.encode() + canonical + b"</soap:Body>",
        tail=b"</soap:Envelope>",
        id=mark,
    )


def _find_signed_doc(root: etree._Element) -> Packed:
    data = _child(root, _TARGETS[Placement.SIGNED_DOC][:2])
    tags = [child.tag for child in data]
    if tags != [_SIGNATURE, _CONTENT]:
        message = "the container must hold one signature, then what it covers"
        raise SignatureMisplaced(message, **place_of(data))
    return Packed(data[0], data[1], _own_id(data[1], "Id"))


def _find_soap(root: etree._Element) -> Packed:
    body = _child(root, _TARGETS[Placement.SOAP_BODY])
    security = root.find(f"{{{SOAP}}}Header/{{{WSSE}}}Security")
    signatures = [] if security is None else security.findall(_SIGNATURE)
    if not signatures:
        message = "the signature must stand in the Security header of the SOAP envelope"
        raise SignatureMisplaced(message, **place_of(root))
    return Packed(signatures[0], body, _own_id(body, _WSU_ID))


def _child(root: etree._Element, tags: tuple[str, ...]) -> etree._Element:
    """Walk down from the root; each step must be there exactly once."""
    element = root
    if root.tag != tags[0]:
        message = f"the container must be {etree.QName(tags[0]).localname}"
        raise SignatureStructureError(message, value=str(root.tag), **place_of(root))
    for tag in tags[1:]:
        found = [child for child in element if child.tag == tag]
        if len(found) != 1:
            message = f"{etree.QName(tag).localname} must stand here once, not {len(found)} times"
            raise SignatureStructureError(message, **place_of(element))
        element = found[0]
    return element


_SAME_ID = etree.XPath("count(//@*[. = $id and translate(local-name(), 'id', 'ID') = 'ID'])")


def _own_id(target: etree._Element, attribute: str) -> str:
    found = target.get(attribute)
    if not found:
        raise SignatureStructureError("the signed element has no id", **place_of(target))
    if _SAME_ID(target, id=found) != 1:
        message = "another element has the id of the signed one"
        raise DuplicateId(message, value=found, **place_of(target))
    return found
