"""``asw pki``: test keys and certificates, their renewal and revocation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from asw_exchange.cli.checking import Moment
from asw_exchange.cli.documents import moment_option
from asw_exchange.cli.output import say

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder that asw pki init made.")]
Gateway = Annotated[str, typer.Argument(metavar="GATEWAY", help="For example VN.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    pki = typer.Typer(help="Test keys and certificates.", no_args_is_help=True)
    pki.callback()(lambda: None)
    for command in (init, renew, revoke):
        pki.command()(command)
    app.add_typer(pki, name="pki")


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    seed: Annotated[int, typer.Option(help="Same seed, same keys.")] = 0,
    moment: Moment = None,
    algorithm: Annotated[str, typer.Option(help="ecdsa-p256, rsa-2048 or ed25519.")] = "ecdsa-p256",
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Make test keys: an authority, its revocation list and a gateway key for every gateway.

    Beside the good ones, DIR/GATEWAY/faulty/ has credentials that partners must refuse: expired, revoked and
    so on. All follow from the seed, so they are no secret: for tests only.
    """
    from asw_exchange.clock import SystemClock
    from asw_exchange.corridors import all_corridors
    from asw_exchange.signature import create_faulty, create_pki, write_faulty, write_pki
    from asw_exchange.signature.server_credentials import create_server_credentials, write_server_credentials

    gateways = sorted({code for corridor in all_corridors() for code in corridor.members})
    at = moment_option(moment) or SystemClock().now()
    write_pki(create_pki(seed, gateways, at, algorithm), folder, force=force)
    write_faulty(create_faulty(seed, gateways, at), folder, force=force)
    write_server_credentials(create_server_credentials(seed, at), folder, force=force)
    say(f"test keys of {len(gateways)} gateways written to {folder}; for tests only")


def renew(
    folder: Folder,
    gateway: Gateway,
    moment: Moment = None,
    overlap: Annotated[
        int, typer.Option(min=0, max=3652, help="Days for which the old key is good too.")
    ] = 30,
    authority: Annotated[
        bool, typer.Option("--authority", help="A new key for the authority too, beside its old one.")
    ] = False,
) -> None:
    """Give a gateway a new key and certificate; the old pair is kept in DIR/GATEWAY/previous-N."""
    from datetime import timedelta

    from asw_exchange.clock import SystemClock
    from asw_exchange.signature import renew_files

    at = moment_option(moment) or SystemClock().now()
    kept = renew_files(folder, gateway, at, overlap=timedelta(days=overlap), authority=authority)
    until = f"{at + timedelta(days=overlap):%Y-%m-%d}"
    old = f"the old one, in {kept}, is good until {until} at the latest"
    say(f"{gateway} has a new key from {at:%Y-%m-%d}; {old}")


def revoke(
    folder: Folder,
    gateway: Gateway,
    moment: Moment = None,
    cert: Annotated[
        Path | None, typer.Option(help="Revoke this certificate; default: the gateway's present one.")
    ] = None,
) -> None:
    """Put a certificate of a gateway on the revocation list of its authority, DIR/GATEWAY/crl.pem."""
    from asw_exchange.clock import SystemClock
    from asw_exchange.signature import revoke_files

    at = moment_option(moment) or SystemClock().now()
    revoked = revoke_files(folder, gateway, at, certificate=cert)
    say(f"certificate {revoked.serial_number:x} of {gateway} is revoked from {at:%Y-%m-%d} on")
