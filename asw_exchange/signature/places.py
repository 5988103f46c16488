"""Where in the input an error is, for its ``path`` and ``line``."""

from __future__ import annotations

from typing import TypedDict

from lxml import etree

from asw_exchange.codec import line_of, path_of


class Place(TypedDict):
    """The two arguments of an ExchangeError that say where."""

    path: str
    line: int | None


def place_of(element: etree._Element) -> Place:
    """Return path and line of an element, to be given to an error with ``**``."""
    return {"path": path_of(element), "line": line_of(element)}
