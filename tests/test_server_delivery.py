"""How a server delivers: what it makes of answers, when it goes on, what it sends once more.

The clocks of these servers move only when they are told to.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from asw_exchange.corridors import find_corridor
from asw_exchange.corridors.eaeu import codes
from asw_exchange.ledger import Ledger, State
from asw_exchange.model import Certificate, Outcome
from asw_exchange.records import Direction, Entry
from asw_exchange.server.delivery import Retries
from asw_exchange.server.log import LOGGER
from asw_exchange.server.settings import Settings
from asw_exchange.testdata import eaeu
from asw_exchange.testdata.certificates import certificate
from asw_exchange.testdata.seeds import stream
from asw_exchange.testing import ControlClient
from tests.builders import MOMENT
from tests.server_builders import Running, running

EFORM_D = "asean/eform-d"
ISSUED = (MOMENT - timedelta(days=2)).date()


@pytest.fixture
def server() -> Iterator[Running]:
    """Three gateways that give a delivery up after two attempts."""
    with running(Settings(gateways=("VN", "TH", "SG"), retries=Retries(attempts=2))) as started:
        yield started


def form_d(number: int, issuer: str, importer: str) -> Certificate:
    """A certificate that is in order."""
    chance = stream(1, "delivery", issuer, number)
    return certificate(
        chance, number, issuer=issuer, importer=importer, issued_on=ISSUED, items=1, shape="plain"
    )


def submit(server: Running, number: int, sender: str, receiver: str) -> Entry:
    """Have a gateway send a certificate."""
    document = form_d(number, sender, receiver)
    entry: Entry = server.do(server.space.submit(EFORM_D, document, sender, receiver))
    return entry


def test_what_has_no_address_says_so_in_the_outbox_and_once_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A gateway that runs elsewhere does so in every corridor: it wants an address in each."""
    caplog.set_level(logging.INFO, LOGGER.name)
    with running(Settings(partners=("eaeu/VN=http://127.0.0.1:9/in",))) as server:
        client = ControlClient(server.url)
        for number in (1, 2):
            submit(server, number, "TH", "VN")
        sent = submit(server, 3, "TH", "SG")
        client.wait(message_id=sent.message_id, direction=Direction.RECEIVED)
        waiting = client.outbox(peer="VN").deliveries
        told = {(each.attempts, each.failure, each.obstacle) for each in waiting}
        reason = (
            "no address is known for VN in asean: --partner asean/VN=URL, or PUT /control/partners/asean/VN"
        )
        assert told == {(0, None, reason)}
        assert client.delivery(waiting[0].sequence).obstacle == reason
        client.set_partner("asean", "VN", "http://127.0.0.1:9/in")
        assert {each.obstacle for each in client.outbox(peer="VN").deliveries} == {None}
    events = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    missed = [each for each in events if each["event"] == "no-address"]
    assert missed == [{"event": "no-address", "partner": "asean/VN", "reason": reason}]


def behave(server: Running, code: str, *words: Any, faults: Any = ()) -> None:
    """Let a gateway behave so."""
    ControlClient(server.url).behave(code, words, faults=faults)


def advance(server: Running, minutes: float) -> None:
    """Let so much time pass."""
    ControlClient(server.url).change_clock(advance=timedelta(minutes=minutes))


def has_failed(ledger: Ledger, sender: str = "VN", attempts: int = 1) -> bool:
    """Whether all that a gateway sends has failed so often."""
    queue = ledger.queue(gateway=sender)
    return bool(queue) and all(each.attempts == attempts for each in queue)


def outcomes(ledger: Ledger, gateway: str, kind: str = EFORM_D) -> list[Outcome | None]:
    """What became of what a gateway has received of a kind."""
    found = ledger.entries(gateway=gateway, kind=kind, direction=Direction.RECEIVED)
    return [entry.outcome for entry in found]


