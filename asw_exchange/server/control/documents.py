"""Documents to be sent: given as JSON, or generated; built, signed and queued by the sender's gateway."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from asw_exchange.codec import from_json
from asw_exchange.corridor import MessageKind
from asw_exchange.corridors import find_kind
from asw_exchange.model import Value
from asw_exchange.server.control.access import Here, node_of
from asw_exchange.server.control.forms import Asked, Code, Kind, Message, Messages, message_of
from asw_exchange.server.control.problems import ControlError
from asw_exchange.server.space import Space
from asw_exchange.testdata import generate
from asw_exchange.testdata.redating import redate

router = APIRouter(tags=["documents"])


class Submission(Asked):
    """What a document is, and who sends it to whom."""

    kind: Kind = Field(description="For example asean/eform-d")
    sender: Code | None = Field(None, description="Where the document does not say it")
    receiver: Code | None = Field(None, description="Where the document does not say it")


class Generation(Submission):
    """What to generate and send: the same documents for the same seed."""

    seed: int = Field(0, ge=0, le=2**32)
    count: int = Field(1, ge=1, le=100)


_DOCUMENT = {
    "requestBody": {
        "required": True,
        "description": "The document; kinds/{corridor}/{kind} has the JSON Schema of each kind",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


@router.post("/documents", status_code=201, openapi_extra=_DOCUMENT)
async def submit(
    space: Here, request: Request, response: Response, asked: Annotated[Submission, Query()]
) -> Message:
    """Build, sign and send a document; return its record. A wrong field is named by its exact path."""
    kind = find_kind(asked.kind)
    document = from_json(await request.body(), kind.document)
    sent = await send(space, kind, document, asked, "query.")
    response.headers["location"] = f"{request.scope.get('root_path', '')}/messages/{sent.sequence}"
    return sent


@router.post("/documents/generated", status_code=201)
async def generate_and_submit(space: Here, asked: Generation) -> Messages:
    """Generate valid documents of a kind, dated by the clock, and send them: something to look at."""
    kind, now = find_kind(asked.kind), space.clock.now()
    documents = generate(asked.kind, seed=asked.seed, count=asked.count)
    sent = [await send(space, kind, redate(document, now), asked, "$.") for document in documents]
    return Messages(messages=tuple(sent), next=None)


async def send(space: Space, kind: MessageKind, document: Value, asked: Submission, place: str) -> Message:
    """Let the sender's gateway send a document; ``place`` is where sender and receiver can be named.

    Raises ControlError when it is not clear who sends it to whom, or when they cannot.
    """
    members = space.corridors[kind.name.split("/")[0]].members
    written = zip(("sender", "receiver"), (asked.sender, asked.receiver), kind.route(document), strict=True)
    codes = [_chosen(f"{place}{name}", given or said, members) for name, given, said in written]
    node_of(space, codes[0])
    return message_of(await space.submit(kind.name, document, codes[0], codes[1]))


def _chosen(path: str, code: str | None, members: Iterable[str]) -> str:
    hint = f"the gateways of its corridor are {', '.join(members)}"
    if code is None:
        raise ControlError("the document does not say who this is", path=path, hint=f"name one: {hint}")
    if code not in members:
        raise ControlError("this is no gateway of the corridor", path=path, value=code, hint=hint)
    return code
