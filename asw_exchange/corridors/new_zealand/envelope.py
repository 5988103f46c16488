"""The ePhyto hub's SOAP 1.1 messages as the envelope of the corridor, signed with WS-Security.

Operations, EnvelopeHeader and tracking states are those of the hub's WSDL. *Modelled*: which element
names the results have, that the sender numbers the envelope where no hub stands between, and that the
hub carries certificates of origin and declarations. The signature covers the Body, and so the header.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from lxml import etree
from msgspec.structs import replace

from asw_exchange.codec import line_of, only_elements, path_of, read, reread
from asw_exchange.codec.builder import escape
from asw_exchange.corridors.new_zealand.hub_names import (
    ENTITIES,
    ENVELOPE_HEADER,
    ISSUED,
    KINDS,
    SERVICE,
    SOAP,
    SPS_ACKNOWLEDGEMENT,
    TYPES,
)
from asw_exchange.envelope import Seal
from asw_exchange.errors import BodyError, EnvelopeError, HeaderInvalid, HeaderMissing, UnknownAction
from asw_exchange.model import Header
from asw_exchange.signature.algorithms import Canonicalization
from asw_exchange.signature.canonical import canonicalize
from asw_exchange.signature.containers import WSU

_WSU_ID = f"{{{WSU}}}Id"
_HEADER, _BODY = f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"
_RESULT = f"{{{SERVICE}}}DeliverEnvelopeResponse"
_CARRIERS = {
    "DeliverEnvelope": "env",
    "ValidateAndDeliverEnvelope": "envelope",
    "DeliverPhytoEnvelope": "ePhytoEnvelope",
    "DeliverCountryResponseEnvelope": "CountryResponseEnvelope",
}
"""Operation that delivers, to the name of its one parameter."""
_OPERATION = re.compile(rb":Body[^>]*><(?:[A-Za-z0-9]+:)?([A-Za-z]+)").search
"""The first element in the body."""
_SPS = "{urn:un:unece:uncefact:data:standard:SPSCertificate:17}SPSExchangedDocument/"
_RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21}"
_ACKNOWLEDGED = "{urn:un:unece:uncefact:data:standard:SPSAcknowledgement:17}SPSAcknowledgementDocument/"


@dataclass(frozen=True, slots=True)
class HubEnvelope:
    """The envelope of the New Zealand corridor."""

    tag: str = f"{{{SOAP}}}Envelope"
    schema: str | None = None
    media_type: str = "text/xml; charset=utf-8"
    """SOAP 1.1, section 6."""

    def request_headers(self, message: bytes) -> dict[str, str]:
        """Name the operation in SOAPAction, as the hub's WSDL does; SOAP 1.1, section 6.1.1, wants it."""
        operation = _OPERATION(message)
        action = f"{SERVICE}{operation[1].decode()}" if operation else ""
        return {"Content-Type": self.media_type, "SOAPAction": f'"{action}"'}

    def status(self, answer: bytes) -> int:
        """Return 200: what became of an envelope stands in its EnvelopeHeader."""
        return 200

    def pack(self, header: Header, document: bytes, seal: Seal) -> bytes:
        """Put a document into the operation that delivers it, and sign the body."""
        if header.kind == ENVELOPE_HEADER:
            return _answer(header, document)
        operation = (
            _response(header, document) if header.kind == SPS_ACKNOWLEDGEMENT else _deliver(header, document)
        )
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + seal(operation)

    def unpack(self, root: etree._Element) -> tuple[Header, etree._Element]:
        """Return the header, and the SOAP envelope whose body is signed; of an answer, its element.

        Raises UnknownAction, HeaderMissing, HeaderInvalid or BodyError.
        """
        body = _body(root)
        operation = body[0]
        if operation.tag == _RESULT:
            return _answer_header(body, operation), operation
        header = _read_header(carried(operation), etree.QName(operation).localname)
        return (header if header.id else replace(header, id=_derived_id(root))), root

    def document(self, payload: etree._Element) -> etree._Element:
        """Take the document out of the operation: typed, or as text in Content, plain or base64.

        Raises BodyError, or ReadError for a text that is no XML.
        """
        if etree.QName(payload).localname not in _CARRIERS or payload.tag == _RESULT:
            return payload
        envelope = carried(payload)
        typed = typed_contents(envelope)
        if typed:
            return typed[0]
        return read(content_of(envelope), keep_instructions=True)

    def renew(self, raw: bytes, message_id: str) -> bytes:
        """Return the very bytes: a transmission that is repeated keeps its number."""
        return raw

    def name_unread(self, raw: bytes) -> str:
        """Call a message by the SHA-256 of its bytes."""
        return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def typed_contents(envelope: etree._Element) -> list[etree._Element]:
    """Return the documents that stand in an envelope as elements, not as text."""
    children = envelope.iterchildren(etree.Element)
    return [child for child in children if etree.QName(child).namespace != ENTITIES]


