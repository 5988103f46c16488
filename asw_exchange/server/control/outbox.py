"""The outbox: what has not been taken yet; held, stepped, and sent again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from asw_exchange.ledger import Ledger, State
from asw_exchange.server.control.access import Here
from asw_exchange.server.control.forms import (
    MOST,
    Asked,
    Delivery,
    DeliveryAndTries,
    Text,
    Told,
    delivery_and_tries_of,
    delivery_of,
)
from asw_exchange.server.control.messages import Which, find
from asw_exchange.server.control.names import check_filter
from asw_exchange.server.control.problems import AlreadyThere, NotThere
from asw_exchange.server.notes import keep
from asw_exchange.server.partners import Partners
from asw_exchange.server.space import Space

router = APIRouter(tags=["outbox"])


class OutboxFilter(Asked):
    """What to list of the outbox."""

    gateway: Text | None = Field(None, description="The sender")
    peer: Text | None = Field(None, description="The receiver")
    state: State | None = None
    message_id: Text | None = None
    limit: int = Field(100, ge=1, le=MOST)


class Hold(Told):
    """Whether deliveries leave."""

    held: bool = Field(description="Whether all deliveries are held")
    steps: int | None = Field(description="How many more may leave; null: all")


class Outbox(Hold):
    """What is in the outbox."""

    waiting: int
    on_hold: int
    dead: int
    deliveries: tuple[Delivery, ...]


class Step(Asked):
    """How many deliveries may leave."""

    count: int = Field(1, ge=1, le=MOST)


@router.get("/outbox")
async def read_outbox(space: Here, asked: Annotated[OutboxFilter, Query()]) -> Outbox:
    """List what has not been taken by its receiver yet."""
    filters = asked.model_dump(exclude_none=True, exclude={"limit"})
    await check_filter(space, filters)
    depth, found = await space.read(
        lambda ledger: (ledger.queue_depth(), ledger.queue(limit=asked.limit, **filters))
    )
    return Outbox(
        **hold_of(space).model_dump(),
        waiting=depth.waiting,
        on_hold=depth.held,
        dead=depth.dead,
        deliveries=tuple(delivery_of(each, space.partners) for each in found),
    )


@router.post("/outbox/hold")
async def hold(space: Here) -> Hold:
    """Hold all deliveries; what is under way is seen through."""
    return await _let(space, 0)


@router.post("/outbox/release")
async def release(space: Here) -> Hold:
    """Let all deliveries leave."""
    return await _let(space, None)


@router.post("/outbox/step")
async def step(space: Here, asked: Step | None = None) -> Hold:
    """Let some deliveries leave, and hold all others."""
    return await _let(space, asked.count if asked else 1)


@router.get("/outbox/{sequence}")
async def read_delivery(space: Here, sequence: Which) -> DeliveryAndTries:
    """Read one delivery, and why it failed before."""
    return await space.read(lambda ledger: find_delivery(ledger, sequence, space.partners))


@router.post("/outbox/{sequence}/resend")
async def resend(space: Here, sequence: Which) -> DeliveryAndTries:
    """Try a dead letter again, as if it were new."""

    def again() -> DeliveryAndTries:
        find_delivery(space.ledger, sequence, space.partners)
        if not space.ledger.release(sequence, space.clock.now()):
            raise AlreadyThere("this delivery waits already", value=str(sequence))
        return find_delivery(space.ledger, sequence, space.partners)

    told = await space.committer.run(again)
    space.delivery.wake()
    return told


def find_delivery(ledger: Ledger, sequence: int, partners: Partners) -> DeliveryAndTries:
    """Return what is told of a delivery. Raises NotThere."""
    entry = find(ledger, sequence)
    for queued in ledger.queue(gateway=entry.gateway, message_id=entry.message_id):
        if queued.sequence == sequence:
            return delivery_and_tries_of(queued, ledger.attempts(sequence), partners)
    raise NotThere("no delivery of this sequence is in the outbox", value=str(sequence))


def hold_of(space: Space) -> Hold:
    """Tell whether deliveries leave."""
    steps = space.delivery.steps
    return Hold(held=steps == 0, steps=steps)


async def _let(space: Space, steps: int | None) -> Hold:
    space.delivery.steps = steps
    await keep(space)
    space.delivery.wake()
    return hold_of(space)
