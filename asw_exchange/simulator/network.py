"""A virtual network: gateways in one process, connected without sockets.

It carries bytes as they are and passes the receiver's answer back, as an HTTP exchange would. Faults
are words: what is to happen to the next transmissions of one gateway to another.
"""

from __future__ import annotations

from collections import defaultdict, deque
from enum import StrEnum

from asw_exchange.ledger import Ledger
from asw_exchange.node import Node


class Fault(StrEnum):
    """What can happen to one transmission."""

    LOST = "lost"
    """It never arrives; the sender keeps it in its outbox and tries again."""
    TAMPERED = "tampered"
    """It arrives with other content than was sent."""


class Network:
    """Connects nodes that share a ledger, by their gateway codes."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._nodes: dict[str, Node] = {}
        self._faults: defaultdict[tuple[str, str], deque[Fault]] = defaultdict(deque)

    def join(self, node: Node) -> None:
        """Connect a node."""
        self._nodes[node.gateway] = node

    def fail_next(self, sender: str, receiver: str, fault: Fault) -> None:
        """Let the next transmission from ``sender`` to ``receiver`` fail in this way."""
        self._faults[sender, receiver].append(fault)

    def carry(self, corridor: str, sender: str, receiver: str, raw: bytes) -> bytes | None:
        """Deliver ``raw`` and return the answer, perhaps empty; None when it was lost or nobody is there."""
        node = self._nodes.get(receiver)
        faults = self._faults.get((sender, receiver))
        fault = faults.popleft() if faults else None
        if node is None or fault is Fault.LOST:
            return None
        if fault is Fault.TAMPERED:
            raw = tamper(raw)
        return node.receive(raw, corridor=corridor, peer=sender) or b""

    def run(self) -> int:
        """Let every node deliver what is due until nothing moves; return how much arrived."""
        total = 0
        while moved := sum(self._nodes[code].deliver(self) for code in self._due()):
            total += moved
        return total

    def _due(self) -> list[str]:
        return sorted({entry.gateway for entry in self._ledger.pending()} & self._nodes.keys())


def tamper(raw: bytes) -> bytes:
    """Change one character of the signed content: the last digit before the signature."""
    end = raw.find(b"<ds:Signature")
    for index in range(end if end > 0 else len(raw), 0, -1):
        if raw[index - 1 : index].isdigit():
            changed = b"1" if raw[index - 1 : index] != b"1" else b"2"
            return raw[: index - 1] + changed + raw[index:]
    return raw
