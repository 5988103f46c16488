"""The message: a document, and who sends it to whom, when, in answer to what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from asw_exchange.model.value import Value


class Header(Value, frozen=True, kw_only=True):
    """What an envelope says of its content."""

    id: str
    """Unique for the sender, for ever."""
    kind: str
    """``corridor/name``, for example ``asean/eform-d``."""
    sender: str
    """Gateway code, for example VN."""
    receiver: str
    sent_at: datetime | None = None
    """Aware, UTC; None where the envelope has no place for it."""
    refers_to: str | None = None
    """Id of the message that this one answers."""
    refers_to_kind: str | None = None
    """Kind of that message, where the envelope says it."""
    conversation: str | None = None
    """Id that all messages of one transaction share, where the envelope has a place for it."""
    procedure: tuple[str, ...] = ()
    """Ids of the procedures that the transaction belongs to, outermost first, likewise."""


class Message(Value, frozen=True, kw_only=True):
    """A header and the document that it announces."""

    header: Header
    document: Any
