"""All words there are, and how they are read: from JSON, or from plain values.

Whoever types a wrong word or parameter is told the right ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from asw_exchange.behaviours import faults, words
from asw_exchange.behaviours.words import Behaviour, Stage, word_of
from asw_exchange.corridor import Corridor
from asw_exchange.errors import InputError, UnknownName

VOCABULARY: tuple[type[Behaviour], ...] = (
    words.Late,
    faults.SlowAcknowledgement,
    words.Silent,
    words.Mute,
    words.DuplicateAnswer,
    words.Reject,
    words.Refuse,
    words.UtilisePartly,
    words.AcceptWithWarnings,
    words.RetransmissionRequested,
    faults.AnswerBeforeAcknowledgement,
    words.AnswerForAnotherDocument,
    words.WrongCorrelation,
    words.WrongAcknowledgementDigest,
    words.OutOfOrder,
    words.ClockSkew,
    words.WrongSigner,
    words.UnknownSigner,
    words.ImitatedSigner,
    words.ExpiredCertificate,
    words.FutureCertificate,
    words.RevokedCertificate,
    words.WrongKeyUsage,
    words.Tampered,
    words.Unsigned,
    words.UnknownKind,
    words.MalformedAnswer,
    words.OversizeAnswer,
    faults.StorageFails,
    faults.Busy,
    faults.Maintenance,
    faults.RefuseConnection,
    faults.ResetBefore,
    faults.ResetAfter,
    faults.Stall,
    faults.SlowBytes,
    faults.TruncatedBody,
    faults.WrongLength,
    faults.WrongContentType,
    faults.Status,
    faults.Lost,
    faults.Duplicated,
    faults.TamperedInTransit,
)
"""Every word, in the order in which they are listed."""

WORDS: Mapping[str, type[Behaviour]] = {word_of(type_): type_ for type_ in VOCABULARY}
MOST = 50
"""Behaviours that a gateway can have at once."""


def parameters_of(type_: type[Behaviour]) -> tuple[str, ...]:
    """Return the names of the parameters of a word."""
    return type_.__struct_fields__


def read_behaviours(source: bytes | object) -> tuple[Behaviour, ...]:
    """Read a list of words: ``{"behaviours": [...]}`` or the list alone, as JSON or as plain values.

    Raises InputError naming the place, and the words and parameters that there are.
    """
    found = plain(source)
    if isinstance(found, Mapping) and set(found) == {"behaviours"}:
        found = found["behaviours"]
    if not isinstance(found, list | tuple):
        raise InputError('behaviours are a list: {"behaviours": [{"name": "late", "seconds": 30}]}')
    if len(found) > MOST:
        raise InputError("too many behaviours", value=str(len(found)), hint=f"at most {MOST}")
    return _once(read_behaviour(each, f"behaviours[{number}]") for number, each in enumerate(found))


def read_behaviour(source: object, path: str | None = None, *, strict: bool = True) -> Behaviour:
    """Read one word; ``strict`` False takes numbers that are written as text. Raises InputError."""
    if isinstance(source, Behaviour):
        return source
    if isinstance(source, str):
        source = {"name": source}
    if not isinstance(source, Mapping) or not isinstance(source.get("name"), str):
        raise InputError('a behaviour has a "name"', path=path, hint='for example {"name": "silent"}')
    type_ = find_word(source["name"], path)
    try:
        return msgspec.convert(dict(source), type_, strict=strict)
    except msgspec.ValidationError as error:
        takes = ", ".join(parameters_of(type_)) or "no parameters"
        name = word_of(type_)
        raise InputError(f"{name}: {error}", path=path, hint=f"{name} takes {takes}") from error


def find_word(word: str, path: str | None = None) -> type[Behaviour]:
    """Return the type of a word. Raises UnknownName with all words there are."""
    found = WORDS.get(word)
    if found is None:
        known = f"the words are {', '.join(WORDS)}"
        raise UnknownName("no behaviour has this name", path=path, value=word, hint=known)
    return found


def find_problem(behaviour: Behaviour, corridor: Corridor) -> InputError | None:
    """Return why a corridor cannot do what a word says, or None where it can."""
    word, manners = behaviour.word, corridor.manners
    if behaviour.needs is not None and not getattr(manners, behaviour.needs):
        hint = "asw behaviours explain says where it applies"
        return InputError(f"{word} has no meaning in the corridor {corridor.name}", value=word, hint=hint)
    reason = getattr(behaviour, "reason", None)
    if reason is not None and reason not in manners.reasons:
        hint = f"its reasons are {', '.join(manners.reasons)}"
        return InputError(f"{word}: the corridor {corridor.name} has no such reason", value=reason, hint=hint)
    if behaviour.stages == {Stage.LEAVING}:
        hint = 'make a rule: {"match": {"direction": "outgoing"}, "action": ...}'
        return InputError(f"{word} happens to what is delivered", value=word, hint=hint)
    return None


def plain(source: bytes | object) -> Any:
    """Return what JSON says, and plain values as they are. Raises InputError."""
    if not isinstance(source, bytes):
        return source
    try:
        return msgspec.json.decode(source)
    except msgspec.DecodeError as error:
        raise InputError(f"this is no JSON: {error}") from error


def _once(behaviours: Iterable[Behaviour]) -> tuple[Behaviour, ...]:
    found: dict[str, Behaviour] = {}
    for behaviour in behaviours:
        if behaviour.word in found:
            raise InputError("a behaviour can be given once", value=behaviour.word)
        found[behaviour.word] = behaviour
    return tuple(found.values())
