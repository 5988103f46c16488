"""The small protocol that every envelope fulfils."""

from __future__ import annotations

from typing import Protocol

from lxml import etree

from asw_exchange.model import Header


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

    def pack(self, header: Header, document: bytes) -> bytes:
        """Wrap a (signed) document; its own bytes are kept as they are."""
        ...

    def unpack(self, root: etree._Element) -> tuple[Header, etree._Element]:
        """Return the header and the document element. Raises EnvelopeError."""
        ...
