"""A running gateway: the one place where gateway, ledger, keys and clock meet.

Everything that happens to one message is one commit: its record, the answer owed, and the place of
further answers in the outbox. A message is acknowledged only after that commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import msgspec

from asw_exchange.clock import Clock
from asw_exchange.codec import DEFAULT_LIMITS, Limits
from asw_exchange.corridor import Answer, Arrival, Corridor, MessageKind, Reply
from asw_exchange.errors import LedgerError, UnknownKind
from asw_exchange.gateway import Reception, receive
from asw_exchange.ledger import Ledger
from asw_exchange.model import Header, Value
from asw_exchange.records import UNKNOWN, Direction, Entry, Memory
from asw_exchange.signature import SigningKey, TrustStore


class Transport(Protocol):
    """Carries bytes from one gateway to another."""

    def carry(self, corridor: str, sender: str, receiver: str, raw: bytes) -> bytes | None:
        """Deliver ``raw`` and return the answer, which may be empty; None when it could not be delivered."""
        ...


ReplyRule = Callable[[Arrival, Memory], tuple[Reply, ...]]


class Node:
    """One gateway at work in its corridors."""

    def __init__(
        self,
        gateway: str,
        *,
        corridors: Mapping[str, Corridor],
        key: SigningKey,
        trust: Mapping[str, TrustStore],
        ledger: Ledger,
        clock: Clock,
        new_id: Callable[[], str],
        reply: ReplyRule | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.gateway = gateway
        self.key = key
        self._corridors = {name: _with_reply(corridor, reply) for name, corridor in corridors.items()}
        self._trust = trust
        self._ledger = ledger
        self._clock = clock
        self._new_id = new_id
        self._limits = limits
        self.memory = ledger.memory(gateway)

    def send(self, kind: str, document: Value, receiver: str, *, key: SigningKey | None = None) -> Entry:
        """Build, sign and wrap a document, and put it into the outbox in one commit.

        ``key`` signs in place of the gateway's own, for a test of the partner. Raises BuildError when
        the form cannot carry the document.
        """
        with self._ledger.transaction():
            entry, _ = self._write(self.kind(kind), document, receiver, key=key)
            return entry

    def retransmit(self, entry: Entry) -> Entry:
        """Put an earlier transmission into the outbox once more, as the corridor repeats messages."""
        corridor = self._corridors[entry.kind.split("/")[0]]
        with self._ledger.transaction():
            before = self._ledger.raw(entry.digest)
            message_id = corridor.message_id(self._new_id())
            raw = corridor.envelope.renew(before, message_id)
            again = msgspec.structs.replace(
                entry,
                moment=self._clock.now(),
                message_id=entry.message_id if raw == before else message_id,
                digest=hashlib.sha256(raw).hexdigest(),
                sequence=None,
            )
            return self._ledger.append(again, raw, queue=True)

    def chase(self) -> int:
        """Send once more what the corridors' transactions wait for in vain; return how much that was."""
        overdue = [
            entry
            for corridor in self._corridors.values()
            for entry in corridor.overdue(self._ledger.entries(gateway=self.gateway), self._clock.now())
        ]
        for entry in overdue:
            self.retransmit(entry)
        return len(overdue)

    def receive(self, raw: bytes, *, corridor: str, peer: str = UNKNOWN) -> bytes | None:
        """Take one message in, commit what became of it, and return the bytes of the answer.

        Returns None for a technical answer, which nobody answers in turn. Never raises for bad input.
        """
        with self._ledger.transaction():
            reception = self._take(raw, corridor, peer)
            answer = self._notify(reception, corridor)
            for reply in reception.replies:
                self._send_reply(reply, reception.header)
        return answer

    def deliver(self, transport: Transport) -> int:
        """Carry all that is due, oldest first; return how many transmissions arrived."""
        arrived = 0
        for entry in self._ledger.pending(self.gateway):
            answer = transport.carry(
                entry.kind.split("/")[0], self.gateway, entry.peer, self._ledger.raw(entry.digest)
            )
            if answer is not None:
                arrived += 1
                self.settle(entry, answer)
        return arrived

    def settle(self, entry: Entry, answer: bytes) -> None:
        """Note that a transmission has arrived, whatever the answer says, and take in the answer, if any."""
        with self._ledger.transaction():
            if entry.sequence is None:
                raise LedgerError("an entry of the outbox has no place in the ledger")
            self._ledger.delivered(entry.sequence)
            if answer:
                self._take(answer, entry.kind.split("/")[0], entry.peer)

    def _take(self, raw: bytes, corridor: str, peer: str) -> Reception:
        reception = receive(
            raw,
            gateway=self.gateway,
            corridor=self._corridors[corridor],
            moment=self._clock.now(),
            memory=self.memory,
            trust=self._trust,
            peer=peer,
            limits=self._limits,
        )
        self._ledger.append(reception.record, raw)
        return reception

    def _notify(self, reception: Reception, corridor: str) -> bytes | None:
        """Give the technical answers: one at once, which is returned, the others through the outbox."""
        if reception.stored_answer is not None:
            return self._answer_again(reception.stored_answer)
        answer = None
        for notice in reception.notices:
            kind, record = self._corridors[corridor].kind(notice.kind), reception.record
            about = reception.header or _unopened(record)
            _, raw = self._write(kind, notice.document, record.peer, about=about, queue=not notice.at_once)
            answer = raw if notice.at_once else answer
        return answer

    def _answer_again(self, answer: Entry) -> bytes:
        raw = self._ledger.raw(answer.digest)
        self._ledger.append(msgspec.structs.replace(answer, moment=self._clock.now(), sequence=None), raw)
        return raw

    def _send_reply(self, reply: Reply, about: Header | None) -> None:
        if isinstance(reply, Answer):
            told = about if reply.refers else None
            self._write(self.kind(reply.kind), reply.document, reply.receiver, about=told)
            return
        for entry in self.memory.history(reply.reference):
            if entry.direction is Direction.SENT and entry.reference == reply.reference:
                self.retransmit(entry)
                return

    def _write(
        self,
        kind: MessageKind,
        document: Value,
        receiver: str,
        *,
        about: Header | None = None,
        queue: bool = True,
        key: SigningKey | None = None,
    ) -> tuple[Entry, bytes]:
        """Build, sign, wrap and record a message, in answer to the one ``about``, where there is one."""
        corridor = self._corridors[kind.name.split("/")[0]]
        moment = self._clock.now()
        header = Header(
            id=corridor.message_id(self._new_id()),
            kind=kind.name,
            sender=self.gateway,
            receiver=receiver,
            sent_at=moment,
            refers_to=about.id if about else None,
            refers_to_kind=about.kind if about else None,
            conversation=about.conversation if about else None,
            procedure=about.procedure if about else (),
        )
        raw = corridor.pack(header, document, key or self.key)
        entry = self._ledger.append(_sent(header, kind, document, raw, moment), raw, queue=queue)
        return entry, raw

    def kind(self, name: str) -> MessageKind:
        """Return a kind of the corridors that this gateway has joined. Raises UnknownKind."""
        corridor = self._corridors.get(name.split("/")[0])
        if corridor is None:
            raise UnknownKind(f"{self.gateway} has not joined the corridor of this kind", value=name)
        return corridor.kind(name)


def _with_reply(corridor: Corridor, reply: ReplyRule | None) -> Corridor:
    return corridor if reply is None else replace(corridor, reply=reply)


def _unopened(record: Entry) -> Header:
    """Stand in for the header of a message that could not be opened."""
    return Header(
        id=record.message_id,
        kind=record.kind,
        sender=record.peer,
        receiver=record.gateway,
        sent_at=record.moment,
    )


def _sent(header: Header, kind: MessageKind, document: Value, raw: bytes, moment: datetime) -> Entry:
    return Entry(
        gateway=header.sender,
        peer=header.receiver,
        direction=Direction.SENT,
        kind=header.kind,
        message_id=header.id,
        refers_to=header.refers_to,
        reference=kind.reference(document),
        cites=kind.cites(document),
        moment=moment,
        digest=hashlib.sha256(raw).hexdigest(),
        technical=not kind.acknowledged,
        document=msgspec.json.encode(document),
    )