def test_who_always_acknowledges_other_bytes_gets_a_dead_letter(server: Running) -> None:
    """It is sent as often as any delivery that fails; the answers are kept."""
    behave(server, "TH", "wrong-acknowledgement-digest")
    submit(server, 1, "VN", "TH")
    server.wait_until(has_failed)
    advance(server, 1)
    server.wait_until(lambda ledger: any(ledger.queue(gateway="VN", state=State.DEAD)))
    (dead,) = server.read(lambda ledger: ledger.queue(gateway="VN"))
    assert dead.failure == "the answer is about something else than was sent"
    answers = server.read(lambda ledger: outcomes(ledger, "VN", "asean/acknowledgement"))
    assert answers[0] is Outcome.REJECTED
    assert len(answers) == 2


def test_an_answer_that_cannot_be_examined_is_none() -> None:
    """The schema of acknowledgements is missing here: tried as often as any delivery that fails."""
    asean = find_corridor("asean")
    kinds = tuple(
        kind if kind.acknowledged else replace(kind, schema="asean/lost.xsd") for kind in asean.kinds
    )
    settings = Settings(gateways=("VN", "TH"), retries=Retries(attempts=2))
    with running(settings, (replace(asean, kinds=kinds),)) as server:
        submit(server, 1, "VN", "TH")
        server.wait_until(has_failed)
        advance(server, 1)
        server.wait_until(lambda ledger: any(ledger.queue(gateway="VN", state=State.DEAD)))
        (dead,) = server.read(lambda ledger: ledger.queue(gateway="VN"))
        assert str(dead.failure).startswith("the answer could not be examined: ")


@pytest.mark.parametrize(
    "word", ["tampered-in-transit", "truncated-body", {"name": "wrong-length", "by": -9}]
)
def test_what_was_damaged_on_its_way_arrives_all_the_same(server: Running, word: Any) -> None:
    """The receiver answers about other bytes, or breaks off: the true ones are sent again."""
    rule = {"match": {"direction": "outgoing", "kind": EFORM_D}, "action": word, "times": 1}
    behave(server, "VN", faults=[rule])
    submit(server, 1, "VN", "TH")
    server.wait_until(has_failed)
    advance(server, 1)
    server.wait_until(lambda ledger: not ledger.queue(gateway="VN"))
    assert server.read(lambda ledger: outcomes(ledger, "TH"))[-1] is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("corridor", "kind"),
    [
        ("asean", EFORM_D),
        ("eaeu", codes.CERTIFICATE),
        ("korea", "korea/certificate-vk"),
        ("new-zealand", "new-zealand/phytosanitary-certificate"),
    ],
)
def test_half_an_answer_is_none(corridor: str, kind: str) -> None:
    """In every corridor; the answer that was kept for the repetition is the one that counts."""
    with running() as server:
        for code in find_corridor(corridor).members:
            rule = {"match": {"kind": kind}, "action": "truncated-body", "times": 1}
            behave(server, code, faults=[rule])
        (sent,) = ControlClient(server.url).generate(kind, seed=7)
        server.wait_until(lambda ledger: has_failed(ledger, sent.gateway))
        advance(server, 1)
        server.wait_until(lambda ledger: not ledger.queue(gateway=sent.gateway))
        assert server.read(lambda ledger: outcomes(ledger, sent.peer, kind)) == [
            Outcome.ACCEPTED,
            Outcome.DUPLICATE,
        ]


@pytest.mark.parametrize(("sender", "receiver", "taken"), [("TH", "VN", 1), ("SG", "TH", 2)])
def test_a_partner_that_is_seen_is_there_again(
    server: Running, sender: str, receiver: str, taken: int
) -> None:
    """It sends something, or takes something of another gateway: what waits for it is tried at once."""
    behave(server, "TH", "refuse-connection")
    submit(server, 1, "VN", "TH")
    server.wait_until(has_failed)
    behave(server, "TH")
    submit(server, 2, sender, receiver)
    server.wait_until(lambda ledger: outcomes(ledger, "TH") == [Outcome.ACCEPTED] * taken)


