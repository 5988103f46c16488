"""The ePhyto hub: it takes envelopes, keeps them until they are fetched, and says what became of them.

A request element and the caller come in, a response element comes out; what is kept, a store keeps. Who the
caller is, and how bytes travel, is the server's concern. What the hub refuses, it refuses with a
HubWebException.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree
from msgspec.structs import replace

from asw_exchange.corridors.new_zealand.code_lists import CODE_LISTS
from asw_exchange.corridors.new_zealand.hub_elements import (
    RESULT,
    HubWebException,
    array,
    child,
    content,
    entry,
    envelope_of,
    read_header,
    response,
    tracking_number,
    validation,
    write_envelope,
    write_header,
)
from asw_exchange.corridors.new_zealand.hub_names import ENTITIES, SERVICE
from asw_exchange.corridors.new_zealand.hub_operations import BY_NAME
from asw_exchange.corridors.new_zealand.hub_store import HubStore, MemoryStore, Stored
from asw_exchange.corridors.new_zealand.tracking import MOST_TEXT
from asw_exchange.model import Finding, Severity, TrackedEnvelope, TrackingState

Handler = Callable[[etree._Element, str, bytes], Iterable[etree._Element | str]]
Validate = Callable[[bytes], tuple[Finding, ...]]

MOST_AT_ONCE = 100
"""Envelopes that one answer lists; the next ones are listed once these are acknowledged."""
_ENDS = frozenset(TrackingState) - {TrackingState.PENDING_DELIVERY, TrackingState.ENVELOPE_NOT_EXISTS}
"""What a receiver can say of an envelope."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a country takes and sends (Nppo): pairs of certificate type and status."""

    country: str
    receives: bool = True
    sends: bool = True
    allowed: frozenset[tuple[int, int]] = frozenset()
    """Empty: everything."""

    def takes(self, header: TrackedEnvelope) -> bool:
        """Tell whether an envelope of this type and status is taken."""
        pair = header.certificate_type, header.certificate_status
        return self.receives and (not self.allowed or pair in self.allowed)


