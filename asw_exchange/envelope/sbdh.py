"""UN/CEFACT Standard Business Document Header 1.3: a header beside the document it announces.

Which fields of the SBDH an ASEAN gateway fills is not public; this use of it is *modelled*. The
element names, their order and the namespace are the standard's.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from lxml import etree

from asw_exchange.codec import Layout, line_of, only_elements
from asw_exchange.codec.table import Constant, record, text, within
from asw_exchange.codec.values import MOMENT
from asw_exchange.envelope.form import Seal
from asw_exchange.errors import EnvelopeError, ExchangeError
from asw_exchange.model import Header

NAMESPACE = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"

HEADER = Layout(
    NAMESPACE,
    "StandardBusinessDocumentHeader",
    record(
        Header,
        Constant("HeaderVersion", "1.0"),
        within("Sender", text("Identifier", "sender")),
        within("Receiver", text("Identifier", "receiver")),
        within(
            "DocumentIdentification",
            Constant("Standard", "urn:asw-exchange"),
            Constant("TypeVersion", "1"),
            text("InstanceIdentifier", "id"),
            text("Type", "kind"),
            text("CreationDateAndTime", "sent_at", MOMENT),
        ),
        within(
            "BusinessScope",
            within(
                "Scope",
                Constant("Type", "Correlation"),
                Constant("InstanceIdentifier", "1"),
                text("Identifier", "refers_to_kind"),
                within("CorrelationInformation", text("RequestingDocumentInstanceIdentifier", "refers_to")),
            ),
        ),
    ),
)

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_OPENING = f'<StandardBusinessDocument xmlns="{NAMESPACE}">'
_CLOSING = b"</StandardBusinessDocument>"
_TYPE = re.compile(rb"(<Type>[a-z-]+/)[^<]*(</Type>)")


@dataclass(frozen=True, slots=True)
class StandardBusinessDocument:
    """The envelope of the corridors that use SBDH."""

    tag: str = f"{{{NAMESPACE}}}StandardBusinessDocument"
    schema: str | None = "common/sbdh.xsd"
    media_type: str = "application/xml; charset=utf-8"

    def request_headers(self, message: bytes) -> dict[str, str]:
        """Return the media type: SBDH has no binding to HTTP of its own."""
        return {"Content-Type": self.media_type}

    def status(self, answer: bytes) -> int:
        """Return 200: what became of the message stands in the acknowledgement."""
        return 200

    def pack(self, header: Header, document: bytes, seal: Seal) -> bytes:
        """Put the header before the sealed document, whose bytes are kept (less its XML declaration)."""
        opening = f"{_OPENING}{HEADER.write(header)}".encode()
        return b"".join((_DECLARATION, opening, without_declaration(seal(document)), _CLOSING))

    def unpack(self, root: etree._Element) -> tuple[Header, etree._Element]:
        """Return header and document element. Raises EnvelopeError naming what is missing or too much."""
        if root.tag != self.tag:
            raise EnvelopeError("the root element is no StandardBusinessDocument", value=str(root.tag))
        if len(root) != 2 or not only_elements(root):
            raise EnvelopeError(
                f"the envelope holds {len(root)} parts",
                line=line_of(root),
                hint="one header, then one document",
            )
        try:
            return HEADER.read(root[0]), root[1]
        except ExchangeError as error:
            raise EnvelopeError(
                f"the header cannot be read: {error.message}",
                line=error.line,
                path=error.path,
                value=error.value,
            ) from error

    def document(self, payload: etree._Element) -> etree._Element:
        """Return the payload: the document itself is what is signed."""
        return payload

    def renew(self, raw: bytes, message_id: str) -> bytes:
        """Return the very bytes: a transmission that is repeated keeps its id."""
        return raw

    def name_unread(self, raw: bytes) -> str:
        """Call a message by the SHA-256 of its bytes."""
        return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def announce_unknown(message: bytes) -> bytes:
    """Let the header announce a type that no corridor has: for messages that are wrong on purpose."""
    return _TYPE.sub(rb"\g<1>never-heard-of\g<2>", message, count=1)


def without_declaration(document: bytes) -> bytes:
    """Return XML without its declaration, to stand inside another document."""
    if not document.startswith(b"<?xml"):
        return document
    return document[document.index(b"?>") + 2 :].lstrip()
