"""``asw behaviours``: the words for how a gateway misbehaves, explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from asw_exchange.cli.checking import Json
from asw_exchange.cli.output import print_json, show, table

if TYPE_CHECKING:
    from asw_exchange.behaviours.catalogue import Explanation


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    behaviours = typer.Typer(help="How a gateway misbehaves when it is asked to.", no_args_is_help=True)
    behaviours.command("list")(list_behaviours)
    behaviours.command("explain")(explain_behaviour)
    app.add_typer(behaviours, name="behaviours")


def list_behaviours(json_: Json = False) -> None:
    """List the words: what a gateway does, and in which corridors."""
    from asw_exchange.behaviours.catalogue import catalogue

    words = catalogue()
    if json_:
        print_json({"behaviours": words})
        return
    listing = table("Behaviours", ("word", "what the gateway does", "parameters", "corridors"))
    for word in words:
        listing.add_row(word.word, word.description, _parameters(word), ", ".join(word.sees))
    show(listing)


def _parameters(word: Explanation) -> str:
    return ", ".join(each.name for each in word.parameters)


def explain_behaviour(
    word: Annotated[str, typer.Argument(metavar="WORD", help="For example late.")], json_: Json = False
) -> None:
    """Explain one word: what it takes, when it applies, and what a partner sees in each corridor."""
    from asw_exchange.behaviours.catalogue import explain, magic_places, reasons

    found = explain(word)
    if json_:
        print_json({"behaviour": found, "reasons": reasons(), "magic_places": magic_places()})
        return
    print(f"{found.word}: {found.description}")
    for parameter in found.parameters:
        default = f" (default {parameter.default})" if parameter.default else ""
        print(f"  {parameter.name}: {parameter.description}{default}")
    print(f"  for messages that are {' and '.join(found.when)}")
    for corridor, seen in found.sees.items():
        print(f"  {corridor}: the partner sees {seen}")
        if any(parameter.name == "reason" for parameter in found.parameters):
            print(f"    reasons: {', '.join(reasons()[corridor])}")
    if "incoming" in found.when:
        print(f"  in a document: ASW-BEHAVE:{found.word} where")
        for kind, path in magic_places().items():
            if kind.split("/")[0] in found.sees:
                print(f"    {kind}: {path}")
