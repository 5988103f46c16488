"""The questions to the ledger that find what sender and receiver do not record alike.

Not here: what to call it (``reconciliation.py``).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select

from asw_exchange.ledger.tables import ONE, ZERO, entries
from asw_exchange.ledger.transmissions import TallyFilter, address, conditions, is_outside, transmissions
from asw_exchange.model import Outcome
from asw_exchange.records import UNKNOWN, Direction


class Mismatch(NamedTuple):
    """A transmission that is not recorded alike on both sides."""

    sender: str
    receiver: str
    message_id: str
    digest: str
    kind: str
    reference: str | None
    accepted_as: str | None
    sent: int
    received: int
    lost: int
    surplus: int
    acknowledged: int
    sent_in_all: int
    """Transmissions of the sender under this id, whatever their bytes."""


class Misreport(NamedTuple):
    """A message of which the sender was told what the receiver did not record."""

    sender: str
    receiver: str
    message_id: str
    kind: str
    reference: str | None
    told_outcome: str | None
    recorded_outcome: str | None
    """Of the bytes that the acknowledgement is about; None where no such bytes are recorded."""


def mismatches(filters: TallyFilter) -> Select[Any]:
    """Return the query for all ``Mismatch``es, those of one message next to each other."""
    told = transmissions().c
    message = (told.sender, told.receiver, told.message_id)
    sent_as = case((told.sent > ZERO, told.kind))
    every = select(
        *message,
        told.digest,
        func.coalesce(sent_as, func.min(sent_as).over(partition_by=message), told.kind).label("kind"),
        func.min(told.reference).over(partition_by=message).label("reference"),
        func.min(told.moment).over(partition_by=message).label("moment"),
        *(told[name] for name in ("accepted_as", "sent", "received", "lost", "surplus", "acknowledged")),
        told.is_recorded,
        func.sum(told.sent).over(partition_by=message).label("sent_in_all"),
    ).subquery("every")
    other_kind = and_(every.c.is_recorded == ONE, every.c.accepted_as != every.c.kind)
    bad = or_(every.c.lost > ZERO, every.c.surplus > ZERO, other_kind)
    found = select(*(every.c[name] for name in Mismatch._fields)).where(bad, *conditions(every.c, filters))
    return found.order_by(every.c.sender, every.c.receiver, every.c.message_id, every.c.digest)


_answer = entries.alias("answer")
_original = entries.alias("original")
_seen = entries.alias("seen")


def misreports(filters: TallyFilter) -> Select[Any]:
    """Return the query for all ``Misreport``s: an accepted acknowledgement that fits no reception.

    Of an outside receiver no reception is recorded; its word must then fit what was sent to it.
    """
    answer, original, seen = _answer.c, _original.c, _seen.c
    of_reception = seen.outcome == func.coalesce(answer.told_outcome, seen.outcome)
    of_original = original.digest == func.coalesce(answer.told_digest, original.digest)
    fits = case((is_outside(answer.peer), or_(of_original, _names_sent_bytes())), else_=of_reception)
    found = (
        select(
            answer.gateway.label("sender"),
            answer.peer.label("receiver"),
            answer.refers_to.label("message_id"),
            func.coalesce(func.min(original.kind), func.min(seen.kind), UNKNOWN).label("kind"),
            func.coalesce(func.min(original.reference), func.min(seen.reference)).label("reference"),
            answer.told_outcome,
            func.min(seen.outcome).label("recorded_outcome"),
            func.coalesce(func.min(original.moment), answer.moment).label("moment"),
        )
        .select_from(_answer.outerjoin(_original, _is_original()).outerjoin(_seen, _is_reception()))
        .where(answer.acknowledgement == ONE, answer.direction == Direction.RECEIVED)
        .where(answer.outcome == Outcome.ACCEPTED)
        .group_by(answer.sequence)
        .having(func.max(case((fits, ONE), else_=ZERO)) == ZERO)
    ).subquery("found")
    return select(*(found.c[name] for name in Misreport._fields)).where(*conditions(found.c, filters))


def _is_original() -> ColumnElement[bool]:
    return and_(
        _original.c.gateway == _answer.c.gateway,
        _original.c.direction == Direction.SENT,
        _original.c.message_id == _answer.c.refers_to,
        _original.c.peer == _answer.c.peer,
    )


def _names_sent_bytes() -> ColumnElement[bool]:
    """The answer knows the message only by its SHA-256, as its receiver could not read it."""
    answer, own = _answer.c, entries.alias("own").c
    found = select(ONE).where(own.direction == Direction.SENT, own.gateway == answer.gateway)
    found = found.where(own.peer == answer.peer, address(own.digest) == answer.refers_to)
    # not and_(): SQLite may look at both sides of it, and this look-up has no index
    return case((answer.refers_to.startswith("sha256:"), found.exists()), else_=false())


def _is_reception() -> ColumnElement[bool]:
    return and_(
        _seen.c.gateway == _answer.c.peer,
        _seen.c.direction == Direction.RECEIVED,
        _seen.c.message_id == _answer.c.refers_to,
        _seen.c.peer.in_((_answer.c.gateway, UNKNOWN)),
        _seen.c.digest == func.coalesce(_answer.c.told_digest, _seen.c.digest),
    )
