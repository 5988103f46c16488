"""The gateways that run here: where they are, how they behave, and the test keys that they sign with."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from cryptography.x509.oid import NameOID
from fastapi import APIRouter, Response
from msgspec import to_builtins
from msgspec.json import schema as json_schema
from msgspec.structs import replace
from pydantic import Field

from asw_exchange.behaviours import WORDS, FaultRule, read_rule
from asw_exchange.behaviours.catalogue import catalogue, magic_places
from asw_exchange.server.control.access import Everywhere, Here, node_of
from asw_exchange.server.control.forms import Asked, Code, Told
from asw_exchange.server.control.names import check_rule_names
from asw_exchange.server.control.problems import KeysWithheld
from asw_exchange.server.notes import behave, conduct_of, keep, manner_of
from asw_exchange.server.space import MAIN, Space
from asw_exchange.server.spaces import Spaces
from asw_exchange.signature import Credentials
from asw_exchange.signature.issuing import ORGANIZATION
from asw_exchange.signature.pki_files import contents_of

router = APIRouter(tags=["gateways"])
PEM = "application/x-pem-file"
FILE = {"content": {PEM: {"schema": {"type": "string"}}}}


class Fault(Told):
    """A rule in force, and what it has counted."""

    number: int
    rule: dict[str, Any]
    seen: int = Field(description="Messages that fitted")
    fired: int = Field(description="Times that it acted")
    exhausted: bool


class Gateway(Told):
    """A gateway that runs here."""

    code: str
    addresses: dict[str, str] = Field(description="By corridor: POST messages to it there")
    behaviours: tuple[dict[str, Any], ...] = Field(description="In force for every message")
    faults: tuple[Fault, ...]
    magic: bool = Field(description="Whether magic values in documents count")


class Gateways(Told):
    """All gateways that run here."""

    gateways: tuple[Gateway, ...]


class Conduct(Asked):
    """How a gateway is to behave; what is not named stays as it is.

    `behaviours` has the words, with the JSON Schema of each.
    """

    behaviours: tuple[str | dict[str, Any], ...] | None = Field(
        None, max_length=50, description="All that are in force from now on; an empty list: none"
    )
    faults: tuple[dict[str, Any], ...] | None = Field(
        None, max_length=200, description="All rules from now on: match, when, action, times"
    )
    magic: bool | None = None


class Behaviour(Told):
    """A word for a behaviour or a fault."""

    word: str
    description: str
    when: tuple[str, ...] = Field(description="For messages that come in or go out")
    sees: dict[str, str] = Field(description="What the partner sees, by corridor; not in the others")
    form: dict[str, Any] = Field(description="JSON Schema of the word with its parameters")


class Behaviours(Told):
    """All words."""

    behaviours: tuple[Behaviour, ...]
    fault: dict[str, Any] = Field(description="JSON Schema of a fault rule")
    magic: dict[str, str] = Field(
        description="By kind: the path of the text in a document that magic values can stand in"
    )


class Part(StrEnum):
    """The files of a gateway, as `asw pki init` writes them."""

    AUTHORITY = "ca.pem"
    CERTIFICATE = "cert.pem"
    KEY = "key.pem"


@router.get("/gateways")
async def list_gateways(space: Here, spaces: Everywhere) -> Gateways:
    """List the gateways and their addresses."""
    return Gateways(gateways=tuple(_told(space, spaces, code) for code in sorted(space.nodes)))


@router.get("/gateways/{code}")
async def read_gateway(space: Here, spaces: Everywhere, code: Code) -> Gateway:
    """Read one gateway."""
    node_of(space, code)
    return _told(space, spaces, code)


@router.patch("/gateways/{code}")
async def change_gateway(space: Here, spaces: Everywhere, code: Code, asked: Conduct) -> Gateway:
    """Let a gateway misbehave, or behave again. Counters of its rules begin anew."""
    node_of(space, code)
    for number, fault in enumerate(asked.faults or ()):
        check_rule_names(space, read_rule(fault), f"$.faults[{number}]")
    behave(space, code, replace(manner_of(space, code), **asked.model_dump(exclude_none=True)))
    await keep(space)
    return _told(space, spaces, code)


@router.get("/behaviours")
async def list_behaviours() -> Behaviours:
    """List the words that a gateway understands, and the form of a rule."""
    words = tuple(
        Behaviour(
            word=each.word,
            description=each.description,
            when=each.when,
            sees=each.sees,
            form=json_schema(WORDS[each.word]),
        )
        for each in catalogue()
    )
    return Behaviours(behaviours=words, fault=json_schema(FaultRule), magic=magic_places())


@router.get("/gateways/{code}/{part}", response_class=Response, responses={200: FILE})
async def read_keys(space: Here, code: Code, part: Part) -> Response:
    """Download a test key, so that you can sign as this gateway; never the keys of a real one."""
    node_of(space, code)
    credentials = space.pki.gateways[code]
    if not _is_test(credentials):
        raise KeysWithheld("these are no test keys, so they are given to nobody", value=code)
    found = {name: content for name, content, _ in contents_of(credentials)}
    headers = {"content-disposition": f'attachment; filename="{code}-{part.value}"'}
    return Response(found[part.value], headers=headers, media_type=PEM)


def _is_test(credentials: Credentials) -> bool:
    """Test keys follow from a seed and say so in their certificate."""
    names = credentials.key.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return [each.value for each in names] == [ORGANIZATION]


def _told(space: Space, spaces: Spaces, code: str) -> Gateway:
    base = spaces.base_url if space.name == MAIN else f"{spaces.base_url}/spaces/{space.name}"
    joined = [name for name in space.corridors if space.joined(name, code)]
    conduct = conduct_of(space, code)
    faults = (to_builtins(state) for state in conduct.rules())
    return Gateway(
        code=code,
        addresses={name: f"{base}/{name}/{code}" for name in joined},
        behaviours=tuple(map(to_builtins, conduct.behaviours)),
        faults=tuple(map(Fault.model_validate, faults)),
        magic=conduct.magic,
    )
