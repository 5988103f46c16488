"""The control API is closed to strangers, bounded, and says what is wrong in one form. On a real socket."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest

from asw_exchange.errors import ConfigurationError
from asw_exchange.server.exposure import check_exposure
from asw_exchange.server.settings import Settings
from asw_exchange.testing import ControlClient, Problem, Unreachable
from asw_exchange.testing.running import running_server

TOKEN = "0123456789abcdef-0123456789"


def ask(
    client: ControlClient, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], Any]:
    """Send a request as anybody might; return status, headers and what was told."""
    parts = urlsplit(client.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, fields)
        response = connection.getresponse()
        told = response.read()
        found = {name.lower(): value for name, value in response.getheaders()}
        return response.status, found, json.loads(told) if "json" in found.get("content-type", "") else told
    finally:
        connection.close()


@pytest.fixture(scope="module")
def guarded() -> Iterator[ControlClient]:
    """A server with a token, and its client."""
    with running_server(Settings(gateways=("VN", "TH"), token=TOKEN)) as client:
        yield client


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "gateway.example", "127.0.0.1.example"])
def test_a_server_that_others_reach_needs_a_token(host: str) -> None:
    """It refuses to start, and says how to give one."""
    with pytest.raises(ConfigurationError, match=r"needs a token.*--token"):
        check_exposure(Settings(host=host))
    check_exposure(Settings(host=host, token=TOKEN))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_a_server_of_this_machine_alone_needs_none(host: str) -> None:
    """Loopback is enough."""
    check_exposure(Settings(host=host))


@pytest.mark.parametrize("token", ["", "short", "with space in it is not one", "é" * 20, "a" * 201])
def test_a_token_cannot_be_guessed_or_misread(token: str) -> None:
    """It has a length, and characters that a header can carry."""
    with pytest.raises(ConfigurationError, match="16 to 200"):
        check_exposure(Settings(token=token))


@pytest.mark.parametrize(
    "sent", [None, "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer"]
)
def test_without_the_token_nothing_is_told(guarded: ControlClient, sent: str | None) -> None:
    """Not even the description of the API."""
    headers = {} if sent is None else {"Authorization": sent}
    for path in ("/control/messages", "/control/openapi.json", "/spaces/x/control/clock"):
        status, found, told = ask(guarded, "GET", path, **headers)
        assert (status, told["reply_code"]) == (401, "TOKEN")
        assert found["www-authenticate"] == "Bearer"


def test_with_the_token_everything_is(guarded: ControlClient) -> None:
    """The client sends it."""
    assert guarded.clock().running
    with pytest.raises(Problem, match="token"):
        ControlClient(guarded.url).clock()


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "[", "localhost@evil.example"]
)
def test_another_name_is_not_answered_to(asw_server: ControlClient, host: str) -> None:
    """So a page whose name is turned to this machine gets nothing (DNS rebinding)."""
    status, _, told = ask(asw_server, "GET", "/control/messages", Host=host)
    assert (status, told["reply_code"]) == (403, "ORIGIN")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:80", "[::1]:8470", "a.localhost"])
def test_the_names_of_this_machine_are(asw_server: ControlClient, host: str) -> None:
    """Whatever the port, as it may be forwarded."""
    assert ask(asw_server, "GET", "/control/clock", Host=host)[0] == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1", "https://localhost"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "reset"), ("PATCH", "clock"), ("DELETE", "spaces/x"), ("PUT", "spaces/x")]
)
def test_a_page_of_another_site_changes_nothing(
    asw_server: ControlClient, origin: str, method: str, path: str
) -> None:
    """Also one of another port, or without an address (cross-site requests)."""
    status, _, told = ask(asw_server, method, f"/control/{path}", b"{}", Origin=origin)
    assert (status, told["reply_code"]) == (403, "ORIGIN")


def test_the_servers_own_origin_may(asw_server: ControlClient) -> None:
    """A page that this server might show."""
    assert ask(asw_server, "POST", "/control/reset", Origin=asw_server.url)[0] == 204


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/control/messages?colour=red", "colour"),
        ("GET", "/control/clock?x=1", "x"),
        ("POST", "/control/reset?hard=1", "hard"),
        ("GET", "/control/messages?limit=1&limit=2", "limit"),
        ("GET", "/control/messages?limit=1001", "limit"),
        ("GET", "/control/messages?limit=0", "limit"),
        ("GET", "/control/wait?timeout=61", "timeout"),
        ("GET", "/control/messages?since=2025-01-01T00:00:00", "since"),
        ("GET", "/control/messages?reference=%00", "reference"),
        ("GET", "/control/messages?after=99999999999999999999", "after"),
        ("GET", "/control/timeline", "reference"),
    ],
)
def test_a_wrong_parameter_is_refused_by_its_name(
    asw_server: ControlClient, method: str, path: str, name: str
) -> None:
    """Unknown, twice, out of bounds, without time zone, missing."""
    status, found, told = ask(asw_server, method, path)
    assert (status, told["path"]) == (422, f"query.{name}")
    assert found["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"advance": "soon"}', "$.advance"),
        (b'{"speed": 2}', "$.speed"),
        (b'{"advance": 1e300}', "$.advance"),
        (b'{"now": "yesterday"}', "$.now"),
    ],
)
def test_a_wrong_body_is_refused_by_its_path(asw_server: ControlClient, body: bytes, path: str) -> None:
    """A wrong type, an unknown name, a number out of bounds, no date."""
    status, _, told = ask(asw_server, "PATCH", "/control/clock", body, Content_Type="application/json")
    assert (status, told["path"]) == (422, path)


@pytest.mark.parametrize(
    ("method", "path", "body", "hint"),
    [
        (
            "POST",
            "/control/documents/generated",
            b'{"kind": "asean/eform-d", "issuer": "VN"}',
            "sender, receiver",
        ),
        ("POST", "/control/outbox/step", b'{"steps": 2}', "those are count"),
        ("GET", "/control/outbox?kind=asean/eform-d", None, "gateway, peer, state"),
        ("GET", "/control/clock?zone=utc", None, "none is taken here"),
    ],
)
def test_an_unknown_parameter_is_told_with_the_right_ones(
    asw_server: ControlClient, method: str, path: str, body: bytes | None, hint: str
) -> None:
    """In a body, also one that may be left out, and in a query."""
    status, _, told = ask(asw_server, method, path, body, Content_Type="application/json")
    assert (status, "there is no parameter" in told["detail"]) == (422, True)
    assert hint in told["hint"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/control/nothing", 404),
        ("GET", "/control/", 404),
        ("GET", "/control/messages/../../etc/passwd", 404),
        ("DELETE", "/control/clock", 405),
        ("GET", "/spaces/nobody/control/clock", 404),
        ("GET", "/control/gateways/VN/..%2Fkey.pem", 404),
    ],
)
def test_every_error_is_a_problem(asw_server: ControlClient, method: str, path: str, status: int) -> None:
    """With a code, a sentence and no word about the inside."""
    found, headers, told = ask(asw_server, method, path)
    assert found == told["status"] == status
    assert headers["content-type"] == "application/problem+json"
    assert set(told) >= {"type", "title", "status", "detail", "reply_code"}
    assert "Traceback" not in json.dumps(told)
    assert "asw_exchange." not in json.dumps(told)


def test_what_is_told_is_not_guessed_at_nor_kept(asw_server: ControlClient) -> None:
    """nosniff and no-store, on results and on refusals; bytes come as a file."""
    asw_server.hold()
    (sent,) = asw_server.generate("asean/eform-d")
    for path in (f"/control/messages/{sent.sequence}/raw", "/control/clock", "/control/nothing"):
        _, headers, _ = ask(asw_server, "GET", path)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
    _, headers, _ = ask(asw_server, "GET", f"/control/messages/{sent.sequence}/raw")
    assert headers["content-disposition"] == f'attachment; filename="{sent.sequence}.xml"'


def test_a_body_without_end_is_cut_off(asw_server: ControlClient) -> None:
    """By what it announces or by what comes."""
    status, _, told = ask(asw_server, "PATCH", "/control/clock", b" " * (17 * 1024 * 1024))
    assert (status, told["reply_code"]) == (413, "REQUEST-BODY")


def test_only_so_many_may_wait(asw_server: ControlClient) -> None:
    """The next one is told to come again; when one ends there is room."""
    with ExitStack() as stack:
        streams = [stack.enter_context(open_stream(asw_server)) for _ in range(64)]
        with pytest.raises(Problem) as raised:
            asw_server.wait(reference="x", timeout=1)
        assert (raised.value.status, raised.value.reply_code) == (429, "BUSY")
        assert len(streams) == 64
    while True:  # the server notices in its own time that they have gone
        try:
            asw_server.wait(reference="x", timeout=0)
        except Problem as problem:
            if problem.reply_code != "BUSY":
                break
    with pytest.raises(Problem) as raised:
        asw_server.wait(reference="x", timeout=0)
    assert raised.value.reply_code == "NOT-ARRIVED"


def open_stream(client: ControlClient) -> socket.socket:
    """A stream of events that is known to have begun."""
    parts = urlsplit(client.url)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=60)
    connection.sendall(b"GET /control/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    read = b""
    while b": these are" not in read:
        read += connection.recv(4096)
    return connection


def test_a_server_that_stops_lets_those_who_wait_go() -> None:
    """A stream ends, and nobody holds the server up."""
    with running_server(Settings(gateways=("VN",))) as client:
        stream = client.events(after=0)
        client.change_clock(running=False)
        client.hold()
        client.generate("korea/certificate-vk", sender="VN")
        next(stream)
    assert list(stream) == []


def test_a_client_says_when_nobody_answers() -> None:
    """With the address, and what to look at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable, match="asw serve"):
        ControlClient(f"http://127.0.0.1:{port}").clock()


@pytest.mark.parametrize("url", ["127.0.0.1:8470", "ftp://localhost", "http://", "http://localhost:port"])
def test_a_client_wants_an_address(url: str) -> None:
    """Of HTTP, with a host."""
    with pytest.raises(ConfigurationError, match="no address"):
        ControlClient(url)
