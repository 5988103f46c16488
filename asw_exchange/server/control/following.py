"""What happens next: a wait for one message, and a stream of all as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from asw_exchange.ledger import Ledger
from asw_exchange.records import Entry
from asw_exchange.server.control.access import Everywhere, Here, WaitingPlaces
from asw_exchange.server.control.forms import Filter, Waiting, WholeMessage, message_of, whole_message_of
from asw_exchange.server.control.names import check_filter
from asw_exchange.server.control.problems import NotArrived, Stopping
from asw_exchange.server.space import Space
from asw_exchange.server.spaces import Spaces

router = APIRouter(tags=["messages"])

HEARTBEAT_SECONDS = 15.0
_LOOK_UP_SECONDS = 1.0
"""How often a stream looks whether the server is about to stop."""
_MOST_AT_ONCE = 200
EVENTS = {"content": {"text/event-stream": {"schema": {"type": "string"}}}}


@dataclass(slots=True)
class Follower:
    """Somebody who reads on where they were, and starts again after a reset of the space."""

    space: Space
    fields: dict[str, Any]
    after: int
    resets: int

    async def read(self, limit: int) -> tuple[Entry, ...]:
        """Return what is new and fits, oldest first."""
        if self.space.resets != self.resets:
            self.resets, self.after = self.space.resets, 0
        found, last = await self.space.read(lambda ledger: self._look(ledger, limit))
        self.after = found[-1].sequence or 0 if len(found) == limit else max(last, self.after)
        return found

    def _look(self, ledger: Ledger, limit: int) -> tuple[tuple[Entry, ...], int]:
        """What comes between the two questions is found the next time, as the end is asked for first."""
        last = ledger.last_sequence()
        found = ledger.entries(limit=limit, after=self.after, **self.fields)
        return found, max(last, found[-1].sequence or 0) if found else last


def follower(space: Space, asked: Filter, after: int) -> Follower:
    """Return somebody who begins after a sequence."""
    fields = asked.fields() | {"after": after}
    del fields["after"]
    return Follower(space, fields, after, space.resets)


@router.get("/wait")
async def wait(
    space: Here, spaces: Everywhere, places: WaitingPlaces, asked: Annotated[Waiting, Query()]
) -> WholeMessage:
    """Wait until a message fits, and return it: at once where it is there already.

    Status 404: none came; 503: the server ends. Give the sequence of the last message that you have seen as
    `after`, so that none is missed and none comes twice.
    """
    await check_filter(space, asked.fields())
    who = follower(space, asked, asked.after or 0)
    end = asyncio.get_running_loop().time() + asked.timeout
    with places.take():
        while not spaces.stopping():
            seen = space.feed.count
            found = await who.read(1)
            if found:
                return whole_message_of(found[0])
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                raise NotArrived(
                    f"no such message came within {asked.timeout:g} seconds",
                    hint="look at messages and outbox to see what came instead, or what is held",
                )
            await space.feed.wait(seen, min(left, _LOOK_UP_SECONDS))
    raise Stopping("the server is stopping", hint="wait again when it is up again")


@router.get("/events", response_class=StreamingResponse, responses={200: EVENTS})
async def follow(
    space: Here,
    spaces: Everywhere,
    places: WaitingPlaces,
    asked: Annotated[Filter, Query()],
    last_event_id: Annotated[str | None, Header(pattern=r"^\d{1,18}$")] = None,
) -> StreamingResponse:
    """Follow everything that is committed from now on, as server-sent events.

    The id of an event is the sequence of its message. After a broken connection Last-Event-ID, or `after`,
    goes on where it was.
    """
    await check_filter(space, asked.fields())
    with ExitStack() as stack:
        stack.enter_context(places.take())
        after = int(last_event_id) if last_event_id is not None else asked.after
        who = follower(space, asked, await space.read(Ledger.last_sequence) if after is None else after)
        place = stack.pop_all()  # the stream gives it back
    return StreamingResponse(_stream(who, spaces, place), media_type="text/event-stream")


async def _stream(who: Follower, spaces: Spaces, place: ExitStack) -> AsyncIterator[str]:
    with place:
        yield ": these are the messages of the space\n\n"
        quiet = 0.0
        while not spaces.stopping() and not who.space.closed:
            seen = who.space.feed.count
            found = await who.read(_MOST_AT_ONCE)
            for entry in found:
                yield f"id: {entry.sequence}\nevent: message\ndata: {message_of(entry).model_dump_json()}\n\n"
            if not found:
                quiet = 0.0 if await who.space.feed.wait(seen, _LOOK_UP_SECONDS) else quiet + _LOOK_UP_SECONDS
            if quiet >= HEARTBEAT_SECONDS:
                quiet = 0.0
                yield ": still there\n\n"
