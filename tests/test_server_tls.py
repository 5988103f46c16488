"""TLS and mutual TLS on real sockets: who is believed, who is refused, what certificates are good for."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from asw_exchange.corridor import Corridor
from asw_exchange.corridors import all_corridors, find_corridor
from asw_exchange.corridors.eaeu import codes
from asw_exchange.errors import ConfigurationError, CredentialError, FileError
from asw_exchange.ledger import reconcile
from asw_exchange.model import Header, Outcome
from asw_exchange.records import Direction
from asw_exchange.server.settings import Settings
from asw_exchange.server.tls import client_context
from asw_exchange.signature import SigningKey, TestPki, create_pki, load_pki, write_pki
from asw_exchange.signature.server_credentials import (
    create_server_credentials,
    load_server_credentials,
    write_server_credentials,
)
from asw_exchange.testdata import generate
from tests.builders import MOMENT
from tests.server_builders import Running, running

FIRST = {
    "asean": ("TH", "asean/eform-d"),
    "eaeu": ("EAEU", "eaeu/certificate-eav"),
    "korea": ("KR", "korea/certificate-vk"),
    "new-zealand": ("NZ", "new-zealand/phytosanitary-certificate"),
}
"""Corridor to a partner of Viet Nam, and a kind."""


@pytest.fixture(scope="module")
def keys() -> TestPki:
    """The keys that servers of seed 0 have at the tests' moment."""
    return create_pki(0, sorted({code for each in all_corridors() for code in each.members}), MOMENT)


@pytest.fixture(scope="module")
def guarded() -> Iterator[Running]:
    """A server that asks for client certificates."""
    with running(Settings(mtls=True)) as server:
        yield server


def certificate_for(kind: str, receiver: str) -> object:
    """A generated document that Viet Nam can send to ``receiver``."""
    known = find_corridor(kind.split("/")[0]).kind(kind)
    return next(
        document
        for seed in range(500)
        for document in [next(generate(kind, seed=seed))]
        if known.route(document) == ("VN", receiver)
    )


def post(
    server: Running, path: str, raw: bytes, context: ssl.SSLContext, **headers: str
) -> tuple[int, bytes]:
    """POST to a server over TLS."""
    parts = urlsplit(server.url)
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=context, timeout=30)
    try:
        connection.request("POST", path, raw, {"Content-Type": "application/xml", **headers})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def as_client(key: SigningKey | None) -> ssl.SSLContext:
    """What a client has that believes the test servers."""
    return client_context([create_server_credentials(0, MOMENT).authority], key)


def message(corridor: Corridor, keys: TestPki, kind: str, receiver: str) -> bytes:
    """A whole message from Viet Nam."""
    header = Header(id="m-1", kind=kind, sender="VN", receiver=receiver, sent_at=MOMENT)
    return corridor.pack(header, certificate_for(kind, receiver), keys.key("VN"))  # type: ignore[arg-type]


@pytest.mark.parametrize("mtls", [False, True], ids=["tls", "mtls"])
def test_two_servers_exchange_in_all_corridors_and_reconcile(mtls: bool) -> None:
    """Viet Nam here, its partners there: every message and answer arrives, and both records are proved."""
    here = Settings(tls=True, mtls=mtls, gateways=("VN",))
    there = Settings(tls=True, mtls=mtls, gateways=tuple(code for code, _ in FIRST.values()))
    with running(here) as vietnam, running(there) as partners:
        for corridor, (code, _) in FIRST.items():
            vietnam.space.partners.set(corridor, code, f"{partners.url}/{corridor}/{code}")
            partners.space.partners.set(corridor, "VN", f"{vietnam.url}/{corridor}/VN")
        for code, kind in FIRST.values():
            vietnam.do(vietnam.space.submit(kind, certificate_for(kind, code), "VN", code))
        for server in (vietnam, partners, vietnam):
            server.wait_until(lambda ledger: not ledger.pending())
        sides = [server.read(lambda ledger: ledger.entries()) for server in (vietnam, partners)]
        for one, other in (sides, sides[::-1]):
            sent = sorted(each.digest for each in one if each.direction is Direction.SENT)
            received = sorted(each.digest for each in other if each.direction is Direction.RECEIVED)
            assert sent == received
        assert len(sides[0]) >= 16
        assert {each.outcome for side in sides for each in side} == {None, Outcome.ACCEPTED}
        for server in (vietnam, partners):
            assert server.read(reconcile).reconciled


def test_a_client_without_a_certificate_is_refused(guarded: Running) -> None:
    """In the handshake, before anything is read."""
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        post(guarded, "/asean/TH", b"<x/>", as_client(None))
    assert post(guarded, "/asean/TH", b"<x/>", as_client(guarded.spaces.pki.key("VN")))[0] == 200


def test_a_certificate_of_a_stranger_is_refused(guarded: Running) -> None:
    """One that names a gateway, but leads to an authority of other test keys."""
    stranger = create_pki(99, ["VN"], MOMENT).key("VN")
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        post(guarded, "/asean/TH", b"<x/>", as_client(stranger))


