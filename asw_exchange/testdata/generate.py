"""Documents of any kind from a seed.

A corridor's generators stand in the module of this folder that has the corridor's name, in a table
``GENERATORS``; it is found because it is there. So is its table ``ROUTES``, where a kind does not go from
every member to every other.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations
from types import ModuleType
from typing import Any

from asw_exchange.corridors import corridor_of
from asw_exchange.errors import UnknownKind, UnknownName
from asw_exchange.testdata.routes import ANY, Route
from asw_exchange.testdata.seeds import pick, stream


def generate(
    kind: str, *, seed: int = 0, count: int = 1, sender: str | None = None, receiver: str | None = None
) -> Iterator[Any]:
    """Return ``count`` valid, varied documents of ``kind``; the n-th is the same whatever the count.

    ``sender`` and ``receiver`` are the gateways that they go from and to, where they say that. Raises
    UnknownKind for a kind that does not exist or that nothing here can make, and UnknownName where the kind
    does not go that way.
    """
    return generate_along(routes_between(kind, sender, receiver), kind, range(1, count + 1), seed=seed)


def generate_along(
    routes: Sequence[Route], kind: str, numbers: Iterable[int], *, seed: int = 0
) -> Iterator[Any]:
    """Return documents that go one or another of these routes; where they are all that there are, any.

    ``numbers`` tell which of the seed, counted from 1; they need not end.
    """
    make = generators_of(corridor_of(kind).name)[kind]
    free = set(routes) == set(routes_of(kind))

    def document(number: int) -> Any:
        route = ANY if free else pick(stream(seed, kind, number, "route"), routes)
        return make(stream(seed, kind, number), number, route)

    return map(document, numbers)


def routes_between(kind: str, sender: str | None, receiver: str | None) -> tuple[Route, ...]:
    """Return the routes of a kind from and to whom it is asked for. Raises UnknownKind and UnknownName."""
    routes = routes_of(kind)
    found = tuple(
        each for each in routes if sender in (None, each.sender) and receiver in (None, each.receiver)
    )
    if not found:
        asked = f"from {sender or 'anybody'} to {receiver or 'anybody'}"
        raise UnknownName(
            f"no document of this kind is generated {asked}", hint=f"{kind} goes {_told(routes)}"
        )
    return found


def routes_of(kind: str) -> tuple[Route, ...]:
    """Return who may send a generated document of a kind to whom. Raises UnknownKind."""
    corridor = corridor_of(kind)
    if kind not in generators_of(corridor.name):
        raise UnknownKind("there is no generator for this kind", value=kind)
    routes: dict[str, tuple[Route, ...]] = getattr(_module_of(corridor.name), "ROUTES", {})
    return routes.get(kind) or tuple(Route(*pair) for pair in permutations(corridor.members, 2))


def generators_of(corridor: str) -> dict[str, Any]:
    """Return the generators of a corridor: kind to a function of (chance, number, route)."""
    generators: dict[str, Any] = getattr(_module_of(corridor), "GENERATORS", {})
    return generators


def _module_of(corridor: str) -> ModuleType | None:
    name = f"{__package__}.{corridor.replace('-', '_')}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def _told(routes: Sequence[Route]) -> str:
    if len(routes) == 1:
        return f"from {routes[0].sender} to {routes[0].receiver}"
    members = sorted({each.sender or "" for each in routes})
    return f"from each of {', '.join(members)} to another"
