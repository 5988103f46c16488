"""What one gateway remembers, out of the ledger that it may share with others."""

from __future__ import annotations

from dataclasses import dataclass

from asw_exchange.ledger.database import Database
from asw_exchange.ledger.rows import entry_of
from asw_exchange.records import Entry


@dataclass(frozen=True, slots=True)
class LedgerMemory:
    """A ``Memory`` over a ledger: inside a transaction it knows what that transaction has written."""

    database: Database
    gateway: str

    def received(self, sender: str, message_id: str) -> Entry | None:
        """Return the first entry of a message from ``sender`` under this id whose signature held."""
        return self._first(self.database.statements.received, self.gateway, message_id, sender)

    def sent(self, message_id: str) -> Entry | None:
        """Return the first entry of a message sent under this id."""
        return self._first(self.database.statements.sent, self.gateway, message_id)

    def answer(self, message_id: str, peer: str) -> Entry | None:
        """Return the first entry of the acknowledgement sent to ``peer`` in answer to this message.

        Where other bytes came under the same id, it is the answer to those whose signature held.
        """
        return self._first(self.database.statements.answer, self.gateway, peer, message_id)

    def history(self, reference: str) -> tuple[Entry, ...]:
        """Return all entries about the document with this reference number, oldest first."""
        return self._all(self.database.statements.history, reference, self.gateway)

    def citing(self, reference: str) -> tuple[Entry, ...]:
        """Return all entries of documents that rest on this reference number, oldest first."""
        return self._all(self.database.statements.citing, reference, self.gateway)

    def _first(self, statement: str, *values: str) -> Entry | None:
        rows = self.database.fetch(statement, values)
        return entry_of(rows[0]) if rows else None

    def _all(self, statement: str, *values: str) -> tuple[Entry, ...]:
        return tuple(entry_of(row) for row in self.database.fetch(statement, values))