@dataclass(slots=True)
class Hub:
    """The operations on a store of envelopes."""

    profiles: Mapping[str, Profile]
    validate: Validate
    """Findings for the XML of a certificate."""
    store: HubStore = field(default_factory=MemoryStore)

    def call(self, request: etree._Element, caller: str, raw: bytes) -> etree._Element:
        """Run the operation of a request for a country; ``raw`` is all that came. Raises HubWebException."""
        name = etree.QName(request)
        if name.namespace != SERVICE or name.localname not in BY_NAME:
            raise HubWebException("the hub has no such operation", value=str(request.tag))
        if caller not in self.profiles:
            raise HubWebException("the caller is no country of this hub", value=caller)
        if name.localname in CODE_LISTS:
            return response(name.localname, (entry(code, text) for code, text in CODE_LISTS[name.localname]))
        run: Handler = getattr(self, f"_{_HANDLERS[name.localname]}")
        return response(name.localname, run(request, caller, raw))

    def _deliver(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[etree._Element]:
        envelope = envelope_of(request)
        header = self._checked(read_header(envelope), caller)
        return [write_header(RESULT, self.store.take(header, content(envelope), raw))]

    def _validate_and_deliver(
        self, request: etree._Element, caller: str, raw: bytes
    ) -> Iterable[etree._Element]:
        envelope = envelope_of(request)
        header, xml = self._checked(read_header(envelope), caller), content(envelope)
        severe = [each.message for each in self.validate(xml) if each.severity is Severity.ERROR]
        if severe:
            error = " ; ".join(severe)[:MOST_TEXT]
            return [
                write_header(RESULT, replace(header, tracking=TrackingState.FAILED_DELIVERY, error=error))
            ]
        return [write_header(RESULT, self.store.take(header, xml, raw))]

    def _checked(self, header: TrackedEnvelope, caller: str) -> TrackedEnvelope:
        if header.sender != caller:
            raise HubWebException(f"an envelope of {header.sender} cannot be delivered by {caller}")
        profile = self.profiles.get(header.receiver)
        if profile is None:
            raise HubWebException("no active country of the hub has this code", value=header.receiver)
        if not profile.takes(header):
            pair = f"{header.certificate_type} {header.certificate_status}"
            raise HubWebException(
                f"{header.receiver} does not take this certificate type and status", value=pair
            )
        return header

    def _headers(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[etree._Element]:
        sender = (request.findtext(f"{{{SERVICE}}}countryCode") or "").strip() or None
        found = self.store.waiting(MOST_AT_ONCE, sender=sender, receiver=caller)
        return [array(write_header("EnvelopeHeader", stored.header) for stored in found)]

    def _pull_all(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[etree._Element]:
        found = self.store.waiting(MOST_AT_ONCE, receiver=caller)
        return [array(write_envelope("Envelope", stored.header, stored.content) for stored in found)]

    def _pull_single(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[etree._Element]:
        stored = self.store.find(tracking_number(request), caller)
        if stored is None or stored.header.receiver != caller:
            return []
        return [write_envelope(RESULT, stored.header, stored.content)]

    def _acknowledge(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[str]:
        self._settle(request, caller, TrackingState.DELIVERED, None)
        return []

    def _acknowledge_warned(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[str]:
        message = request.findtext(f"{{{SERVICE}}}warningMessage")
        return [self._settle(request, caller, TrackingState.DELIVERED_WITH_WARNINGS, message)]

    def _acknowledge_failed(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[str]:
        message = request.findtext(f"{{{SERVICE}}}message")
        return [self._settle(request, caller, TrackingState.DELIVERED_NOT_READABLE, message)]

    def _settle(self, request: etree._Element, caller: str, state: TrackingState, error: str | None) -> str:
        found = self._own(tracking_number(request), caller)
        self.store.settle(replace(found.header, tracking=state, error=_shortened(error)))
        return str(state)

    def _own(self, number: str, caller: str) -> Stored:
        stored = self.store.find(number, caller)
        if stored is None or stored.header.receiver != caller:
            raise HubWebException("no envelope of this number is for the caller", value=number)
        return stored

    def _under_delivery(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[etree._Element]:
        found = self.store.waiting(MOST_AT_ONCE, sender=caller)
        return [array(write_header("EnvelopeHeader", stored.header) for stored in found)]

    def _tracking(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[etree._Element]:
        number = tracking_number(request)
        stored = self.store.find(number, caller)
        return [write_header(RESULT, stored.header if stored else _not_existing(number, caller))]

    def _update(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[etree._Element]:
        given = request.find(f"{{{SERVICE}}}header")
        if given is None:
            raise HubWebException("the header is missing")
        told = read_header(given)
        found = self._own(told.delivery_number or "", caller)
        if told.tracking not in _ENDS:
            raise HubWebException("a receiver cannot say this of an envelope", value=told.tracking)
        self.store.settle(replace(found.header, tracking=told.tracking, error=_shortened(told.error)))
        return []

    def _validated(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[etree._Element]:
        text = request.findtext(f"{{{SERVICE}}}ePhytoXML") or ""
        return [validation(finding) for finding in self.validate(text.encode())]

    def _profile(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[etree._Element]:
        return [_nppo(RESULT, self.profiles[caller])]

    def _nppos(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[etree._Element]:
        return [array([_nppo("Nppo", profile) for profile in self.profiles.values()])]

    def _channels(self, request: etree._Element, caller: str, raw: bytes) -> Iterable[etree._Element]:
        channel = etree.Element(f"{{{ENTITIES}}}Channel", Receive="true", Send="true")
        child(channel, "Code", "EPHYTO")
        child(channel, "Name", "ePhyto hub")
        return [array([channel])]


_HANDLERS = {
    "DeliverEnvelope": "deliver",
    "ValidateAndDeliverEnvelope": "validate_and_deliver",
    "DeliverPhytoEnvelope": "deliver",
    "DeliverCountryResponseEnvelope": "deliver",
    "GetImportEnvelopeHeaders": "headers",
    "PULLImportEnvelope": "pull_all",
    "PULLSingleImportEnvelope": "pull_single",
    "AcknowledgeEnvelopeReceipt": "acknowledge",
    "AdvancedAcknowledgeEnvelopeReceipt": "acknowledge_warned",
    "AcknowledgeFailedEnvelopeReceipt": "acknowledge_failed",
    "GetUnderDeliveryEnvelope": "under_delivery",
    "GetEnvelopeTrackingInfo": "tracking",
    "SetTrackingInfoUpdate": "update",
    "ValidatePhytoXML": "validated",
    "GetProfile": "profile",
    "GetActiveNppos": "nppos",
    "GetAvailableChannels": "channels",
}


def _nppo(name: str, profile: Profile) -> etree._Element:
    """Write what a country takes and sends."""
    element = etree.Element(f"{{{SERVICE if name == RESULT else ENTITIES}}}{name}")
    child(element, "Country", profile.country)
    child(element, "Receive", "true" if profile.receives else "false")
    child(element, "Send", "true" if profile.sends else "false")
    for type_, status in sorted(profile.allowed):
        allowed = etree.SubElement(element, f"{{{ENTITIES}}}AllowedDocument", active="true")
        etree.SubElement(allowed, f"{{{ENTITIES}}}certificateType", number=str(type_))
        etree.SubElement(allowed, f"{{{ENTITIES}}}certificateStatus", number=str(status))
    return element


def _shortened(text: str | None) -> str | None:
    return (text or "").strip()[:MOST_TEXT] or None


def _not_existing(number: str, caller: str) -> TrackedEnvelope:
    return TrackedEnvelope(
        sender=caller,
        receiver=caller,
        certificate_type=0,
        certificate_status=0,
        certificate_number="unknown",
        delivery_number=number,
        tracking=TrackingState.ENVELOPE_NOT_EXISTS,
    )
