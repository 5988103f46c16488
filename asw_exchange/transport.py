"""What carries bytes between gateways, as a gateway sees it: one method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """A transmission that was not answered."""

    reason: str
    may_have_arrived: bool
    """Whether the receiver may have it all the same, so that it sees the next attempt as a duplicate."""


class Transport(Protocol):
    """Carries bytes from one gateway to another."""

    def carry(self, corridor: str, sender: str, receiver: str, raw: bytes) -> bytes | Undelivered:
        """Deliver ``raw`` and return the answer, which may be empty."""
        ...
