"""What can be exchanged, and by which rules it is measured."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from asw_exchange.codec import json_schema
from asw_exchange.corridor import MessageKind
from asw_exchange.corridors import find_kind
from asw_exchange.errors import UnknownKind
from asw_exchange.model import Severity
from asw_exchange.rulebook import rules_of_kind
from asw_exchange.server.control.access import Here
from asw_exchange.server.control.forms import Name, Told
from asw_exchange.server.control.problems import NotThere
from asw_exchange.testdata.generate import generators_of

router = APIRouter(tags=["catalogue"])
KindName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,59}$")]


class Kind(Told):
    """A kind of message."""

    name: str
    title: str
    corridor: str
    acknowledged: bool
    signed: bool
    generated: bool
    """Whether documents of it can be generated."""


class Kinds(Told):
    """All kinds of all corridors."""

    kinds: tuple[Kind, ...]


class WholeKind(Kind):
    """A kind, and what its documents look like as JSON."""

    document: dict[str, Any]


class Rule(Told):
    """A rule of a kind."""

    id: str
    severity: Severity
    message: str
    source: str | None
    hint: str | None
    phases: tuple[str, ...]
    scope: str


class Rules(Told):
    """All rules of a kind."""

    rules: tuple[Rule, ...]


@router.get("/kinds")
async def list_kinds(space: Here) -> Kinds:
    """List all kinds of messages."""
    kinds = [kind for corridor in space.corridors.values() for kind in corridor.kinds]
    return Kinds(kinds=tuple(Kind(**_told(kind)) for kind in kinds))


@router.get("/kinds/{corridor}/{kind}")
async def read_kind(corridor: Name, kind: KindName) -> WholeKind:
    """Read one kind, with the JSON Schema of its documents."""
    found = _find(f"{corridor}/{kind}")
    return WholeKind(**_told(found), document=json_schema(found.document))


@router.get("/kinds/{corridor}/{kind}/rules")
async def list_rules(corridor: Name, kind: KindName) -> Rules:
    """List what a kind is measured by."""
    return Rules(rules=tuple(map(Rule.model_validate, rules_of_kind(_find(f"{corridor}/{kind}").name))))


def _find(name: str) -> MessageKind:
    try:
        return find_kind(name)
    except UnknownKind as error:
        raise NotThere(error.message, value=error.value, hint=error.hint) from error


def _told(kind: MessageKind) -> dict[str, Any]:
    corridor = kind.name.split("/")[0]
    return {
        "name": kind.name,
        "title": kind.title,
        "corridor": corridor,
        "acknowledged": kind.acknowledged,
        "signed": kind.signed,
        "generated": kind.name in generators_of(corridor),
    }
