"""The ePhyto hub: a SOAP client that knows only the WSDL delivers, pulls and acknowledges through it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn
import zeep
from lxml import etree

from asw_exchange.clock import VirtualClock
from asw_exchange.corridors.new_zealand.hub import Hub, Profile
from asw_exchange.corridors.new_zealand.hub_operations import OPERATIONS
from asw_exchange.server.ephyto_hub import PATH, hub_application
from asw_exchange.server.soap import POLICY
from asw_exchange.signature import TestPki, create_pki, sign
from asw_exchange.testdata import generate
from asw_exchange.verbs import build, validate

MOMENT = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)
PHYTO = "new-zealand/phytosanitary-certificate"


class Signing(zeep.Plugin):
    """Signs what a client sends, as a country's system would."""

    def __init__(self, pki: TestPki, country: str) -> None:
        self.key = pki.key(country)

    def egress(self, envelope: Any, headers: Any, operation: Any, options: Any) -> Any:
        """Put the request into a signed envelope."""
        payload = etree.tostring(envelope.find("{*}Body")[0])
        return etree.fromstring(sign(payload, self.key, POLICY)), headers


@pytest.fixture(scope="module")
def pki() -> TestPki:
    """Keys of the two countries."""
    return create_pki(5, ("NZ", "VN"), MOMENT)


@pytest.fixture
def hub() -> Hub:
    """A hub of two countries; Viet Nam takes issued phytosanitary certificates only."""
    vietnam = Profile("VN", allowed=frozenset({(851, 70)}))
    profiles = {"NZ": Profile("NZ"), "VN": vietnam}
    return Hub(profiles, lambda xml: validate(xml, kind=PHYTO, moment=MOMENT).findings)


@pytest.fixture
def address(hub: Hub, pki: TestPki) -> Iterator[str]:
    """The hub behind a real socket on an ephemeral port of the loopback."""
    trust = {country: pki.trust(country) for country in ("NZ", "VN")}
    application = hub_application(hub, trust=trust, clock=VirtualClock(MOMENT))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"
    server.should_exit = True
    thread.join(10)
    listener.close()


def client(address: str, pki: TestPki, country: str) -> Any:
    """A SOAP client made from the WSDL that the hub serves."""
    return zeep.Client(f"{address}?wsdl", plugins=[Signing(pki, country)]).service


def envelope(**changes: Any) -> dict[str, Any]:
    """An envelope with a generated certificate."""
    document = next(generate(PHYTO, seed=8))
    fields = {
        "From": "NZ",
        "To": "VN",
        "CertificateType": 851,
        "CertificateStatus": 70,
        "NPPOCertificateNumber": document.number,
        "Content": build(document, PHYTO).decode(),
    }
    return fields | changes


def test_the_wsdl_has_all_operations(address: str, pki: TestPki) -> None:
    """The 27 of the real hub."""
    service = client(address, pki, "NZ")
    assert len(OPERATIONS) == 27
    assert all(hasattr(service, operation.name) for operation in OPERATIONS)


def test_a_certificate_is_delivered_pulled_and_acknowledged(address: str, pki: TestPki) -> None:
    """Pending until it is fetched and acknowledged; the content arrives as it was sent."""
    sender, receiver = client(address, pki, "NZ"), client(address, pki, "VN")
    sent = envelope()
    kept = sender.DeliverEnvelope(env=sent)
    assert kept.HUBTrackingInfo == "PendingDelivery"
    number = kept.hubDeliveryNumber
    assert [each.hubDeliveryNumber for each in sender.GetUnderDeliveryEnvelope()] == [number]
    headers = receiver.GetImportEnvelopeHeaders()
    assert [each.NPPOCertificateNumber for each in headers] == [sent["NPPOCertificateNumber"]]
    pulled = receiver.PULLSingleImportEnvelope(hubTrackingNumber=number)
    assert pulled.Content == sent["Content"]
    assert [each.Content for each in receiver.PULLImportEnvelope()] == [sent["Content"]]
    receiver.AcknowledgeEnvelopeReceipt(hubTrackingNumber=number)
    assert sender.GetEnvelopeTrackingInfo(hubTrackingNumber=number).HUBTrackingInfo == "Delivered"
    assert not receiver.PULLImportEnvelope()


