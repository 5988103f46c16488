"""What a gateway writes down and what it can remember: the forms that the ledger fills.

An ``Entry`` is one transmission seen from one side: the sender has an entry ``sent``, the receiver
an entry ``received``. A message that is transmitted twice gives two entries on each side, the second
reception with the outcome ``duplicate``; so the two sides can be counted against each other.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

import msgspec

from asw_exchange.model import Finding, Outcome, Value

T = TypeVar("T", bound=Value)

UNKNOWN = "unknown"
"""Kind of a message that could not be read, and peer where nobody can be told to have delivered it."""


class Direction(StrEnum):
    """Which side of a transmission an entry tells of."""

    SENT = "sent"
    RECEIVED = "received"


class Entry(Value, frozen=True, kw_only=True):
    """One transmission, seen from one side. Never changed once it is written."""

    gateway: str
    """Whose entry this is."""
    peer: str
    """The other side."""
    direction: Direction
    kind: str
    message_id: str
    refers_to: str | None = None
    """Id of the message that this one answers."""
    reference: str | None = None
    """Reference number of the business document that the message is about."""
    cites: tuple[str, ...] = ()
    """Reference numbers of other documents that it rests on: originals, a replaced certificate."""
    outcome: Outcome | None = None
    """What became of it, on the receiving side."""
    moment: datetime
    """When it was committed to be sent, or received; aware, UTC."""
    digest: str
    """SHA-256 of the bytes that travelled, in hexadecimal."""
    content_digest: str | None = None
    """SHA-256 of the canonical document without its signature: what the message says, whoever carries it."""
    findings: tuple[Finding, ...] = ()
    technical: bool = False
    """Whether it is an acknowledgement, a signal or a fault, which nobody answers in turn."""
    document: bytes | None = None
    """The document as JSON, where it could be read."""
    sequence: int | None = None
    """Position in the ledger, given by it."""

    def document_as(self, type_: type[T]) -> T:
        """Return the document as a value of ``type_``."""
        return msgspec.json.decode(self.document or b"null", type=type_)

    def told(self) -> Told:
        """Return what an acknowledgement tells of the message that it answers; nothing for another message.

        Raises msgspec.DecodeError for a document that is no JSON object.
        """
        return _told.decode(self.document) if self.technical and self.document else Told()


class Told(msgspec.Struct, frozen=True):
    """The part of an acknowledgement that is held against what the other side recorded."""

    outcome: str | None = None
    digest: str | None = None
    """Which bytes it is about."""


_told = msgspec.json.Decoder(Told)


def is_about(answer: Entry, sent: Entry, names: Container[str]) -> bool:
    """Tell whether what was answered to a transmission can be about it.

    ``names`` are what an answer may call it. One that names nothing, or no bytes, says nothing against it.
    """
    digest = answer.told().digest
    return (
        answer.peer == sent.peer
        and (answer.refers_to is None or answer.refers_to in names)
        and digest in (None, sent.digest)
    )


class Memory(Protocol):
    """What one gateway remembers. All look-ups are about its own entries."""

    def received(self, sender: str, message_id: str) -> Entry | None:
        """Return the first entry of a message from ``sender`` under this id whose signature held.

        Messages that were refused before their signature was verified do not count: anybody could have
        sent them, and they must not block the id for its owner.
        """
        ...

    def sent(self, message_id: str) -> Entry | None:
        """Return the first entry of a message sent under this id."""
        ...

    def answer(self, message_id: str, peer: str) -> Entry | None:
        """Return the first entry of the acknowledgement sent to ``peer`` in answer to this message."""
        ...

    def history(self, reference: str) -> tuple[Entry, ...]:
        """Return all entries about the document with this reference number, oldest first."""
        ...

    def citing(self, reference: str) -> tuple[Entry, ...]:
        """Return all entries of documents that rest on this reference number, oldest first."""
        ...


def stands(entry: Entry, kind: str) -> bool:
    """Tell whether an entry is of a document of ``kind`` that has effect: sent by us, or accepted."""
    return entry.kind == kind and (entry.direction is Direction.SENT or entry.outcome is Outcome.ACCEPTED)


def standing(memory: Memory, reference: str | None, kind: str) -> tuple[Entry, ...]:
    """Return the entries of this reference number and kind that have effect, oldest first."""
    if reference is None:
        return ()
    return tuple(entry for entry in memory.history(reference) if stands(entry, kind))
