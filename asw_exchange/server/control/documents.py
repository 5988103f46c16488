"""Documents to be sent: given as JSON, or generated; built, signed and queued by the sender's gateway."""

from __future__ import annotations

from typing import Annotated, Any

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
    sent = await send(space, kind, document, asked)
    response.headers["location"] = f"{request.scope.get('root_path', '')}/messages/{sent.sequence}"
    return sent


@router.post("/documents/generated", status_code=201)
async def generate_and_submit(space: Here, asked: Generation) -> Messages:
    """Generate valid documents of a kind and send them, so that there is something to see."""
    kind = find_kind(asked.kind)
    documents = generate(asked.kind, seed=asked.seed, count=asked.count)
    sent = [await send(space, kind, document, asked) for document in documents]
    return Messages(messages=tuple(sent), next=None)


async def send(space: Space, kind: MessageKind, document: Value, asked: Submission) -> Message:
    """Let the sender's gateway send a document. Raises ControlError when it is not clear whose that is."""
    written_by, written_for = kind.route(document)
    sender = _known("sender", asked.sender or written_by)
    receiver = _known("receiver", asked.receiver or written_for)
    node_of(space, sender)
    members = space.corridors[kind.name.split("/")[0]].members
    for name, code in (("sender", sender), ("receiver", receiver)):
        if code not in members:
            hint = f"its gateways are {', '.join(members)}"
            raise ControlError(
                f"the {name} is no gateway of this corridor", path=f"query.{name}", value=code, hint=hint
            )
    return message_of(await space.submit(kind.name, document, sender, receiver))


def _known(name: str, code: Any) -> str:
    if not code:
        raise ControlError(f"the document does not say its {name}", path=f"query.{name}", hint="name one")
    return str(code)