def test_what_the_receiver_could_not_use_is_told_to_the_sender(address: str, pki: TestPki) -> None:
    """With warnings, or not readable; the message of the receiver stands in the header."""
    sender, receiver = client(address, pki, "NZ"), client(address, pki, "VN")
    warned = sender.DeliverEnvelope(env=envelope()).hubDeliveryNumber
    receiver.AdvancedAcknowledgeEnvelopeReceipt(hubTrackingNumber=warned, warningMessage="order of elements")
    told = sender.GetEnvelopeTrackingInfo(hubTrackingNumber=warned)
    assert (told.HUBTrackingInfo, told.hubDeliveryErrorMessage) == (
        "DeliveredWithWarnings",
        "order of elements",
    )
    empty = sender.DeliverEnvelope(env=envelope(Content=None)).hubDeliveryNumber
    message = "The content of the envelope from the hub is empty"
    receiver.AcknowledgeFailedEnvelopeReceipt(hubTrackingNumber=empty, message=message)
    assert sender.GetEnvelopeTrackingInfo(hubTrackingNumber=empty).HUBTrackingInfo == "DeliveredNotReadable"
    assert sender.GetEnvelopeTrackingInfo(hubTrackingNumber="HUB0").HUBTrackingInfo == "EnvelopeNotExists"


def test_an_unacknowledged_envelope_is_offered_again(address: str, pki: TestPki) -> None:
    """A receiver whose own storage failed says nothing, and gets it once more."""
    sender, receiver = client(address, pki, "NZ"), client(address, pki, "VN")
    number = sender.DeliverEnvelope(env=envelope()).hubDeliveryNumber
    for _ in range(2):
        assert [each.hubDeliveryNumber for each in receiver.PULLImportEnvelope()] == [number]


def test_the_hub_validates(address: str, pki: TestPki) -> None:
    """A certificate in order has no results; one with a defect says area, field, level and words."""
    service = client(address, pki, "NZ")
    good = envelope()["Content"]
    assert not service.ValidatePhytoXML(ePhytoXML=good)
    start, end = good.index("<ram:ID>"), good.index("</ram:ID>") + len("</ram:ID>")
    results = service.ValidatePhytoXML(ePhytoXML=good[:start] + good[end:])
    assert any(each.level == "SEVERE" and each.field and each.msg for each in results)
    failed = service.ValidateAndDeliverEnvelope(envelope=envelope(Content=good[:start] + good[end:]))
    assert failed.HUBTrackingInfo == "FailedDelivery"
    assert failed.hubDeliveryErrorMessage


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"To": "AU"}, "no active country"),
        ({"CertificateStatus": 40}, "does not take"),
        ({"CertificateType": 852}, "does not take"),
        ({"From": "VN"}, "cannot be delivered by NZ"),
    ],
)
def test_the_hub_refuses_by_its_own_fault(
    address: str, pki: TestPki, changes: dict[str, Any], words: str
) -> None:
    """HubWebException: an unknown country, a type that is not taken, another sender."""
    with pytest.raises(zeep.exceptions.Fault, match=words):
        client(address, pki, "NZ").DeliverEnvelope(env=envelope(**changes))


def test_nobody_reads_the_envelopes_of_another(address: str, pki: TestPki) -> None:
    """The sender cannot pull what is for the receiver, nor acknowledge it."""
    sender = client(address, pki, "NZ")
    number = sender.DeliverEnvelope(env=envelope()).hubDeliveryNumber
    assert sender.PULLSingleImportEnvelope(hubTrackingNumber=number) is None
    with pytest.raises(zeep.exceptions.Fault, match="is for the caller"):
        sender.AcknowledgeEnvelopeReceipt(hubTrackingNumber=number)


def test_an_unsigned_request_is_refused(address: str) -> None:
    """The hub knows callers by their certificates alone."""
    with pytest.raises(zeep.exceptions.Fault, match="SIGNATURE-MISSING"):
        zeep.Client(f"{address}?wsdl").service.GetProfile()


def test_the_directory_and_the_code_lists(address: str, pki: TestPki) -> None:
    """Who takes what, and the lists that certificates are written with."""
    service = client(address, pki, "VN")
    profile = service.GetProfile()
    assert (profile.Country, profile.AllowedDocument[0].certificateType.number) == ("VN", 851)
    assert [each.Country for each in service.GetActiveNppos()] == ["NZ", "VN"]
    assert service.GetAvailableChannels()[0].Code == "EPHYTO"
    assert {each.Code for each in service.GetMeanOfTransports()} >= {"1", "4"}
