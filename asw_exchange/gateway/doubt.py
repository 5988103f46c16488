"""Whether what was answered to a transmission is about the very bytes that were sent.

Gateways and the testers' ``asw send`` ask the same question here. Not here: what becomes of the transmission
then (``node``), and whether the answer itself is in order (``examination``).
"""

from __future__ import annotations

from collections.abc import Callable

from asw_exchange.envelope import Envelope
from asw_exchange.records import Entry, is_about


def doubt_of(told: Entry, sent: Entry, raw: Callable[[], bytes], envelope: Envelope) -> str | None:
    """Return why an answer says nothing of a transmission, None where it does.

    ``raw`` gives the bytes that were sent, by which an answer may call what could not be read.
    """
    names = {sent.message_id, f"sha256:{sent.digest}"}
    if told.refers_to is not None and told.refers_to not in names:
        names.add(envelope.name_unread(raw()))
    return None if is_about(told, sent, names) else "the answer is about something else than was sent"
