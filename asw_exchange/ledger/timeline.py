"""What happened to one document, over all gateways, in the order it was written down."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from asw_exchange.ledger.rows import fields_of
from asw_exchange.ledger.statements import ENTRY
from asw_exchange.ledger.store import Ledger
from asw_exchange.ledger.tables import ONE, citations, entries
from asw_exchange.ledger.transmissions import address
from asw_exchange.records import UNKNOWN, Direction, Entry


class Relation(StrEnum):
    """What an entry has to do with the document that a timeline is about."""

    ABOUT = "about"
    """The document itself, or a business answer to it."""
    ACKNOWLEDGES = "acknowledges"
    """The technical answer to a message about it."""
    RESTS_ON_IT = "rests-on-it"
    """Another document that cites it: a back-to-back certificate, a replacement."""
    IT_RESTS_ON = "it-rests-on"
    """Another document that it cites."""


_ORDER = tuple(Relation)


class TimelineEntry(Entry, frozen=True, kw_only=True):
    """An entry of a timeline: an Entry that says why it is there."""

    relation: Relation


def timeline(ledger: Ledger, reference: str) -> tuple[TimelineEntry, ...]:
    """Return what all gateways recorded about the document of this reference number, oldest first.

    Empty when nobody knows it. An entry that fits several relations has the first of them. Raises
    LedgerError.
    """
    related = _related(reference).subquery("related")
    rank = func.min(related.c.rank)
    ranked = select(related.c.sequence, rank.label("rank")).group_by(related.c.sequence).subquery("ranked")
    statement = ENTRY.join(ranked, ranked.c.sequence == entries.c.sequence)
    rows = ledger.database.select(statement.add_columns(ranked.c.rank).order_by(entries.c.sequence))
    return tuple(TimelineEntry(**fields_of(row), relation=_ORDER[row[-1]]) for row in rows)


_mine = entries.alias("mine")
_other = entries.alias("other")


def _related(reference: str) -> CompoundSelect[Any]:
    """Return sequences with the rank of their relation; a sequence may come more than once."""
    is_about = _mine.c.reference == reference
    other_side = select(_other.c.sequence).select_from(_other.join(_mine, _is_other_side())).where(is_about)
    answers = select(_other.c.sequence).select_from(_other.join(_mine, _is_answer())).where(is_about)
    citing = select(citations.c.sequence).where(citations.c.reference == reference)
    own_citations = citations.join(_mine, _mine.c.sequence == citations.c.sequence)
    cites = select(citations.c.reference).select_from(own_citations)
    cited = select(entries.c.sequence).where(entries.c.reference.in_(cites.where(is_about)))
    return union_all(
        _ranked(Relation.ABOUT, select(_mine.c.sequence).where(is_about)),
        _ranked(Relation.ABOUT, other_side),
        _ranked(Relation.ACKNOWLEDGES, answers),
        _ranked(Relation.RESTS_ON_IT, citing),
        _ranked(Relation.IT_RESTS_ON, cited),
    )


def _ranked(relation: Relation, statement: Select[Any]) -> Select[Any]:
    return statement.add_columns(literal_column(str(_ORDER.index(relation))).label("rank"))


def _is_other_side() -> ColumnElement[bool]:
    """The same transmission as the other gateway recorded it, which may not have been able to read it."""
    return and_(
        _other.c.gateway == _mine.c.peer,
        _other.c.direction.in_(tuple(Direction)),
        _other.c.direction != _mine.c.direction,
        _other.c.message_id.in_((_mine.c.message_id, address(_mine.c.digest))),
        _other.c.peer.in_((_mine.c.gateway, UNKNOWN)),
    )


def _is_answer() -> ColumnElement[bool]:
    """A technical answer to a message, on the side that sent it or on the one that received it."""
    ways = ((_mine.c.gateway, _mine.c.peer), (_mine.c.peer, _mine.c.gateway))
    return and_(
        _other.c.acknowledgement == ONE,
        _other.c.direction.in_(tuple(Direction)),
        or_(*(and_(_other.c.gateway == gateway, _other.c.peer == peer) for gateway, peer in ways)),
        _other.c.refers_to.in_((_mine.c.message_id, address(_mine.c.digest))),
    )
