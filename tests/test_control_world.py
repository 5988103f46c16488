"""The control API changes a tester's world: deliveries, clock, partners, behaviours, spaces, sessions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from asw_exchange.ledger import Ledger, State
from asw_exchange.model import Outcome
from asw_exchange.records import Direction
from asw_exchange.server.settings import Settings
from asw_exchange.testing import ControlClient, Problem
from asw_exchange.testing.running import running_server
from tests.postgresql_server import PostgreSQL

FORM_D = "asean/eform-d"
NOWHERE = "http://127.0.0.1:9/in"
"""The port of the discard protocol: nobody listens."""


@pytest.fixture
def space(asw_server: ControlClient) -> Iterator[ControlClient]:
    """A space beside the main one."""
    yield asw_server.create_space("alice")
    asw_server.delete_space("alice")


def test_held_deliveries_leave_step_by_step(asw_server: ControlClient) -> None:
    """None while they are held; one for each step; all the rest when they are released."""
    asw_server.hold()
    sent = asw_server.generate(FORM_D, count=3, seed=3)
    assert asw_server.outbox().held
    assert [each.sequence for each in asw_server.outbox().deliveries] == [each.sequence for each in sent]
    asw_server.step()
    asw_server.wait(direction=Direction.RECEIVED, kind=FORM_D)
    assert len(asw_server.messages(direction=Direction.RECEIVED, kind=FORM_D)) == 1
    asw_server.release()
    for each in sent:
        asw_server.wait(direction=Direction.RECEIVED, message_id=each.message_id)


def test_a_dead_letter_is_sent_again_on_request(asw_server: ControlClient) -> None:
    """Once the partner's address is right; until then its failures are told."""
    asw_server.hold()
    (sent,) = asw_server.generate(FORM_D, seed=3)
    home = {(each.corridor, each.gateway): each.url for each in asw_server.partners()}
    asw_server.set_partner("asean", sent.peer, f"{asw_server.url}/asean/ZZ")
    asw_server.release()
    while asw_server.delivery(sent.sequence).state is not State.DEAD:
        asw_server.change_clock(advance=timedelta(minutes=10))
    dead = asw_server.delivery(sent.sequence)
    assert dead.attempts == len(dead.tries) > 1
    assert (dead.failure or "").startswith("HTTP status 404")
    assert asw_server.outbox(state=State.DEAD).dead == 1
    asw_server.set_partner("asean", sent.peer, home["asean", sent.peer])
    assert asw_server.resend(sent.sequence).state is State.WAITING
    asw_server.wait(direction=Direction.RECEIVED, message_id=sent.message_id)


def test_what_waits_already_is_not_sent_again(asw_server: ControlClient) -> None:
    """It says so."""
    asw_server.hold()
    (sent,) = asw_server.generate(FORM_D, seed=3)
    with pytest.raises(Problem) as raised:
        asw_server.resend(sent.sequence)
    assert (raised.value.status, raised.value.reply_code) == (409, "CONFLICT")


def test_the_clock_is_set_stopped_advanced_and_run(asw_server: ControlClient) -> None:
    """And all records tell its time."""
    moment = datetime(2030, 5, 1, 12, tzinfo=UTC)
    stopped = asw_server.change_clock(now=moment, running=False)
    assert (stopped.now, stopped.running) == (moment, False)
    assert asw_server.clock().now == moment
    later = asw_server.change_clock(advance=timedelta(hours=1))
    assert later.now == moment + timedelta(hours=1)
    asw_server.hold()
    (sent,) = asw_server.generate(FORM_D)
    assert sent.moment == later.now
    assert asw_server.change_clock(running=True).running


def test_a_clock_does_not_leave_the_century(asw_server: ControlClient) -> None:
    """Neither set nor advanced; a time without a zone is no time."""
    asw_server.change_clock(now=datetime(2099, 12, 31, tzinfo=UTC), running=False)
    for change in ({"advance": timedelta(days=2)}, {"now": datetime(1999, 1, 1, tzinfo=UTC)}):
        with pytest.raises(Problem, match="2000 and 2100"):
            asw_server.change_clock(**change)  # type: ignore[arg-type]
    with pytest.raises(Problem, match="timezone"):
        asw_server.change_clock(now=datetime(2025, 1, 1))  # noqa: DTZ001


