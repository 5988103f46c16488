"""``asw attack list``, ``build`` and ``matrix``: known attacks on signed messages, for testers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asw_exchange.cli.checking import Json, Moment
from asw_exchange.cli.codes import INVALID
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
    for each in all_attacks():
        codes = dict.fromkeys(each.must_be(place) for place in sorted(each.placements))
        made.add_row(each.family, each.name, each.description, " / ".join(codes))
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


def matrix(
    family: Annotated[
        str | None, typer.Option(help="Only this family of attacks, for example replay.")
    ] = None,
    seed: Seed = 0,
    json_: Json = False,
) -> None:
    """Throw the attacks at our own gateways, a kind of each corridor; exit code 1 when one gets through."""
    from asw_exchange.simulator.attacks import first_certificates, try_attacks
    from asw_exchange.testdata.attacks import all_attacks

    attacks = tuple(each for each in all_attacks() if family in (None, each.family))
    if not attacks:
        raise typer.BadParameter("no attack is of this family", param_hint="--family")
    report(
        {kind: list(try_attacks(kind, attacks=attacks, seed=seed)) for kind in first_certificates()}, json_
    )


def report(trials: dict[str, list[Trial]], json_: bool) -> None:
    """Print what became of the attacks, by kind; exit code 1 when one was not held off."""
    everything = [trial for column in trials.values() for trial in column]
    if json_:
        print_json([_facts(trial) for trial in everything])
    else:
        _show(trials)
        wrong = sum(not trial.held for trial in everything)
        verdict = f"{wrong} WRONG" if wrong else "all OK"
        print(f"{sum(trial.tried for trial in everything)} attacks tried, {verdict}")
    if not all(trial.held for trial in everything):
        raise typer.Exit(INVALID)


def _show(trials: dict[str, list[Trial]]) -> None:
    made = table("Attacks, and what our gateways made of them", ("attack", *trials, "verdict"))
    for row in zip(*trials.values(), strict=True):
        cells = [trial.was if trial.held else f"{trial.was}, not {trial.must_be}" for trial in row]
        verdict = "OK" if all(trial.held for trial in row) else "WRONG"
        made.add_row(row[0].attack.name, *cells, verdict)
    show(made)


def _facts(trial: Trial) -> dict[str, object]:
    return {
        "attack": trial.attack.name,
        "kind": trial.kind,
        "must_be": trial.must_be,
        "was": trial.was,
        "held": trial.held,
    }
