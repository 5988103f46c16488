"""``asw sign`` and ``asw verify``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asw_exchange.cli import explaining
from asw_exchange.cli.checking import Json, Moment
from asw_exchange.cli.codes import INVALID
from asw_exchange.cli.documents import Out, moment_option
from asw_exchange.cli.explaining import Dump, Explain
from asw_exchange.cli.facts import as_data, facts_about, print_facts
from asw_exchange.cli.files import read_file, shown
from asw_exchange.cli.output import print_json, write_result

if TYPE_CHECKING:
    from asw_exchange.errors import ExchangeError
    from asw_exchange.signature import Fact, Verified

Signer = Annotated[
    str | None, typer.Option(metavar="URI", help="The name that the signer's certificate must bear.")
]
RequireRevocation = Annotated[
    bool,
    typer.Option("--require-revocation", help="Refuse when no present revocation list covers the signer."),
]

Signed = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Write exactly what was signed (canonical XML) to this file."),
]
Trust = Annotated[
    Path,
    typer.Option(metavar="DIR", help="Trusted certification authorities: asw pki init's folder, or any."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(sign)
    app.command()(verify)


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
        raise error.in_file(shown(file)) from error.__cause__
    write_result(signed, out)


def verify(
    file: Annotated[Path, typer.Argument(help="A signed document or message; - for standard input.")],
    trust: Trust,
    moment: Moment = None,
    out: Signed = None,
    signer: Signer = None,
    require_revocation: RequireRevocation = False,
    explain: Explain = False,
    dump: Dump = None,
    json_: Json = False,
) -> None:
    """Check a signature and say who signed what, fact by fact; with --explain, why it does not hold."""
    from asw_exchange import verbs
    from asw_exchange.clock import SystemClock
    from asw_exchange.errors import ExchangeError
    from asw_exchange.signature import TrustStore

    store = TrustStore.load(trust, expected_uri=signer, require_revocation=require_revocation)
    data = read_file(file)
    at = moment_option(moment) or SystemClock().now()
    if explain or dump is not None:
        explaining.explain(file, data, store, at, trust, out=out, dump=dump, json=json_)
        return
    facts = facts_about(data, store, at)
    try:
        verified = verbs.verify(data, store, moment=at)
    except ExchangeError as error:
        _tell_refusal(file, error, facts, json_)
        raise error.in_file(shown(file)) from error.__cause__
    if out is not None:
        write_result(verified.canonical, out)
    told = _told(file, verified)
    if json_:
        print_json({**told, "facts": as_data(facts)})
        return
    print_facts(f"{shown(file)}: verified", facts)
    for name, value in list(told.items())[2:]:
        print(f"  {name:12}{value}")


def _tell_refusal(file: Path, error: ExchangeError, facts: dict[str, Fact], json_: bool) -> None:
    if not json_:
        print_facts(f"{shown(file)}: not verified", facts)
        return
    refusal = {"file": shown(file), "verified": False, "code": error.reply_code, "reason": str(error)}
    print_json({**refusal, "facts": as_data(facts)})
    raise typer.Exit(INVALID) from error


def _told(file: Path, verified: Verified) -> dict[str, object]:
    signer = verified.signer
    return {
        "file": shown(file),
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
