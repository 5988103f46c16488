"""Who a generated document goes from and to. Not here: which routes a kind can have (``generate``)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from asw_exchange.model import Value


class Route(NamedTuple):
    """Two gateways, or nobody where the document may choose."""

    sender: str | None = None
    receiver: str | None = None


ANY = Route()


def issued(make: Callable[..., Value]) -> Callable[..., Value]:
    """Let the issuer send what is made for ``issuer`` and ``importer``."""

    def made(chance: Random, number: int, route: Route = ANY) -> Any:
        return make(chance, number, issuer=route.sender, importer=route.receiver)

    return made


def answered(make: Callable[..., Value]) -> Callable[..., Value]:
    """Let the importer send what is made for ``issuer`` and ``importer``."""

    def made(chance: Random, number: int, route: Route = ANY) -> Any:
        return make(chance, number, issuer=route.receiver, importer=route.sender)

    return made
