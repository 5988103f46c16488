"""A message as a gateway meets it, before anything about it is proved: what rules and magic values look at.

The look is taken only when somebody asks; what cannot be read has no kind and no fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
from lxml import etree

from asw_exchange.codec import read
from asw_exchange.corridor import Corridor
from asw_exchange.errors import ExchangeError
from asw_exchange.model import Header, Value
from asw_exchange.records import Direction

MOST_STEPS = 12
"""Names in a path."""


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One transmission and the gateway that meets it."""

    gateway: str
    corridor: Corridor
    direction: Direction
    raw: bytes
    peer: str
    """Who delivered it or is to get it, as the transport knows."""
    written: tuple[Header, Value] | None = None
    """Header and document, where this gateway has written them itself."""

    @cached_property
    def _opened(self) -> tuple[Header, etree._Element] | None:
        try:
            root = read(self.raw, keep_instructions=True)
            header, _ = self.corridor.envelope.unpack(root)
            element = self.corridor.document_in(root)
        except ExchangeError:
            return None
        return None if element is None else (header, element)

    @property
    def header(self) -> Header | None:
        """What the envelope says, where it can be opened."""
        if self.written:
            return self.written[0]
        return self._opened[0] if self._opened else None

    @property
    def partner(self) -> str:
        """The other side: by the header, else as the transport knows."""
        header = self.header
        if header is None:
            return self.peer
        return header.receiver if self.direction is Direction.SENT else header.sender

    @property
    def kind(self) -> str | None:
        """The kind that the header announces."""
        return self.header.kind if self.header else None

    @cached_property
    def document(self) -> Any:
        """The document in the model, where it can be read: nothing of it is verified."""
        if self.written:
            return self.written[1]
        if self._opened is None:
            return None
        try:
            return self.corridor.kind_of(self._opened[1]).layout.read(self._opened[1])
        except ExchangeError:
            return None

    @cached_property
    def text(self) -> str:
        """All text of the document."""
        return "\n".join(map(str, self._opened[1].itertext())) if self._opened else ""


def value_at(document: Any, path: str) -> str | None:
    """Return what stands at a path of the model, such as ``items.0.marks``, as text; None for nothing."""
    found = document
    for step in path.split(".")[:MOST_STEPS]:
        if isinstance(found, tuple):
            found = found[int(step)] if step.isdecimal() and int(step) < len(found) else None
        else:
            found = getattr(found, step, None) if isinstance(found, msgspec.Struct) else None
    if found is None or isinstance(found, msgspec.Struct | tuple) or callable(found):
        return None
    return str(found)
