"""The names that a filter or a rule goes by: one that nothing has is refused, together with those there are.

Not here: words for behaviours, which their vocabulary knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from asw_exchange.behaviours import FaultRule
from asw_exchange.ledger import Ledger
from asw_exchange.records import UNKNOWN
from asw_exchange.server.control.problems import ControlError
from asw_exchange.server.space import Space


async def check_filter(space: Space, named: dict[str, Any]) -> None:
    """Refuse a corridor, kind, gateway or peer that is neither known nor in the ledger.

    What comes in may bear any name, and a session may come from elsewhere: so the ledger is asked for one
    that is not known. Raises ControlError naming the parameter.
    """
    for name, known in _known(space).items():
        value = named.get(name)
        if value in (None, UNKNOWN, *known):
            continue
        if not await space.read(partial(_has, name, value)):
            raise _unknown(f"query.{name}", name, value, known)


def check_rule_names(space: Space, rule: FaultRule, path: str) -> None:
    """Refuse a rule that nothing fits, as nobody has the name that it asks for. Raises ControlError."""
    known = _known(space)
    known["partner"] = (*known.pop("peer"), UNKNOWN)
    for name, names in known.items():
        value = getattr(rule.match, name)
        if value is not None and value not in names:
            raise _unknown(f"{path}.match.{name}", name, value, names)


def _known(space: Space) -> dict[str, tuple[str, ...]]:
    corridors = space.corridors.values()
    codes = tuple(sorted({code for corridor in corridors for code in corridor.members}))
    kinds = tuple(kind.name for corridor in corridors for kind in corridor.kinds)
    return {"corridor": tuple(space.corridors), "kind": kinds, "gateway": codes, "peer": codes}


def _has(name: str, value: Any, ledger: Ledger) -> bool:
    named: Any = {name: value}
    return bool(ledger.entries(limit=1, **named))


def _unknown(path: str, name: str, value: Any, known: Iterable[str]) -> ControlError:
    near = [each for each in known if each.startswith(f"{value.partition('/')[0]}/")] or known
    return ControlError(
        f"there is no {name} of this name", path=path, value=value, hint=f"those are {', '.join(near)}"
    )
