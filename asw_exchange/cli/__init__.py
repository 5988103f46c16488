"""The command line ``asw``: one thin file per group of commands; each command calls one library function.

Exit codes: 0 ok, 1 invalid or failed check, 2 usage, 3 schema or configuration, 4 I/O, 5 network.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import asw_exchange
from asw_exchange.cli import (
    attacks,
    behaviours,
    checking,
    documents,
    exchange,
    pki,
    sending,
    serving,
    signing,
)
from asw_exchange.cli.codes import CONFIGURATION, INPUT_OUTPUT, INVALID, USAGE
from asw_exchange.cli.output import say, write_out
from asw_exchange.errors import (
    ConfigurationError,
    CredentialError,
    ExchangeError,
    FileError,
    LedgerError,
    UnknownKind,
    UnknownName,
    WrongOption,
)


class _Commands(TyperGroup):
    """The commands; a standard output that nobody reads any more ends them as one that is full does."""

    def invoke(self, context: Any) -> Any:
        try:
            return super().invoke(context)
        except BrokenPipeError as error:
            raise typer.Exit(INPUT_OUTPUT) from error


app = typer.Typer(
    name="asw",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (exchange, documents, checking, signing, pki, serving, sending, behaviours, attacks):
    group.register(app)


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(f"asw {asw_exchange.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_tell_version, help="Print the version and exit."),
    ] = False,
) -> None:
    """Certificate-of-origin message exchange simulator."""


_EXIT_CODES: tuple[tuple[type[ExchangeError], int], ...] = (
    (WrongOption, USAGE),
    (ConfigurationError, CONFIGURATION),
    (CredentialError, CONFIGURATION),
    (FileError, INPUT_OUTPUT),
    (LedgerError, INPUT_OUTPUT),
    (UnknownKind, USAGE),
    (UnknownName, USAGE),
    (ExchangeError, INVALID),
)


def exit_code(error: ExchangeError) -> int:
    """Return the exit code that an error leads to."""
    return next(code for type_, code in _EXIT_CODES if isinstance(error, type_))


def main() -> None:
    """Run the command line; every error of ours becomes one sentence and an exit code."""
    out = sys.stdout
    try:
        _run()
    finally:
        if not write_out(out):
            sys.exit(INPUT_OUTPUT)


def _run() -> None:
    try:
        _refuse_empty(sys.argv[1:])
        app()
    except ExchangeError as error:
        say(f"asw: {error}")
        sys.exit(exit_code(error))
    except OSError as error:
        say(f"asw: {error}")
        sys.exit(INPUT_OUTPUT)
    except KeyboardInterrupt:
        say("asw: interrupted")
        sys.exit(130)


def _refuse_empty(words: list[str]) -> None:
    """Refuse an empty word, as of a variable that was never set: as a path it would be this very folder."""
    for before, word in pairwise(["", *words]):
        option, given, value = word.partition("=")
        if word == "" or (option.startswith("--") and given and not value):
            name = option or before
            where = f"after {name}" if name.startswith("-") else "among the arguments"
            raise WrongOption(f"an empty word stands {where}", hint="give a value, or leave it out")
