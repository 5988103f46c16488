"""A virtual network: gateways in one process, connected without sockets.

It carries bytes as they are and passes the receiver's answer back, as an HTTP exchange would. What can
happen to a transmission is said by the conduct of both gateways and by the rules of the network itself.
No time passes on it, and there are no heads and lengths: what is only slow or mislabelled arrives.
"""

from __future__ import annotations

from collections.abc import Iterable

from asw_exchange.behaviours import Behaviour, FaultRule, Layer, Match, Meeting, RuleBook, Way, damage
from asw_exchange.behaviours.faults import (
    AnswerBeforeAcknowledgement,
    Duplicated,
    Lost,
    RefuseConnection,
    ResetAfter,
    ResetBefore,
    Status,
    TamperedInTransit,
    TruncatedBody,
    WrongLength,
)
from asw_exchange.corridors import find_corridor
from asw_exchange.ledger import Ledger
from asw_exchange.node import Node
from asw_exchange.records import Direction
from asw_exchange.transport import Undelivered

_NEVER_TAKEN = (RefuseConnection, ResetBefore, Status, Lost)
_ANSWER_LOST = (ResetAfter, WrongLength)


class Network:
    """Connects nodes that share a ledger, by their gateway codes."""

    def __init__(self, ledger: Ledger, *, seed: int | str = 0) -> None:
        self._ledger = ledger
        self._nodes: dict[str, Node] = {}
        self._delivering: set[str] = set()
        self.rules = RuleBook(f"{seed}/network")
        """What happens on the way, whoever sends; their messages are outgoing ones."""

    def join(self, node: Node) -> None:
        """Connect a node."""
        self._nodes[node.gateway] = node

    def fail_next(self, sender: str, receiver: str, fault: Behaviour) -> None:
        """Let this happen to the next transmission from ``sender`` to ``receiver``. Raises InputError."""
        match = Match(direction=Way.OUTGOING, gateway=sender, partner=receiver)
        self.rules.add(FaultRule(match=match, action=fault, times=1))

    def carry(self, corridor: str, sender: str, receiver: str, raw: bytes) -> bytes | Undelivered:
        """Deliver ``raw`` and return the answer, perhaps empty."""
        node, origin = self._nodes.get(receiver), self._nodes.get(sender)
        if node is None:
            return Undelivered(reason=f"nobody is {receiver}", may_have_arrived=False)
        fault = self._on_the_way(corridor, sender, receiver, raw)
        if fault is None and origin is not None:
            fault = origin.leaving(raw, corridor=corridor, peer=receiver)
        if isinstance(fault, _NEVER_TAKEN):
            return Undelivered(reason=fault.word, may_have_arrived=False)
        if isinstance(fault, TamperedInTransit):
            raw = damage.tamper(raw)
        if isinstance(fault, Duplicated):
            self._hand_over(node, corridor, sender, raw)
        answer = self._hand_over(node, corridor, sender, raw)
        return answer if fault is None else _arriving(answer, (fault,))

    def run(self) -> int:
        """Let every node deliver what is due until nothing moves; return how much arrived."""
        total = 0
        while moved := sum(self._nodes[code].deliver(self) for code in self._due()):
            total += moved
        return total

    def _due(self) -> list[str]:
        return sorted({entry.gateway for entry in self._ledger.pending()} & self._nodes.keys())

    def _on_the_way(self, corridor: str, sender: str, receiver: str, raw: bytes) -> Behaviour | None:
        if not self.rules:
            return None
        meeting = Meeting(
            gateway=sender,
            corridor=find_corridor(corridor),
            direction=Direction.SENT,
            raw=raw,
            peer=receiver,
        )
        return self.rules.fire(meeting, frozenset({Layer.WIRE}))

    def _hand_over(self, node: Node, corridor: str, sender: str, raw: bytes) -> bytes | Undelivered:
        treatment = node.meet(raw, corridor=corridor, peer=sender)
        for fault in treatment.before:
            if isinstance(fault, _NEVER_TAKEN):
                return Undelivered(reason=fault.word, may_have_arrived=False)
        answer = node.receive(raw, corridor=corridor, peer=sender, treatment=treatment)
        if any(isinstance(fault, AnswerBeforeAcknowledgement) for fault in treatment.after):
            self._answer_first(node, sender)
        return _arriving(answer or b"", treatment.after)

    def _answer_first(self, node: Node, sender: str) -> None:
        """Let a gateway deliver while its partner waits; who waits itself does not deliver again."""
        if node.gateway in self._delivering:
            return
        self._delivering.add(sender)
        try:
            node.deliver(self, peer=sender)
        finally:
            self._delivering.discard(sender)


def _arriving(answer: bytes | Undelivered, faults: Iterable[Behaviour]) -> bytes | Undelivered:
    """Return what arrives of an answer."""
    for fault in faults:
        if isinstance(answer, Undelivered):
            return answer
        if isinstance(fault, _ANSWER_LOST):
            return Undelivered(reason=fault.word, may_have_arrived=True)
        if isinstance(fault, TruncatedBody):
            answer = damage.break_off(answer, fault.percent)
    return answer
