"""The partner table: where the messages to a gateway are delivered."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import Field

from asw_exchange.server.control.access import Everywhere, Here
from asw_exchange.server.control.forms import Asked, Code, Name, Told
from asw_exchange.server.control.problems import ControlError, NotThere
from asw_exchange.server.notes import keep
from asw_exchange.server.outbound_addresses import Forbidden, check_literal
from asw_exchange.server.partners import checked_url
from asw_exchange.server.space import Space

router = APIRouter(tags=["partners"])


class Address(Asked):
    """Where to deliver."""

    url: str = Field(max_length=2000, description="http(s)://host:port/path")


class Partner(Told):
    """A gateway, and where messages to it are delivered."""

    corridor: str
    gateway: str
    url: str


class Partners(Told):
    """All that have an address."""

    partners: tuple[Partner, ...]


@router.get("/partners")
async def list_partners(space: Here) -> Partners:
    """List where messages are delivered; those to other gateways stay in the outbox."""
    found = sorted(space.partners.urls.items())
    return Partners(
        partners=tuple(
            Partner(corridor=corridor, gateway=gateway, url=url) for (corridor, gateway), url in found
        )
    )


@router.put("/partners/{corridor}/{gateway}")
async def set_partner(
    space: Here, spaces: Everywhere, corridor: Name, gateway: Code, asked: Address
) -> Partner:
    """Deliver to your own system from now on, also what waits."""
    _check(space, corridor, gateway)
    url = checked_url(asked.url)
    try:
        check_literal(url, spaces.allowed)
    except Forbidden as error:
        raise ControlError(str(error), path="$.url", value=url) from error
    space.partners.set(corridor, gateway, url)
    await keep(space)
    space.delivery.wake()
    return Partner(corridor=corridor, gateway=gateway, url=url)


@router.delete("/partners/{corridor}/{gateway}", status_code=204, response_class=Response)
async def remove_partner(space: Here, corridor: Name, gateway: Code) -> None:
    """Take an address out of the table: what is for this gateway stays in the outbox."""
    _check(space, corridor, gateway)
    if space.partners.url(corridor, gateway) is None:
        raise NotThere("this gateway has no address", value=f"{corridor}/{gateway}")
    space.partners.set(corridor, gateway, None)
    await keep(space)


def _check(space: Space, corridor: str, gateway: str) -> None:
    joined = space.corridors.get(corridor)
    if joined is None:
        hint = f"those are {', '.join(space.corridors)}"
        raise NotThere("there is no corridor of this name", value=corridor, hint=hint)
    if gateway not in joined.members:
        hint = f"those are {', '.join(joined.members)}"
        raise NotThere(f"the corridor {corridor} has no gateway of this code", value=gateway, hint=hint)
