"""What each corridor's endpoint says and wants on the wire: media types, statuses, SOAP headers."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from asw_exchange.codec import read
from asw_exchange.corridors import all_corridors, find_corridor
from asw_exchange.corridors.eaeu import codes
from asw_exchange.corridors.eaeu.answers import fault
from asw_exchange.model import Header
from asw_exchange.server.receiving import is_same_media_type
from asw_exchange.signature import create_pki
from asw_exchange.testdata import generate
from tests.builders import MOMENT
from tests.server_builders import Running, running


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """All gateways, over plain HTTP."""
    with running() as started:
        yield started


def post(server: Running, path: str, raw: bytes, **headers: str) -> tuple[int, str | None, bytes]:
    """POST and return status, media type and body."""
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request(
            "POST", path, raw, {name.replace("_", "-"): text for name, text in headers.items()}
        )
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type"), response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/asean/TH", "application/xml; charset=utf-8"),
        ("/korea/KR", "application/xml; charset=utf-8"),
        ("/eaeu/EAEU", "application/soap+xml; charset=utf-8"),
        ("/new-zealand/NZ", "text/xml; charset=utf-8"),
    ],
)
def test_an_endpoint_speaks_the_media_type_of_its_corridor(
    server: Running, path: str, media_type: str
) -> None:
    """It answers in it, and refuses what is sent as another."""
    assert post(server, path, b"<x/>", Content_Type=media_type)[1] == media_type
    for other in ("application/json", "application/x-www-form-urlencoded", "multipart/related"):
        status, _, told = post(server, path, b"<x/>", Content_Type=other)
        assert (status, media_type in told.decode()) == (415, True)


def test_xml_is_one_media_type_under_two_names() -> None:
    """RFC 7303; SOAP 1.2 has a name of its own, and no other character encoding than UTF-8 is read."""
    assert is_same_media_type("text/xml", "application/xml; charset=utf-8")
    assert is_same_media_type('Application/XML;charset="UTF-8"', "text/xml; charset=utf-8")
    assert not is_same_media_type("text/xml", "application/soap+xml; charset=utf-8")
    assert not is_same_media_type("application/xml; charset=iso-8859-1", "application/xml; charset=utf-8")


def test_a_fault_of_the_sender_has_status_400(server: Running) -> None:
    """SOAP 1.2 Part 2: a message that cannot be opened is its sender's fault."""
    status, media_type, told = post(server, "/eaeu/EAEU", b"<x/>", Content_Type="application/soap+xml")
    assert (status, media_type) == (400, "application/soap+xml; charset=utf-8")
    assert read(told).findtext(".//{*}Code/{*}Value") == "soap:Sender"


@pytest.mark.parametrize(("subcode", "status"), [("int:DataError", 400), ("int:InternalError", 500)])
def test_the_status_of_a_fault_follows_from_its_code(subcode: str, status: int) -> None:
    """Whatever stands in the text of the fault; an answer that is none has status 200."""
    corridor = find_corridor("eaeu")
    header = Header(
        id=corridor.message_id("fault"),
        kind=codes.FAULT,
        sender="VN",
        receiver="EAEU",
        sent_at=MOMENT,
        refers_to=corridor.message_id("message"),
    )
    key = create_pki(1, ["VN"], MOMENT).key("VN")
    quoted = b"<Value>soap:Sender</Value><soap:Body><Fault>"
    assert corridor.envelope.status(corridor.pack(header, fault(subcode, (), quoted), key)) == status
    receipt = next(generate(codes.RECEIVED, seed=1))
    told = Header(
        id=corridor.message_id("receipt"),
        kind=codes.RECEIVED,
        sender="VN",
        receiver="EAEU",
        sent_at=MOMENT,
        refers_to=corridor.message_id("message"),
        refers_to_kind=codes.CERTIFICATE,
    )
    assert corridor.envelope.status(corridor.pack(told, receipt, key)) == 200


def test_a_technical_message_is_answered_with_202_and_nothing(server: Running) -> None:
    """Nobody answers an acknowledgement."""
    corridor = find_corridor("asean")
    header = Header(id="a-1", kind="asean/acknowledgement", sender="VN", receiver="TH", sent_at=MOMENT)
    raw = corridor.pack(header, next(generate("asean/acknowledgement", seed=1)), server.spaces.pki.key("VN"))
    assert post(server, "/asean/TH", raw, Content_Type="text/xml")[::2] == (202, b"")


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("asean/eform-d", {"Content-Type": "application/xml; charset=utf-8"}),
        (
            "eaeu/certificate-eav",
            {
                "Content-Type": "application/soap+xml; charset=utf-8; "
                f'action="{codes.action_of(codes.CERTIFICATE, None)}"'
            },
        ),
        (
            "new-zealand/phytosanitary-certificate",
            {
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": '"http://ephyto.ippc.int/DeliverEnvelope"',
            },
        ),
        (
            "new-zealand/sps-acknowledgement",
            {
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": '"http://ephyto.ippc.int/DeliverCountryResponseEnvelope"',
            },
        ),
    ],
)
def test_a_request_says_what_its_envelope_wants(kind: str, headers: dict[str, str]) -> None:
    """Media type, and the action where SOAP has one; hostile bytes get headers too."""
    corridor = find_corridor(kind.split("/")[0])
    sender, receiver = next(iter(corridor.members)), list(corridor.members)[1]
    header = Header(id=corridor.message_id("1"), kind=kind, sender=sender, receiver=receiver, sent_at=MOMENT)
    raw = corridor.pack(header, next(generate(kind, seed=1)), create_pki(1, [sender], MOMENT).key(sender))
    assert corridor.envelope.request_headers(raw) == headers


def test_headers_of_hostile_bytes_are_headers(server: Running) -> None:
    """Nothing of a message can add a line to the request that carries it."""
    for corridor in all_corridors():
        for raw in (
            b'<wsa:Action>x"\r\nEvil: 1</wsa:Action>',
            b"<soap:Body><Evil\r\nX: 1",
            b"<wsa:Action>\xff</wsa:Action>",
        ):
            for text in corridor.envelope.request_headers(raw).values():
                assert text.isascii()
                assert text.isprintable()
