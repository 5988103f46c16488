"""Sends messages from outside, as a tester's system would, and says what the partner's answer means.

Nothing is kept, and nothing tried again. Not here: deliveries of gateways (``delivery``).
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from ssl import SSLContext
from urllib.parse import urlsplit

import msgspec
from cryptography import x509
from lxml import etree

from asw_exchange.clock import SystemClock
from asw_exchange.codec import read
from asw_exchange.corridor import Corridor, MessageKind
from asw_exchange.corridors import all_corridors, recognise
from asw_exchange.envelope import Envelope
from asw_exchange.errors import EnvelopeError, ExchangeError, UntrustedSigner
from asw_exchange.gateway import doubt_of
from asw_exchange.model import (
    Acknowledgement,
    Fault,
    Finding,
    Header,
    Outcome,
    Signal,
    TrackedEnvelope,
    TrackingState,
    Value,
)
from asw_exchange.records import UNKNOWN, Direction, Entry
from asw_exchange.server.client import Client, Failed
from asw_exchange.server.outbound_addresses import allow
from asw_exchange.server.partners import checked_url
from asw_exchange.signature import TrustStore, Verified, load_trust, read_signed
from asw_exchange.signature.authorities import AUTHORITY_FILE
from asw_exchange.verbs import verify

_BAD = frozenset({TrackingState.FAILED_DELIVERY, TrackingState.DELIVERED_NOT_READABLE})


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures are believed."""

    everybody: TrustStore
    own: Mapping[str, TrustStore] = field(default_factory=dict)
    """Gateway code to the authorities of that gateway alone, where they are known one by one."""

    @classmethod
    def load(cls, place: Path) -> Trust:
        """Read a folder of ``asw pki init``, a gateway's, or any that ``TrustStore`` reads. Raises as it."""
        folders = sorted(file.parent for file in place.glob(f"*/{AUTHORITY_FILE}"))
        return cls(TrustStore.load(place), {folder.name: load_trust(folder) for folder in folders})

    def verify(self, answer: bytes, sender: str | None, moment: datetime) -> Verified:
        """Verify that ``sender`` has signed an answer. Raises as ``verbs.verify``."""
        own = self.own.get(sender or "", self.everybody)
        try:
            return verify(answer, own, moment=moment)
        except UntrustedSigner:
            signer = verify(answer, self.everybody, moment=moment).signer
            raise UntrustedSigner(f"signed by {self._name(signer, moment)}, not by {sender}") from None

    def _name(self, signer: x509.Certificate, moment: datetime) -> str:
        """Return the code of the gateway whose authority certifies a signer, else the signer's subject."""
        for code, store in self.own.items():
            with suppress(UntrustedSigner):
                store.check(signer, (), moment)
                return code
        return signer.subject.rfc4514_string()


class Told(Value, frozen=True, kw_only=True):
    """What came of one message."""

    outcome: Outcome | None = None
    """None where the answer tells none: it was received, or nobody answered."""
    kind: str | None = None
    """Of the answer."""
    words: str | None = None
    """What the answer says beside."""
    findings: tuple[Finding, ...] = ()
    signer: str | None = None
    """Whose signature over the answer was verified; None where that was not asked, or the kind has none."""
    failure: str | None = None
    """Why there is no answer, or none to be believed."""
    arrived: bool = True
    """False when the network, or HTTP, failed."""


async def send(
    messages: Iterable[bytes],
    url: str,
    tls: SSLContext,
    trust: Trust | None = None,
    moment: datetime | None = None,
) -> AsyncIterator[Told]:
    """Post messages one after the other and yield what came of each.

    ``trust`` says which authorities the signatures of answers must lead to, ``moment`` (default: now) when.
    Raises WrongOption for what is no address.
    """
    host = urlsplit(checked_url(url)).hostname or ""
    client = Client(allow([host]), lambda sender: tls)
    try:
        for raw in messages:
            result = await client.post(url, raw, request_headers(raw), sender="")
            if isinstance(result, Failed):
                yield Told(failure=result.reason, arrived=False)
            else:
                yield told_of(result.body, trust, sent=raw, moment=moment)
    finally:
        await client.close()


def request_headers(raw: bytes) -> dict[str, str]:
    """Return the HTTP header fields of a message, which may be wrong in every way."""
    envelopes = [corridor.envelope for corridor in all_corridors()]
    try:
        tag = read(raw, keep_instructions=True).tag
    except ExchangeError:
        tag = None
    known = (envelope for envelope in envelopes if envelope.tag == tag)
    return next(known, envelopes[0]).request_headers(raw)


