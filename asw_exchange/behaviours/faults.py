"""The words for what happens to a transmission, whatever it carries. A transport does what they say.

``busy``, ``maintenance``, ``storage-fails`` and ``slow-acknowledgement`` are promises that the conduct of
a gateway keeps: a transport meets them as ``status`` and ``stall``. Not here: sockets.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta

from asw_exchange.behaviours.words import Behaviour, Layer, Seconds, Short, Stage

Moment = Annotated[datetime, Meta(tz=True)]

_BEFORE = frozenset({Stage.BEFORE})
_AFTER = frozenset({Stage.AFTER})
_LEAVING = frozenset({Stage.LEAVING})
_REPEATED = "; the transmission is repeated"


class Fault(Behaviour, frozen=True, kw_only=True):
    """What all of them have in common."""

    layer: ClassVar[Layer] = Layer.WIRE
    stages: ClassVar[frozenset[Stage]] = _BEFORE


class RefuseConnection(Fault, frozen=True, kw_only=True):
    """Takes no connection."""

    stages: ClassVar[frozenset[Stage]] = _BEFORE | _LEAVING
    sees: ClassVar[str] = "no connection" + _REPEATED


class ResetBefore(Fault, frozen=True, kw_only=True):
    """Breaks the connection before the message is looked at: nothing is stored."""

    stages: ClassVar[frozenset[Stage]] = _BEFORE | _LEAVING
    sees: ClassVar[str] = "a broken connection; repeated, the message is taken for the first time"


class ResetAfter(Fault, frozen=True, kw_only=True):
    """Breaks the connection after the message is stored: its answer is lost."""

    stages: ClassVar[frozenset[Stage]] = _AFTER | _LEAVING
    sees: ClassVar[str] = "a broken connection; repeated, the message gets the {acknowledgement} it was owed"


class Stall(Fault, frozen=True, kw_only=True):
    """Sends no byte for some time."""

    stages: ClassVar[frozenset[Stage]] = _BEFORE | _LEAVING
    sees: ClassVar[str] = "silence on an open connection, then the {acknowledgement}"
    seconds: Annotated[Seconds, Meta(description="for how long")] = 30.0


class Status(Fault, frozen=True, kw_only=True):
    """Answers with an HTTP status, and takes nothing."""

    sees: ClassVar[str] = "the status" + _REPEATED
    code: Annotated[int, Meta(ge=400, le=599, description="4xx or 5xx")] = 503
    retry_after: Annotated[Seconds | None, Meta(description="seconds, told in Retry-After")] = None


class StorageFails(Fault, frozen=True, kw_only=True):
    """Cannot store the message: nothing is kept and nothing acknowledged; sent again, it is taken."""

    sees: ClassVar[str] = "status 503 and no {acknowledgement}; repeated, the message is taken"
    times: Annotated[int, Meta(ge=1, le=1000, description="how often, for one and the same message")] = 1


class Busy(Fault, frozen=True, kw_only=True):
    """Takes so many messages in so many seconds, and no more."""

    sees: ClassVar[str] = "status 429 with Retry-After beyond the limit, as a real limit would"
    messages: Annotated[int, Meta(ge=0, le=1_000_000, description="how many are taken")] = 10
    seconds: Annotated[Seconds, Meta(description="in how many seconds, counted on the gateway's clock")] = (
        60.0
    )


class Maintenance(Fault, frozen=True, kw_only=True):
    """Takes nothing in a window of time: the next seconds, or from one moment to another."""

    sees: ClassVar[str] = "status 503 with Retry-After until the window ends"
    seconds: Annotated[Seconds, Meta(description="how long, where no end is given")] = 600.0
    starts_at: Annotated[Moment | None, Meta(description="from; at once where none")] = None
    ends_at: Annotated[Moment | None, Meta(description="until, not included")] = None


class SlowAcknowledgement(Fault, frozen=True, kw_only=True):
    """Stores the message at once, and acknowledges it after some time."""

    stages: ClassVar[frozenset[Stage]] = _AFTER
    sees: ClassVar[str] = "the {acknowledgement} after that time, on the same connection"
    seconds: Annotated[Seconds, Meta(description="how much later")] = 30.0


class AnswerBeforeAcknowledgement(Fault, frozen=True, kw_only=True):
    """Delivers the business answer while the sender still waits for the acknowledgement."""

    stages: ClassVar[frozenset[Stage]] = _AFTER
    sees: ClassVar[str] = "the {answer} first, then the {acknowledgement}"


class SlowBytes(Fault, frozen=True, kw_only=True):
    """Sends so many bytes a second."""

    stages: ClassVar[frozenset[Stage]] = _AFTER | _LEAVING
    sees: ClassVar[str] = "the {acknowledgement}, drop by drop"
    bytes_per_second: Annotated[int, Meta(ge=1, le=10_000_000, description="how many")] = 100


class TruncatedBody(Fault, frozen=True, kw_only=True):
    """Ends the body too early, as if it were complete."""

    stages: ClassVar[frozenset[Stage]] = _AFTER | _LEAVING
    sees: ClassVar[str] = "half an {acknowledgement}"
    percent: Annotated[int, Meta(ge=0, le=99, description="how much of the body is sent")] = 50


class WrongLength(Fault, frozen=True, kw_only=True):
    """Announces another Content-Length than the body has."""

    stages: ClassVar[frozenset[Stage]] = _AFTER | _LEAVING
    sees: ClassVar[str] = "an {acknowledgement} that breaks off, or that has bytes too many"
    by: Annotated[
        int, Meta(ge=-1_000_000, le=1_000_000, description="too long by; below zero: too short")
    ] = 10


class WrongContentType(Fault, frozen=True, kw_only=True):
    """Announces another Content-Type than the body has."""

    stages: ClassVar[frozenset[Stage]] = _AFTER | _LEAVING
    sees: ClassVar[str] = "an {acknowledgement} that says it is something else"
    content_type: Annotated[Short, Meta(description="what it says", pattern=r"^[\x21-\x7e ]+$")] = "text/html"


class Lost(Fault, frozen=True, kw_only=True):
    """What the gateway delivers never arrives; it stays in its outbox and is tried again."""

    stages: ClassVar[frozenset[Stage]] = _LEAVING
    sees: ClassVar[str] = "nothing, until the delivery is tried again"


class Duplicated(Fault, frozen=True, kw_only=True):
    """What the gateway delivers arrives twice, as a network in doubt repeats it."""

    stages: ClassVar[frozenset[Stage]] = _LEAVING
    sees: ClassVar[str] = "the {answer} twice, though it was sent once"


class TamperedInTransit(Fault, frozen=True, kw_only=True):
    """What the gateway delivers arrives with a digit changed; its own books have the true bytes."""

    stages: ClassVar[frozenset[Stage]] = _LEAVING
    sees: ClassVar[str] = "a {answer} whose content is not what was signed, nor what was sent"
