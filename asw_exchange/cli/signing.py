"""``asw sign``, ``asw verify`` and ``asw pki init``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asw_exchange.cli import explaining
from asw_exchange.cli.checking import Json, Moment
from asw_exchange.cli.documents import Out, moment_option
from asw_exchange.cli.explaining import Dump, Explain
from asw_exchange.cli.files import read_file
from asw_exchange.cli.output import print_json, say, write_result

if TYPE_CHECKING:
    from asw_exchange.signature import Verified

Trust = Annotated[
    Path,
    typer.Option(metavar="DIR", help="Trusted certification authorities: asw pki init's folder, or any."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(sign)
    app.command()(verify)
    pki = typer.Typer(help="Test keys and certificates.", no_args_is_help=True)
    pki.callback()(lambda: None)
    pki.command("init")(init_pki)
    app.add_typer(pki, name="pki")


def sign(
    file: Annotated[Path, typer.Argument(help="An unsigned XML document; - for standard input.")],
    key: Annotated[Path, typer.Option(help="Private key, PEM.")],
    cert: Annotated[Path, typer.Option(help="Certificate of that key, PEM.")],
    out: Out = None,
) -> None:
    """Sign a document in the profile of its corridor."""
    from asw_exchange import verbs
    from asw_exchange.errors import ExchangeError
    from asw_exchange.signature import SigningKey

    signing_key = SigningKey.load(key, cert)
    try:
        signed = verbs.sign(read_file(file), signing_key)
    except ExchangeError as error:
        raise error.in_file(str(file)) from error.__cause__
    write_result(signed, out)


def verify(
    file: Annotated[Path, typer.Argument(help="A signed document or message; - for standard input.")],
    trust: Trust,
    moment: Moment = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write exactly what was signed (canonical XML) to this file."),
    ] = None,
    explain: Explain = False,
    dump: Dump = None,
    json_: Json = False,
) -> None:
    """Check a signature, and say who signed what; with --explain, why it does not hold."""
    from asw_exchange import verbs
    from asw_exchange.errors import ExchangeError
    from asw_exchange.signature import TrustStore

    store = TrustStore.load(trust)
    data = read_file(file)
    if explain or dump is not None:
        explaining.explain(file, data, store, moment_option(moment), trust, out=out, dump=dump, json=json_)
        return
    try:
        verified = verbs.verify(data, store, moment=moment_option(moment))
    except ExchangeError as error:
        if json_:
            print_json({"file": str(file), "verified": False, "code": error.reply_code, "reason": str(error)})
            raise typer.Exit(1) from error
        raise error.in_file(str(file)) from error.__cause__
    if out is not None:
        write_result(verified.canonical, out)
    facts = _facts(file, verified)
    if json_:
        print_json(facts)
        return
    print(f"{file}: verified")
    for name, value in list(facts.items())[2:]:
        print(f"  {name:12}{value}")


def _facts(file: Path, verified: Verified) -> dict[str, object]:
    signer = verified.signer
    return {
        "file": str(file),
        "verified": True,
        "element": str(verified.document.tag).rpartition("}")[2],
        "signer": signer.subject.rfc4514_string(),
        "issuer": signer.issuer.rfc4514_string(),
        "serial": f"{signer.serial_number:x}",
        "valid_from": signer.not_valid_before_utc.isoformat(),
        "valid_until": signer.not_valid_after_utc.isoformat(),
        "algorithm": str(verified.algorithm),
        "digest": verified.digest if isinstance(verified.digest, str) else verified.digest.hex(),
    }


def init_pki(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    seed: Annotated[int, typer.Option(help="Same seed, same keys.")] = 0,
    moment: Moment = None,
    algorithm: Annotated[str, typer.Option(help="ecdsa-p256, rsa-2048 or ed25519.")] = "ecdsa-p256",
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Make test keys: a certification authority and a gateway key for every gateway of every corridor.

    The keys follow from the seed, so they are no secret: for tests only.
    """
    from asw_exchange.clock import SystemClock
    from asw_exchange.corridors import all_corridors
    from asw_exchange.signature import create_pki, write_pki

    gateways = sorted({code for corridor in all_corridors() for code in corridor.members})
    pki = create_pki(seed, gateways, moment_option(moment) or SystemClock().now(), algorithm)
    write_pki(pki, folder, force=force)
    say(f"test keys of {len(gateways)} gateways written to {folder}; for tests only")
