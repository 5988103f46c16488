"""All words explained, for people, the control API and the documentation."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from asw_exchange.behaviours.vocabulary import VOCABULARY, find_problem, find_word
from asw_exchange.behaviours.words import Behaviour, Stage, word_of
from asw_exchange.corridor import Corridor
from asw_exchange.corridors import all_corridors
from asw_exchange.model import Value


class Parameter(Value, frozen=True, kw_only=True):
    """One parameter of a word."""

    name: str
    description: str
    default: str | None
    """As it is written in JSON."""


class Explanation(Value, frozen=True, kw_only=True):
    """One word explained."""

    word: str
    description: str
    parameters: tuple[Parameter, ...]
    when: tuple[str, ...]
    """``incoming``: for messages that come in, standing, by rule or by magic value; ``outgoing``: for what
    the gateway sends, standing or by rule."""
    sees: dict[str, str]
    """Corridor to what a partner sees there. A corridor that is missing does not have it."""


def catalogue() -> tuple[Explanation, ...]:
    """Return every word, explained, in the order of the vocabulary."""
    return tuple(explain(word_of(type_)) for type_ in VOCABULARY)


def explain(word: str) -> Explanation:
    """Explain one word. Raises UnknownName with all words there are."""
    type_ = find_word(word)
    return Explanation(
        word=word,
        description=inspect.getdoc(type_) or "",
        parameters=tuple(_parameters(type_)),
        when=tuple(_when(type_)),
        sees={corridor.name: _seen(type_, corridor) for corridor in _where(type_, all_corridors())},
    )


def magic_places() -> dict[str, str]:
    """Return kind to the path of the text in its document that a magic value can stand in."""
    return {kind: path for corridor in all_corridors() for kind, path in corridor.manners.free_texts.items()}


def reasons() -> dict[str, dict[str, str]]:
    """Return corridor to the reasons that it rejects for: code to words."""
    return {corridor.name: dict(corridor.manners.reasons) for corridor in all_corridors()}


def _where(type_: type[Behaviour], corridors: Iterable[Corridor]) -> Iterator[Corridor]:
    for corridor in corridors:
        if type_.stages == {Stage.LEAVING} or find_problem(type_(), corridor) is None:
            yield corridor


def _seen(type_: type[Behaviour], corridor: Corridor) -> str:
    manners = corridor.manners
    text = manners.sees.get(word_of(type_), type_.sees)
    return text.format(acknowledgement=manners.acknowledgement, answer=manners.answer)


def _when(type_: type[Behaviour]) -> Iterator[str]:
    if type_.stages != {Stage.LEAVING}:
        yield "incoming"
    if type_.outgoing():
        yield "outgoing"


def _parameters(type_: type[Behaviour]) -> Iterator[Parameter]:
    properties: dict[str, Any] = msgspec.json.schema(type_)["$defs"][type_.__name__]["properties"]
    for field in msgspec.structs.fields(type_):
        default = msgspec.json.encode(field.default).decode() if field.default is not None else None
        yield Parameter(name=field.name, description=_described(properties[field.name]), default=default)


def _described(schema: dict[str, Any]) -> str:
    """Return the description in a JSON Schema, which may stand beside a reference."""
    found = schema.get("description") or next(
        (each["description"] for each in schema.get("allOf", ()) if "description" in each), ""
    )
    return str(found)
