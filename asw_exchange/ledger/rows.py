"""How an Entry becomes a row and a row an Entry, to the byte."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from asw_exchange.errors import LedgerError
from asw_exchange.model import Finding, Outcome
from asw_exchange.records import Direction, Entry, Told

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DIRECTIONS: dict[str, Direction] = {direction.value: direction for direction in Direction}
_OUTCOMES: dict[str | None, Outcome | None] = {None: None} | {outcome.value: outcome for outcome in Outcome}
_findings = msgspec.json.Decoder(tuple[Finding, ...])
_references = msgspec.json.Decoder(tuple[str, ...])
_encode = msgspec.json.Encoder().encode

Row = tuple[Any, ...]


def microseconds(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970 UTC. Raises LedgerError for a naive one."""
    if moment.tzinfo is None:
        raise LedgerError("the ledger takes only moments with a time zone", value=moment.isoformat())
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(number: int) -> datetime:
    """Return the aware moment, in UTC, of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=number)


def values_of(entry: Entry) -> Row:
    """Return the columns of ``entries`` after ``sequence``.

    Raises LedgerError for a naive moment and for an acknowledgement whose document is no JSON object.
    """
    told = _read_told(entry)
    return (
        entry.gateway,
        entry.peer,
        entry.direction.value,
        entry.kind,
        entry.message_id,
        entry.refers_to,
        entry.reference,
        _encode(entry.cites).decode() if entry.cites else None,
        entry.outcome.value if entry.outcome is not None else None,
        microseconds(entry.moment),
        entry.digest,
        entry.content_digest,
        _encode(entry.findings).decode() if entry.findings else None,
        int(entry.technical),
        told.outcome,
        told.digest,
    )


def _read_told(entry: Entry) -> Told:
    try:
        return entry.told()
    except msgspec.DecodeError as error:
        raise LedgerError(f"the document of an acknowledgement cannot be read: {error}") from error


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in hexadecimal: its address in the ledger."""
    return hashlib.sha256(content).hexdigest()


def entry_of(row: Row) -> Entry:
    """Return the Entry of a row of ``statements.ENTRY``: the columns in their order, then the document."""
    return Entry(**fields_of(row))


def fields_of(row: Row) -> dict[str, Any]:
    """Return the fields of the Entry of a row."""
    return {
        "sequence": row[0],
        "gateway": row[1],
        "peer": row[2],
        "direction": _DIRECTIONS[row[3]],
        "kind": row[4],
        "message_id": row[5],
        "refers_to": row[6],
        "reference": row[7],
        "cites": _references.decode(row[8]) if row[8] else (),
        "outcome": _OUTCOMES[row[9]],
        "moment": moment_of(row[10]),
        "digest": row[11],
        "content_digest": row[12],
        "findings": _findings.decode(row[13]) if row[13] else (),
        "technical": bool(row[14]),
        "document": row[15],
    }