def content_of(envelope: etree._Element) -> bytes:
    """Return the XML in an envelope's Content. Raises BodyError where it is empty."""
    text = (envelope.findtext(f"{{{ENTITIES}}}Content") or "").strip()
    if not text:
        raise BodyError("the content of the envelope from the hub is empty", line=line_of(envelope))
    if text.startswith("<"):
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # binascii.Error, or characters beyond ASCII
        message = "the content of the envelope is neither XML nor base64"
        raise BodyError(message, line=line_of(envelope)) from error


def carried(operation: etree._Element) -> etree._Element:
    """Return the envelope that an operation delivers. Raises UnknownAction, BodyError."""
    name = etree.QName(operation)
    if name.namespace != SERVICE or name.localname not in _CARRIERS:
        raise UnknownAction(
            "the hub has no operation of this name that delivers",
            line=line_of(operation),
            path=path_of(operation),
            value=str(operation.tag),
            hint=", ".join(_CARRIERS),
        )
    found = operation.findall(f"{{{SERVICE}}}{_CARRIERS[name.localname]}")
    if len(found) != 1:
        raise BodyError(
            f"the operation needs one {_CARRIERS[name.localname]}, found {len(found)}",
            line=line_of(operation),
        )
    return found[0]


def _body(root: etree._Element) -> etree._Element:
    if root.tag != f"{{{SOAP}}}Envelope":
        raise EnvelopeError("the root element is no SOAP 1.1 Envelope", value=str(root.tag))
    if any(child.tag not in (_HEADER, _BODY) for child in root):
        raise EnvelopeError(
            "the envelope holds more than a Header and a Body of SOAP 1.1", line=line_of(root)
        )
    bodies = root.findall(_BODY)
    if len(bodies) != 1 or len(bodies[0]) != 1 or not only_elements(bodies[0]):
        raise BodyError("the envelope must hold one Body with one operation", line=line_of(root))
    return bodies[0]


def _read_header(envelope: etree._Element, operation: str) -> Header:
    kind = SPS_ACKNOWLEDGEMENT
    if operation != "DeliverCountryResponseEnvelope":
        number = _integer(envelope, "CertificateType")
        if number not in KINDS:
            raise HeaderInvalid(
                "no kind of this corridor has the CertificateType",
                line=line_of(envelope),
                path=path_of(envelope),
                value=str(number),
                hint=", ".join(f"{number} {kind}" for number, kind in sorted(KINDS.items())),
            )
        kind = KINDS[number]
    _integer(envelope, "CertificateStatus")
    _need(envelope, "NPPOCertificateNumber")
    return Header(
        id=_delivery_number(envelope) or "",
        kind=kind,
        sender=_need(envelope, "From"),
        receiver=_need(envelope, "To"),
    )


def _delivery_number(envelope: etree._Element) -> str | None:
    """Return the number that the hub gave to an envelope; None where it has none yet."""
    found = envelope.find(f"{{{ENTITIES}}}hubDeliveryNumber")
    return _need(envelope, "hubDeliveryNumber") if found is not None and (len(found) or found.text) else None


def _derived_id(message: etree._Element) -> str:
    """Number a message that the hub has not numbered: by all that is in it.

    A client that repeats a call signs it anew, and so under another number: then the document tells that it
    came before.
    """
    octets = canonicalize(message, Canonicalization.EXCLUSIVE)
    return f"sha256:{hashlib.sha256(octets).hexdigest()}"


