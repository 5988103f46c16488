"""New Zealand and Viet Nam over the hub: tracking states, clearance, two levels of strictness."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace as with_changes

import pytest
from lxml import etree
from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.corridors.new_zealand import CORRIDOR
from asw_exchange.corridors.new_zealand.hub_names import (
    ENTITIES,
    ENVELOPE_HEADER,
    PHYTOSANITARY,
    SPS_ACKNOWLEDGEMENT,
)
from asw_exchange.corridors.new_zealand.levels import AS_THE_HUB
from asw_exchange.errors import ConfigurationError
from asw_exchange.ledger import Ledger, reconcile
from asw_exchange.model import Outcome, TrackingState
from asw_exchange.node import Node
from asw_exchange.records import Direction, Entry
from asw_exchange.signature import SigningKey, sign
from asw_exchange.simulator.network import Network
from asw_exchange.testdata import generators_of, stream
from asw_exchange.verbs import build, parse, validate
from tests.builders import MOMENT

NodeMaker = Callable[..., Node]
NAMES = {"e": "http://ephyto.ippc.int/", "hub": ENTITIES}


def phyto(number: int = 4) -> m.QuarantineCertificate:
    """An issued phytosanitary certificate from New Zealand."""
    make = generators_of("new-zealand")[PHYTOSANITARY]
    for seed in range(200):
        found = make(stream(seed, "test nz"), number)
        if found.status_code == "70" and found.export_country.code == "NZ" and not found.references:
            return found  # type: ignore[no-any-return]
    raise AssertionError


def received(ledger: Ledger, gateway: str, kind: str) -> list[Entry]:
    """What a gateway took in of one kind, oldest first."""
    return list(ledger.entries(gateway=gateway, kind=kind, direction=Direction.RECEIVED))


def tracked(ledger: Ledger) -> m.TrackedEnvelope:
    """The hub's last answer to New Zealand."""
    return received(ledger, "NZ", ENVELOPE_HEADER)[-1].document_as(m.TrackedEnvelope)


@pytest.fixture
def both(node: NodeMaker) -> tuple[Node, Node]:
    """New Zealand and Viet Nam."""
    return node("NZ"), node("VN")


def lenient(node: NodeMaker) -> tuple[Node, Node]:
    """The same, Viet Nam as lenient as the hub."""
    tolerant = with_changes(CORRIDOR, level=AS_THE_HUB)
    return node("NZ"), node("VN", corridors={"new-zealand": tolerant})


def operation(text: str, certificate: m.QuarantineCertificate, **fields: str) -> bytes:
    """DeliverEnvelope with a text as its content."""
    header = {
        "From": "NZ",
        "To": "VN",
        "CertificateType": "851",
        "CertificateStatus": "70",
        "NPPOCertificateNumber": certificate.number or "",
        "hubDeliveryNumber": "NZ-1",
        "Content": text,
    } | fields
    root = etree.Element("{http://ephyto.ippc.int/}DeliverEnvelope")
    envelope = etree.SubElement(root, "{http://ephyto.ippc.int/}env")
    for name, value in header.items():
        if value:
            etree.SubElement(envelope, f"{{{ENTITIES}}}{name}").text = value
    return etree.tostring(root)


def delivered(receiver: Node, key: SigningKey, body: bytes) -> m.TrackedEnvelope:
    """What a receiver answers to a signed operation."""
    answer = receiver.receive(sign(body, key, CORRIDOR.policy), corridor="new-zealand", peer="NZ")
    assert answer is not None
    assert validate(answer).valid
    return parse(answer)  # type: ignore[no-any-return]


def out_of_order(certificate: m.QuarantineCertificate) -> str:
    """The commonest fault of real certificates: the signatory before what comes before it."""
    root = etree.fromstring(build(certificate, PHYTOSANITARY))
    document = root[0]
    document.insert(2, document[-1])
    return etree.tostring(root, encoding="unicode")


def test_a_certificate_is_tracked_and_cleared(
    both: tuple[Node, Node], network: Network, ledger: Ledger
) -> None:
    """Delivered at once; the border says 39 in a message of its own."""
    certificate = phyto()
    both[0].send(PHYTOSANITARY, certificate, "VN")
    network.run()
    assert tracked(ledger).tracking is TrackingState.DELIVERED
    cleared = received(ledger, "NZ", SPS_ACKNOWLEDGEMENT)[0]
    assert cleared.document_as(m.ClearanceStatus).status_code == "39"
    assert cleared.reference == certificate.number
    assert reconcile(ledger).reconciled


def test_a_broken_certificate_fails_with_words(
    both: tuple[Node, Node], network: Network, ledger: Ledger
) -> None:
    """FailedDelivery, and the finding as the error message."""
    both[0].send(PHYTOSANITARY, replace(phyto(), number=None), "VN")
    network.run()
    assert tracked(ledger).tracking is TrackingState.FAILED_DELIVERY
    assert (tracked(ledger).error or "").startswith(("XSD-", "SP01"))
    assert reconcile(ledger).reconciled


@pytest.mark.parametrize("encoded", [False, True], ids=["plain", "base64"])
def test_content_is_taken_plain_or_base64(both: tuple[Node, Node], encoded: bool) -> None:
    """The hub leaves it to the sender; receivers try both."""
    certificate = phyto()
    text = build(certificate, PHYTOSANITARY)
    content = base64.b64encode(text).decode() if encoded else text.decode()
    assert (
        delivered(both[1], both[0].key, operation(content, certificate)).tracking is TrackingState.DELIVERED
    )


