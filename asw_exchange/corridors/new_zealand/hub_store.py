"""What the ePhyto hub keeps of envelopes: the protocol that a store fulfils, and one in memory.

Not here: who may ask for what (``hub``); the store of a server, which is its ledger.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from msgspec.structs import replace

from asw_exchange.model import TrackedEnvelope, TrackingState


@dataclass(frozen=True, slots=True)
class Stored:
    """An envelope on the hub."""

    header: TrackedEnvelope
    content: bytes
    """The XML that it carries."""


class HubStore(Protocol):
    """Keeps envelopes until they are fetched, or hands them on at once."""

    def take(self, header: TrackedEnvelope, content: bytes, raw: bytes) -> TrackedEnvelope:
        """Take an envelope in and return its header with number and state; ``raw`` is the whole request.

        Raises HubWebException when it cannot be taken.
        """
        ...

    def find(self, number: str, country: str) -> Stored | None:
        """Return an envelope of this number that the country sent, or that is for it."""
        ...

    def waiting(self, most: int, *, sender: str | None = None, receiver: str | None = None) -> list[Stored]:
        """Return what has not been fetched yet, oldest first: of a sender, for a receiver, or both."""
        ...

    def settle(self, told: TrackedEnvelope) -> None:
        """Note what its receiver says of an envelope. Raises HubWebException when it is not his to say."""
        ...


@dataclass(slots=True)
class MemoryStore:
    """A store that is gone with the process."""

    _stored: dict[str, Stored] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def take(self, header: TrackedEnvelope, content: bytes, raw: bytes) -> TrackedEnvelope:
        """Number an envelope and keep it."""
        number = f"HUB{next(self._numbers):012}"
        numbered = replace(header, delivery_number=number, tracking=TrackingState.PENDING_DELIVERY)
        self._stored[number] = Stored(numbered, content)
        return numbered

    def find(self, number: str, country: str) -> Stored | None:
        """Look an envelope up."""
        stored = self._stored.get(number)
        known = stored is not None and country in (stored.header.sender, stored.header.receiver)
        return stored if known else None

    def waiting(self, most: int, *, sender: str | None = None, receiver: str | None = None) -> list[Stored]:
        """List what is pending."""
        found = (
            stored
            for stored in self._stored.values()
            if stored.header.tracking is TrackingState.PENDING_DELIVERY
            and sender in (None, stored.header.sender)
            and receiver in (None, stored.header.receiver)
        )
        return list(itertools.islice(found, most))

    def settle(self, told: TrackedEnvelope) -> None:
        """Put the state in place of the one before."""
        number = told.delivery_number or ""
        self._stored[number] = Stored(told, self._stored[number].content)
