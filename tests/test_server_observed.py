"""A server is observed from outside: metrics, health and the log agree with the ledger."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from asw_exchange.model import Outcome
from asw_exchange.records import Direction
from asw_exchange.server.health import STALE
from asw_exchange.server.log import LOGGER, JsonFormatter
from asw_exchange.server.settings import Settings
from asw_exchange.testdata import generate
from tests.server_builders import Running, running

FORM_D = "asean/eform-d"


@pytest.fixture
def server() -> Iterator[Running]:
    """A server of all gateways, with a log."""
    with running(Settings(log=True)) as started:
        yield started


def get(server: Running, path: str) -> tuple[int, str]:
    """Ask, and return status and body."""
    try:
        with urlopen(server.url + path) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def exchange(server: Running) -> str:
    """Let a certificate be sent, acknowledged and answered; return its reference number."""
    document = next(generate(FORM_D, seed=7))
    sender, receiver = document.issuing_country, document.importing_country
    server.do(server.space.submit(FORM_D, document, sender, receiver))
    server.wait_until(
        lambda ledger: (
            bool(ledger.entries(kind=FORM_D, direction=Direction.RECEIVED)) and not ledger.pending()
        )
    )
    return str(document.reference)


def metric(text: str, name: str, **labels: str) -> float:
    """The sum of a metric over all label sets that have these."""
    found = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    return sum(float(value) for given, value in found if all(word in given for word in wanted))


def test_the_metrics_count_what_the_ledger_holds(server: Running) -> None:
    """By gateway, kind, direction and outcome; asked twice, nothing is counted twice."""
    exchange(server)
    get(server, "/metrics")
    status, text = get(server, "/metrics")
    assert status == 200
    for direction in Direction:
        recorded = server.read(lambda ledger, side=direction: len(ledger.entries(direction=side)))
        assert metric(text, "asw_messages_total", direction=direction) == recorded > 0
    assert metric(text, "asw_messages_total", kind=FORM_D, direction="received", outcome="accepted") == 1


def test_every_step_of_receiving_is_timed(server: Running) -> None:
    """What is received runs through all steps, each under its name."""
    exchange(server)
    text = get(server, "/metrics")[1]
    for step in ("read_xml", "verify_signature", "verify_content", "check_schema", "apply_rules", "accept"):
        assert metric(text, "asw_step_seconds_count", step=step) >= 1
    assert metric(text, "asw_request_seconds_count", corridor="asean", status="200") >= 1


def test_the_outbox_is_measured(server: Running) -> None:
    """What nobody takes waits, and its age is told by the clock of the space."""
    server.space.partners.set("asean", "TH", None)
    document = next(each for each in generate(FORM_D, seed=1, count=200) if each.importing_country == "TH")
    server.do(server.space.submit(FORM_D, document, document.issuing_country, "TH"))
    text = get(server, "/metrics")[1]
    assert metric(text, "asw_outbox", state="waiting") == 1
    assert metric(text, "asw_outbox_oldest_seconds") == 0
    server.space.clock.advance(STALE)
    assert metric(get(server, "/metrics")[1], "asw_outbox_oldest_seconds") == STALE.total_seconds()


def test_a_server_is_alive_and_ready(server: Running) -> None:
    """Both are told as JSON."""
    assert get(server, "/health/live") == (200, '{"alive":true}')
    assert get(server, "/health/ready") == (200, '{"ready":true,"reasons":[]}')


def test_a_stale_outbox_is_not_ready(server: Running) -> None:
    """What could be delivered, but is held for long, is told with its moment; released, all is well."""
    server.space.delivery.steps = 0
    document = next(generate(FORM_D, seed=7))
    server.do(server.space.submit(FORM_D, document, document.issuing_country, document.importing_country))
    server.space.clock.advance(STALE * 2)
    status, body = get(server, "/health/ready")
    assert status == 503
    assert "is not delivered yet" in json.loads(body)["reasons"][0]


def test_a_ledger_that_cannot_be_written_is_not_ready(server: Running) -> None:
    """The reason is the ledger's own sentence."""
    server.do(server.space.committer.run(lambda: server.space.ledger.database.run("PRAGMA query_only = ON")))
    status, body = get(server, "/health/ready")
    assert status == 503
    assert "the ledger cannot be written" in json.loads(body)["reasons"][0]


def test_the_journal_tells_of_every_entry(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    """With ids, reference, kind and outcome; nothing of what the document says."""
    caplog.set_level(logging.INFO, LOGGER.name)
    reference = exchange(server)
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    told = [line for line in lines if line.get("kind") == FORM_D and line["event"] == "received"]
    assert {(line["reference"], line["outcome"]) for line in told} == {(reference, Outcome.ACCEPTED)}
    document = next(generate(FORM_D, seed=7))
    assert document.exporter.name not in json.dumps(lines, ensure_ascii=False)


def test_a_line_of_the_log_is_one_object() -> None:
    """Also for what others log, and with line ends in it."""
    record = logging.LogRecord("x", logging.WARNING, "", 0, "two\nlines of %s", ("text",), None)
    line = json.loads(JsonFormatter().format(record))
    assert datetime.fromisoformat(line.pop("logged_at")).timestamp() == pytest.approx(record.created)
    assert line == {"level": "warning", "event": "two\nlines of text"}


def test_a_refused_request_is_logged(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    """With path, status and reason."""
    caplog.set_level(logging.INFO, LOGGER.name)
    get(server, "/asean/XX")
    events = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert {name: events[0][name] for name in ("event", "path", "status")} == {
        "event": "refused",
        "path": "/asean/XX",
        "status": 404,
    }
