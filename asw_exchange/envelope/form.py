"""The small protocol that every envelope fulfils."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from lxml import etree

from asw_exchange.model import Header

Seal = Callable[[bytes], bytes]
"""Signs what it is given, which must be canonical, or leaves it as it is where the kind is not signed."""


class Envelope(Protocol):
    """The wire form of a message."""

    @property
    def tag(self) -> str:
        """The root element in Clark notation."""
        ...

    @property
    def schema(self) -> str | None:
        """The schema file of the wrapping, relative to ``schemas/``."""
        ...

    @property
    def media_type(self) -> str:
        """What an HTTP message with this envelope says in Content-Type."""
        ...

    def request_headers(self, message: bytes) -> dict[str, str]:
        """Return the HTTP header fields of a request that carries a message of this envelope."""
        ...

    def status(self, answer: bytes) -> int:
        """Return the HTTP status of a response that carries an answer in this envelope."""
        ...

    def pack(self, header: Header, document: bytes, seal: Seal) -> bytes:
        """Wrap a document and seal it, in the order that the envelope has it."""
        ...

    def unpack(self, root: etree._Element) -> tuple[Header, etree._Element]:
        """Return the header, and the element that the signature is about. Raises EnvelopeError."""
        ...

    def document(self, payload: etree._Element) -> etree._Element:
        """Return the document in what was signed: the payload itself, unless the envelope signs more."""
        ...

    def renew(self, raw: bytes, message_id: str) -> bytes:
        """Return a message as it is sent once more: under a new id, or as it is where the id stays."""
        ...

    def name_unread(self, raw: bytes) -> str:
        """Return what an answer calls a message of which its receiver could not read the id."""
        ...
