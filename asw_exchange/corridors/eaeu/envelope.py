"""The EEC message envelope: SOAP 1.2 with WS-Addressing and the headers of the integrated system.

EEC Decision N 5 of 27 January 2015: namespaces (table 1), headers and their order, logical addresses
(paragraphs 45 to 54). Decision N 6 of 2026 may have changed details; its text is not public.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from msgspec.structs import replace

from asw_exchange.codec import line_of, only_elements, path_of
from asw_exchange.codec.builder import escape
from asw_exchange.codec.table import clark
from asw_exchange.codec.values import MOMENT
from asw_exchange.corridors.eaeu import codes
from asw_exchange.corridors.eaeu.layouts import INTERACTION, PREFIXES, SIGNAL, SOAP
from asw_exchange.corridors.eaeu.quoting import name_of, quoted
from asw_exchange.envelope import Seal
from asw_exchange.errors import (
    BodyError,
    EnvelopeError,
    HeaderForbidden,
    HeaderInvalid,
    HeaderMissing,
    UnknownAction,
    WrongRoute,
)
from asw_exchange.model import Header

ADDRESSING = "http://www.w3.org/2005/08/addressing"

_OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<soap:Envelope xmlns:soap="{SOAP}" xmlns:wsa="{ADDRESSING}" xmlns:int="{INTERACTION}"><soap:Header>'
)
_CLOSING = b"</soap:Body></soap:Envelope>"
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_ONE_ID = re.compile(f"urn:uuid:({_UUID})").fullmatch
_CHAIN = re.compile(f"urn:uuid:{_UUID}(?:/urn:uuid:{_UUID})*").fullmatch
_ORDER = (
    "wsa:To",
    "wsa:ReplyTo",
    "wsa:MessageID",
    "wsa:RelatesTo",
    "wsa:Action",
    "int:ProcedureID",
    "int:ConversationID",
    "int:Integration",
)
"""Decision N 5, the headers of an application message in order; the last is the platform's."""
_ACTION = re.compile(rb'<wsa:Action>([^<"\\\x00-\x20\x7f-\xff]*)</wsa:Action>').search
_FAULT, _SENDER_FAULT = f'<soap:Body><Fault xmlns="{SOAP}">'.encode(), b"<Value>soap:Sender</Value>"
"""As ``pack`` writes them; text cannot look like it, as it has no bare ``<``."""
_FORBIDDEN = ("wsa:From", "wsa:FaultTo")
_URIS = {"wsa": ADDRESSING, "int": INTERACTION}
_KNOWN = {clark(name, _URIS): name for name in (*_ORDER, *_FORBIDDEN)}
_PLATFORM = "EAEU"
"""The gateway that stands for the platform of the integrated system."""


@dataclass(frozen=True, slots=True)
class IntegrationEnvelope:
    """The envelope of the EAEU corridor."""

    tag: str = f"{{{SOAP}}}Envelope"
    schema: str | None = None
    media_type: str = "application/soap+xml; charset=utf-8"
    """SOAP 1.2 Part 2, section 7.1.4."""

    def request_headers(self, message: bytes) -> dict[str, str]:
        """Say the action beside the media type (RFC 3902), so that it can be routed unopened."""
        action = _ACTION(message)
        more = f'; action="{action[1].decode()}"' if action else ""
        return {"Content-Type": self.media_type + more}

    def status(self, answer: bytes) -> int:
        """Return 400 for a fault of the sender, 500 for another (SOAP 1.2 Part 2, section 7.5.2.2)."""
        if _FAULT not in answer:
            return 200
        return 400 if _SENDER_FAULT in answer else 500

    def pack(self, header: Header, document: bytes, seal: Seal) -> bytes:
        """Put the headers before the sealed document; messages of the EEC gateway pass the platform."""
        return b"".join((_OPENING.encode(), _headers(header).encode(), seal(document), _CLOSING))

    def unpack(self, root: etree._Element) -> tuple[Header, etree._Element]:
        """Return the header and the one element of the body.

        Raises HeaderMissing, HeaderInvalid, HeaderForbidden, UnknownAction, WrongRoute or BodyError.
        """
        head, body = _parts(root)
        header = _read_header(head, _sent_at(body))
        if header.refers_to == codes.UNSPECIFIED:
            header = replace(header, refers_to=_by_content(body))
        if len(body) != 1 or not only_elements(body):
            raise BodyError(
                f"the body holds {len(body)} parts, where one payload belongs", line=line_of(body)
            )
        return header, body[0]

    def document(self, payload: etree._Element) -> etree._Element:
        """Return the payload: the document itself is what is signed."""
        return payload

    def renew(self, raw: bytes, message_id: str) -> bytes:
        """Give the message a new MessageID; Action, ConversationID and ProcedureID stay (Decision N 5)."""
        return _MESSAGE_ID.sub(rb"\g<1>urn:uuid:" + message_id.encode() + rb"\g<2>", raw, count=1)

    def name_unread(self, raw: bytes) -> str:
        """Call a message by what a fault repeats of it."""
        return name_of(quoted(raw))


