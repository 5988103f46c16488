"""What went wrong with the database, in one sentence and what to do: a LedgerError for each."""

from __future__ import annotations

import re
import sqlite3

from asw_exchange.errors import LedgerError

_SENTENCES = {
    "FULL": ("the disk is full, so this was not written", "free some space and try again"),
    "READONLY": ("the ledger cannot be written", "check the rights on the file and on its folder"),
    "PERM": ("the ledger may not be opened", "check the rights on the file and on its folder"),
    "BUSY": ("the ledger is locked by another process", "wait for it to finish, or stop it, and try again"),
    "LOCKED": ("the ledger is locked by another process", "wait for it to finish, or stop it, and try again"),
    "NOTADB": ("this file is no ledger, nor any SQLite database", "name another file"),
    "CORRUPT": (
        "the ledger is damaged and cannot be read in full",
        "restore a copy, or save what is left with the .recover command of the sqlite3 program",
    ),
    "CANTOPEN": ("the ledger cannot be opened", "check that its folder is there and may be written to"),
    "IOERR": (
        "the disk failed, or would not take any more, so this was not written or not read",
        "check its space, its quota and its health",
    ),
    "TOOBIG": ("the message is larger than the ledger can hold", "lower the cap on the size of messages"),
    "NOMEM": ("there was not enough memory", "try again with fewer messages at once"),
}
"""By the name of SQLite's primary result code (https://www.sqlite.org/rescode.html)."""

_CHECK_RIGHTS = "check the rights of this user on the database and its schema"

_SENTENCES_OF_A_SERVER = {
    "53100": _SENTENCES["FULL"],
    "53200": _SENTENCES["NOMEM"],
    "53300": ("the database server has too many connections", "close some, or raise max_connections"),
    "54000": _SENTENCES["TOOBIG"],
    "25006": ("the ledger cannot be written, it is open for reading", "open it for writing"),
    "42501": ("the ledger may not be used by this user", _CHECK_RIGHTS),
    "55P03": _SENTENCES["BUSY"],
    "57014": ("the database took too long", "try again, or raise its statement_timeout"),
    "XX001": ("the ledger is damaged and cannot be read in full", "restore a copy"),
    "XX002": ("the ledger is damaged and cannot be read in full", "restore it, or REINDEX its tables"),
}
"""By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""

_REFUSALS = {
    r"password authentication failed|no password supplied": (
        "the database server refuses this user or password",
        "check both in the address of the ledger",
    ),
    r'database "[^"]*" does not exist': ("there is no such database", "create it, or name another one"),
    r'role "[^"]*" does not exist': ("the database server does not know this user", "name another one"),
}
"""By what the server says when it lets nobody in: libpq gives no SQLSTATE for it."""

_OF_A_CONNECTION = (
    "OperationalError",
    "ConnectionTimeout",
    "AdminShutdown",
    "CrashShutdown",
    "CannotConnectNow",
)
"""Names of psycopg's errors, which is imported only where a ledger is on a server."""

_GONE = (
    "the database server cannot be reached, or ended the connection, so this was not written or not read",
    "check that it runs and that the address is right, then try again: the ledger connects by itself",
)


def failure(error: Exception, place: str) -> LedgerError:
    """Return the LedgerError that tells what ``error``, of SQLAlchemy or of the driver, means.

    To be raised ``from`` the error itself. ``place`` names the ledger.
    """
    cause = getattr(error, "orig", None) or error
    code = str(getattr(cause, "sqlite_errorname", "")).removeprefix("SQLITE_").split("_")[0]
    state = str(getattr(cause, "sqlstate", None) or "")
    if known := _SENTENCES.get(code) or _SENTENCES_OF_A_SERVER.get(state) or _refusal(cause, state):
        return LedgerError(known[0], file=place, hint=known[1])
    if code == "CONSTRAINT" or state[:2] in ("23", "P0"):
        return LedgerError(f"this cannot be written to the ledger: {_first_line(cause)}", file=place)
    return LedgerError(f"the ledger could not be used: {_first_line(cause)}", file=place)


def _refusal(cause: BaseException, state: str) -> tuple[str, str] | None:
    """Tell why a server lets nobody in, or that it is gone."""
    if isinstance(cause, sqlite3.Error) or type(cause).__name__ not in _OF_A_CONNECTION:
        return None
    for words, sentence in _REFUSALS.items():
        if re.search(words, str(cause)):
            return sentence
    return _GONE if not state or state[:2] in ("08", "57") else None


def _first_line(cause: BaseException) -> str:
    return str(cause).strip().split("\n")[0]