def _need(envelope: etree._Element, name: str) -> str:
    element = envelope.find(f"{{{ENTITIES}}}{name}")
    if element is not None and len(element):  # an instruction would cut the text in two
        raise HeaderInvalid(f"{name} holds more than text", line=line_of(element), path=path_of(element))
    text = "" if element is None else (element.text or "").strip()
    if not text:
        raise HeaderMissing(f"{name} is missing", line=line_of(envelope), path=path_of(envelope))
    return text


def _integer(envelope: etree._Element, name: str) -> int:
    text = _need(envelope, name)
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise HeaderInvalid(
            f"{name} is no number", line=line_of(envelope), path=path_of(envelope), value=text
        )
    return int(text)


def _answer_header(body: etree._Element, operation: etree._Element) -> Header:
    result = operation.find(f"{{{SERVICE}}}DeliverEnvelopeResult")
    if result is None:
        raise BodyError("the answer holds no EnvelopeHeader", line=line_of(body))
    refers_to = result.findtext(f"{{{ENTITIES}}}hubDeliveryNumber")
    return Header(
        id=body.get(_WSU_ID) or _derived_id(result),
        kind=ENVELOPE_HEADER,
        sender=_need(result, "To"),
        receiver=_need(result, "From"),
        refers_to=refers_to,
    )


def header_fields(sender: str, receiver: str, type_: int, status: str, number: str, delivery: str) -> str:
    """Write the fields of an EnvelopeHeader, each in the namespace of the hub's entities."""
    fields = {
        "From": sender,
        "To": receiver,
        "CertificateType": str(type_),
        "CertificateStatus": status,
        "NPPOCertificateNumber": number,
        "hubDeliveryNumber": delivery,
    }
    return "".join([f'<{name} xmlns="{ENTITIES}">{escape(text)}</{name}>' for name, text in fields.items()])


def _deliver(header: Header, document: bytes) -> bytes:
    root = reread(document)
    if root.tag.endswith("}SPSCertificate"):
        number, status = _text(root, f"{_SPS}{_RAM}ID"), _code(_text(root, f"{_SPS}{_RAM}StatusCode"))
    else:
        number, status = _text(root, "{*}ID"), str(ISSUED)
    fields = header_fields(header.sender, header.receiver, TYPES[header.kind], status, number, header.id)
    content = f'<Content xmlns="{ENTITIES}">{escape(document.decode())}</Content>'
    return f'<DeliverEnvelope xmlns="{SERVICE}"><env>{fields}{content}</env></DeliverEnvelope>'.encode()


def _text(root: etree._Element, path: str) -> str:
    """Return what stands there; a document without it is delivered all the same."""
    return root.findtext(path) or "unknown"


def _code(text: str) -> str:
    """Return a status code, or 45 no status (UNTDID 4405) where none stands there."""
    return text if text.isascii() and text.isdigit() else "45"


def _response(header: Header, document: bytes) -> bytes:
    root = reread(document)
    about = f"{_ACKNOWLEDGED}{_RAM}ReferenceSPSReferencedDocument/{_RAM}"
    type_ = _text(root, f"{about}TypeCode")
    fields = header_fields(
        header.sender,
        header.receiver,
        int(type_) if type_.isdigit() else 851,
        _code(_text(root, f"{_ACKNOWLEDGED}{_RAM}StatusCode")),
        _text(root, f"{about}ID"),
        header.id,
    )
    return (
        f'<DeliverCountryResponseEnvelope xmlns="{SERVICE}"><CountryResponseEnvelope>{fields}'
        f"{document.decode()}</CountryResponseEnvelope></DeliverCountryResponseEnvelope>"
    ).encode()


def _answer(header: Header, document: bytes) -> bytes:
    """Wrap the hub's answer, which is not signed; its own id stands on the Body."""
    return (
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{SOAP}" xmlns:wsu="{WSU}">'
            f'<soap:Body wsu:Id="{escape(header.id)}">'
        ).encode()
        + document
        + b"</soap:Body></soap:Envelope>"
    )
