"""A request that does not even reach a gateway, and what it is answered with."""

from __future__ import annotations


class Refusal(Exception):
    """Status, one sentence and perhaps header fields to answer with; it never leaves the server."""

    def __init__(self, status: int, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers
