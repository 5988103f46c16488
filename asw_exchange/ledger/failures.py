"""What went wrong with the database, in one sentence and what to do: a LedgerError for each."""

from __future__ import annotations

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


def failure(error: Exception, place: str) -> LedgerError:
    """Return the LedgerError that tells what ``error``, of SQLAlchemy or of the driver, means.

    To be raised ``from`` the error itself. ``place`` names the ledger.
    """
    cause = getattr(error, "orig", None) or error
    code = str(getattr(cause, "sqlite_errorname", "")).removeprefix("SQLITE_").split("_")[0]
    if code in _SENTENCES:
        message, hint = _SENTENCES[code]
        return LedgerError(message, file=place, hint=hint)
    if code == "CONSTRAINT":
        return LedgerError(f"this cannot be written to the ledger: {cause}", file=place)
    return LedgerError(f"the ledger could not be used: {cause}", file=place)
