"""``asw attack list``, ``asw attack build`` and ``asw attack matrix``: known attacks, to test a receiver with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asw_exchange.cli.checking import Json, Moment
from asw_exchange.cli.documents import KindArgument, moment_option
from asw_exchange.cli.files import write_file
from asw_exchange.cli.output import print_json, say, show, table, write_result

if TYPE_CHECKING:
    from asw_exchange.simulator.attacks import Trial

Name = Annotated[str, typer.Argument(metavar="NAME", help="For example replayed; see asw attack list.")]
Seed = Annotated[int, typer.Option(help="Same seed, same bytes and keys.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    attacks = typer.Typer(
        help="Known attacks on signed messages, to be thrown at a receiver of one's own.",
        no_args_is_help=True,
    )
    attacks.callback()(lambda: None)
    attacks.command("list")(list_attacks)
    attacks.command("build")(build)
    attacks.command("matrix")(matrix)
    app.add_typer(attacks, name="attack")


def list_attacks(json_: Json = False) -> None:
    """List every attack: what it does, where it is known from, what must become of it."""
    from asw_exchange.testdata.attacks import all_attacks

    rows = [
        {
            "name": each.name,
            "family": each.family,
            "description": each.description,
            "source": each.source,
            "expected": {place: each.must_be(place) for place in sorted(each.placements)},
        }
        for each in all_attacks()
    ]
    if json_:
        print_json(rows)
        return
    made = table(f"{len(rows)} attacks", ("family", "name", "description", "must be"))
    for row in rows:
        expected: Any = row["expected"]
        made.add_row(
            row["family"], row["name"], row["description"], " / ".join(dict.fromkeys(expected.values()))
        )
    show(made)


def build(
    name: Name,
    kind: KindArgument,
    seed: Seed = 0,
    moment: Moment = None,
    url: Annotated[
        str | None, typer.Option(help="What attacks refer to that want a fetch over HTTP.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Folder for all deliveries, in order; default: the last to standard output."
        ),
    ] = None,
) -> None:
    """Build an attack on a generated message; ``asw pki init`` of the same seed and moment has the keys."""
    from asw_exchange.testdata.attacks import deliveries

    options: dict[str, Any] = {"moment": moment_option(moment), "url": url}
    given = {option: value for option, value in options.items() if value is not None}
    messages = deliveries(name, kind, seed=seed, **given)
    if out is None:
        write_result(messages[-1], None)
        return
    for number, raw in enumerate(messages, 1):
        write_file(out / f"{name}-{number}.xml", raw)
    say(f"{len(messages)} written to {out}, to be delivered in order; the last is the attack")


def matrix(seed: Seed = 0, json_: Json = False) -> None:
    """Throw every attack at our own gateways, one kind of each corridor; exit code 1 when one gets through."""
    from asw_exchange.simulator.attacks import first_certificates, try_attacks

    trials = {kind: list(try_attacks(kind, seed=seed)) for kind in first_certificates()}
    wrong = sum(not trial.held for column in trials.values() for trial in column)
    if json_:
        print_json([_facts(trial) for column in trials.values() for trial in column])
    else:
        _show(trials)
        tried = sum(trial.tried for column in trials.values() for trial in column)
        print(f"{tried} attacks tried, {wrong} WRONG" if wrong else f"{tried} attacks tried, all OK")
    if wrong:
        raise typer.Exit(1)


def _show(trials: dict[str, list[Trial]]) -> None:
    made = table("Attacks, and what our gateways made of them", ("attack", *trials))
    for row in zip(*trials.values(), strict=True):
        cells = [trial.was if trial.held else f"WRONG {trial.was}, not {trial.must_be}" for trial in row]
        made.add_row(row[0].attack.name, *cells)
    show(made)


def _facts(trial: Trial) -> dict[str, object]:
    return {
        "attack": trial.attack.name,
        "kind": trial.kind,
        "must_be": trial.must_be,
        "was": trial.was,
        "held": trial.held,
    }
