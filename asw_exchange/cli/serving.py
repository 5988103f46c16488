"""``asw serve``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asw_exchange.cli.output import say

if TYPE_CHECKING:
    from asw_exchange.server.spaces import Spaces


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(serve)


def serve(
    gateway: Annotated[list[str] | None, typer.Option(help="Only this gateway; may be repeated.")] = None,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 for any free port.")] = 8470,
    db: Annotated[
        str, typer.Option(help="The ledger: a SQLite file or postgresql+psycopg://...")
    ] = ":memory:",
    pki: Annotated[Path | None, typer.Option(metavar="DIR", help="Keys of asw pki init.")] = None,
    seed: Annotated[int, typer.Option(help="Of the test keys, without --pki.")] = 0,
    partner: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE=URL", help="Deliver to your system instead; may be repeated."),
    ] = None,
    allow_outbound: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="A host or network beside this machine to deliver to."),
    ] = None,
) -> None:
    """Run the gateways of all corridors over HTTP, until it is stopped."""
    from asw_exchange.server.running import serve as run
    from asw_exchange.server.settings import Settings

    settings = Settings(
        host=host,
        port=port,
        place=db,
        gateways=tuple(gateway or ()),
        seed=seed,
        pki=pki,
        partners=tuple(partner or ()),
        outbound=tuple(allow_outbound or ()),
    )
    run(settings, _announce)


def _announce(spaces: Spaces) -> None:
    say(f"serving {len(spaces.gateways)} gateways at {spaces.base_url}; stop with Ctrl-C")
    for corridor in spaces.corridors:
        here = [code for code in corridor.members if code in spaces.gateways]
        if here:
            say(f"  {corridor.title}: {spaces.base_url}/{corridor.name}/{{{','.join(here)}}}")