def test_what_waited_before_a_restart_is_tried_at_once(tmp_path: Path) -> None:
    """Put off in the run before; neither the clock nor the partner has to move."""
    settings = Settings(gateways=("VN", "TH", "SG"), place=str(tmp_path / "exchange.db"))
    with running(settings) as server:
        behave(server, "TH", "refuse-connection")
        submit(server, 1, "VN", "TH")
        server.wait_until(has_failed)
        behave(server, "TH")
    with running(settings) as server:
        server.wait_until(lambda ledger: outcomes(ledger, "TH") == [Outcome.ACCEPTED])


def test_what_is_tried_before_its_time_is_not_given_up_sooner(server: Running) -> None:
    """Two attempts are all, but the second came at once, as the partner sent something: there is a third."""
    behave(server, "TH", faults=[{"match": {"partner": "VN"}, "action": "refuse-connection"}])
    submit(server, 1, "VN", "TH")
    server.wait_until(has_failed)
    submit(server, 2, "TH", "VN")
    server.wait_until(lambda ledger: any(each.attempts == 2 for each in ledger.queue(gateway="VN")))
    assert server.read(lambda ledger: {each.state for each in ledger.queue(gateway="VN")}) == {State.WAITING}
    advance(server, 1)
    server.wait_until(lambda ledger: any(ledger.queue(gateway="VN", state=State.DEAD)))


def eav() -> Certificate:
    """A certificate of Viet Nam for Russia."""
    chance = stream(1, "delivery eaeu")
    return eaeu.certificate(chance, 1, issuer="VN", importer="RU", shape="plain", items=1)


def sends(ledger: Ledger) -> int:
    """How many certificates have left Viet Nam for the EAEU."""
    sent = ledger.entries(gateway="VN", kind=codes.CERTIFICATE, direction=Direction.SENT)
    return len(sent) - len(ledger.queue(gateway="VN"))


def test_what_nobody_answers_in_time_is_sent_once_more(tmp_path: Path) -> None:
    """As soon as the clock is moved beyond that time; a restart forgets nothing; three times in all."""
    settings = Settings(gateways=("VN", "EAEU"), place=str(tmp_path / "exchange.db"))
    with running(settings) as server:
        behave(server, "EAEU", "mute")
        server.do(server.space.submit(codes.CERTIFICATE, eav(), "VN", "EAEU"))
        server.wait_until(lambda ledger: sends(ledger) == 1)
        for retry in (1, 2):
            advance(server, 6)
            server.wait_until(lambda ledger, number=retry: sends(ledger) == number + 1)
    with running(settings) as server:
        advance(server, 6)
        server.wait_until(lambda ledger: sends(ledger) == 4)
        assert outcomes_of_duplicates(server) == 3


def outcomes_of_duplicates(server: Running) -> int:
    """How often the EAEU has seen the certificate again."""
    found = server.read(lambda ledger: outcomes(ledger, "EAEU", codes.CERTIFICATE))
    return found.count(Outcome.DUPLICATE)


def test_a_transaction_that_failed_is_left_alone() -> None:
    """No retry is left after the third: the same look that sends others again leaves it as it is."""
    with running(Settings(gateways=("VN", "EAEU"))) as server:
        behave(server, "EAEU", "mute")
        server.do(server.space.submit(codes.CERTIFICATE, eav(), "VN", "EAEU"))
        for number in (1, 2, 3, 4):
            server.wait_until(lambda ledger, number=number: sends(ledger) == number)
            advance(server, 6)
        other = eaeu.certificate(stream(2, "delivery eaeu"), 2, issuer="VN", importer="RU", shape="plain")
        server.do(server.space.submit(codes.CERTIFICATE, other, "VN", "EAEU"))
        server.wait_until(lambda ledger: sends(ledger) == 5)
        advance(server, 6)
        server.wait_until(lambda ledger: sends(ledger) == 6)
        references = [entry.reference for entry in server.read(lambda ledger: ledger.entries(gateway="EAEU"))]
        assert references.count(other.reference) == 2