_MESSAGE_ID = re.compile(rb"(<wsa:MessageID>)[^<]*(</wsa:MessageID>)")


def _by_content(body: etree._Element) -> str | None:
    """Name the message that a fault is about by what the fault repeats of it; None where that is nothing."""
    problem = body.findtext(f".//{{{INTERACTION}}}ProblemMessage")
    return None if problem is None else name_of(problem)


def _headers(header: Header) -> str:
    conversation = header.conversation or header.id
    fault = header.kind == codes.FAULT
    lines = [
        _element("wsa:To", codes.ADDRESSES.get(header.receiver, codes.ANONYMOUS)),
        ""
        if fault
        else f"<wsa:ReplyTo>{_element('wsa:Address', codes.ADDRESSES[header.sender])}</wsa:ReplyTo>",
        _element("wsa:MessageID", f"urn:uuid:{header.id}"),
        _relates_to(header),
        _element("wsa:Action", codes.action_of(header.kind, header.refers_to_kind)),
        _element("int:ProcedureID", "/".join(header.procedure) or f"urn:uuid:{_procedure(conversation)}"),
        _element("int:ConversationID", f"urn:uuid:{conversation}"),
        _integration(header) if header.sender == _PLATFORM else "",
    ]
    return f"{''.join(lines)}</soap:Header><soap:Body>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _procedure(conversation: str) -> str:
    return codes.message_id(f"procedure of {conversation}")


def _relates_to(header: Header) -> str:
    if header.refers_to is None:
        return ""
    known = _ONE_ID(f"urn:uuid:{header.refers_to}")
    target = f"urn:uuid:{header.refers_to}" if known else codes.UNSPECIFIED
    if header.kind != codes.FAULT:
        return _element("wsa:RelatesTo", target)
    about = header.refers_to_kind or ""
    action = codes.action_of(about, None) if about in codes.MESSAGES else codes.UNSPECIFIED
    return f'<wsa:RelatesTo int:RelatesAction="{action}">{escape(target)}</wsa:RelatesTo>'


def _integration(header: Header) -> str:
    """Return what the platform adds to every message that it passes on: a track id and its time, UTC."""
    track = codes.message_id(f"track of {header.id}")
    accepted = MOMENT.write(header.sent_at) if header.sent_at else ""
    return (
        f"<int:Integration>{_element('int:TrackID', f'urn:uuid:{track}')}"
        f"{_element('int:AcceptTime', accepted)}</int:Integration>"
    )