@pytest.mark.parametrize(
    "content", ["", "not XML", "<broken", "PGE+"], ids=["empty", "words", "cut off", "no end"]
)
def test_what_cannot_be_read_is_told_so(both: tuple[Node, Node], content: str) -> None:
    """DeliveredNotReadable."""
    told = delivered(both[1], both[0].key, operation(content, phyto()))
    assert told.tracking is TrackingState.DELIVERED_NOT_READABLE


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"CertificateType": "999"}, "ENVELOPE-HEADER-INVALID"),
        ({"CertificateType": "x"}, "ENVELOPE-HEADER-INVALID"),
        ({"CertificateType": "852"}, "ENVELOPE-KIND"),
        ({"From": ""}, "ENVELOPE-HEADER-MISSING"),
        ({"To": "NZ"}, "ENVELOPE-ROUTE"),
        ({"NPPOCertificateNumber": ""}, "ENVELOPE-HEADER-MISSING"),
    ],
    ids=["unknown type", "type in words", "type of another kind", "no sender", "for another", "no number"],
)
def test_a_header_that_does_not_fit_is_refused(
    both: tuple[Node, Node], ledger: Ledger, fields: dict[str, str], rule: str
) -> None:
    """By name, and as a failed delivery."""
    certificate = phyto()
    body = operation(build(certificate, PHYTOSANITARY).decode(), certificate, **fields)
    assert delivered(both[1], both[0].key, body).tracking is TrackingState.FAILED_DELIVERY
    entry = ledger.entries(gateway="VN", direction=Direction.RECEIVED)[0]
    assert {finding.rule_id for finding in entry.findings} == {rule}


def test_an_unknown_operation_is_refused(both: tuple[Node, Node], ledger: Ledger) -> None:
    """AcknowledgeSuccessfulImport is no operation of the hub."""
    delivered(both[1], both[0].key, b'<AcknowledgeSuccessfulImport xmlns="http://ephyto.ippc.int/"/>')
    entry = ledger.entries(gateway="VN", direction=Direction.RECEIVED)[0]
    assert {finding.rule_id for finding in entry.findings} == {"ENVELOPE-ACTION"}


def test_the_wrong_signer_is_refused(both: tuple[Node, Node], ledger: Ledger) -> None:
    """The signature must lead to the authority of the country in From."""
    certificate = phyto()
    body = operation(build(certificate, PHYTOSANITARY).decode(), certificate)
    delivered(both[1], both[1].key, body)
    entry = ledger.entries(gateway="VN", direction=Direction.RECEIVED)[0]
    assert {finding.rule_id for finding in entry.findings} == {"SIGNER-UNKNOWN-ISSUER"}


def test_a_strict_receiver_refuses_the_order_a_lenient_one_warns(node: NodeMaker, ledger: Ledger) -> None:
    """As on the hub: DeliveredWithWarnings, the document taken, the border's answer owed."""
    new_zealand, viet_nam = lenient(node)
    certificate = phyto()
    told = delivered(viet_nam, new_zealand.key, operation(out_of_order(certificate), certificate))
    assert told.tracking is TrackingState.DELIVERED_WITH_WARNINGS
    assert "XSD-ORDER" in (told.error or "")
    entry = received(ledger, "VN", PHYTOSANITARY)[0]
    assert entry.outcome is Outcome.ACCEPTED
    assert entry.document_as(m.QuarantineCertificate) == certificate
    assert [each.kind for each in ledger.pending("VN")] == [SPS_ACKNOWLEDGEMENT]


def test_a_strict_receiver_refuses_the_order(both: tuple[Node, Node]) -> None:
    """The same certificate."""
    certificate = phyto()
    told = delivered(both[1], both[0].key, operation(out_of_order(certificate), certificate))
    assert told.tracking is TrackingState.FAILED_DELIVERY


def test_a_lenient_receiver_takes_what_it_cannot_read_into_the_model(node: NodeMaker, ledger: Ledger) -> None:
    """An element that UN/CEFACT does not have: kept as it came, without a business answer."""
    new_zealand, viet_nam = lenient(node)
    certificate = phyto()
    text = (
        build(certificate, PHYTOSANITARY).decode().replace("</SPSConsignment>", "<extra/></SPSConsignment>")
    )
    told = delivered(viet_nam, new_zealand.key, operation(text, certificate))
    assert told.tracking is TrackingState.DELIVERED_WITH_WARNINGS
    assert received(ledger, "VN", PHYTOSANITARY)[0].document is None
    assert not ledger.pending("VN")


def test_the_levels_of_the_validator() -> None:
    """Strict is invalid, as-the-hub valid with warnings; other corridors have no such level."""
    text = out_of_order(phyto()).encode()
    assert not validate(text, moment=MOMENT).valid
    report = validate(text, moment=MOMENT, level=AS_THE_HUB)
    assert report.valid
    assert {finding.severity for finding in report.findings} == {"warning"}
    korean = build(
        next(iter([generators_of("korea")["korea/certificate-ak"](stream(1, "k"), 1)])),
        "korea/certificate-ak",
    )
    with pytest.raises(ConfigurationError, match="no such level"):
        validate(korean, level=AS_THE_HUB)
