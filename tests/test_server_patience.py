"""Clients that are slow, or gone without a word: each connection ends when its time is over."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from asw_exchange.server.settings import Settings
from tests.server_builders import PATIENCE, Running, running

HEAD = b"POST /asean/VN HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/xml\r\nContent-Length: 9\r\n"
WHOLE = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """A server that waits a moment for the head of a request, and a moment for its body."""
    with running(Settings(gateways=("VN",), head_seconds=0.3, body_seconds=0.3)) as started:
        yield started


@pytest.fixture
def line(server: Running) -> Iterator[socket.socket]:
    """A connection to it."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE) as made:
        yield made


def rest(line: socket.socket) -> bytes:
    """Everything that comes until the server closes."""
    found = b""
    with suppress(ConnectionResetError):
        while piece := line.recv(65536):
            found += piece
    return found


@pytest.mark.parametrize("beginning", [b"", b"POST /asean/VN HT", HEAD])
def test_a_head_that_does_not_come_is_cut_off(line: socket.socket, beginning: bytes) -> None:
    """Nothing at all, half a line, or no end of the head: 408, and the connection is closed."""
    line.sendall(beginning)
    assert rest(line).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_does_not_come_is_cut_off(line: socket.socket) -> None:
    """A client that is gone without a word, in the midst of a body, holds nothing."""
    line.sendall(HEAD + b"\r\n<half")
    assert rest(line).startswith(b"HTTP/1.1 408 ")


def drip(line: socket.socket, pieces: Iterator[bytes]) -> bytes:
    """Send drop by drop, faster than any time-out between two drops, until the server closes."""
    line.settimeout(0.05)
    found = b""
    for piece in pieces:
        try:
            line.sendall(piece)
            got = line.recv(65536)
        except TimeoutError:
            continue
        except OSError:
            return found
        if not got:
            return found
        found += got
    return found


DROPS = 1000
"""Far more than fit into the time that there is."""


def test_a_head_that_drips_is_cut_off(line: socket.socket) -> None:
    """A slow loris: one more header field, again and again."""
    line.sendall(HEAD)
    assert drip(line, (b"X-%d: 1\r\n" % number for number in range(DROPS))).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_drips_is_cut_off(line: socket.socket) -> None:
    """It does not matter that something comes all the time."""
    line.sendall(HEAD.replace(b": 9\r", b": 9999\r") + b"\r\n")
    assert drip(line, iter([b"x"] * DROPS)).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_drips_after_its_answer_is_cut_off(line: socket.socket) -> None:
    """The address takes no GET and says so at once; what comes of the body all the same has its time too."""
    line.sendall(HEAD.replace(b"POST", b"GET").replace(b": 9\r", b": 9999\r") + b"\r\n")
    found = drip(line, iter([b"x"] * DROPS))
    assert found.startswith(b"HTTP/1.1 405 ")
    assert b"408" not in found


def test_empty_lines_after_a_request_are_cut_off(line: socket.socket) -> None:
    """HTTP lets a client send them before a request, but not for ever (RFC 9112, section 2.2)."""
    line.sendall(WHOLE)
    found = drip(line, iter([b"\r\n"] * DROPS))
    assert found.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in found


def test_the_server_goes_on_for_others(server: Running, line: socket.socket) -> None:
    """Clients that wait in silence do not keep anybody from being served."""
    line.sendall(WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert rest(line).startswith(b"HTTP/1.1 200 ")
