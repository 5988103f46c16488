"""A running gateway: the one place where gateway, ledger, keys and clock meet.

Everything that happens to one message is one commit: its record, the answer owed, and the place of
further answers in the outbox. A message is acknowledged only after that commit. A gateway with a conduct
asks it twice: what a message that comes in meets with, and how one that leaves is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from asw_exchange.behaviours import PLAIN, Behaviour, Conduct, Letter, Meeting, Treatment
from asw_exchange.behaviours.judging import as_treated
from asw_exchange.clock import Clock
from asw_exchange.codec import DEFAULT_LIMITS, Limits
from asw_exchange.corridor import Answer, Arrival, Chase, Corridor, MessageKind, Reply
from asw_exchange.errors import BytesDropped, LedgerError, UnknownKind
from asw_exchange.gateway import Examination, Laps, Reception, conclude, doubt_of, examine
from asw_exchange.ledger import Ledger
from asw_exchange.model import Header, Outcome, Value
from asw_exchange.records import UNKNOWN, Direction, Entry, Memory
from asw_exchange.signature import SigningKey, TrustStore
from asw_exchange.transport import Transport, Undelivered

AGAIN = timedelta(seconds=1)
"""After so long it is tried again what got an answer that says nothing of it: the partner is there."""


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
        conduct: Conduct | None = None,
        observe: Callable[[Laps], object] = lambda laps: None,
    ) -> None:
        self.gateway = gateway
        self.key = key
        self._corridors = {
            name: replace(corridor, reply=reply or corridor.reply) for name, corridor in corridors.items()
        }
        self._trust = trust
        self._ledger = ledger
        self._clock = clock
        self._new_id = new_id
        self._limits = limits
        self._observe = observe
        self._treatments: dict[str, tuple[Treatment, Corridor]] = {}
        """By corridor the last treatment out of the ordinary, and the corridor under it."""
        self.memory = ledger.memory(gateway)
        self.conduct = conduct
        """How it behaves, where that can be other than its corridors say."""

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

    def chase(self, corridor: str, entries: Iterable[Entry], *, send: bool = True) -> Chase:
        """Send once more what transactions wait for in vain, and return what they wait for.

        ``entries`` are the gateway's own, oldest first, at least those that were open before; ``send``:
        whether they are all that there are. What is still in the outbox is left there: nobody can have
        answered it.
        """
        known, chase = tuple(entries), self._corridors[corridor].chase
        if chase is None:
            return Chase(overdue=(), open=(), next=None)
        found = chase(known, self._clock.now())
        if not send or not found.overdue:
            return found
        with self._ledger.transaction():
            kept = self._ledger.undelivered(self.gateway)
            waiting = {_content(entry) for entry in known if entry.sequence in kept}
            overdue = tuple(entry for entry in found.overdue if _content(entry) not in waiting)
            for entry in overdue:
                self.retransmit(entry)
        return replace(found, overdue=overdue)

    def meet(self, raw: bytes, *, corridor: str, peer: str = UNKNOWN) -> Treatment:
        """Decide what a transmission meets with, for a transport that does what stands in ``before`` and
        ``after``. It is counted: ask once, and hand the treatment to ``receive``.
        """
        if self.conduct is None:
            return PLAIN
        return self.conduct.meet(self._meeting(raw, corridor, peer, Direction.RECEIVED), self._clock.now())

    def leaving(self, raw: bytes, *, corridor: str, peer: str) -> Behaviour | None:
        """Decide what happens to a delivery on its way, for the transport that makes it. It is counted."""
        if self.conduct is None:
            return None
        return self.conduct.leaving(self._meeting(raw, corridor, peer, Direction.SENT))

    def _meeting(
        self,
        raw: bytes,
        corridor: str,
        peer: str,
        direction: Direction,
        written: tuple[Header, Value] | None = None,
    ) -> Meeting:
        return Meeting(
            gateway=self.gateway,
            corridor=self._corridors[corridor],
            direction=direction,
            raw=raw,
            peer=peer,
            written=written,
        )

    def examine(
        self, raw: bytes, *, corridor: str, peer: str = UNKNOWN, treatment: Treatment = PLAIN
    ) -> Examination:
        """Find out what a message says by itself, for ``receive`` or ``settle``; the ledger is not asked."""
        return examine(
            raw,
            gateway=self.gateway,
            corridor=self._corridors[corridor],
            moment=treatment.moment(self._clock.now()),
            trust=self._trust,
            peer=peer,
            limits=self._limits,
        )

    def receive(
        self,
        raw: bytes,
        *,
        corridor: str,
        peer: str = UNKNOWN,
        treatment: Treatment | None = None,
        examination: Examination | None = None,
    ) -> bytes | None:
        """Take one message in, commit what became of it, and return the bytes of the answer.

        ``treatment`` is what ``meet`` said of it, ``examination`` what ``examine`` did; None: it is asked
        here. Returns None for a technical answer, which nobody answers in turn. Never raises for bad input.
        """
        if treatment is None:
            treatment = self.meet(raw, corridor=corridor, peer=peer)
        if examination is None:
            examination = self.examine(raw, corridor=corridor, peer=peer, treatment=treatment)
        with self._ledger.transaction():
            reception = self._take(examination, raw, corridor, treatment)
            answer = self._notify(reception, corridor, treatment)
            for reply in reception.replies:
                self._send_reply(reply, reception.header, treatment)
        return answer

    def deliver(self, transport: Transport, *, peer: str | None = None) -> int:
        """Carry all that is due, oldest first, to all or to one; return how much of it was answered."""
        answered, now = 0, self._clock.now()
        for entry in self._ledger.due_of(self.gateway, now):
            if peer not in (None, entry.peer):
                continue
            answer = transport.carry(
                entry.kind.split("/")[0], self.gateway, entry.peer, self._ledger.raw(entry.digest)
            )
            if isinstance(answer, Undelivered):
                self._keep(entry, answer, now)
                continue
            answered += 1
            doubt = self.settle(entry, answer)
            if doubt is not None:
                self._keep(entry, Undelivered(reason=doubt, may_have_arrived=True), now, AGAIN)
        return answered

    def _keep(
        self, entry: Entry, undelivered: Undelivered, now: datetime, pause: timedelta = timedelta(0)
    ) -> None:
        """Note why a transmission stays in the outbox, to be tried again with the next delivery."""
        if entry.sequence is not None:
            self._ledger.failed(
                entry.sequence,
                moment=now,
                due=now + pause,
                failure=undelivered.reason,
                may_have_arrived=undelivered.may_have_arrived,
            )

    def settle(self, entry: Entry, answer: bytes, examination: Examination | None = None) -> str | None:
        """Take in what a transmission was answered with, if anything, and take it out of the outbox.

        What is said of the very bytes that were sent is final. An answer that cannot be used, or is about
        something else, says nothing of them: it is kept, but the transmission stays in the outbox, to be
        tried again, as it may not have arrived; returns why, else None. ``examination`` is what ``examine``
        said of the answer; None: it is asked here.
        """
        if entry.sequence is None:
            raise LedgerError("an entry of the outbox has no place in the ledger")
        if answer and examination is None:
            examination = self.examine(answer, corridor=entry.kind.split("/")[0], peer=entry.peer)
        with self._ledger.transaction():
            doubt = self._doubt(entry, answer, examination) if examination else None
            if doubt is None:
                self._ledger.delivered(entry.sequence)
        return doubt

    def _doubt(self, entry: Entry, answer: bytes, examination: Examination) -> str | None:
        """Take an answer in; return why it says nothing of a transmission, None where it does."""
        name = entry.kind.split("/")[0]
        told = self._take(examination, answer, name).record
        if told.outcome is Outcome.DUPLICATE:  # it was read when it came first
            told = self.memory.received(told.peer, told.message_id) or told
        if told.document is None and told.outcome is Outcome.REJECTED:
            return f"the answer cannot be used: {told.findings[0].message}"
        return doubt_of(told, entry, lambda: self._ledger.raw(entry.digest), self._corridors[name].envelope)

    def _take(
        self, examination: Examination, raw: bytes, corridor: str, treatment: Treatment = PLAIN
    ) -> Reception:
        reception = conclude(
            examination,
            raw,
            gateway=self.gateway,
            corridor=self._treated(corridor, treatment),
            memory=self.memory,
        )
        self._observe(reception.laps)
        self._ledger.append(msgspec.structs.replace(reception.record, moment=self._clock.now()), raw)
        return reception

    def _treated(self, name: str, treatment: Treatment) -> Corridor:
        """Return a corridor as it is for one message; most are treated as the one before was."""
        if not treatment:
            return self._corridors[name]
        before = self._treatments.get(name)
        if before is None or before[0] is not treatment:
            before = self._treatments[name] = treatment, as_treated(self._corridors[name], treatment)
        return before[1]

    def _notify(self, reception: Reception, corridor: str, treatment: Treatment) -> bytes | None:
        """Give the technical answers: one at once, which is returned, the others through the outbox."""
        if reception.stored_answer is not None:
            with suppress(BytesDropped):  # then it is told anew that the message is a duplicate
                return self._answer_again(reception.stored_answer)
        answer = None
        for notice in reception.notices:
            kind, record = self._corridors[corridor].kind(notice.kind), reception.record
            about = reception.header or _unopened(record)
            _, raw = self._write(
                kind,
                notice.document,
                record.peer,
                about=about,
                treatment=treatment,
                queue=not notice.at_once,
            )
            answer = raw if notice.at_once else answer
        return answer

    def _answer_again(self, answer: Entry) -> bytes:
        raw = self._ledger.raw(answer.digest)
        self._ledger.append(msgspec.structs.replace(answer, moment=self._clock.now(), sequence=None), raw)
        return raw

    def _send_reply(self, reply: Reply, about: Header | None, treatment: Treatment) -> None:
        if isinstance(reply, Answer):
            told = about if reply.refers else None
            kind = self.kind(reply.kind)
            self._write(kind, reply.document, reply.receiver, about=told, treatment=treatment)
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
        treatment: Treatment | None = None,
        queue: bool = True,
        key: SigningKey | None = None,
    ) -> tuple[Entry, bytes]:
        """Build, sign, wrap and record a message, in answer to the one ``about``, where there is one.

        ``treatment`` is that of the message that is answered; None for a message of the gateway's own.
        """
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
        for letter in self._letters(corridor, header, document, key or self.key, treatment):
            later = {"due": letter.due} if letter.due else {}
            entry = self._ledger.append(
                _sent(letter, kind, document, moment), letter.raw, queue=queue, **later
            )
        return entry, letter.raw

    def _letters(
        self,
        corridor: Corridor,
        header: Header,
        document: Value,
        key: SigningKey,
        about: Treatment | None,
    ) -> tuple[Letter, ...]:
        """Write a message as often as it is to leave: once, unless the conduct says otherwise."""
        if self.conduct is None:
            return (Letter(header=header, raw=corridor.pack(header, document, key)),)
        meeting = self._meeting(
            b"", corridor.name, header.receiver, Direction.SENT, written=(header, document)
        )
        return self.conduct.write(
            meeting, key, about=about, another=lambda: corridor.message_id(self._new_id())
        )

    def kind(self, name: str) -> MessageKind:
        """Return a kind of the corridors that this gateway has joined. Raises UnknownKind."""
        corridor = self._corridors.get(name.split("/")[0])
        if corridor is None:
            raise UnknownKind(f"{self.gateway} has not joined the corridor of this kind", value=name)
        return corridor.kind(name)


def _content(entry: Entry) -> tuple[str, str, bytes | None]:
    """Return what a message and its repetitions have in common."""
    return entry.kind, entry.peer, entry.document


def _unopened(record: Entry) -> Header:
    """Stand in for the header of a message that could not be opened."""
    return Header(
        id=record.message_id,
        kind=record.kind,
        sender=record.peer,
        receiver=record.gateway,
        sent_at=record.moment,
    )


def _sent(letter: Letter, kind: MessageKind, document: Value, moment: datetime) -> Entry:
    header = letter.header
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
        digest=hashlib.sha256(letter.raw).hexdigest(),
        technical=not kind.acknowledged,
        document=msgspec.json.encode(document),
    )
