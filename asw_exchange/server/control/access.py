"""What every resource needs: the space that the path names, and a place for those who wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.routing import APIRoute

from asw_exchange.node import Node
from asw_exchange.server.control.problems import ControlError, NotThere, TooMany
from asw_exchange.server.space import MAIN, Space
from asw_exchange.server.spaces import Spaces


@dataclass(slots=True)
class Places:
    """How many requests may stay open at the same time, waiting for something to happen."""

    most: int = 64
    taken: int = 0

    @contextmanager
    def take(self) -> Iterator[None]:
        """Take a place as long as the context lasts. Raises TooMany."""
        if self.taken >= self.most:
            raise TooMany(f"{self.most} requests wait already", hint="let one of them end first")
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1


def spaces_of(request: Request) -> Spaces:
    """Return all spaces of the server."""
    spaces: Spaces = request.app.state.spaces
    return spaces


def space_of(request: Request) -> Space:
    """Return the space that the path names, the main one where it names none. Raises NotThere."""
    return find_space(spaces_of(request), request.path_params.get("space", MAIN))


def find_space(spaces: Spaces, name: str) -> Space:
    """Return a space. Raises NotThere."""
    space = spaces.get(name)
    if space is None:
        raise not_there(name)
    return space


def not_there(name: str) -> NotThere:
    """Return what is told where no space has this name."""
    return NotThere("there is no space of this name", value=name[:40])


def places_of(request: Request) -> Places:
    """Return the places for those who wait."""
    places: Places = request.app.state.places
    return places


def node_of(space: Space, code: str) -> Node:
    """Return a gateway that runs here. Raises NotThere."""
    node = space.nodes.get(code)
    if node is None:
        known = ", ".join(space.nodes)
        raise NotThere("no gateway of this code runs here", value=code, hint=f"those are {known}")
    return node


def refuse_unknown_parameters(request: Request) -> None:
    """Refuse a query where none is taken, and a parameter that is given twice; forms refuse unknown names.

    Raises ControlError naming the parameter.
    """
    route = request.scope.get("route")
    names = Counter(name for name, _ in request.query_params.multi_items())
    takes_none = isinstance(route, APIRoute) and not route.dependant.query_params
    for name, count in names.items():
        if takes_none:
            raise ControlError(
                f"there is no parameter {name[:40]}", path=f"query.{name[:40]}", hint="none is taken here"
            )
        if count > 1:
            raise ControlError(f"the parameter {name[:40]} is given {count} times", path=f"query.{name[:40]}")


Here = Annotated[Space, Depends(space_of)]
Everywhere = Annotated[Spaces, Depends(spaces_of)]
WaitingPlaces = Annotated[Places, Depends(places_of)]
