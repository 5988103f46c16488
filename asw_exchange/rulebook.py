"""All rules of a kind in one list: reading, schema, document and exchange rules."""

from __future__ import annotations

from asw_exchange import resources
from asw_exchange.corridor import Corridor, MessageKind
from asw_exchange.corridors import all_corridors, corridor_of, find_kind
from asw_exchange.validation import Rule, load_rules


def rules_of_kind(name: str) -> tuple[Rule, ...]:
    """Return the document and exchange rules of a kind. Raises UnknownKind."""
    return _rules(corridor_of(name), find_kind(name))


def rules_of_all_kinds() -> dict[str, tuple[Rule, ...]]:
    """Return the rules of every kind of every corridor."""
    return {kind.name: _rules(corridor, kind) for corridor in all_corridors() for kind in corridor.kinds}


def _rules(corridor: Corridor, kind: MessageKind) -> tuple[Rule, ...]:
    document = load_rules(resources.schema(kind.rules)).catalogue if kind.rules else ()
    exchange = (entry.rule for entry in corridor.exchange_rules if kind.name in entry.kinds)
    return (*document, *dict.fromkeys(exchange))
