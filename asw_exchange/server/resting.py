"""Lanes that rest after a failure, and what ends their rest before its time.

A partner that is seen alive, as it took a delivery or sent something, gets at once what waits for it. A lane
is woken so once until it has delivered something: what fails for another reason keeps its back-off. Not
here: how long a rest is (``delivery``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

Peer = tuple[str, str]
"""Corridor, receiver."""
Lane = tuple[str, str, str]
"""Corridor, sender, receiver."""


def peer_of(lane: Lane) -> Peer:
    """Return to whom a lane leads."""
    return lane[0], lane[2]


@dataclass(slots=True)
class Rests:
    """Which lanes rest, and until when."""

    until: dict[Lane, datetime] = field(default_factory=dict)
    troubled: set[Peer] = field(default_factory=set)
    """Partners for which something may wait that has failed."""
    _firm: set[Lane] = field(default_factory=set)
    """Lanes whose rest nothing shortens: they were woken before, or the partner named the time."""

    def begin(self, lane: Lane, until: datetime, *, firm: bool) -> None:
        """Let a lane rest; ``firm``: until then, whatever is seen of the partner."""
        self.until[lane] = until
        self.troubled.add(peer_of(lane))
        if firm:
            self._firm.add(lane)

    def is_over(self, lane: Lane, now: datetime) -> bool:
        """Tell whether a lane may deliver."""
        return self.until.get(lane, now) <= now

    def delivered(self, lane: Lane) -> None:
        """A lane is in order, and its partner alive."""
        self.until.pop(lane, None)
        self._firm.discard(lane)
        self.seen(peer_of(lane))

    def seen(self, peer: Peer) -> None:
        """A partner is alive: all that leads to it goes on."""
        if peer not in self.troubled:
            return
        self.troubled.discard(peer)
        for lane in [lane for lane in self.until if peer_of(lane) == peer and lane not in self._firm]:
            del self.until[lane]
            self._firm.add(lane)

    def clear(self) -> None:
        """Let all lanes go on, as if they had never failed."""
        self.until.clear()
        self._firm.clear()
