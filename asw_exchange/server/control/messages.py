"""Messages: listed, one whole, its bytes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from asw_exchange.ledger import Ledger
from asw_exchange.records import Entry
from asw_exchange.server.control.access import Here
from asw_exchange.server.control.forms import (
    Listing,
    Messages,
    Sequence,
    WholeMessage,
    message_of,
    whole_message_of,
)
from asw_exchange.server.control.names import check_filter
from asw_exchange.server.control.problems import NotThere

router = APIRouter(tags=["messages"])
Which = Annotated[Sequence, Path(description="The sequence of a message")]
BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


@router.get("/messages")
async def list_messages(space: Here, asked: Annotated[Listing, Query()]) -> Messages:
    """List messages: what each gateway has recorded, oldest first."""
    await check_filter(space, asked.fields())
    limit = asked.latest or asked.limit
    found = await space.read(
        lambda ledger: ledger.entries(newest_first=asked.latest is not None, limit=limit, **asked.fields())
    )
    more = asked.latest is None and len(found) == limit
    return Messages(messages=tuple(map(message_of, found)), next=found[-1].sequence if more else None)


@router.get("/messages/{sequence}")
async def read_message(space: Here, sequence: Which) -> WholeMessage:
    """Read one message with its findings and its document."""
    return whole_message_of(await space.read(lambda ledger: find(ledger, sequence)))


@router.get("/messages/{sequence}/raw", response_class=Response, responses={200: BYTES})
async def read_bytes(space: Here, sequence: Which) -> Response:
    """Read the bytes of a message exactly as they travelled."""

    def both(ledger: Ledger) -> tuple[Entry, bytes]:
        entry = find(ledger, sequence)
        return entry, ledger.raw(entry.digest)

    entry, raw = await space.read(both)
    headers = {"content-disposition": f'attachment; filename="{entry.sequence}.xml"'}
    return Response(raw, headers=headers, media_type="application/octet-stream")


def find(ledger: Ledger, sequence: int) -> Entry:
    """Return one entry. Raises NotThere."""
    found = ledger.entries(after=sequence - 1, limit=1)
    if not found or found[0].sequence != sequence:
        raise NotThere("there is no message of this sequence", value=str(sequence))
    return found[0]
