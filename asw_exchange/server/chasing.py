"""What the transactions of gateways wait for in vain is sent once more, when the clock of the space says so.

Where a corridor has transactions, the entries of those that are not over are kept at hand, and what was
written since the last look is added to them: no look but the first reads the ledger from its beginning, and
that a part at a time. Not here: what is overdue (the corridor), how it is sent again (``Node.chase``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asw_exchange.corridor import Corridor
from asw_exchange.ledger import Ledger
from asw_exchange.node import Node
from asw_exchange.records import Entry

PAUSE = timedelta(minutes=1)
"""From one look to the next at most: what was sent meanwhile is late by no more than that."""
MOST_READ = 1000
"""Entries that are read in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is known of the transactions of one corridor."""

    corridor: Corridor
    last: int = 0
    """Sequence of the newest entry that was looked at."""
    open: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    """Gateway to the entries of its transactions that are not over."""
    next: datetime | None = None
    """When to look again; None: at once."""

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time to look."""
        return self.next is None or self.next <= now


def watches(corridors: Iterable[Corridor]) -> tuple[Watch, ...]:
    """Return a watch for each corridor that has transactions, before its first look."""
    return tuple(Watch(corridor=corridor) for corridor in corridors if corridor.chase is not None)


def look(watch: Watch, ledger: Ledger, nodes: Mapping[str, Node], now: datetime) -> Watch:
    """Read on, let gateways send again what is overdue, and return what is known then.

    All of it is one commit. Raises LedgerError.
    """
    with ledger.transaction():
        last = ledger.last_sequence()
        new = ledger.entries(corridor=watch.corridor.name, after=watch.last, limit=MOST_READ)
        is_whole = len(new) < MOST_READ
        open_: dict[str, tuple[Entry, ...]] = {}
        times = [now + PAUSE]
        for gateway, entries in _by_gateway(watch.open, (each for each in new if each.gateway in nodes)):
            chase = nodes[gateway].chase(watch.corridor.name, entries, send=is_whole)
            open_[gateway] = chase.open
            times += [chase.next] if chase.next is not None else []
    if not is_whole:
        return Watch(corridor=watch.corridor, last=new[-1].sequence or 0, open=open_)
    return Watch(corridor=watch.corridor, last=last, open=open_, next=min(times))


def _by_gateway(
    open_: Mapping[str, tuple[Entry, ...]], new: Iterable[Entry]
) -> Iterable[tuple[str, list[Entry]]]:
    found = {gateway: list(entries) for gateway, entries in open_.items()}
    for entry in new:
        found.setdefault(entry.gateway, []).append(entry)
    return found.items()