def test_a_partner_without_address_keeps_its_messages_waiting(asw_server: ControlClient) -> None:
    """They leave as soon as it has one."""
    url = next(each.url for each in asw_server.partners() if (each.corridor, each.gateway) == ("asean", "PH"))
    asw_server.remove_partner("asean", "PH")
    sent = asw_server.generate(FORM_D, count=6, seed=7)
    waiting = next(each for each in sent if each.peer == "PH")
    other = next(each for each in sent if each.peer != "PH")
    asw_server.wait(direction=Direction.RECEIVED, message_id=other.message_id)
    assert waiting.sequence in [each.sequence for each in asw_server.outbox().deliveries]
    asw_server.set_partner("asean", "PH", url)
    asw_server.wait(direction=Direction.RECEIVED, message_id=waiting.message_id)


@pytest.mark.parametrize(
    ("corridor", "gateway", "url"),
    [
        ("asean", "KR", NOWHERE),
        ("asean", "TH", "ftp://127.0.0.1/"),
        ("asean", "TH", "http://192.0.2.1/in"),
        ("asean", "TH", "http://user:secret@127.0.0.1/in"),
    ],
)
def test_an_address_that_cannot_be_is_refused(
    asw_server: ControlClient, corridor: str, gateway: str, url: str
) -> None:
    """No gateway of that corridor, no HTTP, a network that the operator has not allowed, a password."""
    before = asw_server.partners()
    with pytest.raises(Problem):
        asw_server.set_partner(corridor, gateway, url)
    assert asw_server.partners() == before


def test_a_gateway_misbehaves_on_request(asw_server: ControlClient) -> None:
    """A word refuses what comes in; without it the gateway behaves again."""
    (sent,) = asw_server.generate(FORM_D, seed=11)
    asw_server.wait(direction=Direction.RECEIVED, message_id=sent.message_id, outcome=Outcome.ACCEPTED)
    told = asw_server.behave(sent.peer, [{"name": "refuse", "rule": "TEST-1"}])
    assert told.behaviours == ({"name": "refuse", "rule": "TEST-1"},)
    refused = next(each for each in asw_server.generate(FORM_D, seed=12, count=30) if each.peer == sent.peer)
    got = asw_server.wait(direction=Direction.RECEIVED, message_id=refused.message_id)
    assert got.outcome is Outcome.REJECTED
    assert "TEST-1" in [finding.rule_id for finding in got.findings]
    assert asw_server.behave(sent.peer, []).behaviours == ()


def test_fault_rules_are_listed_with_their_counters(asw_server: ControlClient) -> None:
    """And stay when only the behaviours are changed."""
    rule = {"match": {"partner": "VN"}, "when": {"nth": 2}, "action": {"name": "reset-after"}, "times": 1}
    (fault,) = asw_server.behave("TH", faults=[rule]).faults
    assert (fault.rule, fault.seen, fault.fired, fault.exhausted) == (rule, 0, 0, False)
    assert asw_server.behave("TH", ["silent"]).faults[0].rule == rule
    assert asw_server.gateway("TH").behaviours == ({"name": "silent"},)


def test_a_wrong_word_changes_nothing_and_names_the_right_ones(asw_server: ControlClient) -> None:
    """Also when a right one stands beside it."""
    with pytest.raises(Problem) as raised:
        asw_server.behave("TH", ["silent", "quiet"])
    assert (raised.value.path, raised.value.value) == ("behaviours[1]", "quiet")
    assert "silent" in (raised.value.hint or "")
    assert asw_server.gateway("TH").behaviours == ()


@pytest.mark.parametrize(
    ("name", "wrong"), [("kind", "asean/foo"), ("partner", "ZZ"), ("corridor", "aseam"), ("gateway", "ZZ")]
)
def test_a_rule_for_an_unknown_name_is_refused(asw_server: ControlClient, name: str, wrong: str) -> None:
    """It would wait in vain for ever; what was in force stays."""
    right = {"match": {"partner": "VN"}, "action": {"name": "reset-after"}}
    asw_server.behave("TH", faults=[right])
    with pytest.raises(Problem) as raised:
        asw_server.behave("TH", faults=[right, {"match": {name: wrong}, "action": {"name": "silent"}}])
    told = raised.value
    assert (told.status, told.path, told.value) == (422, f"$.faults[1].match.{name}", wrong)
    assert (told.hint or "").startswith("those are ")
    assert [each.rule["match"] for each in asw_server.gateway("TH").faults] == [right["match"]]


