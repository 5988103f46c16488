"""The ePhyto hub in ``asw serve``: a SOAP client is one country, a gateway of the server is the other."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import zeep

from asw_exchange.corridors import find_corridor
from asw_exchange.errors import ConfigurationError
from asw_exchange.ledger import reconcile
from asw_exchange.model import Outcome, QuarantineCertificate
from asw_exchange.records import Direction
from asw_exchange.server.partners import partner_urls
from asw_exchange.server.settings import Settings
from asw_exchange.signature import create_pki
from asw_exchange.testdata import generate
from asw_exchange.testing import ControlClient
from asw_exchange.verbs import build
from tests.builders import MOMENT
from tests.server_builders import Running, running
from tests.test_ephyto_hub import client as soap_client

PHYTO = "new-zealand/phytosanitary-certificate"
ONE_COUNTRY = Settings(partners=("new-zealand/VN=hub",))


def documents(sender: str) -> Iterator[QuarantineCertificate]:
    """Generated certificates of a country."""
    for seed in range(100):
        document = next(generate(PHYTO, seed=seed))
        if document.export_country.code == sender:
            yield document


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """The gateway of New Zealand; Viet Nam calls the hub."""
    with running(ONE_COUNTRY) as started:
        yield started


def client(server: Running, country: str) -> Any:
    """A SOAP client of a country, made from the WSDL that the server hands out."""
    return soap_client(f"{server.url}/new-zealand/hub/DeliveryService", server.spaces.pki, country)


def envelope(document: QuarantineCertificate, **changes: Any) -> dict[str, Any]:
    """An envelope of Viet Nam."""
    fields = {
        "From": "VN",
        "To": "NZ",
        "CertificateType": 851,
        "CertificateStatus": 70,
        "NPPOCertificateNumber": document.number,
        "Content": build(document, PHYTO).decode(),
    }
    return fields | changes


def offered(server: Running, number: str | None) -> str:
    """Send a certificate of New Zealand to Viet Nam, and return its number on the hub."""
    document = next(each for each in documents("NZ") if number in (None, each.number))
    return str(server.do(server.space.submit(PHYTO, document, "NZ", "VN")).message_id)


def test_what_is_delivered_is_taken_by_the_gateway(server: Running) -> None:
    """The answer is the gateway's own, and its ledger has the request as it came; twice is a duplicate."""
    vietnam, document = client(server, "VN"), next(documents("VN"))
    told = vietnam.DeliverEnvelope(env=envelope(document))
    assert (told.HUBTrackingInfo, told.hubDeliveryErrorMessage) == ("Delivered", None)
    number = told.hubDeliveryNumber
    (entry,) = server.read(lambda ledger: ledger.entries(message_id=number, direction=Direction.RECEIVED))
    assert (entry.peer, entry.outcome, entry.reference) == ("VN", Outcome.ACCEPTED, document.number)
    assert b"DeliverEnvelope" in server.read(lambda ledger: ledger.raw(entry.digest))
    assert vietnam.GetEnvelopeTrackingInfo(hubTrackingNumber=number).HUBTrackingInfo == "Delivered"
    assert vietnam.ValidateAndDeliverEnvelope(envelope=envelope(document)).HUBTrackingInfo == "Delivered"
    outcomes = [
        each.outcome
        for each in server.read(lambda ledger: ledger.entries(kind=PHYTO, direction=Direction.RECEIVED))
    ]
    assert outcomes == [Outcome.ACCEPTED, Outcome.DUPLICATE]


