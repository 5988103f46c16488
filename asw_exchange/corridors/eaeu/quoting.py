"""What a SOAP fault repeats of the message that caused it, and how a message is told by that.

A fault about bytes that could not be opened cannot say to which message id it answers: what it repeats is all
that it tells. Decision N 5 sets no limit to it; 64 KiB is our choice, so that a fault stays small.
"""

from __future__ import annotations

import hashlib

MOST_PROBLEM = 64 * 1024
"""Characters of the offending message that a fault repeats."""


def quoted(raw: bytes) -> str:
    """Return what a fault repeats of a message: its beginning, with what XML cannot hold replaced."""
    text = raw.decode("utf-8", errors="replace")[:MOST_PROBLEM]
    return "".join(
        each if each in "\t\n" or each >= " " else "\ufffd" for each in text if each not in "\ufffe\uffff"
    )


def name_of(problem: str) -> str:
    """Return what a message is called of which only this is known."""
    return f"sha256:{hashlib.sha256(problem.encode()).hexdigest()}"
