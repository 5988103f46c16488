"""The proof that both sides agree: message by message, byte by byte, outcome by outcome.

For every sender, receiver and kind, sent + repeated == accepted + rejected + duplicate + in flight + dead,
where the left side is the sender's record and the right side the receiver's. It is proved for each single
transmission, so that it cannot hold by accident; whatever breaks it is named. Repeated is what arrived once
more after an attempt whose end the sender does not know; dead is what the sender gave up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from typing import Unpack

from asw_exchange.ledger.disagreements import Mismatch, Misreport, mismatches, misreports
from asw_exchange.ledger.store import Ledger
from asw_exchange.ledger.tally import TallyRow, tally
from asw_exchange.ledger.transmissions import TallyFilter
from asw_exchange.model import Value


class Defect(StrEnum):
    """In what way two records do not fit together. Public: retired, never reused."""

    LOST = "lost"
    """Sent, not received, and nothing waits to be sent or was given up."""
    NEVER_SENT = "never-sent"
    """Received, but its alleged sender has no record of it."""
    SURPLUS = "surplus"
    """Received more often than sent, and than failed attempts that may have arrived explain."""
    OTHER_BYTES = "other-bytes"
    """Received under an id of the sender, with bytes that it did not send."""
    OTHER_KIND = "other-kind"
    """Accepted as another kind than it was sent as."""
    OTHER_OUTCOME = "other-outcome"
    """The sender was told another outcome than the receiver recorded."""
    ACKNOWLEDGED_UNSEEN = "acknowledged-unseen"
    """The sender was told that it arrived, but the receiver has no record of it, or not of these bytes."""


class Difference(Value, frozen=True, kw_only=True):
    """One message about which two gateways disagree."""

    gateway: str
    """The sender."""
    peer: str
    """The receiver."""
    kind: str
    message_id: str
    reference: str | None
    defect: Defect
    reason: str
    """What is wrong, in one plain sentence."""


class Reconciliation(Value, frozen=True, kw_only=True):
    """The tally, and whether both sides agree on all of it."""

    rows: tuple[TallyRow, ...]
    reconciled: bool
    differences: tuple[Difference, ...]


def reconcile(ledger: Ledger, **filters: Unpack[TallyFilter]) -> Reconciliation:
    """Hold the records of senders and receivers against each other. Raises LedgerError.

    All of it is asked of one unchanging view of the ledger, so it may be asked while messages pass.
    """
    with ledger.snapshot():
        rows = tally(ledger, **filters)
        unlike = [Mismatch(*row) for row in ledger.database.select(mismatches(filters))]
        misled = [Misreport(*row) for row in ledger.database.select(misreports(filters))]
    found = {*_of_mismatches(unlike), *_of_misreports(misled)}
    known_lost = {_message(each) for each in found if each.defect is Defect.LOST}
    found = {
        each
        for each in found
        if each.defect is not Defect.ACKNOWLEDGED_UNSEEN or _message(each) not in known_lost
    }
    differences = tuple(sorted(found, key=lambda each: (*_message(each), each.defect, each.reason)))
    return Reconciliation(rows=rows, reconciled=not differences, differences=differences)


def _message(found: Difference) -> tuple[str, str, str]:
    return found.gateway, found.peer, found.message_id


def _of_mismatches(unlike: Iterable[Mismatch]) -> Iterator[Difference]:
    for _, group in groupby(unlike, key=lambda each: each[:3]):
        yield from _of_message(tuple(group))


def _of_message(unlike: tuple[Mismatch, ...]) -> Iterator[Difference]:
    """What was sent and arrived with other bytes is one difference, not a lost and a surplus message."""
    altered = sum(each.surplus for each in unlike if each.sent == 0)
    for each in unlike:
        if each.accepted_as is not None and each.accepted_as != each.kind:
            yield _difference(each, Defect.OTHER_KIND, _other_kind(each))
        if each.surplus:
            yield _difference(each, *_surplus(each))
        if each.lost > altered:
            yield _difference(each, Defect.LOST, _lost(each))
        altered -= min(altered, each.lost)


def _other_kind(found: Mismatch) -> str:
    return f"{found.sender} sent it as {found.kind}, {found.receiver} accepted it as {found.accepted_as}"


def _surplus(found: Mismatch) -> tuple[Defect, str]:
    sender, receiver = found.sender, found.receiver
    if found.sent:
        counts = f"{sender} sent it {_times(found.sent)}, {receiver} received it {_times(found.received)}"
        return Defect.SURPLUS, counts
    if found.sent_in_all:
        bytes_ = f"{receiver} received bytes that {sender} did not send (SHA-256 {found.digest[:16]}…)"
        return Defect.OTHER_BYTES, bytes_
    return Defect.NEVER_SENT, f"{receiver} received it from {sender}, which has no record of sending it"


def _lost(found: Mismatch) -> str:
    sender, receiver = found.sender, found.receiver
    received = f"{receiver} has no record of it"
    if found.received:
        received = f"{receiver} received it {_times(found.received)}"
    why = (
        f"though {sender} holds an acknowledgement"
        if found.acknowledged
        else "and nothing waits in the outbox"
    )
    return f"{sender} sent it {_times(found.sent)}, {received}, {why}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _of_misreports(misled: Iterable[Misreport]) -> Iterator[Difference]:
    for each in misled:
        told = f"{each.receiver} told {each.sender} that it was {each.told_outcome or 'received'}"
        if each.recorded_outcome is None:
            reason = f"{told}, but has no record of these bytes"
            yield _difference(each, Defect.ACKNOWLEDGED_UNSEEN, reason)
        else:
            reason = f"{told}, but recorded it as {each.recorded_outcome}"
            yield _difference(each, Defect.OTHER_OUTCOME, reason)


def _difference(found: Mismatch | Misreport, defect: Defect, reason: str) -> Difference:
    return Difference(
        gateway=found.sender,
        peer=found.receiver,
        kind=found.kind,
        message_id=found.message_id,
        reference=found.reference,
        defect=defect,
        reason=reason,
    )
