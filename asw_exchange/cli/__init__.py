"""The command line ``asw``: one thin file per group of commands; each command calls one library function.

Exit codes: 0 ok, 1 invalid or failed check, 2 usage, 3 schema or configuration, 4 I/O, 5 network.
"""

from __future__ import annotations

import sys

import typer

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
from asw_exchange.cli.output import say
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

OK, INVALID, USAGE, CONFIGURATION, INPUT_OUTPUT, NETWORK = range(6)

app = typer.Typer(
    name="asw",
    help="Certificate-of-origin message exchange simulator.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (exchange, documents, checking, signing, pki, serving, sending, behaviours, attacks):
    group.register(app)

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
    try:
        app()
    except ExchangeError as error:
        say(f"asw: {error}")
        sys.exit(exit_code(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(OK)
    except KeyboardInterrupt:
        say("asw: interrupted")
        sys.exit(130)
