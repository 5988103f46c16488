"""Two gateways of each corridor, one of which misbehaves, and a document that goes between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec

from asw_exchange.behaviours import Conduct, FaultRule, PkiOrigin, Treatment, read_behaviour
from asw_exchange.clock import VirtualClock
from asw_exchange.corridor import Corridor
from asw_exchange.corridors import find_corridor
from asw_exchange.ledger import Ledger, Reconciliation, reconcile
from asw_exchange.model import Value
from asw_exchange.node import Node
from asw_exchange.records import Direction, Entry
from asw_exchange.signature.pki import TestPki
from asw_exchange.simulator.network import Network
from asw_exchange.testdata import eaeu, generators_of, korea, stream
from tests.builders import MOMENT, certificate

CORRIDORS = ("asean", "eaeu", "korea", "new-zealand")
ORIGIN = PkiOrigin(seed="1", start=MOMENT)
"""What the fixture ``pki`` is made from."""
SENDERS = {"asean": "VN", "eaeu": "VN", "korea": "VN", "new-zealand": "NZ"}
RECEIVERS = {"asean": "TH", "eaeu": "EAEU", "korea": "KR", "new-zealand": "VN"}
KINDS = {
    "asean": "asean/eform-d",
    "eaeu": "eaeu/certificate-eav",
    "korea": "korea/certificate-vk",
    "new-zealand": "new-zealand/phytosanitary-certificate",
}
ANSWERS = {
    "asean": "asean/customs-response",
    "eaeu": "eaeu/processing-result",
    "korea": "korea/feedback",
    "new-zealand": "new-zealand/sps-acknowledgement",
}
ACKNOWLEDGEMENTS = {
    "asean": "asean/acknowledgement",
    "eaeu": "eaeu/delivery-receipt",
    "korea": "korea/acknowledgement",
    "new-zealand": "new-zealand/envelope-header",
}


def document_of(corridor: str, number: int = 1) -> Any:
    """A valid certificate that the sender of a corridor gives."""
    if corridor == "asean":
        return certificate(reference=f"VN-TH 25/02/{number:05}")
    chance = stream(3, "test behaviours", corridor, number)
    if corridor == "eaeu":
        return eaeu.certificate(chance, number, issuer="VN", importer="RU", shape="plain", items=2)
    if corridor == "korea":
        return korea.certificate(chance, number, form="VK", shape="plain", items=3)
    return _phyto(number)


def _phyto(number: int) -> Any:
    make = generators_of("new-zealand")[KINDS["new-zealand"]]
    for seed in range(400):
        found = make(stream(seed, "test nz"), number)
        issued = found.status_code == "70" and found.export_country.code == "NZ"
        if issued and not found.references and found.notes:
            return found
    raise AssertionError


def with_text(document: Any, path: str, text: str) -> Any:
    """A document with another text at a path of the model."""
    first, _, rest = path.partition(".")
    if isinstance(document, tuple):
        changed = with_text(document[int(first)], rest, text) if rest else text
        return (*document[: int(first)], changed, *document[int(first) + 1 :])
    inner = with_text(getattr(document, first), rest, text) if rest else text
    return msgspec.structs.replace(document, **{first: inner})


@dataclass(kw_only=True)
class Pair:
    """A sender, and a receiver whose behaviour is asked for."""

    corridor: Corridor
    ledger: Ledger
    network: Network
    clock: VirtualClock
    sender: Node
    receiver: Node
    serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def name(self) -> str:
        """The corridor's name."""
        return self.corridor.name

    @property
    def conduct(self) -> Conduct:
        """That of the receiver."""
        assert self.receiver.conduct is not None
        return self.receiver.conduct

    def behave(self, *words: str | Mapping[str, Any]) -> None:
        """Let the receiver behave so."""
        self.conduct.behave([read_behaviour(word) for word in words], self.clock.now())

    def rule(self, action: str | Mapping[str, Any], **rule: Any) -> int:
        """Give the receiver a rule."""
        found = msgspec.convert({"action": None, **rule}, FaultRule)
        return self.conduct.add_rule(msgspec.structs.replace(found, action=read_behaviour(action)))

    def document(self) -> Any:
        """The next document."""
        return document_of(self.name, next(self.serial))

    def send(self, document: Value | None = None) -> Entry:
        """Send a document and let everything that is due arrive."""
        sent = self.queue(document)
        self.network.run()
        return sent

    def queue(self, document: Value | None = None) -> Entry:
        """Put a document into the sender's outbox."""
        return self.sender.send(KINDS[self.name], document or self.document(), self.receiver.gateway)

    def meet(self, document: Value | None = None) -> Treatment:
        """What a document would meet with at the receiver; nothing is sent."""
        with self.ledger.transaction():
            raw = self.ledger.raw(self.queue(document).digest)
        return self.receiver.meet(raw, corridor=self.name, peer=self.sender.gateway)

    def wait(self, seconds: float) -> None:
        """Let time pass, and everything that is due then arrive."""
        self.clock.advance(timedelta(seconds=seconds))
        self.network.run()

    def answers(self) -> list[Entry]:
        """The business answers that the sender has got."""
        return self.received(self.sender, ANSWERS[self.name])

    def acknowledgements(self) -> list[Entry]:
        """The technical answers that it was given at once."""
        return self.received(self.sender, ACKNOWLEDGEMENTS[self.name])

    def taken(self) -> list[Entry]:
        """The documents that the receiver has taken in."""
        return self.received(self.receiver, KINDS[self.name])

    def received(self, node: Node, kind: str | None = None) -> list[Entry]:
        """What a gateway has taken in, oldest first."""
        entries = self.ledger.entries(gateway=node.gateway, direction=Direction.RECEIVED)
        return [entry for entry in entries if kind in (None, entry.kind)]

    def last(self) -> Entry:
        """The last message that is no technical answer, or was not understood, of those the sender got."""
        return [entry for entry in self.received(self.sender) if not entry.technical][-1]

    def books(self) -> Reconciliation:
        """The proved tally."""
        return reconcile(self.ledger)


def make_pair(corridor: str, pki: TestPki, *, magic: bool = True) -> Pair:
    """Connect a sender with a receiver that has a conduct, on a ledger of their own."""
    ledger, clock, found = Ledger.open(":memory:"), VirtualClock(MOMENT), find_corridor(corridor)
    network = Network(ledger, seed=1)
    conduct = Conduct(RECEIVERS[corridor], corridors={corridor: found}, origin=ORIGIN, magic=magic)
    nodes = [
        _node(code, found, pki, ledger, clock, behaves)
        for code, behaves in ((SENDERS[corridor], None), (RECEIVERS[corridor], conduct))
    ]
    for node in nodes:
        network.join(node)
    return Pair(
        corridor=found, ledger=ledger, network=network, clock=clock, sender=nodes[0], receiver=nodes[1]
    )


def _node(
    code: str, corridor: Corridor, pki: TestPki, ledger: Ledger, clock: VirtualClock, conduct: Conduct | None
) -> Node:
    numbers = itertools.count(1)
    return Node(
        code,
        corridors={corridor.name: corridor},
        key=pki.key(code),
        trust=pki.trust_by_gateway(),
        ledger=ledger,
        clock=clock,
        new_id=lambda: f"{code}-{next(numbers):06}",
        conduct=conduct,
    )
