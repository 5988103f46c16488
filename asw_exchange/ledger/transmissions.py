"""Both sides of every transmission in one table: the query that tally and reconciliation stand on.

A transmission is told apart by sender, receiver, message id and SHA-256. What senders recorded and what
receivers recorded are two independent sets of rows; they are put under each other and grouped, never
joined, so that nothing falls away and a lost message and a surplus one cannot cancel out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from asw_exchange.ledger.outbox import State
from asw_exchange.ledger.rows import microseconds
from asw_exchange.ledger.tables import IS_RECEIVED, IS_SENT, ONE, ZERO, attempts, entries, hosted, outbox
from asw_exchange.model import Outcome
from asw_exchange.records import UNKNOWN, Direction

Columns = ReadOnlyColumnCollection[str, Any]

_NOTHING: ColumnElement[Any] = null()

address = literal_column("'sha256:'").concat

_is_unreadable = and_(
    IS_RECEIVED, entries.c.kind == UNKNOWN, entries.c.message_id == address(entries.c.digest)
)
"""A reception that knows neither the id nor the kind of what came: it goes by its SHA-256."""


class TallyFilter(TypedDict, total=False):
    """What to count: the messages that fit everything that is named."""

    gateway: str
    """The sender."""
    peer: str
    """The receiver."""
    kind: str
    corridor: str
    since: datetime
    """First sent from this moment on; first received, where the sender has no record of it."""
    until: datetime
    """And before this one."""


def transmissions(**filters: Unpack[TallyFilter]) -> Subquery:
    """Return one row for each (sender, receiver, message_id, digest).

    The columns beside these four: kind (the sender's word, else the receiver's), accepted_as (the
    receiver's word), reference, moment; sent, repeated (received beyond sent, by attempts that may have
    arrived), received, accepted, rejected, duplicate; in_flight; dead (given up, and not received); lost
    (sent, and none of all that); surplus (received, but neither sent nor repeated); is_acknowledgement,
    acknowledged and is_recorded (by its sender; each 0 or 1).

    A gateway that is not hosted has no record here, so what the other side knows stands in for it: of an
    outside sender, what was received of it; of an outside receiver, what it acknowledged, as accepted
    unless it told otherwise. What such a receiver was handed over and has not acknowledged is in flight.
    """
    group = _both_sides(_groups().subquery("transmission").c).subquery("both").c
    missing, beyond = _excess(group.sent, group.received), _excess(group.received, group.sent)
    buried = _least(_excess(missing, group.queued), group.buried)
    is_owed = or_(group.is_acknowledgement == ONE, group.to_outside == ONE)
    owed = case((is_owed, missing - buried), else_=_least(missing, group.queued))
    repeated = _least(beyond, group.uncertain)
    return (
        select(
            *group,
            repeated.label("repeated"),
            owed.label("in_flight"),
            buried.label("dead"),
            (missing - owed - buried).label("lost"),
            (beyond - repeated).label("surplus"),
        )
        .where(*conditions(group, filters))
        .subquery("counted")
    )


def _both_sides(group: Columns) -> Select[Any]:
    """Put what the other side knows in place of the record that an outside gateway keeps elsewhere."""
    from_outside, to_outside = is_outside(group.sender), is_outside(group.receiver)
    acknowledged = case((_is_acknowledged(group), ONE), else_=ZERO)
    refused = case((_is_acknowledged(group, as_rejected=True), ONE), else_=ZERO)
    told = {"received": acknowledged, Outcome.ACCEPTED: acknowledged - refused, Outcome.REJECTED: refused}
    kept = (
        column
        for column in group
        if column.name not in ("sent", "received", Outcome.ACCEPTED, Outcome.REJECTED, "acknowledged")
    )
    return select(
        *kept,
        case((and_(from_outside, group.received > group.sent), group.received), else_=group.sent).label(
            "sent"
        ),
        *(case((to_outside, number), else_=group[name]).label(name) for name, number in told.items()),
        acknowledged.label("acknowledged"),
        case((to_outside, ONE), else_=ZERO).label("to_outside"),
        case((group.sent > ZERO, ONE), else_=ZERO).label("is_recorded"),
    )


def is_outside(gateway: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell that a gateway keeps its record elsewhere: some are hosted here, and it is none of them."""
    codes = select(hosted.c.gateway)
    return and_(codes.exists(), gateway.not_in(codes))


def conditions(columns: Columns, filters: TallyFilter) -> list[ColumnElement[bool]]:
    """Return the WHERE that a filter means for columns named sender, receiver, kind and moment."""
    found: list[ColumnElement[bool]] = []
    if "gateway" in filters:
        found.append(columns.sender == filters["gateway"])
    if "peer" in filters:
        found.append(columns.receiver == filters["peer"])
    if "kind" in filters:
        found.append(columns.kind == filters["kind"])
    if "corridor" in filters:
        found.append(columns.kind.startswith(f"{filters['corridor']}/", autoescape=True))
    if "since" in filters:
        found.append(columns.moment >= microseconds(filters["since"]))
    if "until" in filters:
        found.append(columns.moment < microseconds(filters["until"]))
    return found


def _excess(more: ColumnElement[int], less: ColumnElement[int]) -> ColumnElement[int]:
    return case((more > less, more - less), else_=ZERO)


def _least(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one < other, one), else_=other)


