"""What becomes of a message that was examined: its record, and the answers owed. A pure function.

The caller commits the record before it sends the answer, and signs the answer with its own key.
"""

from __future__ import annotations

from dataclasses import dataclass

from asw_exchange.corridor import Corridor, Handled, Notice, Reply
from asw_exchange.gateway.examination import Examination
from asw_exchange.gateway.exchange import EXCHANGE, Delivery, Recollection
from asw_exchange.gateway.steps import Laps, refusal_of, run
from asw_exchange.model import Acknowledgement, Finding, Header, Outcome
from asw_exchange.records import UNKNOWN, Direction, Entry, Memory


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
    replies: tuple[Reply, ...]
    """Business answers that are owed beside those."""
    laps: Laps


def conclude(
    examination: Examination, raw: bytes, *, gateway: str, corridor: Corridor, memory: Memory
) -> Reception:
    """Say what becomes of a message that was examined, by all that the gateway remembers.

    Never raises for bad input; ConfigurationError when one of our own checks could not run.
    """
    header = examination.header
    delivery = Delivery(
        gateway=gateway,
        corridor=corridor,
        examination=examination,
        memory=Recollection(memory),
        kind=corridor.find(header.kind) if header else None,
    )
    laps = run(EXCHANGE, (delivery,))
    record = _record(delivery, refusal_of(delivery))
    return Reception(
        record=record,
        header=header,
        notices=_notices(delivery, record, raw),
        stored_answer=_stored_answer(delivery),
        replies=_replies(delivery),
        laps=laps,
    )


def _replies(delivery: Delivery) -> tuple[Reply, ...]:
    if delivery.outcome is not Outcome.ACCEPTED or delivery.document is None:
        return ()
    return delivery.corridor.reply(delivery.arrival, delivery.memory)


def _record(delivery: Delivery, refusal: tuple[Finding, ...]) -> Entry:
    examination, kind, document = delivery.examination, delivery.kind, delivery.document
    header = examination.header
    return Entry(
        gateway=delivery.gateway,
        peer=header.sender if header else examination.peer,
        direction=Direction.RECEIVED,
        kind=kind.name if kind else UNKNOWN,
        message_id=header.id if header else f"sha256:{examination.digest}",
        refers_to=header.refers_to if header else None,
        reference=kind.reference(document) if kind and document else _first_reference(delivery),
        cites=kind.cites(document) if kind and document else (),
        outcome=delivery.outcome,
        moment=examination.moment,
        digest=examination.digest,
        content_digest=delivery.content_digest,
        findings=refusal or delivery.findings,
        technical=kind is not None and not kind.acknowledged,
        document=examination.document if document else None,
    )


def _first_reference(delivery: Delivery) -> str | None:
    return delivery.first.reference if delivery.first else None


def _notices(delivery: Delivery, record: Entry, raw: bytes) -> tuple[Notice, ...]:
    if record.technical:
        return ()
    acknowledgement = Acknowledgement(
        refers_to=record.message_id,
        kind=delivery.kind.name if delivery.kind else None,
        outcome=record.outcome or Outcome.REJECTED,
        received_at=record.moment,
        digest=record.digest,
        findings=record.findings,
    )
    handled = Handled(
        acknowledgement=acknowledgement,
        header=delivery.examination.header,
        sender=record.peer,
        receiver=record.gateway,
        reference=record.reference,
        raw=raw,
    )
    return delivery.corridor.notify(handled)


def _stored_answer(delivery: Delivery) -> Entry | None:
    if delivery.first is None:
        return None
    return delivery.memory.answer(delivery.first.message_id, delivery.first.peer)
