"""What one message meets with: the words that are in force for it, decided once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from asw_exchange.behaviours.words import Behaviour, ClockSkew
from asw_exchange.model import Finding

B = TypeVar("B", bound=Behaviour)


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """The words for one message that came in, or that this gateway sends of its own."""

    words: Mapping[type[Behaviour], Behaviour] = field(default_factory=dict)
    remarks: tuple[Finding, ...] = ()
    """Findings that the sender is told of whatever else happens: magic values that nobody understands."""
    before: tuple[Behaviour, ...] = ()
    """What a transport does before the message is received, in this order: RefuseConnection, ResetBefore,
    Stall, Status. After any but Stall the message is not received at all."""
    after: tuple[Behaviour, ...] = ()
    """What it does with the answer to the transmission, in this order: Stall, AnswerBeforeAcknowledgement,
    ResetAfter, SlowBytes, TruncatedBody, WrongLength, WrongContentType."""

    def __bool__(self) -> bool:
        return bool(self.words or self.remarks)

    def moment(self, now: datetime) -> datetime:
        """Return what the gateway's clock says."""
        skew = self.find(ClockSkew)
        return now + timedelta(seconds=skew.seconds) if skew else now

    def find(self, type_: type[B]) -> B | None:
        """Return the word of a type, where it is in force."""
        found = self.words.get(type_)
        return found if isinstance(found, type_) else None


PLAIN = Treatment()
"""Nothing out of the ordinary."""
