"""The list of all attacks, and an attack by its name.

A family is a module of this folder that has the family's name and a tuple ``ATTACKS``.
"""

from __future__ import annotations

import importlib
from collections import Counter
from functools import cache
from typing import Any

from asw_exchange.errors import ConfigurationError, UnknownName
from asw_exchange.testdata.attacks.attack import Attack, Family
from asw_exchange.testdata.attacks.victim import create_victim


@cache
def all_attacks() -> tuple[Attack, ...]:
    """Return every attack, by family. Raises ConfigurationError where two have one name."""
    found = tuple(each for family in Family for each in _load(family))
    twice = [name for name, count in Counter(each.name for each in found).items() if count > 1]
    if twice:
        raise ConfigurationError("two attacks have one name", value=twice[0])
    return found


def _load(family: Family) -> tuple[Attack, ...]:
    attacks: tuple[Attack, ...] = importlib.import_module(f"{__package__}.{family.value}").ATTACKS
    return attacks


def attack(name: str) -> Attack:
    """Return an attack by its name. Raises UnknownName."""
    for each in all_attacks():
        if each.name == name:
            return each
    raise UnknownName("no attack has this name", value=name, hint="asw attack list shows them")


def deliveries(name: str, kind: str, **options: Any) -> tuple[bytes, ...]:
    """Build what is to be delivered to a receiver, in order: the last is the attack.

    ``options`` are those of ``create_victim``: seed, number, moment, url, file. Raises InputError for an
    unknown attack and one that does not fit the kind, and as ``create_victim``.
    """
    return attack(name).deliveries(create_victim(kind, **options))


def build(name: str, kind: str, **options: Any) -> bytes:
    """Build the attacking message alone. Raises as ``deliveries``."""
    return deliveries(name, kind, **options)[-1]
