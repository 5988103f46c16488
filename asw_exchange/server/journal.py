"""The log of a server: one line of JSON for everything that was committed, read from the ledger itself.

Ids, kinds, outcomes and rule ids stand in it, never the content of a document, a key or a token. What never
reached the ledger (refused requests, failed deliveries) is logged where it happens.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

import msgspec

from asw_exchange.records import Entry
from asw_exchange.server.space import Space

LOGGER = logging.getLogger("asw_exchange.server")
_MOST = 500


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON; a dictionary as message is taken as its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: dict[str, Any] = (
            record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        )
        if record.exc_info:
            fields = fields | {"exception": self.formatException(record.exc_info)}
        return msgspec.json.encode({"level": record.levelname.lower(), **fields}).decode()


def log_to_stderr() -> None:
    """Let the log of this package go to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False


async def keep_journal(space: Space) -> None:
    """Log what is committed from now on, until cancelled."""
    last = await space.committer.read(space.ledger.last_sequence)
    resets = space.resets
    while True:
        seen = space.feed.count
        if space.resets != resets:
            resets, last = space.resets, 0
        entries = await space.committer.read(partial(space.ledger.entries, after=last, limit=_MOST))
        for entry in entries:
            LOGGER.info(_fields(space.name, entry))
        if entries:
            last = entries[-1].sequence or last
        if len(entries) < _MOST:
            await space.feed.wait(seen)


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
