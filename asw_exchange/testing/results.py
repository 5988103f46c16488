"""What the client of the control API returns: the words of its OpenAPI description as typed records.

A field that a newer server adds is passed over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from asw_exchange.ledger import Attempt, Relation, State
from asw_exchange.model import Finding, Outcome, Value
from asw_exchange.records import Direction

T = TypeVar("T", bound=Value)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a server has sent."""


class Message(Result, frozen=True, kw_only=True):
    """One transmission seen from one side."""

    sequence: int
    """Its place in the ledger: the cursor of listings, the id of events."""
    gateway: str
    """Whose record this is."""
    peer: str
    """The other side."""
    direction: Direction
    kind: str
    message_id: str
    refers_to: str | None
    reference: str | None
    cites: tuple[str, ...]
    outcome: Outcome | None
    moment: datetime
    digest: str
    technical: bool


class WholeMessage(Message, frozen=True, kw_only=True):
    """A message with all that was found in it."""

    content_digest: str | None
    findings: tuple[Finding, ...]
    document: Any
    """Plain values; ``document_as`` makes a document of the model of them."""

    def document_as(self, type_: type[T]) -> T:
        """Return the document as a value of ``type_``."""
        return msgspec.convert(self.document, type_)


class RelatedMessage(Message, frozen=True, kw_only=True):
    """A message of a timeline, and what it has to do with the document."""

    relation: Relation


class Delivery(Result, frozen=True, kw_only=True):
    """A transmission that its peer has not taken yet."""

    sequence: int
    state: State
    due: datetime
    attempts: int
    failure: str | None
    message: Message
    obstacle: str | None = None
    """Why it is not tried at all, as its receiver has no address."""
    tries: tuple[Attempt, ...] = ()
    """What failed before; only where one delivery is asked for."""


class Hold(Result, frozen=True, kw_only=True):
    """Whether deliveries leave."""

    held: bool
    steps: int | None
    """How many more may leave; None: all."""


class Outbox(Hold, frozen=True, kw_only=True):
    """What has not been taken by its receiver yet."""

    waiting: int
    on_hold: int
    dead: int
    deliveries: tuple[Delivery, ...]


class Dropped(Result, frozen=True, kw_only=True):
    """What retention has dropped of the bytes of messages; what was recorded of them stays."""

    messages: int
    bytes: int
    before: datetime | None
    """When the youngest of them was recorded."""


class Clock(Result, frozen=True, kw_only=True):
    """What time it is for all gateways of a space."""

    now: datetime
    running: bool


class Partner(Result, frozen=True, kw_only=True):
    """A gateway, and where messages to it are delivered."""

    corridor: str
    gateway: str
    url: str


class Fault(Result, frozen=True, kw_only=True):
    """A rule in force, and what it has counted."""

    number: int
    rule: dict[str, Any]
    seen: int
    fired: int
    exhausted: bool


class Gateway(Result, frozen=True, kw_only=True):
    """A gateway that runs on the server."""

    code: str
    addresses: dict[str, str]
    """By corridor: where it takes messages."""
    behaviours: tuple[dict[str, Any], ...]
    faults: tuple[Fault, ...]
    magic: bool


class Space(Result, frozen=True, kw_only=True):
    """A world of its own on a server that testers share."""

    name: str
    control: str
    gateways: str
    warning: str | None = None
    """That its messages were signed under keys which are not those of the server."""
