"""Documents of any kind from a seed.

A corridor's generators stand in the module of this folder that has the corridor's name, in a table
``GENERATORS``; it is found because it is there.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from typing import Any

from asw_exchange.corridors import corridor_of
from asw_exchange.errors import UnknownKind
from asw_exchange.testdata.seeds import stream


def generate(kind: str, *, seed: int = 0, count: int = 1) -> Iterator[Any]:
    """Return ``count`` valid, varied documents of ``kind``; the n-th is the same whatever the count.

    Raises UnknownKind for a kind that does not exist or that nothing here can make.
    """
    make = generators_of(corridor_of(kind).name).get(kind)
    if make is None:
        raise UnknownKind("there is no generator for this kind", value=kind)
    return (make(stream(seed, kind, number), number) for number in range(1, count + 1))


def generators_of(corridor: str) -> dict[str, Any]:
    """Return the generators of a corridor: kind to a function of (chance, number)."""
    name = f"{__package__}.{corridor.replace('-', '_')}"
    if importlib.util.find_spec(name) is None:
        return {}
    generators: dict[str, Any] = importlib.import_module(name).GENERATORS
    return generators