def test_a_rule_may_be_for_who_is_not_here() -> None:
    """A member of a corridor that may send from elsewhere, and who cannot be told."""
    rules = [{"match": {"partner": each}, "action": {"name": "silent"}} for each in ("BN", "unknown")]
    with running_server(Settings(gateways=("VN",))) as client:
        assert len(client.behave("VN", faults=rules).faults) == 2


def test_test_keys_can_be_downloaded(asw_server: ControlClient) -> None:
    """A key, its certificate and the authority above it."""
    key = load_pem_private_key(asw_server.pem("VN", "key.pem"), None)
    certificate = x509.load_pem_x509_certificate(asw_server.pem("VN", "cert.pem"))
    authority = x509.load_pem_x509_certificate(asw_server.pem("VN", "ca.pem"))
    assert certificate.public_key() == key.public_key()
    certificate.verify_directly_issued_by(authority)


def test_a_reset_forgets_everything(asw_server: ControlClient) -> None:
    """Messages, what waits, the clock, addresses, behaviours; and then all goes on as on the first day."""
    asw_server.change_clock(now=datetime(2031, 1, 1, tzinfo=UTC), running=False)
    asw_server.hold()
    asw_server.generate(FORM_D, count=2)
    before = asw_server.partners()
    asw_server.remove_partner("asean", "TH")
    asw_server.behave("TH", ["silent"], magic=False)
    asw_server.reset()
    assert asw_server.messages() == ()
    assert asw_server.outbox().deliveries == ()
    assert not asw_server.outbox().held
    assert asw_server.clock().running
    assert asw_server.clock().now.year < 2031
    assert len(asw_server.partners()) == len(before) + 0
    assert (asw_server.gateway("TH").behaviours, asw_server.gateway("TH").magic) == ((), True)
    (sent,) = asw_server.generate(FORM_D)
    assert sent.sequence == 1
    assert (
        asw_server.wait(message_id=sent.message_id, direction=Direction.RECEIVED).outcome is Outcome.ACCEPTED
    )


def test_who_waits_goes_on_after_a_reset(asw_server: ControlClient) -> None:
    """Sequences begin anew, and nothing after the reset is missed."""
    asw_server.generate(FORM_D, count=3)
    stream = asw_server.events(after=0)
    for _ in range(3):
        next(stream)
    asw_server.reset()
    asw_server.hold()
    (sent,) = asw_server.generate("korea/certificate-vk")
    kinds = iter(each.kind for each in stream)
    assert "korea/certificate-vk" in kinds
    assert asw_server.wait(message_id=sent.message_id).sequence == sent.sequence == 1
    stream.close()


def test_spaces_do_not_see_each_other(asw_server: ControlClient, space: ControlClient) -> None:
    """Messages, clocks, holds and addresses are their own; a message goes to the gateway of its space."""
    space.change_clock(now=datetime(2027, 1, 1, tzinfo=UTC), running=False)
    (sent,) = space.generate(FORM_D)
    received = space.wait(message_id=sent.message_id, direction=Direction.RECEIVED)
    assert received.outcome is Outcome.ACCEPTED
    assert asw_server.messages() == ()
    assert asw_server.clock().now.year != 2027 or asw_server.clock().running
    assert all("/spaces/alice/" in each.url for each in space.partners())
    with pytest.raises(Problem, match="nothing at this address"):
        space.spaces()


def test_spaces_are_listed_and_deleted(asw_server: ControlClient, space: ControlClient) -> None:
    """The main one stays; what is deleted is gone, and new when it is made again."""
    space.hold()
    space.generate(FORM_D)
    assert [each.name for each in asw_server.spaces()] == ["alice", "main"]
    asw_server.delete_space("alice")
    with pytest.raises(Problem, match="no space of this name"):
        space.clock()
    again = asw_server.create_space("alice")
    assert again.messages() == ()
    assert not again.outbox().held
    with pytest.raises(Problem) as raised:
        asw_server.delete_space("main")
    assert raised.value.reply_code == "CONFLICT"


@pytest.mark.parametrize("name", ["Alice", "..%2F..%2Fetc", "a" * 41, "a.b"])
def test_a_space_has_a_plain_name(asw_server: ControlClient, name: str) -> None:
    """It is no path."""
    with pytest.raises(Problem) as raised:
        asw_server.create_space(name)
    assert raised.value.status in (404, 422)
    assert [each.name for each in asw_server.spaces()] == ["main"]


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where there can be a ledger, and is none yet."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql").new_database()
        return url
    return ":memory:" if request.param == "memory" else str(tmp_path / "ledger.db")


