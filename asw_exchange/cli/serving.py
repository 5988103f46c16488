"""``asw serve``."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asw_exchange.cli.checking import Moment
from asw_exchange.cli.documents import moment_option
from asw_exchange.cli.loading import for_good
from asw_exchange.cli.output import say

if TYPE_CHECKING:
    from asw_exchange.server.settings import Keep
    from asw_exchange.server.spaces import Spaces


Host = Annotated[str, typer.Option(help="The address to listen at.")]
Port = Annotated[int, typer.Option(envvar="ASW_PORT", min=0, max=65535, help="0 for any free port.")]
Pki = Annotated[Path | None, typer.Option(metavar="DIR", help="Keys of asw pki init.")]
Seed = Annotated[int, typer.Option(help="Of the test keys, without --pki.")]
Trust = Annotated[
    list[str] | None,
    typer.Option(metavar="[CODE=]DIR", help="Authorities of your own system; may be repeated."),
]
Tls = Annotated[bool, typer.Option("--tls", help="HTTPS, with a test certificate.")]
Mtls = Annotated[bool, typer.Option("--mtls", help="HTTPS, for who shows a gateway's certificate.")]
TlsCert = Annotated[Path | None, typer.Option(metavar="FILE", help="A certificate of your own.")]
TlsKey = Annotated[Path | None, typer.Option(metavar="FILE", help="Its private key.")]
TlsAuthority = Annotated[
    Path | None, typer.Option("--tls-ca", metavar="FILE", help="Authorities of servers that are called.")
]
Partner = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CODE=URL",
        help="Your system in place of a gateway here; new-zealand/VN=hub: it calls the hub; may be repeated.",
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        metavar="TOKEN", envvar="ASW_TOKEN", help="Needed to speak to /control; must be, off loopback."
    ),
]
Log = Annotated[bool, typer.Option("--log", help="Log to standard error, a line of JSON each.")]
KeepMessages = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="Keep the bytes of so many transmissions.")
]
KeepDays = Annotated[
    float | None, typer.Option(min=0, max=36500, metavar="D", help="Keep the bytes for so many days.")
]
KeepBytes = Annotated[int | None, typer.Option(min=0, metavar="B", help="Keep so many bytes.")]
Outbound = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST", help="A host or network beside this machine to deliver to."),
]


Gateway = Annotated[list[str] | None, typer.Option(help="Only this gateway; may be repeated.")]
Db = Annotated[str, typer.Option(help="The ledger: a SQLite file or postgresql+psycopg://...")]
Workers = Annotated[
    int | None,
    typer.Option(
        min=0, max=16, metavar="N", help="Processes that examine messages; usually one less than processors."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(serve)


def serve(
    gateway: Gateway = None,
    host: Host = "127.0.0.1",
    port: Port = 8470,
    db: Db = ":memory:",
    workers: Workers = None,
    pki: Pki = None,
    seed: Seed = 0,
    trust: Trust = None,
    tls: Tls = False,
    mtls: Mtls = False,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    tls_ca: TlsAuthority = None,
    partner: Partner = None,
    allow_outbound: Outbound = None,
    moment: Moment = None,
    token: Token = None,
    log: Log = False,
    keep_messages: KeepMessages = None,
    keep_days: KeepDays = None,
    keep_bytes: KeepBytes = None,
) -> None:
    """Run the gateways of all corridors over HTTP, until it is stopped."""
    with for_good():
        from asw_exchange.server.running import serve as run
        from asw_exchange.server.settings import Settings
        from asw_exchange.server.workers import usual_workers

    with_tls = partial(Settings, tls=tls, mtls=mtls, tls_cert=tls_cert, tls_key=tls_key, tls_ca=tls_ca)
    with_keys = partial(with_tls, seed=seed, pki=pki, trust=tuple(trust or ()), token=token, log=log)
    with_place = partial(with_keys, host=host, port=port, place=db, moment=moment_option(moment))
    settings = with_place(
        gateways=tuple(gateway or ()),
        partners=tuple(partner or ()),
        outbound=tuple(allow_outbound or ()),
        keep=_keep(keep_messages, keep_days, keep_bytes),
        workers=usual_workers() if workers is None else workers,
    )
    run(settings, _announce)


def _keep(messages: int | None, days: float | None, bytes_: int | None) -> Keep:
    from asw_exchange.server.settings import Keep

    age = timedelta(days=days) if days is not None else None
    return Keep(messages=messages, age=age, bytes=bytes_)


def _announce(spaces: Spaces) -> None:
    if spaces.settings.log:
        _log_start(spaces)
        return
    say(f"serving {len(spaces.gateways)} gateways at {spaces.base_url}; stop with Ctrl-C")
    say(f"  control API: {spaces.base_url}/control, described in {spaces.base_url}/control/openapi.json")
    for corridor in spaces.corridors:
        here = [code for code in corridor.members if code in spaces.gateways]
        if here:
            say(f"  {corridor.title}: {spaces.base_url}/{corridor.name}/{{{','.join(here)}}}")
    if any(corridor.name == "new-zealand" for corridor in spaces.corridors):
        say(f"  ePhyto hub: {spaces.base_url}/new-zealand/hub/DeliveryService?wsdl")
    for warning in filter(None, (space.warning for space in spaces.values())):
        say(f"warning: {warning}")


def _log_start(spaces: Spaces) -> None:
    from asw_exchange.server.log import LOGGER

    control, gateways = f"{spaces.base_url}/control", list(spaces.gateways)
    LOGGER.info({"event": "serving", "url": spaces.base_url, "control": control, "gateways": gateways})
