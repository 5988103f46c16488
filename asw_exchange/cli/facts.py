"""How the facts about a signature are printed: a line for each, or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from asw_exchange.signature import Fact, TrustStore


def facts_about(data: bytes, store: TrustStore, moment: datetime) -> dict[str, Fact]:
    """Return what there is to know of signature and signer; nothing where there is no document to look at."""
    from asw_exchange import verbs
    from asw_exchange.errors import ExchangeError

    try:
        return verbs.examine(data, store, moment=moment).by_name
    except ExchangeError:
        return {}


def as_data(facts: dict[str, Fact]) -> dict[str, object]:
    """Return the facts for JSON; ``code`` is the reply code of what a check refuses for it."""
    return {
        name: {
            "state": fact.state,
            "says": fact.says,
            "code": fact.error.reply_code if fact.error else None,
        }
        for name, fact in facts.items()
    }


def print_facts(head: str, facts: dict[str, Fact]) -> None:
    """Print what the facts are about, and a line for each."""
    print(head)
    for name, fact in facts.items():
        print(f"  {name:12}{fact.state:9}{fact.says}")
