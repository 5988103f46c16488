"""A gateway receives: bytes in, what became of them out. A pure function.

The caller commits the record before it sends the answer, and signs the answer with its own key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from asw_exchange.codec import DEFAULT_LIMITS, Limits
from asw_exchange.corridor import Corridor, Handled, Notice, Reply
from asw_exchange.errors import ConfigurationError, ExchangeError
from asw_exchange.gateway.steps import STEPS, Delivery, Refused, Step
from asw_exchange.model import Acknowledgement, Finding, Header, Outcome
from asw_exchange.records import UNKNOWN, Direction, Entry, Memory
from asw_exchange.signature import TrustStore
from asw_exchange.validation import findings_of_error


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What became of one message."""

    record: Entry
    header: Header | None
    """None where the envelope could not be opened."""
    notices: tuple[Notice, ...]
    """The technical answers to build and send; none to a technical answer, which nobody answers in turn."""
    stored_answer: Entry | None
    """For a message that came before: the answer that it was given at once, to be sent again."""
    replies: tuple[Reply, ...] = ()
    """Business answers that are owed beside those."""


def receive(
    raw: bytes,
    *,
    gateway: str,
    corridor: Corridor,
    moment: datetime,
    memory: Memory,
    trust: Mapping[str, TrustStore],
    peer: str = UNKNOWN,
    limits: Limits = DEFAULT_LIMITS,
    steps: Iterable[Step] = STEPS,
) -> Reception:
    """Take one message through all steps and say what became of it.

    ``peer`` is who delivered it, as the transport knows; it counts only when the message itself
    cannot tell. ``trust`` maps gateway codes to their certification authorities; ``steps`` are those of
    STEPS, perhaps with a stopwatch around each. Never raises for bad input; ConfigurationError when one of
    our own checks could not run.
    """
    delivery = Delivery(
        raw=raw,
        digest=hashlib.sha256(raw).hexdigest(),
        gateway=gateway,
        corridor=corridor,
        moment=moment,
        memory=memory,
        trust=trust,
        limits=limits,
        peer=peer,
    )
    record = _record(delivery, _run(delivery, steps), peer)
    return Reception(
        record=record,
        header=delivery.header,
        notices=_notices(delivery, record),
        stored_answer=_stored_answer(delivery),
        replies=_replies(delivery),
    )


def _replies(delivery: Delivery) -> tuple[Reply, ...]:
    if delivery.outcome is not Outcome.ACCEPTED or delivery.document is None:
        return ()
    return delivery.corridor.reply(delivery.arrival, delivery.memory)


def _run(delivery: Delivery, steps: Iterable[Step]) -> tuple[Finding, ...]:
    try:
        for step in steps:
            step(delivery)
            if delivery.outcome is not None:
                break
    except ConfigurationError:
        raise
    except Refused as refused:
        delivery.outcome = Outcome.REJECTED
        return refused.findings
    except ExchangeError as error:
        delivery.outcome = Outcome.REJECTED
        return (findings_of_error(error),)
    return (*(delivery.report.findings if delivery.report else ()), *delivery.remarks)


def _record(delivery: Delivery, findings: tuple[Finding, ...], peer: str) -> Entry:
    header, kind, document = delivery.header, delivery.kind, delivery.document
    return Entry(
        gateway=delivery.gateway,
        peer=header.sender if header else peer,
        direction=Direction.RECEIVED,
        kind=kind.name if kind else UNKNOWN,
        message_id=header.id if header else f"sha256:{delivery.digest}",
        refers_to=header.refers_to if header else None,
        reference=kind.reference(document) if kind and document else _first_reference(delivery),
        cites=kind.cites(document) if kind and document else (),
        outcome=delivery.outcome,
        moment=delivery.moment,
        digest=delivery.digest,
        content_digest=delivery.content_digest,
        findings=findings,
        technical=kind is not None and not kind.acknowledged,
        document=msgspec.json.encode(document) if document else None,
    )


def _first_reference(delivery: Delivery) -> str | None:
    return delivery.first.reference if delivery.first else None


def _notices(delivery: Delivery, record: Entry) -> tuple[Notice, ...]:
    if record.technical:
        return ()
    acknowledgement = Acknowledgement(
        refers_to=record.message_id,
        kind=delivery.kind.name if delivery.kind else None,
        outcome=record.outcome or Outcome.REJECTED,
        received_at=delivery.moment,
        digest=record.digest,
        findings=record.findings,
    )
    handled = Handled(
        acknowledgement=acknowledgement,
        header=delivery.header,
        sender=record.peer,
        receiver=record.gateway,
        reference=record.reference,
        raw=delivery.raw,
    )
    return delivery.corridor.notify(handled)


def _stored_answer(delivery: Delivery) -> Entry | None:
    if delivery.first is None:
        return None
    return delivery.memory.answer(delivery.first.message_id, delivery.first.peer)
