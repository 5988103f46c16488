"""The words of the control API: what is asked and what is answered, version 1. Names never change meaning.

Not here: how an answer is found (one file a resource).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from asw_exchange.ledger import Attempt, Queued, State
from asw_exchange.model import Finding as FoundThing
from asw_exchange.model import Outcome, Severity
from asw_exchange.records import Direction, Entry
from asw_exchange.server.partners import Partners

MOST = 1000
"""Of whatever is listed in one answer."""
_LAST = 2**63 - 1

Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Sequence = Annotated[int, Field(ge=0, le=_LAST)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}/[a-z][a-z0-9-]{0,59}$")]


class Asked(BaseModel):
    """What a tester sends: unknown names are refused."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """What a tester gets; made from records of the same names."""

    model_config = ConfigDict(from_attributes=True)


class Finding(Told):
    """One thing wrong with a message."""

    rule_id: str
    severity: Severity
    message: str
    line: int | None
    column: int | None
    path: str | None
    value: str | None
    expected: str | None
    hint: str | None
    source: str | None
    ruleset: str | None


class Message(Told):
    """One transmission seen from one side."""

    sequence: int = Field(description="Its place in the ledger: the cursor of listings, the id of events")
    gateway: str = Field(description="Whose record this is")
    peer: str = Field(description="The other side")
    direction: Direction
    kind: str
    message_id: str
    refers_to: str | None = Field(description="Id of the message that this one answers")
    reference: str | None = Field(description="Reference number of the document that it is about")
    cites: tuple[str, ...] = Field(description="Reference numbers of documents that it rests on")
    outcome: Outcome | None = Field(description="What became of it, on the receiving side")
    moment: datetime = Field(description="When it was committed, on the clock of the space")
    digest: str = Field(description="SHA-256 of the bytes that travelled")
    technical: bool = Field(description="Whether it is an acknowledgement, a signal or a fault")


class WholeMessage(Message):
    """A message with all that was found in it."""

    content_digest: str | None = Field(description="SHA-256 of the canonical document without signature")
    findings: tuple[Finding, ...]
    document: Any = Field(description="The document as JSON, where it could be read")


class Messages(Told):
    """Messages, and where to go on."""

    messages: tuple[Message, ...]
    next: int | None = Field(description="Give this as after to get those that follow; null: no more yet")


class Filter(Asked):
    """Which messages: those that fit everything that is named."""

    gateway: Text | None = Field(None, description="Whose record")
    peer: Text | None = Field(None, description="The other side")
    direction: Direction | None = None
    kind: Text | None = Field(None, description="For example asean/eform-d")
    corridor: Text | None = None
    outcome: Outcome | None = None
    reference: Text | None = Field(None, description="Reference number of a document")
    message_id: Text | None = None
    since: AwareDatetime | None = Field(None, description="From this moment on, with its time zone")
    until: AwareDatetime | None = Field(None, description="Before this moment")
    after: Sequence | None = Field(None, description="Only messages of a higher sequence")

    def fields(self) -> dict[str, Any]:
        """Return what is named, as the ledger wants it."""
        return self.model_dump(exclude_none=True, include=set(Filter.model_fields))


class Listing(Filter):
    """Which messages to list."""

    limit: int = Field(100, ge=1, le=MOST)
    latest: int | None = Field(None, ge=1, le=MOST, description="Only so many, the newest first")


class Waiting(Filter):
    """Which message to wait for."""

    timeout: float = Field(30, ge=0, le=60, description="Seconds")


class Delivery(Told):
    """A transmission that its peer has not taken yet."""

    sequence: int
    state: State
    due: datetime = Field(description="When it is tried next")
    attempts: int = Field(description="That failed since it was queued or resent")
    failure: str | None = Field(description="Why the last attempt failed")
    obstacle: str | None = Field(
        description="Why none is made, as no address is known; null: it is made when due"
    )
    message: Message


class Try(Told):
    """A delivery that failed."""

    moment: datetime
    failure: str
    may_have_arrived: bool


class DeliveryAndTries(Delivery):
    """With all that was tried."""

    tries: tuple[Try, ...]


def message_of(entry: Entry) -> Message:
    """Return what is told of an entry in a listing."""
    return Message.model_validate(entry)


def whole_message_of(entry: Entry) -> WholeMessage:
    """Return all that is told of an entry."""
    document = msgspec.json.decode(entry.document) if entry.document is not None else None
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
    findings = tuple(finding_of(each) for each in entry.findings)
    return WholeMessage.model_validate(fields | {"document": document, "findings": findings})


def finding_of(found: FoundThing) -> Finding:
    """Return what is told of a finding."""
    return Finding.model_validate(found)


def delivery_of(queued: Queued, partners: Partners) -> Delivery:
    """Return what is told of a place in the outbox."""
    return Delivery(message=message_of(queued.entry), **_standing(queued, partners))


def delivery_and_tries_of(queued: Queued, tries: tuple[Attempt, ...], partners: Partners) -> DeliveryAndTries:
    """Return what is told of a place in the outbox, with what was tried."""
    told = tuple(Try.model_validate(each) for each in tries)
    return DeliveryAndTries(message=message_of(queued.entry), tries=told, **_standing(queued, partners))


def _standing(queued: Queued, partners: Partners) -> dict[str, Any]:
    told = {name: getattr(queued, name) for name in ("sequence", "state", "due", "attempts", "failure")}
    waits, corridor = queued.state is State.WAITING, queued.entry.kind.split("/")[0]
    return told | {"obstacle": partners.obstacle(corridor, queued.entry.peer) if waits else None}