def test_what_waits_to_be_fetched_says_so_in_the_outbox(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is wrong with that, so the log does not miss an address."""
    with running(ONE_COUNTRY) as server:
        offered(server, None)
        certificate = next(documents("NZ"))
        (queued,) = ControlClient(server.url).outbox(peer="VN").deliveries
        assert queued.message.reference == certificate.number
        assert "in new-zealand, so it waits at the hub to be fetched" in (queued.obstacle or "")
        server.do(server.space.delivery._look())
    assert "no-address" not in caplog.text


def test_the_business_answer_waits_to_be_fetched() -> None:
    """The SPS acknowledgement that the gateway owes is offered as a country response."""
    with running(ONE_COUNTRY) as server:
        vietnam, document = client(server, "VN"), next(documents("VN"))
        vietnam.DeliverEnvelope(env=envelope(document))
        (header,) = vietnam.GetImportEnvelopeHeaders(countryCode="NZ")
        assert (header.From, header.To, header.NPPOCertificateNumber) == ("NZ", "VN", document.number)
        (pulled,) = vietnam.PULLImportEnvelope()
        assert "SPSAcknowledgement" in pulled.Content
        vietnam.AcknowledgeEnvelopeReceipt(hubTrackingNumber=pulled.hubDeliveryNumber)
        assert not vietnam.PULLImportEnvelope()
        assert not server.read(lambda ledger: ledger.pending())
        assert server.read(reconcile).reconciled


def test_what_is_sent_waits_until_it_is_acknowledged() -> None:
    """Fetching alone changes nothing; after the acknowledgement it is out of the outbox, and counted."""
    with running(ONE_COUNTRY) as server:
        vietnam, zealand = client(server, "VN"), client(server, "NZ")
        number = offered(server, None)
        for _ in range(2):
            pulled = vietnam.PULLSingleImportEnvelope(hubTrackingNumber=number)
            assert (pulled.From, pulled.HUBTrackingInfo) == ("NZ", "PendingDelivery")
            assert [each.hubDeliveryNumber for each in zealand.GetUnderDeliveryEnvelope()] == [number]
        vietnam.AcknowledgeEnvelopeReceipt(hubTrackingNumber=number)
        assert zealand.GetEnvelopeTrackingInfo(hubTrackingNumber=number).HUBTrackingInfo == "Delivered"
        assert not zealand.GetUnderDeliveryEnvelope()
        (row,) = [each for each in server.read(reconcile).rows if each.kind == PHYTO]
        assert (row.sent, row.acknowledged, row.in_flight) == (1, 1, 0)
        assert server.read(reconcile).reconciled


@pytest.mark.parametrize(
    ("say", "state"),
    [
        ("AdvancedAcknowledgeEnvelopeReceipt", "DeliveredWithWarnings"),
        ("AcknowledgeFailedEnvelopeReceipt", "DeliveredNotReadable"),
    ],
)
def test_what_the_receiver_says_is_kept(say: str, state: str) -> None:
    """Warnings, or that it is not readable, with his words; he may say more later."""
    with running(ONE_COUNTRY) as server:
        vietnam, number = client(server, "VN"), offered(server, None)
        name = "warningMessage" if say.startswith("Advanced") else "message"
        getattr(vietnam, say)(hubTrackingNumber=number, **{name: "order of elements"})
        told = vietnam.GetEnvelopeTrackingInfo(hubTrackingNumber=number)
        assert (told.HUBTrackingInfo, told.hubDeliveryErrorMessage) == (state, "order of elements")
        header = {name: told[name] for name in dir(told)} | {
            "HUBTrackingInfo": "Delivered",
            "hubDeliveryErrorMessage": None,
        }
        vietnam.SetTrackingInfoUpdate(header=header)
        again = vietnam.GetEnvelopeTrackingInfo(hubTrackingNumber=number)
        assert (again.HUBTrackingInfo, again.hubDeliveryErrorMessage) == ("Delivered", None)


def test_what_waits_survives_a_restart(tmp_path: Path) -> None:
    """The store of the hub is the ledger."""
    settings = Settings(gateways=("NZ",), partners=("new-zealand/VN=hub",), place=str(tmp_path / "hub.db"))
    with running(settings) as server:
        number = offered(server, None)
        content = client(server, "VN").PULLSingleImportEnvelope(hubTrackingNumber=number).Content
    with running(settings) as server:
        vietnam = client(server, "VN")
        assert [each.Content for each in vietnam.PULLImportEnvelope()] == [content]
        vietnam.AcknowledgeEnvelopeReceipt(hubTrackingNumber=number)
        assert not vietnam.PULLImportEnvelope()


def test_a_rejected_envelope_says_why_and_stays_known(server: Running) -> None:
    """The gateway's findings stand in the header, also when it is asked for later."""
    vietnam, document = client(server, "VN"), list(documents("VN"))[1]
    good = envelope(document)
    start, end = good["Content"].index("<ram:ID>"), good["Content"].index("</ram:ID>") + len("</ram:ID>")
    bad = envelope(document, Content=good["Content"][:start] + good["Content"][end:])
    told = vietnam.DeliverEnvelope(env=bad)
    assert told.HUBTrackingInfo == "FailedDelivery"
    assert told.hubDeliveryErrorMessage
    again = vietnam.GetEnvelopeTrackingInfo(hubTrackingNumber=told.hubDeliveryNumber)
    assert (again.HUBTrackingInfo, again.hubDeliveryErrorMessage) == (
        told.HUBTrackingInfo,
        told.hubDeliveryErrorMessage,
    )
    before = server.read(lambda ledger: len(ledger.entries()))
    assert vietnam.ValidateAndDeliverEnvelope(envelope=bad).HUBTrackingInfo == "FailedDelivery"
    assert server.read(lambda ledger: len(ledger.entries())) == before


def test_held_deliveries_are_not_offered() -> None:
    """A tester who holds deliveries holds those that are fetched, too."""
    with running(ONE_COUNTRY) as server:
        vietnam = client(server, "VN")
        offered(server, None)
        server.space.delivery.steps = 0
        assert not vietnam.PULLImportEnvelope()
        server.space.delivery.steps = None
        assert len(vietnam.PULLImportEnvelope()) == 1


@pytest.mark.parametrize(
    ("country", "changes", "words"),
    [
        ("NZ", {"From": "NZ", "To": "VN"}, "no gateway of this country runs here"),
        ("VN", {"From": "NZ"}, "cannot be delivered by VN"),
        ("VN", {"To": "AU"}, "no active country"),
    ],
)
def test_the_hub_refuses_what_nobody_here_takes(
    server: Running, country: str, changes: dict[str, str], words: str
) -> None:
    """By its own fault, and nothing is written down."""
    before = server.read(lambda ledger: len(ledger.entries()))
    with pytest.raises(zeep.exceptions.Fault, match=words):
        client(server, country).DeliverEnvelope(env=envelope(next(documents("VN")), **changes))
    assert server.read(lambda ledger: len(ledger.entries())) == before


def test_what_a_gateway_has_answered_is_not_for_another_to_settle(server: Running) -> None:
    """Whoever calls as New Zealand cannot change what its gateway has said."""
    number = client(server, "VN").DeliverEnvelope(env=envelope(list(documents("VN"))[2])).hubDeliveryNumber
    with pytest.raises(zeep.exceptions.Fault, match="answered it"):
        client(server, "NZ").AcknowledgeFailedEnvelopeReceipt(hubTrackingNumber=number, message="no")


def call(server: Running, raw: bytes, **headers: str) -> tuple[int, str]:
    """POST bytes to the hub."""
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request("POST", "/new-zealand/hub/DeliveryService", raw, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_soap_faults_have_status_500(server: Running) -> None:
    """SOAP 1.1, section 6.2: for bytes that are no SOAP, a stranger's signature, another SOAPAction."""
    text = {"Content-Type": "text/xml"}
    assert call(server, b"<x/>", **text)[0] == 500
    assert call(server, b"not XML", **text)[0] == 500
    assert call(server, b"<x/>", **{"Content-Type": "application/json"})[0] == 415
    from asw_exchange.server.soap import POLICY
    from asw_exchange.signature import sign

    profile = b'<GetProfile xmlns="http://ephyto.ippc.int/"/>'
    stranger = sign(profile, create_pki(99, ["VN"], MOMENT).key("VN"), POLICY)
    status, told = call(server, stranger, **text)
    assert status == 500
    assert "soap:Client" in told
    known = sign(profile, server.spaces.pki.key("VN"), POLICY)
    for action, expected in (("GetProfile", 200), ("", 200), ("GetActiveNppos", 500)):
        named = f'"http://ephyto.ippc.int/{action}"' if action else '""'
        assert call(server, known, SOAPAction=named, **text)[0] == expected


def test_a_partner_outside_is_not_run_here_as_well() -> None:
    """Its record is elsewhere, so nothing sent to it may be called lost; named, it runs here nonetheless."""
    with running(Settings(partners=("new-zealand/VN=hub",))) as server:
        assert "VN" not in server.spaces.gateways
        assert len(server.spaces.gateways) == 12
    with running(Settings(partners=("VN=hub",), gateways=("VN", "NZ"))) as server:
        assert server.spaces.gateways == ("VN", "NZ")


def test_only_a_corridor_with_a_hub_can_be_fetched_from() -> None:
    """``VN=hub`` is about New Zealand's corridor alone."""
    members = {name: find_corridor(name).members for name in ("asean", "new-zealand")}
    assert partner_urls(["VN=hub"], members) == {("new-zealand", "VN"): None}
    with pytest.raises(ConfigurationError, match="has no hub"):
        partner_urls(["asean/VN=hub"], members)
