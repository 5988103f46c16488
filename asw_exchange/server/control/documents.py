"""Documents to be sent: given as JSON, or generated; built, signed and queued by the sender's gateway."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from asw_exchange.codec import from_json
from asw_exchange.corridor import MessageKind
from asw_exchange.corridors import find_kind
from asw_exchange.model import Value
from asw_exchange.records import Entry
from asw_exchange.server.control.access import Here, node_of
from asw_exchange.server.control.forms import Asked, Code, Kind, Message, Messages, message_of
from asw_exchange.server.control.problems import ControlError
from asw_exchange.server.space import Space
from asw_exchange.testdata.generate import generate_along, routes_between
from asw_exchange.testdata.redating import redate
from asw_exchange.testdata.routes import Route

router = APIRouter(tags=["documents"])


class Submission(Asked):
    """What a document is, and who sends it to whom."""

    kind: Kind = Field(description="For example asean/eform-d")
    sender: Code | None = Field(None, description="Where the document does not say it")
    receiver: Code | None = Field(None, description="Where the document does not say it")

    @property
    def sides(self) -> dict[str, str | None]:
        """Sender and receiver, as far as they are named."""
        return {"sender": self.sender, "receiver": self.receiver}


class Generation(Submission):
    """What to generate and send."""

    sender: Code | None = Field(None, description="Only documents from this gateway, which runs here")
    receiver: Code | None = Field(None, description="Only documents to this gateway")
    seed: int | None = Field(
        None,
        ge=0,
        le=2**32,
        description="Same seed, same documents: used twice, it sends the same ones again, as duplicates. "
        "Without one, documents that are not in this ledger yet",
    )
    count: int = Field(1, ge=1, le=100)


class Letter(NamedTuple):
    """A document, and who sends it to whom."""

    document: Value
    sender: str
    receiver: str


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
    sent = await _send(space, kind, document, asked)
    response.headers["location"] = f"{request.scope.get('root_path', '')}/messages/{sent.sequence}"
    return sent


@router.post("/documents/generated", status_code=201)
async def generate_and_submit(space: Here, asked: Generation) -> Messages:
    """Generate valid documents of a kind, dated by the clock, and send them: all, or none of them.

    They come from gateways that run here. `sender` and `receiver` choose among them, and say what a document
    does not say itself. The same `seed` sends the same documents again; without one, each call sends others.
    """
    kind = find_kind(asked.kind)

    def send_all() -> list[Entry]:
        return [
            space.nodes[each.sender].send(kind.name, each.document, each.receiver)
            for each in _generated(space, kind, asked)
        ]

    sent = await space.committer.run(send_all)
    return Messages(messages=tuple(map(message_of, sent)), next=None)


def _generated(space: Space, kind: MessageKind, asked: Generation) -> list[Letter]:
    """Return the first that go from here, and from and to whom it is asked for. Raises ControlError."""
    members = space.corridors[kind.name.split("/")[0]].members
    for name, code in asked.sides.items():
        if code is not None:
            _chosen(f"$.{name}", code, members)
    if asked.sender is not None:
        node_of(space, asked.sender)
    routes = routes_between(kind.name, asked.sender, asked.receiver)
    routes = tuple(route for route in routes if route.sender in space.nodes)
    if not routes:
        here = ", ".join(code for code in members if code in space.nodes) or "none"
        route = f"from a gateway that runs here to {asked.receiver or 'another'}"
        hint = f"the gateways of its corridor that run here are {here}"
        raise ControlError(f"no document of this kind is generated {route}", hint=hint)
    found = _documents(space, kind, asked.seed, routes)
    documents = itertools.islice(found, asked.count)
    return [Letter(document, *_sides(kind, document, asked, members)) for document in documents]


def _documents(space: Space, kind: MessageKind, seed: int | None, routes: Sequence[Route]) -> Iterator[Value]:
    """Return those of a seed, else such as the ledger does not know; there is no end to them.

    Every document that was sent has a sequence, so numbers above the last one are new, save those that
    somebody has chosen.
    """
    now = space.clock.now()
    first = 1 if seed is not None else space.ledger.last_sequence() + 1
    made = generate_along(routes, kind.name, itertools.count(first), seed=seed or 0)
    for document in (redate(each, now) for each in made):
        reference = kind.reference(document)
        if seed is not None or reference is None or not space.ledger.entries(reference=reference, limit=1):
            yield document


def _sides(kind: MessageKind, document: Value, asked: Generation, members: Iterable[str]) -> list[str]:
    """Return who sends a document to whom, as it says or as is asked for. Raises ControlError."""
    written = zip(asked.sides.items(), kind.route(document), strict=True)
    return [_chosen(f"$.{name}", said or given, members) for (name, given), said in written]


async def _send(space: Space, kind: MessageKind, document: Value, asked: Submission) -> Message:
    """Let the sender's gateway send a document.

    Raises ControlError when it is not clear who sends it to whom, or when they cannot.
    """
    members = space.corridors[kind.name.split("/")[0]].members
    written = zip(asked.sides.items(), kind.route(document), strict=True)
    codes = [_chosen(f"query.{name}", given or said, members) for (name, given), said in written]
    node_of(space, codes[0])
    return message_of(await space.submit(kind.name, document, codes[0], codes[1]))


def _chosen(path: str, code: str | None, members: Iterable[str]) -> str:
    hint = f"the gateways of its corridor are {', '.join(members)}"
    if code is None:
        raise ControlError("the document does not say who this is", path=path, hint=f"name one: {hint}")
    if code not in members:
        raise ControlError("this is no gateway of the corridor", path=path, value=code, hint=hint)
    return code
