"""``asw generate``, ``asw build`` and ``asw parse``: documents as XML, JSON and YAML."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from asw_exchange.cli.files import read_file, shown, write_file
from asw_exchange.cli.output import progress, say, write_result

KindArgument = Annotated[
    str, typer.Argument(metavar="KIND", help="For example asean/eform-d; see asw kinds.")
]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Where to write; default: standard output.")]


class Format(StrEnum):
    """How a document is printed."""

    JSON = "json"
    YAML = "yaml"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(generate)
    app.command()(build)
    app.command()(parse)


def generate(
    kind: KindArgument,
    count: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many.")] = 1,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder; default: standard output.")] = None,
    sign: Annotated[
        Path | None, typer.Option(metavar="PKI", help="Sign with the keys of this folder (asw pki init).")
    ] = None,
    envelope: Annotated[bool, typer.Option("--envelope", help="Write whole messages; needs --sign.")] = False,
    sender: Annotated[str | None, typer.Option(metavar="GATEWAY", help="Only from this gateway.")] = None,
    receiver: Annotated[str | None, typer.Option(metavar="GATEWAY", help="Only to this gateway.")] = None,
) -> None:
    """Write valid, varied, realistic test documents."""
    from asw_exchange.testdata.messages import generate_messages

    if envelope and sign is None:
        raise typer.BadParameter("whole messages are signed: give --sign PKI", param_hint="--envelope")
    if out is None and count > 1:
        raise typer.BadParameter("several documents need a folder", param_hint="--out")
    messages = generate_messages(
        kind, count=count, seed=seed, pki=sign, envelope=envelope, sender=sender, receiver=receiver
    )
    for name, data in progress(messages, total=count, doing=f"Writing {kind}"):
        if out is None:
            write_result(data, None)
        else:
            write_file(out / name, data)
    if out is not None:
        say(f"{count} written to {out}")


def build(
    file: Annotated[
        Path, typer.Argument(help="A document as .json, .yaml or .yml; - for JSON on standard input.")
    ],
    kind: Annotated[str, typer.Option("--kind", "-k", help="For example asean/eform-d.")],
    out: Out = None,
    compact: Annotated[bool, typer.Option("--compact", help="All on one line.")] = False,
) -> None:
    """Write a JSON or YAML document as XML."""
    from asw_exchange import verbs
    from asw_exchange.codec import read_document
    from asw_exchange.corridors import find_kind

    document = read_document(file, read_file(file), find_kind(kind).document)
    write_result(verbs.build(document, kind, indent=not compact), out)


def parse(
    file: Annotated[Path, typer.Argument(help="An XML document or message; - for standard input.")],
    out: Out = None,
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to print it.")] = Format.JSON,
    json_: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Print an XML document as JSON or YAML. The signature is not checked: asw verify does that."""
    from asw_exchange import verbs
    from asw_exchange.codec import to_json, to_yaml
    from asw_exchange.errors import ExchangeError

    try:
        document = verbs.parse(read_file(file))
    except ExchangeError as error:
        raise error.in_file(shown(file)) from error.__cause__
    as_yaml = format_ is Format.YAML and not json_
    write_result(to_yaml(document) if as_yaml else to_json(document), out)


def moment_option(text: str | None) -> datetime | None:
    """Read the value of ``--moment``."""
    from asw_exchange.codec.values import MOMENT

    if text is None:
        return None
    try:
        moment: datetime = MOMENT.read(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text} {error}; write 2025-03-01T08:00:00Z", param_hint="--moment"
        ) from error
    return moment
