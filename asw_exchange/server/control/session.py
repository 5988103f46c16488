"""The session of a space as a whole: forgotten, and taken along as one file for a bug report."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from asw_exchange.ledger import Ledger, copy
from asw_exchange.server.control.access import Here
from asw_exchange.server.notes import keep
from asw_exchange.server.space import AT_WORK

router = APIRouter(tags=["session"])
MEDIA_TYPE = "application/vnd.sqlite3"
FILE = {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
_CHUNK = 256 * 1024


@router.post("/reset", status_code=204, response_class=Response)
async def reset(space: Here) -> None:
    """Forget everything at once: messages, deliveries, and what was set. Sequences begin anew.

    Deliveries that are under way are seen through first.
    """
    await space.reset()


@router.get("/session", response_class=StreamingResponse, responses={200: FILE})
async def export(space: Here) -> StreamingResponse:
    """Take everything along as one file, for a bug report: put it into a space of another server."""
    await keep(space)
    with TemporaryDirectory(prefix="asw-") as folder:
        path = Path(folder) / "session.db"
        await space.read(lambda ledger: _copy(ledger, path))
        file = path.open("rb")
    headers = {
        "content-disposition": f'attachment; filename="{space.name}.asw.db"',
        "content-length": str(os.fstat(file.fileno()).st_size),
    }
    return StreamingResponse(_chunks(file), headers=headers, media_type=MEDIA_TYPE)


def _copy(ledger: Ledger, path: Path) -> None:
    """The copy is nobody's work: whoever opens it has no crash to recover from."""
    copy(ledger, path)
    with Ledger.open(path) as copied:
        copied.set_note(AT_WORK, None)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """The file has no name any more: it is gone when it is closed."""
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