def _parts(root: etree._Element) -> tuple[etree._Element, etree._Element]:
    if root.tag != f"{{{SOAP}}}Envelope":
        raise EnvelopeError("the root element is no SOAP 1.2 Envelope", value=str(root.tag))
    if [child.tag for child in root] != [f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"]:
        raise EnvelopeError("the envelope must hold one Header and one Body of SOAP 1.2", line=line_of(root))
    return root[0], root[1]


def _read_header(head: etree._Element, sent_at: datetime | None) -> Header:
    found = _collect(head)
    _check_forbidden(found)
    kind, about = _kind(_need(head, found, "wsa:Action"))
    receiver = _gateway(_need(head, found, "wsa:To"))
    sender = _sender(head, found, kind, receiver)
    refers_to = found.get("wsa:RelatesTo")
    if refers_to is None and (kind in codes.SIGNALS or kind in (codes.RESULT, codes.REPLY, codes.FAULT)):
        raise HeaderMissing("wsa:RelatesTo is missing: the message answers another", line=line_of(head))
    return Header(
        id=_uuid(_need(head, found, "wsa:MessageID")),
        kind=kind,
        sender=sender,
        receiver=receiver,
        sent_at=_accepted_at(found) or sent_at,
        refers_to=None if refers_to is None else _related(refers_to),
        refers_to_kind=about,
        conversation=_uuid(_need(head, found, "int:ConversationID")),
        procedure=_chain(_need(head, found, "int:ProcedureID")),
    )


def _collect(head: etree._Element) -> dict[str, etree._Element]:
    """Return the headers by their prefixed name; each may stand here once, in the order of Decision N 5."""
    found: dict[str, etree._Element] = {}
    for element in head.iterchildren(etree.Element):
        known = _KNOWN.get(element.tag) or str(element.tag)
        if known in found:
            raise HeaderInvalid(f"{known} stands here twice", line=line_of(element), path=path_of(element))
        found[known] = element
    order = [name for name in found if name in _ORDER]
    if order != sorted(order, key=_ORDER.index):
        raise HeaderInvalid(
            "the headers are not in the order of Decision N 5",
            line=line_of(head),
            value=" ".join(order),
            hint=f"expected {' '.join(sorted(order, key=_ORDER.index))}",
        )
    return found


def _check_forbidden(found: dict[str, etree._Element]) -> None:
    for name in _FORBIDDEN:
        if name in found:
            raise HeaderForbidden(
                f"{name} is forbidden in application messages",
                line=line_of(found[name]),
                path=path_of(found[name]),
                hint="say the sender in wsa:ReplyTo",
            )


def _need(head: etree._Element, found: dict[str, etree._Element], name: str) -> etree._Element:
    if name not in found:
        raise HeaderMissing(f"{name} is missing", line=line_of(head), path=path_of(head))
    return found[name]


def _kind(action: etree._Element) -> tuple[str, str | None]:
    known = codes.kinds_of_action(_text(action))
    if known is None:
        raise UnknownAction(
            "no transaction of the process has this action",
            line=line_of(action),
            path=path_of(action),
            value=_text(action),
            hint=f"for example {codes.action_of(codes.CERTIFICATE, None)}",
        )
    return known


def _sender(head: etree._Element, found: dict[str, etree._Element], kind: str, receiver: str) -> str:
    """Read the sender from ReplyTo; a fault has none, it comes from the other side."""
    if kind == codes.FAULT:
        return next(code for code in codes.ADDRESSES if code != receiver)
    address = _need(head, found, "wsa:ReplyTo").find(f"{{{ADDRESSING}}}Address")
    if address is None:
        raise HeaderInvalid("wsa:ReplyTo holds no wsa:Address", line=line_of(found["wsa:ReplyTo"]))
    sender = _gateway(address)
    if "int:Integration" in found and sender != _PLATFORM:
        raise HeaderForbidden(
            "int:Integration is added by the platform, not by an application",
            line=line_of(found["int:Integration"]),
            path=path_of(found["int:Integration"]),
        )
    return sender


def _gateway(element: etree._Element) -> str:
    code = codes.GATEWAYS.get(_text(element))
    if code is None:
        raise WrongRoute(
            "no participant of the process has this logical address",
            line=line_of(element),
            path=path_of(element),
            value=_text(element),
            hint=f"the addresses are {', '.join(codes.GATEWAYS)}",
        )
    return code


def _uuid(element: etree._Element) -> str:
    match = _ONE_ID(_text(element))
    if match is None:
        raise HeaderInvalid(
            "the value must be urn:uuid: and a UUID",
            line=line_of(element),
            path=path_of(element),
            value=_text(element),
        )
    return match[1].lower()


def _related(element: etree._Element) -> str:
    return _text(element) if _text(element) == codes.UNSPECIFIED else _uuid(element)


def _chain(element: etree._Element) -> tuple[str, ...]:
    if not _CHAIN(_text(element)):
        raise HeaderInvalid(
            "the value must be a chain of urn:uuid: values, separated by /",
            line=line_of(element),
            path=path_of(element),
            value=_text(element),
        )
    return tuple(_text(element).split("/"))


def _accepted_at(found: dict[str, etree._Element]) -> datetime | None:
    integration = found.get("int:Integration")
    time = None if integration is None else integration.find(f"{{{INTERACTION}}}AcceptTime")
    return None if time is None else _moment(time)


_TIMES = (f"{{{PREFIXES['csdo']}}}EDocDateTime", f"{{{SIGNAL}}}DateTime")


def _sent_at(body: etree._Element) -> datetime | None:
    """Return the time that the document itself bears: the envelope has no place for one."""
    for element in body.iter(*_TIMES):
        return _moment(element)
    return None


def _moment(element: etree._Element) -> datetime | None:
    try:
        moment: datetime = MOMENT.read(_text(element))
    except ValueError:
        return None
    return moment


def _text(element: etree._Element) -> str:
    if len(element):  # an instruction would cut the text in two
        raise HeaderInvalid(
            "the value holds more than text", line=line_of(element), path=path_of(element), value=element.text
        )
    return (element.text or "").strip(" \t\r\n")
