"""``asw send`` and ``asw listen`` on real sockets."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from asw_exchange.corridors import find_corridor
from asw_exchange.model import Header, Outcome
from asw_exchange.server.sending import Trust, told_of
from asw_exchange.server.settings import Settings
from asw_exchange.signature import TrustStore
from asw_exchange.testdata import generate
from tests.builders import MOMENT
from tests.server_builders import PATIENCE, Running, running
from tests.test_cli import Run, asw

__all__ = ["asw"]  # a fixture

START = "2025-03-01T00:00:00Z"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """All gateways, over plain HTTP."""
    with running() as started:
        yield started


@pytest.fixture
def messages(server: Running, tmp_path: Path) -> Path:
    """A message in order and one with other bytes than were signed, of Viet Nam to Thailand."""
    corridor, folder = find_corridor("asean"), tmp_path / "messages"
    kind = corridor.kind("asean/eform-d")
    document = next(
        each
        for seed in range(500)
        for each in [next(generate(kind.name, seed=seed))]
        if kind.route(each) == ("VN", "TH")
    )
    header = Header(id=tmp_path.name, kind=kind.name, sender="VN", receiver="TH", sent_at=MOMENT)
    raw = corridor.pack(header, document, server.spaces.pki.key("VN"))
    folder.mkdir()
    (folder / "1-good.xml").write_bytes(raw)
    return folder


def test_what_the_partner_says_is_printed(asw: Run, server: Running, messages: Path) -> None:
    """Accepted; then the same message again, a duplicate; an unreadable one is rejected with its finding."""
    done = asw("send", messages, "--to", f"{server.url}/asean/TH")
    assert (done.code, done.out) == (0, f"{messages}/1-good.xml: accepted\n")
    (messages / "2-bad.xml").write_bytes(b"<x>")
    done = asw("send", messages, "--to", f"{server.url}/asean/TH", "--json")
    told = [each["told"] for each in json.loads(done.out)]
    assert [each["outcome"] for each in told] == ["accepted", "rejected"]
    assert told[1]["findings"][0]["rule_id"] == "XML-SYNTAX"
    assert done.code == 1


def test_http_and_the_network_fail_in_one_sentence(asw: Run, server: Running, messages: Path) -> None:
    """Exit code 5, and the words of the partner where it has some."""
    done = asw("send", messages, "--to", f"{server.url}/asean/NZ")
    assert done.code == 5
    assert "HTTP status 404: no gateway NZ of the corridor asean runs here" in done.out
    done = asw("send", messages, "--to", "http://127.0.0.1:1/asean/TH")
    assert (done.code, done.out.splitlines()[0].split(": ", 1)[1]) == (
        5,
        "no connection: 127.0.0.1:1: connection refused",
    )
    done = asw("send", messages, "--to", "ftp://nowhere")
    assert (done.code, done.out) == (2, "")


def test_the_signature_of_an_answer_is_verified_on_request(server: Running, messages: Path) -> None:
    """Against the partner's authority it holds; against another's the answer is not to be used."""
    pki = server.spaces.pki
    raw = (messages / "1-good.xml").read_bytes()
    answer = server.do(server.space.receive("asean", "TH", raw)) or b""
    signed = Trust(TrustStore((pki.gateways["TH"].authority,)))
    assert "CN=TH gateway" in (told_of(answer, signed).signer or "")
    other = told_of(answer, Trust(TrustStore((pki.gateways["VN"].authority,))))
    assert (other.outcome, "trusted authority" in (other.failure or "")) == (None, True)


@pytest.mark.parametrize(
    ("path", "outcome", "word"),
    [
        ("/eaeu/EAEU", Outcome.REJECTED, "int:DataError"),
        ("/new-zealand/NZ", Outcome.REJECTED, "FailedDelivery"),
        ("/korea/KR", Outcome.REJECTED, None),
    ],
)
def test_answers_of_all_corridors_are_understood(
    server: Running, path: str, outcome: Outcome, word: str | None
) -> None:
    """A SOAP fault, an EnvelopeHeader and an acknowledgement that refuse."""
    corridor, gateway = path.strip("/").split("/")
    told = told_of(server.do(server.space.receive(corridor, gateway, b"<unknown/>")) or b"")
    assert told.outcome is outcome
    assert word is None or word in (told.words or "")


def test_an_answer_that_is_none_is_said_to_be_none() -> None:
    """It is a failure, not an outcome; an empty one is neither."""
    assert told_of(b"<html/>").failure
    assert told_of(b"").failure is None


@contextmanager
def listening(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``asw listen`` as a process of its own; give it and the address of its first corridor."""
    command = [sys.executable, "-m", "asw_exchange", "listen", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stderr
    try:
        found = re.search(r"https?://[^;]+", process.stderr.readline())
        assert found, process.stderr.read()
        yield process, found[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        process.stdout.close()
        process.stderr.close()


def test_a_bare_end_prints_keeps_and_acknowledges(asw: Run, tmp_path: Path) -> None:
    """Over mutual TLS, with the keys of asw pki init alone."""
    pki, out = tmp_path / "pki", tmp_path / "in"
    assert asw("pki", "init", pki, "--seed", 3).code == 0
    message = tmp_path / "message.xml"
    message.write_bytes(b"<x/>")
    with listening("--gateway", "TH", "--pki", str(pki), "--mtls", "--out", str(out)) as (process, url):
        assert url.endswith("/asean/TH")
        key = ("--cert", pki / "VN" / "cert.pem", "--key", pki / "VN" / "key.pem")
        authority = ("--tls-ca", pki / "tls" / "authority.pem")
        done = asw("send", message, "--to", url, "--trust", pki / "TH", *authority, *key)
        assert done.code == 1
        assert "rejected (signed by CN=TH gateway" in done.out
        assert process.stdout
        assert process.stdout.readline() == "unknown from VN: rejected\n"
        assert "ENVELOPE" in process.stdout.readline()
        assert asw("send", message, "--to", url, *authority).code == 5
        assert asw("send", message, "--to", url, *key).code == 5
    assert [file.read_bytes() for file in out.iterdir()] == [b"<x/>"]


def test_what_goes_to_the_wrong_gateway_is_said_to_be_for_another(
    asw: Run, server: Running, messages: Path
) -> None:
    """The refusal is printed with what was found."""
    done = asw("send", messages, "--to", f"{server.url}/asean/MY")
    assert done.code == 1
    assert "ENVELOPE-ROUTE: the message is not for MY (found 'TH')" in done.out


def test_a_folder_that_cannot_be_written_is_told_at_the_start(asw: Run, tmp_path: Path) -> None:
    """Before anything is acknowledged."""
    (tmp_path / "file").touch()
    done = asw("listen", "--gateway", "TH", "--port", "0", "--out", tmp_path / "file")
    assert (done.code, "cannot be written to" in done.err) == (4, True)


def test_what_cannot_be_kept_ends_a_bare_end(asw: Run, tmp_path: Path) -> None:
    """With exit code 4 and one sentence: nothing is acknowledged that is not kept, but for the one."""
    out, message = tmp_path / "in", tmp_path / "message.xml"
    message.write_bytes(b"<x/>")
    with listening("--gateway", "TH", "--out", str(out)) as (process, url):
        out.rmdir()
        out.touch()
        asw("send", message, "--to", url)
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 4
        assert (errors.count("\n"), "cannot be written" in errors) == (1, True)


def test_a_bare_end_that_nobody_reads_ends(asw: Run, tmp_path: Path) -> None:
    """As in ``asw listen | head -1``: by itself, and without a word."""
    message = tmp_path / "message.xml"
    message.write_bytes(b"<x/>")
    with listening("--gateway", "TH") as (process, url):
        assert process.stdout
        process.stdout.close()
        asw("send", message, "--to", url)
        process.wait(PATIENCE)
        assert process.stderr
        assert process.stderr.read() == ""


def test_a_bare_end_cannot_be_steered(asw: Run, server: Running, messages: Path) -> None:
    """So others may reach it without a token; its clock shows what --moment says."""
    options = ("--gateway", "TH", "--host", "0.0.0.0", "--moment", f"{MOMENT:%Y-%m-%dT%H:%M:%SZ}")
    with listening(*options) as (_, url):
        base = url.removesuffix("/asean/TH")
        for path in ("/control/clock", "/spaces/main/control/clock", "/control/openapi.json"):
            with pytest.raises(HTTPError, match="404"):
                urlopen(base + path, timeout=PATIENCE)
        done = asw("send", messages, "--to", url)
        assert done.out == f"{messages}/1-good.xml: accepted\n"


def test_a_certificate_that_is_not_believed_points_to_the_option(asw: Run, messages: Path) -> None:
    """And plain HTTP to a port of TLS is said to be that; no object of a library is printed."""
    with running(Settings(tls=True, gateways=("TH",))) as server:
        url = f"{server.url}/asean/TH"
        done = asw("send", messages, "--to", url)
        assert done.code == 5
        assert "is not believed: " in done.out
        assert "--tls-ca" in done.out
        assert "ssl" not in done.out.lower()
        done = asw("send", messages, "--to", url.replace("https:", "http:"))
        assert done.code == 5
        assert "closed the connection without an answer: does it speak HTTPS?" in done.out


def test_a_server_runs_with_a_certificate_of_its_own(asw: Run, tmp_path: Path) -> None:
    """What --tls-cert names is shown to clients, and believed by the server's own deliveries."""
    pki = tmp_path / "pki"
    assert asw("pki", "init", pki, "--seed", 4, "--moment", START).code == 0
    settings = Settings(
        tls_cert=pki / "tls" / "server.pem", tls_key=pki / "tls" / "server-key.pem", gateways=("TH", "VN")
    )
    with running(settings) as server:
        assert server.url.startswith("https://")
        message = tmp_path / "message.xml"
        message.write_bytes(b"<x/>")
        authority = pki / "tls" / "authority.pem"
        assert asw("send", message, "--to", f"{server.url}/asean/TH", "--tls-ca", authority).code == 1
        assert asw("send", message, "--to", f"{server.url}/asean/TH").code == 5
        document = next(generate("asean/acdd", seed=1))
        server.do(server.space.submit("asean/acdd", document, "VN", "TH"))
        server.wait_until(lambda ledger: not ledger.pending())
        assert not server.read(lambda ledger: ledger.queue())


def test_help_needs_no_server() -> None:
    """The command line starts without HTTP, TLS or SOAP being loaded."""
    heavy = {"aiohttp", "uvicorn", "starlette", "lxml", "ssl"}
    code = f"import sys, asw_exchange.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    assert done.stdout.strip() == "[]"
