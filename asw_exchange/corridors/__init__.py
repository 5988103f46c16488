"""Where it goes: one folder a partner, found because it is there.

A corridor is a package in this folder with a name ``CORRIDOR``. Adding a partner edits no existing file.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from lxml import etree

from asw_exchange.codec import line_of
from asw_exchange.corridor import Corridor, MessageKind
from asw_exchange.errors import ConfigurationError, UnknownKind


@cache
def all_corridors() -> tuple[Corridor, ...]:
    """Return every corridor, sorted by name. Raises ConfigurationError for a folder without one."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    return tuple(_load(name) for name in names)


def find_corridor(name: str) -> Corridor:
    """Return a corridor by its name. Raises UnknownKind listing those there are."""
    for corridor in all_corridors():
        if corridor.name == name:
            return corridor
    known = ", ".join(corridor.name for corridor in all_corridors())
    raise UnknownKind("no corridor has this name", value=name, hint=f"the corridors are: {known}")


def find_kind(name: str) -> MessageKind:
    """Return a kind by its full name. Raises UnknownKind listing the kinds of that corridor, or all."""
    kinds = {kind.name: kind for corridor in all_corridors() for kind in corridor.kinds}
    if name in kinds:
        return kinds[name]
    near = [known for known in kinds if known.startswith(name.split("/")[0] + "/")] or list(kinds)
    raise UnknownKind(
        "no corridor has a kind of this name", value=name, hint=f"the kinds are: {', '.join(near)}"
    )


def corridor_of(kind: str) -> Corridor:
    """Return the corridor that a kind belongs to."""
    return find_corridor(find_kind(kind).name.split("/")[0])


def recognise(root: etree._Element) -> tuple[Corridor, MessageKind, etree._Element]:
    """Tell corridor, kind and document element of a root: a bare document, or one in an envelope.

    Raises UnknownKind, or EnvelopeError for an envelope that cannot be opened.
    """
    for corridor in all_corridors():
        if any(kind.layout.tag == root.tag for kind in corridor.kinds):
            return corridor, corridor.kind_of(root), root
    for corridor in all_corridors():
        if corridor.envelope.tag == root.tag:
            element = corridor.envelope.unpack(root)[1]
            if any(kind.layout.tag == element.tag for kind in corridor.kinds):
                return corridor, corridor.kind_of(element), element
    raise UnknownKind(
        "no corridor knows this root element",
        line=line_of(root),
        value=str(root.tag),
        hint="asw kinds lists the root elements and namespaces that are known",
    )


def _load(name: str) -> Corridor:
    corridor = getattr(importlib.import_module(f"{__name__}.{name}"), "CORRIDOR", None)
    if not isinstance(corridor, Corridor):
        raise ConfigurationError(f"asw_exchange/corridors/{name} defines no CORRIDOR")
    return corridor
