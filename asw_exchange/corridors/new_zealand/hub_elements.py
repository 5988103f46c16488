"""Reading and writing the entities of the ePhyto hub."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from asw_exchange.corridors.new_zealand.envelope import carried, content_of, typed_contents
from asw_exchange.corridors.new_zealand.hub_names import ENTITIES, SERVICE
from asw_exchange.errors import ExchangeError
from asw_exchange.model import Finding, Severity, TrackedEnvelope, TrackingState

_PREFIXES: dict[str | None, str] = {None: SERVICE, "hub": ENTITIES}
RESULT = "Result"
"""Stands for ``<operation>Result`` until the answer is put together."""

_LEVELS = {Severity.ERROR: "SEVERE", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


class HubWebException(ExchangeError):
    """A refusal in the hub's own form: a SOAP fault with one message."""

    reply_code = "HUB"


def envelope_of(request: etree._Element) -> etree._Element:
    """Return the envelope that a request delivers. Raises HubWebException."""
    try:
        return carried(request)
    except ExchangeError as error:
        raise HubWebException(error.message, value=error.value) from error


def content(envelope: etree._Element) -> bytes:
    """Return the XML of an envelope, which may be empty or unreadable: the hub carries it all the same."""
    typed = typed_contents(envelope)
    if typed:
        return etree.tostring(typed[0], method="c14n", exclusive=True)
    try:
        return content_of(envelope)
    except ExchangeError:
        return (envelope.findtext(f"{{{ENTITIES}}}Content") or "").encode()


def read_header(envelope: etree._Element) -> TrackedEnvelope:
    """Read an EnvelopeHeader. Raises HubWebException for a missing field or a value that is none."""
    tracking = _field(envelope, "HUBTrackingInfo")
    if tracking is not None and tracking not in set(TrackingState):
        raise HubWebException("HUBTrackingInfo is none of the six states", value=tracking)
    return TrackedEnvelope(
        sender=_needed(envelope, "From"),
        receiver=_needed(envelope, "To"),
        certificate_type=_number_of(envelope, "CertificateType"),
        certificate_status=_number_of(envelope, "CertificateStatus"),
        certificate_number=_needed(envelope, "NPPOCertificateNumber"),
        delivery_number=_field(envelope, "hubDeliveryNumber"),
        tracking=TrackingState(tracking) if tracking else None,
        error=_field(envelope, "hubDeliveryErrorMessage"),
    )


def _field(element: etree._Element, name: str) -> str | None:
    return (element.findtext(f"{{{ENTITIES}}}{name}") or "").strip() or None


def _needed(element: etree._Element, name: str) -> str:
    found = _field(element, name)
    if found is None:
        raise HubWebException(f"{name} is missing")
    return found


def _number_of(element: etree._Element, name: str) -> int:
    text = _needed(element, name)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise HubWebException(f"{name} is no number", value=text)
    return int(text)


def tracking_number(request: etree._Element) -> str:
    """Return the hubTrackingNumber that a request names. Raises HubWebException."""
    found = (request.findtext(f"{{{SERVICE}}}hubTrackingNumber") or "").strip()
    if not found:
        raise HubWebException("hubTrackingNumber is missing")
    return found


def child(parent: etree._Element, name: str, text: str) -> etree._Element:
    """Add an entity's field."""
    element = etree.SubElement(parent, f"{{{ENTITIES}}}{name}")
    element.text = text
    return element


def write_header(name: str, header: TrackedEnvelope) -> etree._Element:
    """Write an EnvelopeHeader as an element of the entities' namespace, or as a result."""
    element = etree.Element(f"{{{SERVICE if name == RESULT else ENTITIES}}}{name}")
    for field, value in (
        ("From", header.sender),
        ("To", header.receiver),
        ("CertificateType", str(header.certificate_type)),
        ("CertificateStatus", str(header.certificate_status)),
        ("NPPOCertificateNumber", header.certificate_number),
        ("hubDeliveryNumber", header.delivery_number),
        ("HUBTrackingInfo", header.tracking and str(header.tracking)),
        ("hubDeliveryErrorMessage", header.error),
    ):
        if value:
            child(element, field, value)
    return element


def write_envelope(name: str, header: TrackedEnvelope, xml: bytes) -> etree._Element:
    """Write an Envelope: its header, then the XML as text."""
    element = write_header(name, header)
    child(element, "Content", xml.decode("utf-8", errors="replace"))
    return element


def array(items: Iterable[etree._Element]) -> etree._Element:
    """Write an array as a result."""
    element = etree.Element(f"{{{SERVICE}}}{RESULT}")
    element.extend(items)
    return element


def entry(code: str, name: str) -> etree._Element:
    """Write an entry of a code list."""
    element = etree.Element(f"{{{SERVICE}}}{RESULT}")
    child(element, "Code", code)
    child(element, "Name", name)
    return element


def validation(finding: Finding) -> etree._Element:
    """Write a finding as the hub's ValidationResult."""
    element = etree.Element(f"{{{SERVICE}}}{RESULT}")
    missing = finding.rule_id == "XSD-MISSING"
    schema = finding.rule_id.startswith(("XSD-", "XML-", "KIND-"))
    child(element, "area", "MandatoryElements" if missing else "Schema" if schema else "Mapping")
    if finding.path:
        child(element, "field", finding.path)
    child(element, "level", _LEVELS[finding.severity])
    child(element, "msg", f"{finding.rule_id}: {finding.message}")
    return element


def response(operation: str, results: Iterable[etree._Element | str]) -> etree._Element:
    """Put the answer to an operation together."""
    answer = etree.Element(f"{{{SERVICE}}}{operation}Response", nsmap=_PREFIXES)  # type: ignore[arg-type]
    for result in results:
        if isinstance(result, str):
            etree.SubElement(answer, f"{{{SERVICE}}}{operation}Result").text = result
        else:
            result.tag = f"{{{SERVICE}}}{operation}Result"
            answer.append(result)
    return answer
