"""What earlier messages have to do with one that was examined. The list of steps is the documentation.

A step takes what has been found out so far and adds to it; it raises an ExchangeError to refuse the
message, or sets ``outcome`` when nothing is left to do. Time and memory come in with the delivery.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import msgspec
from msgspec.structs import replace

from asw_exchange.corridor import Arrival, Corridor, MessageKind
from asw_exchange.errors import ConfigurationError, MessageIdReused
from asw_exchange.gateway.examination import Examination
from asw_exchange.gateway.steps import Refused
from asw_exchange.model import Finding, Outcome, Severity, Value
from asw_exchange.records import Direction, Entry, Memory


@dataclass(frozen=True, slots=True)
class Recollection:
    """A memory that looks up each history once: nothing is written while one message is thought about."""

    memory: Memory
    _histories: dict[str, tuple[Entry, ...]] = field(default_factory=dict)

    def received(self, sender: str, message_id: str) -> Entry | None:
        """As ``Memory``."""
        return self.memory.received(sender, message_id)

    def sent(self, message_id: str) -> Entry | None:
        """As ``Memory``."""
        return self.memory.sent(message_id)

    def answer(self, message_id: str, peer: str) -> Entry | None:
        """As ``Memory``."""
        return self.memory.answer(message_id, peer)

    def history(self, reference: str) -> tuple[Entry, ...]:
        """As ``Memory``."""
        found = self._histories.get(reference)
        if found is None:
            found = self._histories[reference] = self.memory.history(reference)
        return found

    def citing(self, reference: str) -> tuple[Entry, ...]:
        """As ``Memory``."""
        return self.memory.citing(reference)


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One message on its way through the steps. What a step finds out is unset before that step."""

    gateway: str
    corridor: Corridor
    examination: Examination
    memory: Memory
    kind: MessageKind | None
    """For now the one that the header announces."""
    content_digest: str | None = None
    document: Value | None = None
    findings: tuple[Finding, ...] = ()
    """What is said of it beside a refusal."""
    first: Entry | None = None
    """The entry of the same message when it came before."""
    outcome: Outcome | None = None
    refusal: tuple[Finding, ...] = ()
    trouble: ConfigurationError | None = None
    _arrival: Arrival | None = None

    @property
    def arrival(self) -> Arrival:
        """What exchange rules and replies are asked about, once the message is in itself in order."""
        if self._arrival is None:
            self._arrival = self._arrive()
        return self._arrival

    def _arrive(self) -> Arrival:
        header = self.examination.header
        if header is None or self.kind is None or self.document is None or self.content_digest is None:
            raise AssertionError("asked for before the message was found in order")
        return Arrival(
            header=header,
            kind=self.kind,
            document=self.document,
            content_digest=self.content_digest,
            moment=self.examination.moment,
        )


def recall(delivery: Delivery) -> None:
    """The same bytes under the same id came before: a duplicate. Other bytes: refused by name."""
    examination, header = delivery.examination, delivery.examination.header
    if header is None or not examination.is_addressed:
        return
    first = delivery.memory.received(header.sender, header.id)
    if first is None:
        return
    if first.digest != examination.digest:
        raise MessageIdReused(
            f"the message id was used before, for other content (SHA-256 {first.digest[:16]}…)",
            value=header.id,
            hint="give every message an id of its own",
        )
    delivery.first, delivery.outcome = first, Outcome.DUPLICATE
    delivery.kind = delivery.corridor.kind(first.kind)


def heed_examination(delivery: Delivery) -> None:
    """What the message says by itself counts, now that it is a new one: it may be refused for that."""
    examination = delivery.examination
    delivery.outcome = examination.outcome
    delivery.findings = examination.findings
    delivery.content_digest = examination.content_digest
    kind = delivery.kind = delivery.corridor.find(examination.kind) if examination.kind else None
    if kind is not None and examination.document is not None:
        delivery.document = _reader_of(kind.document)(examination.document)


@cache
def _reader_of(type_: type[Value]) -> Callable[[bytes], Value]:
    return msgspec.json.Decoder(type_).decode


def recall_content(delivery: Delivery) -> None:
    """The same document came before in another message: a retransmission, with no second effect."""
    arrival = delivery.arrival
    reference = arrival.kind.reference(arrival.document)
    if reference is None:
        return
    for entry in delivery.memory.history(reference):
        if (
            entry.direction is Direction.RECEIVED
            and entry.outcome is Outcome.ACCEPTED
            and entry.kind == arrival.kind.name
            and entry.content_digest == arrival.content_digest
        ):
            delivery.outcome = Outcome.DUPLICATE
            return


def apply_exchange_rules(delivery: Delivery) -> None:
    """Rules that need to remember what was exchanged before."""
    arrival = delivery.arrival
    ruleset = f"{delivery.corridor.name}/exchange"
    findings = tuple(
        replace(finding, ruleset=ruleset)
        for rule in delivery.corridor.exchange_rules
        if arrival.kind.name in rule.kinds
        for finding in rule.check(arrival, delivery.memory)
    )
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise Refused(findings)
    delivery.findings = (*delivery.findings, *findings)


def accept(delivery: Delivery) -> None:
    """Nothing spoke against it."""
    delivery.outcome = Outcome.ACCEPTED


EXCHANGE: tuple[Callable[[Delivery], None], ...] = (
    recall,
    heed_examination,
    recall_content,
    apply_exchange_rules,
    accept,
)
