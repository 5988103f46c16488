"""The ledger of a space as the store of the ePhyto hub: what gateways sent waits there until it is fetched.

What a country delivers to a gateway of this space, that gateway takes at once, as it takes what is posted to
it. What a gateway sends to a country for which the partner table has no address waits in the outbox; what the
country says of it is taken in as the EnvelopeHeader that a receiver answers with. All of it runs as jobs of
the committer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec
from lxml import etree
from msgspec.structs import replace

from asw_exchange.codec import read
from asw_exchange.corridors.new_zealand import CORRIDOR
from asw_exchange.corridors.new_zealand.envelope import carried
from asw_exchange.corridors.new_zealand.hub import Hub, Profile
from asw_exchange.corridors.new_zealand.hub_elements import HubWebException, content, read_header
from asw_exchange.corridors.new_zealand.hub_names import ENVELOPE_HEADER, SOAP
from asw_exchange.corridors.new_zealand.hub_store import Stored
from asw_exchange.corridors.new_zealand.tracking import LAYOUT, UNKNOWN_NUMBER
from asw_exchange.errors import UnknownKind
from asw_exchange.ledger import State
from asw_exchange.model import Finding, Header, Outcome, TrackedEnvelope, TrackingState
from asw_exchange.records import Direction, Entry
from asw_exchange.server.space import Space
from asw_exchange.validation import findings_of_error
from asw_exchange.verbs import validate


def open_hub(space: Space) -> Hub:
    """Return the hub of a space, with all members of its corridor as countries."""
    profiles = {code: Profile(code) for code in CORRIDOR.members}
    return Hub(profiles, lambda xml: _validate(xml, space), LedgerStore(space))


def _validate(xml: bytes, space: Space) -> tuple[Finding, ...]:
    report = validate(xml, moment=space.clock.now())
    if report.kind is None or CORRIDOR.find(report.kind) is not None:
        return report.findings
    return (findings_of_error(UnknownKind("the hub carries no documents of this kind", value=report.kind)),)


@dataclass(frozen=True, slots=True)
class LedgerStore:
    """The envelopes of a space."""

    space: Space

    def take(self, header: TrackedEnvelope, content: bytes, raw: bytes) -> TrackedEnvelope:
        """Let the gateway of the receiver take the very request in, and return what it answers."""
        if not self.space.joined(CORRIDOR.name, header.receiver):
            raise HubWebException("no gateway of this country runs here", value=header.receiver)
        node = self.space.nodes[header.receiver]
        answer = node.receive(raw, corridor=CORRIDOR.name, peer=header.sender)
        if answer is None:
            return replace(header, tracking=TrackingState.PENDING_DELIVERY)
        found: TrackedEnvelope = LAYOUT.read(_operation(answer))
        return found

    def find(self, number: str, country: str) -> Stored | None:
        """Look up what a gateway of this space sent or received."""
        entry = self._entry(number, country)
        return self._stored(entry) if entry else None

    def waiting(self, most: int, *, sender: str | None = None, receiver: str | None = None) -> list[Stored]:
        """List what is due in the outbox for countries that fetch, unless deliveries are held."""
        if self.space.delivery.steps == 0:
            return []
        countries = (receiver,) if receiver else CORRIDOR.members
        due = [
            queued
            for country in countries
            if self.space.partners.url(CORRIDOR.name, country) is None
            for queued in self.space.ledger.due_to(
                CORRIDOR.name, country, self.space.clock.now(), limit=_MOST_DUE
            )
            if sender in (None, queued.entry.gateway) and not queued.entry.technical
        ]
        return [self._stored(each.entry) for each in sorted(due, key=lambda each: each.sequence)[:most]]

    def settle(self, told: TrackedEnvelope) -> None:
        """Take the receiver's word in as the answer to what was sent; it is then out of the outbox."""
        number = told.delivery_number or ""
        entry = self._entry(number, told.receiver)
        if entry is None or entry.direction is not Direction.SENT:
            raise HubWebException("a gateway has taken this envelope and answered it", value=number)
        header = Header(
            id=f"receipt:{hashlib.sha256(msgspec.json.encode(told)).hexdigest()}",
            kind=ENVELOPE_HEADER,
            sender=told.receiver,
            receiver=told.sender,
            refers_to=number,
            refers_to_kind=entry.kind,
        )
        node = self.space.nodes[entry.gateway]
        doubt = node.settle(entry, CORRIDOR.pack(header, told, node.key))
        if doubt is not None:
            raise HubWebException(doubt, value=number)

    def _entry(self, number: str, country: str) -> Entry | None:
        """Return the first record of an envelope: its sender's, else its receiver's."""
        found = [
            entry
            for entry in self.space.ledger.entries(message_id=number, corridor=CORRIDOR.name)
            if country in (entry.gateway, entry.peer) and not entry.technical
        ]
        return min(found, key=lambda entry: entry.direction is not Direction.SENT, default=None)

    def _stored(self, entry: Entry) -> Stored:
        envelope = carried(_operation(self.space.ledger.raw(entry.digest)))
        header = replace(read_header(envelope), delivery_number=entry.message_id)
        tracking, error = self._state(entry, header)
        return Stored(replace(header, tracking=tracking, error=error), content(envelope))

    def _state(self, entry: Entry, header: TrackedEnvelope) -> tuple[TrackingState, str | None]:
        """Return what became of an envelope, and why."""
        for queued in self.space.ledger.queue(gateway=entry.gateway, message_id=entry.message_id):
            if queued.state is State.DEAD:
                return TrackingState.FAILED_DELIVERY, queued.failure
            return TrackingState.PENDING_DELIVERY, None
        told = self._told(entry, header)
        if told is None:
            return TrackingState.DELIVERED, None
        return told.tracking or TrackingState.DELIVERED, told.error

    def _told(self, entry: Entry, header: TrackedEnvelope) -> TrackedEnvelope | None:
        """Return the latest EnvelopeHeader with which the receiver answered."""
        for reference in (header.certificate_number, UNKNOWN_NUMBER):
            for answer in self.space.ledger.entries(
                gateway=entry.gateway, kind=ENVELOPE_HEADER, reference=reference, newest_first=True
            ):
                if answer.refers_to == entry.message_id and answer.outcome is not Outcome.REJECTED:
                    return answer.document_as(TrackedEnvelope)
        return None


_MOST_DUE = 1000
"""Of what waits for one country, looked at in one go."""


def _operation(raw: bytes) -> etree._Element:
    """Return the operation in the body of a message that a gateway has written or taken in."""
    body = read(raw, keep_instructions=True).find(f"{{{SOAP}}}Body")
    if body is None or len(body) == 0:
        raise HubWebException("the message of this number has no body")
    return body[0]