def test_the_short_form_of_an_address_has_spaces_too(postgresql: PostgreSQL) -> None:
    """``postgres://`` is taken for ``postgresql+psycopg://``, as many services write it."""
    place = postgresql.new_database().replace("postgresql+psycopg://", "postgres://")
    with running_server(Settings(place=place)) as client:
        assert client.create_space("alice").messages() == ()


@pytest.mark.parametrize("place", ["memory", "file", "postgresql"], indirect=True)
def test_a_session_is_exported_and_imported(tmp_path: Path, place: str) -> None:
    """With all messages, what waits, the clock and what was set; it stands still until it is let go."""
    settings = Settings(place=place)
    moment = datetime(2028, 2, 1, tzinfo=UTC)
    with running_server(settings) as client:
        client.change_clock(now=moment, running=False)
        client.behave("TH", ["silent"])
        client.hold()
        (sent,) = client.generate(FORM_D)
        client.export(tmp_path / "session.db")
        copy = client.load("again", tmp_path / "session.db")
        assert copy.messages() == client.messages()
        assert copy.raw(1) == client.raw(1)
        assert (copy.clock().now, copy.clock().running) == (moment, False)
        assert copy.gateway("TH").behaviours == ({"name": "silent"},)
        assert [each.sequence for each in copy.outbox().deliveries] == [sent.sequence]
        copy.release()
        assert copy.wait(message_id=sent.message_id, direction=Direction.RECEIVED).outcome is Outcome.ACCEPTED
        assert len(client.messages()) == 1
        with pytest.raises(Problem, match="there is a space of this name"):
            client.load("again", tmp_path / "session.db")
        client.delete_space("again")
        assert client.create_space("again").messages() == ()
    with Ledger.open(tmp_path / "session.db", read_only=True) as ledger:
        assert len(ledger.entries()) == 1


@pytest.mark.parametrize(
    ("place", "found"), [("file", ["again", "main"]), ("postgresql", ["main"])], indirect=["place"]
)
def test_an_imported_session_comes_back_whole_or_not_at_all(
    tmp_path: Path, place: str, found: list[str]
) -> None:
    """After a restart: beside a file it has stayed, beside PostgreSQL it was in a file for the time being."""
    with running_server(Settings(place=place)) as client:
        client.hold()
        client.generate(FORM_D)
        client.export(tmp_path / "session.db")
        client.load("again", tmp_path / "session.db")
    with running_server(Settings(place=place)) as client:
        assert [each.name for each in client.spaces()] == found
        assert all(len(ControlClient(client.url, space=name).messages()) == 1 for name in found)


@pytest.mark.parametrize("content", [b"", b"no ledger", b"SQLite format 3\0" + bytes(200)])
def test_what_is_no_session_is_refused(asw_server: ControlClient, tmp_path: Path, content: bytes) -> None:
    """And leaves no space behind."""
    (tmp_path / "session.db").write_bytes(content)
    with pytest.raises(Problem) as raised:
        asw_server.load("broken", tmp_path / "session.db")
    assert raised.value.reply_code == "SESSION"
    assert [each.name for each in asw_server.spaces()] == ["main"]


@pytest.mark.parametrize("place", ["file", "postgresql"], indirect=True)
def test_a_server_finds_again_what_was_set(tmp_path: Path, place: str) -> None:
    """Spaces, messages, clock, hold, addresses and behaviours stand as before it was stopped."""
    settings = Settings(place=place)
    moment = datetime(2028, 2, 1, tzinfo=UTC)
    with running_server(settings) as client:
        alice = client.create_space("alice")
        alice.change_clock(now=moment, running=False)
        alice.hold()
        alice.set_partner("asean", "TH", NOWHERE)
        alice.behave("PH", ["silent"], magic=False)
        (sent,) = alice.generate(FORM_D)
    with running_server(settings) as client:
        assert [each.name for each in client.spaces()] == ["alice", "main"]
        alice = ControlClient(client.url, space="alice")
        assert alice.messages() == (sent,)
        assert alice.clock().now == moment
        assert alice.outbox().held
        assert NOWHERE in [each.url for each in alice.partners()]
        assert (alice.gateway("PH").behaviours, alice.gateway("PH").magic) == (({"name": "silent"},), False)
        client.delete_space("alice")
    assert not [path.name for path in tmp_path.iterdir() if "alice" in path.name]
