"""``asw send`` and ``asw listen``: the two ends of a wire, without anything in between."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asw_exchange.cli.checking import Moment
from asw_exchange.cli.codes import INVALID, NETWORK
from asw_exchange.cli.documents import moment_option
from asw_exchange.cli.exchange import Json
from asw_exchange.cli.files import check_folder, read_file, shown, write_file, xml_files
from asw_exchange.cli.output import entry_data, print_json, say
from asw_exchange.cli.serving import Host, Mtls, Pki, Port, Seed, Tls, TlsAuthority, Trust

if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import AsyncIterator, Sequence
    from ssl import SSLContext

    from asw_exchange.model import Finding
    from asw_exchange.records import Entry
    from asw_exchange.server.sending import Told
    from asw_exchange.server.settings import Settings
    from asw_exchange.server.spaces import Spaces


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(send)
    app.command()(listen)


def send(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Messages, or folders of them.")],
    to: Annotated[str, typer.Option(metavar="URL", help="The address of a gateway.")],
    trust: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Verify the answers against these authorities.")
    ] = None,
    tls_ca: TlsAuthority = None,
    cert: Annotated[Path | None, typer.Option(help="A client certificate, for mutual TLS.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key.")] = None,
    moment: Moment = None,
    json_: Json = False,
) -> None:
    """Post whole messages to a gateway, and print what each answer says."""
    import asyncio

    from asw_exchange.server.sending import Trust, send

    files = [file for path in paths for file in xml_files(path)]
    believed = Trust.load(trust) if trust else None
    sending = send(map(read_file, files), to, _context(tls_ca, cert, key), believed, moment_option(moment))
    told = asyncio.run(_tell_all(files, sending, json_))
    if not all(each.arrived for each in told):
        raise typer.Exit(NETWORK)
    if any(each.failure or each.outcome == "rejected" for each in told):
        raise typer.Exit(INVALID)


async def _tell_all(files: Sequence[Path], sending: AsyncIterator[Told], json_: bool) -> list[Told]:
    told: list[Told] = []
    async for each in sending:
        file = files[len(told)]
        told.append(each)
        if not json_:
            _print_told(file, each)
    if json_:
        print_json([{"file": shown(file), "told": each} for file, each in zip(files, told, strict=True)])
    return told


def _context(authority: Path | None, cert: Path | None, key: Path | None) -> SSLContext:
    from asw_exchange.errors import WrongOption
    from asw_exchange.server.tls import client_context
    from asw_exchange.signature import SigningKey
    from asw_exchange.signature.pem import read_certificates

    if (cert is None) != (key is None):
        raise WrongOption("a certificate and its key belong together", hint="--cert and --key")
    own = SigningKey.load(key, cert) if key and cert else None
    return client_context(read_certificates(authority) if authority else None, own)


def _print_told(file: Path, told: Told) -> None:
    words = told.failure or " ".join(filter(None, (told.outcome, told.words)))
    by = f" (signed by {told.signer})" if told.signer else ""
    print(f"{shown(file)}: {words}{by}")
    _print_findings(told.findings)


def _print_findings(findings: Sequence[Finding]) -> None:
    for finding in findings:
        place = f"line {finding.line}: " if finding.line else ""
        value = f" (found {finding.value!r})" if finding.value else ""
        print(f"  {finding.severity} {finding.rule_id}: {place}{finding.message}{value}", flush=True)


def listen(
    gateway: Annotated[str, typer.Option(help="The gateway to be.")],
    host: Host = "127.0.0.1",
    port: Port = 9000,
    trust: Trust = None,
    pki: Pki = None,
    seed: Seed = 0,
    moment: Moment = None,
    tls: Tls = False,
    mtls: Mtls = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep what arrives here.")] = None,
    json_: Json = False,
) -> None:
    """Be a bare receiving end: verify, print and acknowledge what arrives, until stopped."""
    from asw_exchange.server.settings import Settings

    if out is not None:
        check_folder(out)
    settings = Settings(
        host=host,
        port=port,
        gateways=(gateway,),
        trust=tuple(trust or ()),
        pki=pki,
        seed=seed,
        moment=moment_option(moment),
        tls=tls,
        mtls=mtls,
        control=False,
    )
    _serve_and_tell(settings, gateway, out, json_)


def _serve_and_tell(settings: Settings, gateway: str, out: Path | None, json_: bool) -> None:
    """Serve until stopped, or until what arrives can be kept or printed no more. Raises why."""
    import asyncio

    from asw_exchange.server.running import serve

    tasks: list[Task[None]] = []  # a task that nobody holds may be thrown away

    def start(spaces: Spaces) -> None:
        tasks.append(asyncio.create_task(_tell(spaces, gateway, out, json_)))
        tasks[0].add_done_callback(lambda task: spaces.end())  # what is not kept shall not be acknowledged

    serve(settings, start)
    for task in tasks:
        if not task.cancelled():
            task.result()


async def _tell(spaces: Spaces, gateway: str, out: Path | None, json_: bool) -> None:
    from asw_exchange.server.following import follow
    from asw_exchange.server.space import MAIN

    for corridor in spaces.corridors:
        if gateway in corridor.members:
            say(f"listening at {spaces.base_url}/{corridor.name}/{gateway}; stop with Ctrl-C")
    space = spaces[MAIN]
    async for entry in follow(space):
        if entry.direction == "received":
            raw = await space.committer.read(lambda entry=entry: space.ledger.raw(entry.digest))  # type: ignore[misc]
            _print_arrival(entry, json_)
            if out is not None:
                write_file(out / f"{entry.sequence:06}.xml", raw)


def _print_arrival(entry: Entry, json_: bool) -> None:
    import msgspec

    if json_:
        print(msgspec.json.encode(entry_data(entry)).decode(), flush=True)
        return
    about = f" about {entry.reference}" if entry.reference else ""
    print(f"{entry.kind} from {entry.peer}{about}: {entry.outcome}", flush=True)
    _print_findings(entry.findings)
