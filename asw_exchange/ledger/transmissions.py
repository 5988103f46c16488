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

from asw_exchange.ledger.rows import microseconds
from asw_exchange.ledger.tables import IS_RECEIVED, IS_SENT, ONE, ZERO, entries, outbox
from asw_exchange.model import Outcome
from asw_exchange.records import UNKNOWN, Direction

Columns = ReadOnlyColumnCollection[str, Any]

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
    receiver's word), reference, moment; sent, queued, received, accepted, rejected, duplicate; in_flight;
    lost (sent, but neither received nor in flight); surplus (received, but not sent); is_acknowledgement
    and acknowledged (0 or 1).
    """
    group = _groups().subquery("transmission").c
    missing = _excess(group.sent, group.received)
    owed = case((or_(group.is_acknowledgement == ONE, missing < group.queued), missing), else_=group.queued)
    return (
        select(
            *group,
            owed.label("in_flight"),
            (missing - owed).label("lost"),
            _excess(group.received, group.sent).label("surplus"),
            case((_is_acknowledged(group), ONE), else_=ZERO).label("acknowledged"),
        )
        .where(*conditions(group, filters))
        .subquery("counted")
    )


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
        func.count(side.queued).label("queued"),
        func.sum(ONE - side.is_sent).label("received"),
        *(count.label(outcome) for outcome, count in outcomes.items()),
    ).group_by(*key)


def _word_of_sender(is_sent: ColumnElement[bool], column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.min(case((is_sent, column))), func.min(column))


def _sent() -> Select[Any]:
    """The record of the senders, with the outbox."""
    own = entries.c
    side = _side(own.gateway, own.peer, own.message_id, is_sent=ONE, queued=outbox.c.sequence)
    return side.select_from(entries.outerjoin(outbox, outbox.c.sequence == own.sequence)).where(IS_SENT)


def _received() -> Select[Any]:
    """The record of the receivers, as far as they could read what came."""
    own = entries.c
    side = _side(own.peer, own.gateway, own.message_id, is_sent=ZERO, queued=null())
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
        queued=null(),
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
    queued: ColumnElement[Any],
) -> Select[Any]:
    own = entries.c
    return select(
        sender.label("sender"),
        receiver.label("receiver"),
        message_id.label("message_id"),
        own.digest,
        is_sent.label("is_sent"),
        queued.label("queued"),
        own.kind,
        own.reference,
        own.moment,
        own.outcome,
        own.acknowledgement,
    )


def _is_acknowledged(group: Columns) -> ColumnElement[bool]:
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
    )
    return and_(group.sent > ZERO, found.exists())