def _groups() -> Select[Any]:
    side = union_all(_sent(), _received(), _unreadable()).subquery("side").c
    key = (side.sender, side.receiver, side.message_id, side.digest)
    is_sent = side.is_sent == ONE
    outcomes = {outcome: func.sum(case((side.outcome == outcome, ONE), else_=ZERO)) for outcome in Outcome}
    return select(
        *key,
        *(_word_of_sender(is_sent, side[name]).label(name) for name in ("kind", "reference", "moment")),
        func.min(case((side.outcome == Outcome.ACCEPTED, side.kind))).label("accepted_as"),
        func.max(case((is_sent, side.acknowledgement), else_=ZERO)).label("is_acknowledgement"),
        func.sum(side.is_sent).label("sent"),
        func.sum(case((side.state.in_((State.WAITING, State.HELD)), ONE), else_=ZERO)).label("queued"),
        func.sum(case((side.state == State.DEAD, ONE), else_=ZERO)).label("buried"),
        func.coalesce(func.sum(side.uncertain), ZERO).label("uncertain"),
        func.sum(ONE - side.is_sent).label("received"),
        *(count.label(outcome) for outcome, count in outcomes.items()),
    ).group_by(*key)


def _word_of_sender(is_sent: ColumnElement[bool], column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.min(case((is_sent, column))), func.min(column))


def _sent() -> Select[Any]:
    """The record of the senders, with the outbox."""
    own = entries.c
    doubt = _doubts()
    joined = entries.outerjoin(outbox, outbox.c.sequence == own.sequence)
    joined = joined.outerjoin(doubt, doubt.c.sequence == own.sequence)
    side = _side(
        own.gateway,
        own.peer,
        own.message_id,
        is_sent=ONE,
        state=outbox.c.state,
        uncertain=doubt.c.uncertain,
    )
    return side.select_from(joined).where(IS_SENT)


def _doubts() -> Subquery:
    """Return how many failed attempts of an entry may have arrived nonetheless."""
    key = attempts.c.sequence
    return (
        select(key, func.count().label("uncertain"))
        .where(attempts.c.may_have_arrived == ONE)
        .group_by(key)
        .subquery("doubt")
    )


def _received() -> Select[Any]:
    """The record of the receivers, as far as they could read what came."""
    own = entries.c
    side = _side(own.peer, own.gateway, own.message_id, is_sent=ZERO)
    return side.where(IS_RECEIVED, not_(_is_unreadable))


def _unreadable() -> Select[Any]:
    """What receivers could not read: it counts for the message whose bytes it was, where that was sent."""
    own, known, guessed = entries.c, _origins(own_word=True), _origins(own_word=False)
    same_bytes = [
        and_(origin.c.receiver == own.gateway, origin.c.digest == own.digest) for origin in (known, guessed)
    ]
    side = _side(
        func.coalesce(known.c.sender, guessed.c.sender, own.peer),
        own.gateway,
        func.coalesce(known.c.message_id, guessed.c.message_id, own.message_id),
        is_sent=ZERO,
    )
    joined = entries.outerjoin(known, and_(same_bytes[0], known.c.sender == own.peer))
    joined = joined.outerjoin(guessed, and_(same_bytes[1], own.peer == UNKNOWN))
    return side.select_from(joined).where(_is_unreadable)


def _origins(*, own_word: bool) -> Subquery:
    """Return who sent to whom, under which id, the bytes that were received as unreadable.

    ``own_word``: a row for each sender; otherwise one for each receiver, naming the first sender.
    """
    own = entries.c
    sender = own.gateway if own_word else func.min(own.gateway)
    columns = (
        sender.label("sender"),
        own.peer.label("receiver"),
        own.digest,
        func.min(own.message_id).label("message_id"),
    )
    unread = select(own.digest).where(_is_unreadable)
    key = (own.gateway, own.peer, own.digest) if own_word else (own.peer, own.digest)
    return select(*columns).where(IS_SENT, own.digest.in_(unread)).group_by(*key).subquery()


def _side(
    sender: ColumnElement[str],
    receiver: ColumnElement[str],
    message_id: ColumnElement[str],
    *,
    is_sent: ColumnElement[int],
    state: ColumnElement[Any] = _NOTHING,
    uncertain: ColumnElement[Any] = _NOTHING,
) -> Select[Any]:
    own = entries.c
    return select(
        sender.label("sender"),
        receiver.label("receiver"),
        message_id.label("message_id"),
        own.digest,
        is_sent.label("is_sent"),
        state.label("state"),
        uncertain.label("uncertain"),
        own.kind,
        own.reference,
        own.moment,
        own.outcome,
        own.acknowledgement,
    )


def _is_acknowledged(group: Columns, *, as_rejected: bool = False) -> ColumnElement[bool]:
    """The sender accepted an answer that names the message by its id or, if unreadable, by its SHA-256."""
    answer = entries.alias("answer").c
    named = answer.refers_to.in_((group.message_id, address(group.digest)))
    found = select(ONE).where(
        answer.acknowledgement == ONE,
        answer.direction == Direction.RECEIVED,
        answer.outcome == Outcome.ACCEPTED,
        answer.gateway == group.sender,
        answer.peer == group.receiver,
        named,
        func.coalesce(answer.told_digest, group.digest) == group.digest,
    )
    if as_rejected:
        found = found.where(answer.told_outcome == Outcome.REJECTED)
    return and_(group.sent > ZERO, found.exists())