def issued_by(keys: TestPki, authority: str, code: str) -> SigningKey:
    """A certificate for the key of New Zealand that names a gateway, from the authority of another."""
    own, issuer = keys.gateways["NZ"], keys.gateways[authority]
    template, signing = own.key.certificate, issuer.authority_key
    assert signing is not None
    names = x509.SubjectAlternativeName(
        [x509.UniformResourceIdentifier(f"urn:asw-exchange:test:gateway:{code}")]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(template.subject)
        .issuer_name(issuer.authority.subject)
        .public_key(template.public_key())
        .serial_number(7)
        .not_valid_before(template.not_valid_before_utc)
        .not_valid_after(template.not_valid_after_utc)
        .add_extension(template.extensions.get_extension_for_class(x509.KeyUsage).value, critical=True)
        .add_extension(names, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), False)
    )
    certificate = builder.sign(signing, hashes.SHA256(), ecdsa_deterministic=True)
    return SigningKey(private_key=own.key.private_key, certificate=certificate)


def test_an_authority_cannot_speak_for_another_gateway(guarded: Running, keys: TestPki) -> None:
    """New Zealand's authority certifies a client as Viet Nam: the handshake succeeds, nothing else."""
    status, told = post(guarded, "/asean/TH", b"<x/>", as_client(issued_by(keys, "NZ", "VN")))
    assert status == 403
    assert b"not one of VN" in told
    assert post(guarded, "/asean/TH", b"<x/>", as_client(issued_by(keys, "VN", "VN")))[0] == 200


def test_a_certificate_out_of_time_is_refused_by_the_clock_of_the_space(keys: TestPki) -> None:
    """Not by the clock of this machine: a space may live in another year."""
    with running(Settings(mtls=True)) as server:
        later = MOMENT + timedelta(days=800)
        server.space.clock.set(later)
        status, told = post(server, "/asean/TH", b"<x/>", as_client(keys.key("VN")))
        assert status == 403
        assert b"expired" in told


def test_an_unsigned_message_counts_only_from_who_delivered_it(guarded: Running, keys: TestPki) -> None:
    """A SOAP fault of the EAEU gateway: from Thailand it is refused for that, from itself for its content."""
    corridor = find_corridor("eaeu")
    for number, (peer, rule) in enumerate((("TH", "ENVELOPE-ROUTE"), ("EAEU", "SG50"))):
        header = Header(
            id=corridor.message_id(f"fault {number}"),
            kind=codes.FAULT,
            sender="EAEU",
            receiver="VN",
            sent_at=MOMENT,
            refers_to=corridor.message_id("some message"),
            refers_to_kind=codes.CERTIFICATE,
        )
        fault = next(generate("eaeu/fault", seed=number))
        raw = corridor.pack(header, fault, keys.key("EAEU"))
        headers = corridor.envelope.request_headers(raw)
        assert post(guarded, "/eaeu/VN", raw, as_client(keys.key(peer)), **headers) == (202, b"")
        (entry,) = guarded.read(lambda ledger, id_=header.id: ledger.entries(message_id=id_))
        assert [finding.rule_id for finding in entry.findings] == [rule]


def test_a_signed_message_may_be_carried_by_another(guarded: Running, keys: TestPki) -> None:
    """Its signature says who wrote it; a hub or a relay may deliver it."""
    corridor = find_corridor("asean")
    raw = message(corridor, keys, "asean/eform-d", "TH")
    assert post(guarded, "/asean/TH", raw, as_client(keys.key("MY")))[0] == 200
    (entry,) = guarded.read(lambda ledger: ledger.entries(gateway="TH", message_id="m-1"))
    assert (entry.peer, entry.outcome) == ("VN", Outcome.ACCEPTED)


def test_old_versions_of_tls_are_refused(guarded: Running) -> None:
    """RFC 8996."""
    assert guarded.spaces.tls.server is not None
    assert guarded.spaces.tls.server.minimum_version is ssl.TLSVersion.TLSv1_2
    assert guarded.spaces.tls.context("VN").minimum_version is ssl.TLSVersion.TLSv1_2


def test_the_server_key_follows_from_the_seed_and_survives_the_files(tmp_path: Path) -> None:
    """The same bytes again, and files that no gateway and no trust store takes for its own."""
    made = create_server_credentials(3, MOMENT)
    assert made.key.certificate == create_server_credentials(3, MOMENT).key.certificate
    later = create_server_credentials(3, MOMENT + timedelta(days=5)).authority
    assert (later.subject, later.public_key()) == (made.authority.subject, made.authority.public_key())
    write_pki(create_pki(3, ["VN"], MOMENT), tmp_path)
    write_server_credentials(made, tmp_path)
    read = load_server_credentials(tmp_path)
    assert (read.key.certificate, read.authority) == (made.key.certificate, made.authority)
    assert list(load_pki(tmp_path).gateways) == ["VN"]
    with pytest.raises(FileError, match="there already"):
        write_server_credentials(made, tmp_path)


def test_what_is_missing_for_tls_is_said(tmp_path: Path) -> None:
    """A PKI without a server key, and a certificate without its key."""
    codes_ = sorted({code for each in all_corridors() for code in each.members})
    write_pki(create_pki(3, codes_, MOMENT), tmp_path)
    with (
        pytest.raises(CredentialError, match="no key of a server"),
        running(Settings(tls=True, pki=tmp_path)),
    ):
        pass
    with (
        pytest.raises(ConfigurationError, match="belong together"),
        running(Settings(tls_cert=tmp_path / "VN" / "cert.pem")),
    ):
        pass
