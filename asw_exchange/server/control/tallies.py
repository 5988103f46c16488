"""Counts and their proof, and the life of a document over all gateways."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field, StringConstraints

from asw_exchange.ledger import Defect, Relation, reconcile, tally, timeline
from asw_exchange.server.control.access import Here
from asw_exchange.server.control.forms import MOST, Asked, Message, Text, Told
from asw_exchange.server.control.names import check_filter

router = APIRouter(tags=["tally"])


class TallyFilter(Asked):
    """What to count: the messages that fit everything that is named."""

    gateway: Text | None = Field(None, description="The sender")
    peer: Text | None = Field(None, description="The receiver")
    kind: Text | None = None
    corridor: Text | None = None
    since: AwareDatetime | None = Field(None, description="First sent from this moment on")
    until: AwareDatetime | None = Field(None, description="And before this one")

    def fields(self) -> dict[str, Any]:
        """Return what is named, as the ledger wants it."""
        return self.model_dump(exclude_none=True)


class Row(Told):
    """What `gateway` sent to `peer`, of one kind.

    sent + repeated = accepted + rejected + duplicate + in_flight + dead, where both sides agree.
    """

    gateway: str
    peer: str
    kind: str
    sent: int
    acknowledged: int
    repeated: int
    received: int
    accepted: int
    rejected: int
    duplicate: int
    in_flight: int
    dead: int


class Counts(Told):
    """Counts by sender, receiver and kind."""

    rows: tuple[Row, ...]


class Dropped(Told):
    """What retention has dropped of the bytes of messages so far; what was recorded of them stays."""

    messages: int
    bytes: int
    before: datetime | None = Field(description="When the youngest of them was recorded")


class Tally(Counts):
    """The counts, and what they tell of that has no bytes any more."""

    dropped: Dropped


class Difference(Told):
    """A message about which two gateways disagree."""

    gateway: str
    peer: str
    kind: str
    message_id: str
    reference: str | None
    defect: Defect
    reason: str


class Reconciliation(Counts):
    """The counts, and whether both sides agree on every single message."""

    reconciled: bool
    differences: tuple[Difference, ...]


class TimelineMessage(Message):
    """A message, and what it has to do with the document."""

    relation: Relation


class Timeline(Told):
    """What happened to a document, oldest first."""

    reference: str
    messages: tuple[TimelineMessage, ...]


class Document(Asked):
    """Which document."""

    reference: Annotated[Text, StringConstraints(min_length=1)]


@router.get("/tally")
async def count(space: Here, asked: Annotated[TallyFilter, Query()]) -> Tally:
    """Count what was sent and received."""
    await check_filter(space, asked.fields())
    rows, dropped = await space.read(lambda ledger: (tally(ledger, **asked.fields()), ledger.dropped()))
    return Tally(rows=tuple(map(Row.model_validate, rows)), dropped=Dropped.model_validate(dropped))


@router.get("/reconciliation")
async def prove(space: Here, asked: Annotated[TallyFilter, Query()]) -> Reconciliation:
    """Prove, message by message, that senders and receivers have the same in their records."""
    await check_filter(space, asked.fields())
    return Reconciliation.model_validate(await space.read(lambda ledger: reconcile(ledger, **asked.fields())))


@router.get("/timeline")
async def follow_document(space: Here, asked: Annotated[Document, Query()]) -> Timeline:
    """Tell the life of a document over all gateways, of at most the first thousand messages."""
    found = await space.read(lambda ledger: timeline(ledger, asked.reference))
    messages = tuple(map(TimelineMessage.model_validate, found[:MOST]))
    return Timeline(reference=asked.reference, messages=messages)
