"""Sends messages from outside, as a tester's system would, and says what the partner's answer means.

Nothing is kept, and nothing tried again. Not here: deliveries of gateways (``delivery``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from ssl import SSLContext
from urllib.parse import urlsplit

from lxml import etree

from asw_exchange.clock import SystemClock
from asw_exchange.codec import read
from asw_exchange.corridor import MessageKind
from asw_exchange.corridors import all_corridors, recognise
from asw_exchange.errors import EnvelopeError, ExchangeError
from asw_exchange.model import (
    Acknowledgement,
    Fault,
    Finding,
    Outcome,
    Signal,
    TrackedEnvelope,
    TrackingState,
    Value,
)
from asw_exchange.server.client import Client, Failed
from asw_exchange.server.outbound_addresses import allow
from asw_exchange.server.partners import checked_url
from asw_exchange.signature import TrustStore
from asw_exchange.verbs import verify

_BAD = frozenset({TrackingState.FAILED_DELIVERY, TrackingState.DELIVERED_NOT_READABLE})


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
    messages: Iterable[bytes], url: str, tls: SSLContext, trust: TrustStore | None = None
) -> AsyncIterator[Told]:
    """Post messages one after the other and yield what came of each.

    ``trust`` are the authorities that the signatures of answers must lead to. Raises ConfigurationError for
    what is no address.
    """
    host = urlsplit(checked_url(url)).hostname or ""
    client = Client(allow([host]), lambda sender: tls)
    try:
        for raw in messages:
            result = await client.post(url, raw, request_headers(raw), sender="")
            if isinstance(result, Failed):
                yield Told(failure=result.reason, arrived=False)
            else:
                yield told_of(result.body, trust)
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


def told_of(answer: bytes, trust: TrustStore | None = None) -> Told:
    """Read an answer; with ``trust``, verify its signature first, where its kind is signed."""
    if not answer:
        return Told(words="received, without an answer")
    try:
        kind, element = _recognised(read(answer, keep_instructions=True))
        signer = None
        if trust is not None and kind.signed:
            verified = verify(answer, trust, moment=SystemClock().now())
            signer, element = verified.signer.subject.rfc4514_string(), _document(verified.document)
        return _meaning(kind.name, kind.layout.read(element), signer)
    except ExchangeError as error:
        return Told(failure=f"the answer is not to be used: {error.reply_code}: {error}")


def _recognised(root: etree._Element) -> tuple[MessageKind, etree._Element]:
    """Return kind and document; a fault may be addressed to nobody, as its sender knows not whom to."""
    try:
        return recognise(root)[1:]
    except EnvelopeError:
        body = root.find("{*}Body")
        if body is None or len(body) != 1:
            raise
        return recognise(body[0])[1:]


def _document(verified: etree._Element) -> etree._Element:
    return recognise(verified)[2]


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
