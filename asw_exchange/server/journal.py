"""The journal: a line in the log for everything that was committed, read from the ledger itself.

What never reached the ledger (refused requests, failed deliveries) is logged where it happens.
"""

from __future__ import annotations

from typing import Any

from asw_exchange.records import Entry
from asw_exchange.server.following import follow
from asw_exchange.server.log import LOGGER
from asw_exchange.server.space import Space


async def keep_journal(space: Space) -> None:
    """Log what is committed from now on, until the space is closed."""
    last = await space.committer.read(space.ledger.last_sequence)
    async for entry in follow(space, last):
        LOGGER.info(_fields(space.name, entry))


def _fields(space: str, entry: Entry) -> dict[str, Any]:
    fields = {
        "time": entry.moment.isoformat(),
        "event": entry.direction.value,
        "space": space,
        "gateway": entry.gateway,
        "peer": entry.peer,
        "kind": entry.kind,
        "message_id": entry.message_id,
        "reference": entry.reference,
        "refers_to": entry.refers_to,
        "outcome": entry.outcome,
        "rules": [finding.rule_id for finding in entry.findings] or None,
        "sequence": entry.sequence,
    }
    return {name: value for name, value in fields.items() if value is not None}