def told_of(
    answer: bytes,
    trust: Trust | None = None,
    *,
    sent: bytes | None = None,
    moment: datetime | None = None,
) -> Told:
    """Read an answer; with ``trust``, verify its signature first, where its kind is signed.

    With ``sent``, the message that it was given to, it must be about that very message.
    """
    if not answer:
        return Told(words="received, without an answer")
    try:
        return _judge(_recognised(read(answer, keep_instructions=True)), answer, trust, sent, moment)
    except ExchangeError as error:
        return Told(failure=f"the answer is not to be used: {error.reply_code}: {error}")


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer that was opened, but not yet believed."""

    corridor: Corridor
    kind: MessageKind
    element: etree._Element
    header: Header | None
    """None for a fault that is addressed to nobody."""


def _judge(
    opened: _Answer, answer: bytes, trust: Trust | None, sent: bytes | None, moment: datetime | None
) -> Told:
    kind, header, element, signer = opened.kind, opened.header, opened.element, None
    if header is not None and header.kind != kind.name:
        return _none(f"the header announces {header.kind}, the document is {kind.name}")
    if trust is not None and kind.signed:
        verified = trust.verify(answer, header.sender if header else None, moment or SystemClock().now())
        signer, element = verified.signer.subject.rfc4514_string(), recognise(verified.document)[2]
    document = kind.layout.read(element)
    told = _meaning(kind.name, document, signer)
    if sent is not None and header is not None:
        reason = _doubt(opened, header, document, sent, refused=told.outcome is Outcome.REJECTED)
        return told if reason is None else _none(reason)
    return told


def _none(reason: str) -> Told:
    return Told(failure=f"not an answer to this message: {reason}")


def _recognised(root: etree._Element) -> _Answer:
    """Open an answer; a fault may be addressed to nobody, as its sender knows not whom to."""
    try:
        corridor, kind, element = recognise(root)
        return _Answer(corridor, kind, element, corridor.envelope.unpack(root)[0])
    except EnvelopeError:
        body = root.find("{*}Body")
        if body is None or len(body) != 1:
            raise
        corridor, kind, element = recognise(body[0])
        if kind.document is not Fault:
            raise
        return _Answer(corridor, kind, element, None)


def _doubt(opened: _Answer, header: Header, document: Value, sent: bytes, *, refused: bool) -> str | None:
    """Return why an answer says nothing of what was sent, by the judgement of gateways; None where it does.

    Who is asked in place of the receiver may refuse a message all the same, and what cannot be read is for
    nobody.
    """
    envelope, digest = opened.corridor.envelope, hashlib.sha256(sent).hexdigest()
    own = _header_of(sent, envelope)
    if own is not None and header.receiver != own.sender:
        return f"it is for {header.receiver}, not for {own.sender}"
    told = Entry(
        gateway=header.receiver,
        peer=header.sender,
        direction=Direction.RECEIVED,
        kind=opened.kind.name,
        message_id=header.id,
        refers_to=header.refers_to,
        moment=SystemClock().now(),
        digest="",
        technical=not opened.kind.acknowledged,
        document=msgspec.json.encode(document),
    )
    about = Entry(
        gateway=header.receiver,
        peer=header.sender if own is None or refused else own.receiver,
        direction=Direction.SENT,
        kind=own.kind if own else UNKNOWN,
        message_id=own.id if own else f"sha256:{digest}",
        moment=told.moment,
        digest=digest,
    )
    return doubt_of(told, about, lambda: sent, envelope)


def _header_of(message: bytes, envelope: Envelope) -> Header | None:
    try:
        return envelope.unpack(read_signed(message))[0]
    except ExchangeError:
        return None


def _meaning(kind: str, document: object, signer: str | None) -> Told:
    match document:
        case Acknowledgement():
            return Told(outcome=document.outcome, kind=kind, findings=document.findings, signer=signer)
        case TrackedEnvelope():
            refused = Outcome.REJECTED if document.tracking in _BAD else Outcome.ACCEPTED
            words = " ".join(filter(None, (document.tracking, document.error)))
            pending = document.tracking is TrackingState.PENDING_DELIVERY
            return Told(outcome=None if pending else refused, kind=kind, words=words)
        case Fault():
            return Told(outcome=Outcome.REJECTED, kind=kind, words=f"{document.subcode} {document.reason}")
        case Signal():
            told = "; ".join(f"{each.code} {each.description}" for each in document.errors)
            return Told(outcome=Outcome.REJECTED if told else None, kind=kind, words=told or "received")
        case _:
            return Told(kind=kind, words="answered with a document", signer=signer)
