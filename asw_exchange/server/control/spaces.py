"""Spaces: worlds of their own, so that several testers share a server without seeing each other.

Only of the main space: who works in another one does not see the rest.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request, Response
from pydantic import Field

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger
from asw_exchange.server.control.access import Everywhere, find_space, not_there
from asw_exchange.server.control.forms import Name, Told
from asw_exchange.server.control.problems import (
    AlreadyThere,
    BodyRefused,
    ControlError,
    SessionRefused,
    TooMany,
)
from asw_exchange.server.control.session import MEDIA_TYPE
from asw_exchange.server.space import MAIN
from asw_exchange.server.space import Space as World
from asw_exchange.server.spaces import Spaces as Worlds

router = APIRouter(tags=["spaces"])

MOST = 32
"""Spaces of one server."""
MOST_BYTES = 1024 * 1024 * 1024
"""Of a session that is imported."""
IMPORT_SECONDS = 600.0
_SESSION = {
    "requestBody": {
        "required": True,
        "description": "What GET session has given",
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


class Space(Told):
    """A space, and where it is."""

    name: str
    control: str = Field(description="Address of its control API")
    gateways: str = Field(description="Below it are the addresses of its gateways: /{corridor}/{gateway}")
    warning: str | None = Field(
        description="That its messages were signed under keys which are not those of here"
    )


class Spaces(Told):
    """All spaces of a server."""

    spaces: tuple[Space, ...]


@router.get("/spaces")
async def list_spaces(spaces: Everywhere) -> Spaces:
    """List the spaces."""
    return Spaces(spaces=tuple(_told(spaces, spaces[name]) for name in sorted(spaces)))


@router.put("/spaces/{name}")
async def create_space(spaces: Everywhere, name: Name) -> Space:
    """Create a space, or find it there already."""
    if name not in spaces:
        _check_room(spaces)
    return _told(spaces, await spaces.open(name))


@router.delete("/spaces/{name}", status_code=204, response_class=Response)
async def delete_space(spaces: Everywhere, name: Name) -> None:
    """Delete a space with everything in it."""
    find_space(spaces, name)
    if name == MAIN:
        raise AlreadyThere("the main space stays", hint="POST reset forgets what is in it")
    if not await spaces.remove(name):
        raise not_there(name)


@router.put("/spaces/{name}/session", status_code=201, openapi_extra=_SESSION)
async def import_session(spaces: Everywhere, request: Request, name: Name) -> Space:
    """Make a new space of a session that was exported. Its clock stands, and nothing leaves it.

    Let deliveries go with `outbox/release`, the clock with `clock`. Where ledgers are in memory or in
    PostgreSQL, an imported session lasts until the server is stopped.
    """
    if name in spaces:
        raise AlreadyThere("there is a space of this name", value=name, hint="take another, or delete it")
    _check_room(spaces)
    with TemporaryDirectory(prefix="asw-") as folder:
        path = Path(folder) / "session.db"
        await _store(request, path)
        await asyncio.to_thread(_check_session, path)
        return _told(spaces, await spaces.load(name, path))


async def _store(request: Request, path: Path) -> None:
    """Write a body to a file as it comes. Raises ControlError and BodyRefused."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise ControlError(f"a session has the Content-Type {MEDIA_TYPE}", path="header.content-type")
    room, size = min(MOST_BYTES, shutil.disk_usage(path.parent).free // 3), 0
    try:
        async with asyncio.timeout(IMPORT_SECONDS):
            with path.open("wb") as file:
                async for chunk in request.stream():
                    size += len(chunk)
                    if size > room:
                        raise BodyRefused(413, f"a session has at most {room} bytes here")
                    file.write(chunk)
    except TimeoutError as error:
        raise BodyRefused(408, "the session did not arrive in time") from error


def _check_session(path: Path) -> None:
    """Bring a ledger of an earlier version up to date. Raises SessionRefused for what is no ledger."""
    if path.stat().st_size == 0:
        raise SessionRefused("the session is empty")
    try:
        Ledger.open(path).close()
    except LedgerError as error:
        raise SessionRefused(error.message, hint="send what GET session has given") from error


def _check_room(spaces: Worlds) -> None:
    if len(spaces) >= MOST:
        raise TooMany(f"there are {MOST} spaces, which is as many as there can be", hint="delete one")


def _told(spaces: Worlds, space: World) -> Space:
    base = spaces.base_url if space.name == MAIN else f"{spaces.base_url}/spaces/{space.name}"
    return Space(name=space.name, control=f"{base}/control", gateways=base, warning=space.warning)
