"""How a server logs: a line of JSON for each event, on standard error.

Ids, kinds, outcomes and rule ids may stand in it, never the content of a document, a key or a token. Not
here: what was committed (``journal``).
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import msgspec

LOGGER = logging.getLogger("asw_exchange.server")
LOGGER.addHandler(logging.NullHandler())


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON; a dictionary as message is taken as its fields.

    ``logged_at`` is the machine's time, whatever the clock of a space shows (``time``, where it stands).
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: dict[str, Any] = (
            record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        )
        if record.exc_info:
            fields = fields | {"exception": self.formatException(record.exc_info)}
        logged_at = datetime.fromtimestamp(record.created, UTC)
        return msgspec.json.encode(
            {"logged_at": logged_at, "level": record.levelname.lower(), **fields}
        ).decode()


def log_to_stderr() -> None:
    """Let the log of this package go to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
