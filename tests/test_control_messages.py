"""The control API tells what happened: messages, waiting, events, timelines, counts. On a real socket."""

from __future__ import annotations

import itertools
import threading
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from asw_exchange.codec import to_json
from asw_exchange.errors import BuildError
from asw_exchange.ledger import Relation
from asw_exchange.model import Certificate, Outcome
from asw_exchange.node import Node
from asw_exchange.records import Direction, Entry
from asw_exchange.server.settings import Settings
from asw_exchange.testdata import generate
from asw_exchange.testdata.redating import redate
from asw_exchange.testing import ControlClient, Problem
from asw_exchange.testing.running import running_server
from tests.server_builders import running

FORM_D = "asean/eform-d"


def certificate(client: ControlClient, seed: int = 7) -> Certificate:
    """A valid certificate of today."""
    document: Certificate = redate(next(generate(FORM_D, seed=seed)), client.clock().now)
    return document


def answered(client: ControlClient, reference: str | None) -> None:
    """Wait for the business answer to a certificate, and until that is acknowledged: the end of it all."""
    sought = {"kind": "asean/customs-response", "reference": reference or ""}
    answer = client.wait(direction=Direction.RECEIVED, **sought)
    client.wait(kind="asean/acknowledgement", gateway=answer.peer, direction=Direction.RECEIVED)


def test_a_submitted_document_is_signed_sent_accepted_and_answered(asw_server: ControlClient) -> None:
    """The other gateway has it whole, and the sender gets the answer; both sides agree."""
    document = certificate(asw_server)
    sent = asw_server.submit(FORM_D, document)
    assert (sent.gateway, sent.peer) == (document.issuing_country, document.importing_country)
    received = asw_server.wait(kind=FORM_D, direction=Direction.RECEIVED, reference=document.reference)
    assert received.outcome is Outcome.ACCEPTED
    assert not received.findings
    assert received.document_as(Certificate) == document
    answered(asw_server, document.reference)
    assert asw_server.reconcile().reconciled


def test_a_document_can_be_given_as_json(asw_server: ControlClient) -> None:
    """As ``asw parse --format json`` writes it."""
    document = certificate(asw_server)
    assert asw_server.submit(FORM_D, to_json(document)).reference == document.reference


def test_a_wrong_field_is_named_by_its_path(asw_server: ControlClient) -> None:
    """In plain words, with what was found there."""
    plain: Any = msgspec.to_builtins(certificate(asw_server))
    plain["items"][0]["quantity"]["value"] = "many"
    with pytest.raises(Problem) as raised:
        asw_server.submit(FORM_D, plain)
    assert raised.value.reply_code == "INPUT"
    assert (raised.value.path, raised.value.value) == ("$.items[0].quantity.value", "many")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"sender": "KR"}, "query.sender"),
        ({"receiver": "ZZ"}, "query.receiver"),
        ({"sender": "nobody"}, "query.sender"),
        ({"kind": "asean/nothing"}, None),
    ],
)
def test_a_submission_that_cannot_be_is_refused(
    asw_server: ControlClient, changes: dict[str, str], path: str | None
) -> None:
    """A gateway of another corridor, one that does not exist, an unknown kind."""
    asked: dict[str, Any] = {"kind": FORM_D} | changes
    with pytest.raises(Problem) as raised:
        asw_server.submit(document=certificate(asw_server), **asked)
    assert raised.value.status == 422
    assert raised.value.path == path
    assert not asw_server.messages()


def test_an_invalid_document_is_sent_and_refused_with_findings(asw_server: ControlClient) -> None:
    """To build it is the tester's right; the partner says what is wrong with it."""
    document = msgspec.structs.replace(certificate(asw_server), consignee=None)
    asw_server.submit(FORM_D, document)
    received = asw_server.wait(kind=FORM_D, outcome=Outcome.REJECTED)
    assert received.findings
    assert all(finding.source for finding in received.findings)


def test_generated_documents_are_accepted_whatever_the_day(asw_server: ControlClient) -> None:
    """They are dated by the clock of the space."""
    asw_server.change_clock(advance=timedelta(days=100))
    sent = asw_server.generate("korea/certificate-vk", count=3, seed=1)
    assert len(sent) == 3
    for each in sent:
        got = asw_server.wait(message_id=each.message_id, direction=Direction.RECEIVED)
        assert got.outcome is Outcome.ACCEPTED


def test_without_a_seed_each_call_generates_documents_that_are_new(asw_server: ControlClient) -> None:
    """Also beside those of a seed, which are the first ones: all are accepted."""
    asw_server.generate(FORM_D, count=3, seed=0)
    sent = [
        each for _ in range(5) for each in asw_server.generate(FORM_D, count=2, sender="KH", receiver="MY")
    ]
    assert len({each.reference for each in sent}) == len(sent)
    for each in sent:
        got = asw_server.wait(message_id=each.message_id, direction=Direction.RECEIVED)
        assert got.outcome is Outcome.ACCEPTED


def test_without_a_seed_a_number_that_the_ledger_knows_is_left_out(asw_server: ControlClient) -> None:
    """Somebody may have sent a document under a number that was still to come."""
    asw_server.hold()
    future = list(generate(FORM_D, count=3, sender="KH", receiver="MY"))[-1]
    now = asw_server.clock().now
    taken = asw_server.submit(FORM_D, redate(future, now)).reference
    sent = asw_server.generate(FORM_D, count=3, sender="KH", receiver="MY")
    serials = [int((each.reference or "").rpartition("-")[2]) for each in sent]
    assert (taken or "").endswith("-000003")
    assert serials == [2, 4, 5]


def test_without_a_seed_the_same_ledger_gives_the_same_documents(asw_server: ControlClient) -> None:
    """What is generated follows from what has happened, and from nothing else."""
    asw_server.hold()
    runs = []
    for _ in range(2):
        runs.append([each.reference for _ in range(2) for each in asw_server.generate(FORM_D, count=2)])
        asw_server.reset()
        asw_server.hold()
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 4


def test_documents_are_generated_only_from_gateways_that_run_here() -> None:
    """The same ones for the same seed; to a partner's system too, whose own are left out."""
    with running_server(Settings(partners=("asean/TH=http://127.0.0.1:9/in",))) as client:
        client.hold()
        sent = client.generate(FORM_D, count=60, seed=0)
        assert len(client.messages()) == len(sent) == 60
        assert "TH" not in {each.gateway for each in sent}
        assert "TH" in {each.peer for each in sent}
        again = client.generate(FORM_D, count=60, seed=0)
        assert [each.reference for each in again] == [each.reference for each in sent]


def test_sender_and_receiver_of_what_is_generated_are_chosen(asw_server: ControlClient) -> None:
    """The documents are their own, and so are accepted; one that does not say its receiver gets it."""
    for each in asw_server.generate(FORM_D, count=2, sender="VN", receiver="TH"):
        assert (each.gateway, each.peer) == ("VN", "TH")
        got = asw_server.wait(message_id=each.message_id, direction=Direction.RECEIVED)
        assert got.outcome is Outcome.ACCEPTED
    (sent,) = asw_server.generate("asean/eform-d-cancellation", sender="VN", receiver="TH")
    assert (sent.gateway, sent.peer) == ("VN", "TH")


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_one_side_of_what_is_generated_may_be_left_to_chance(asw_server: ControlClient, side: str) -> None:
    """All come from, or go to, the one that is named; the others are the same several for the same seed."""
    asw_server.hold()
    sent, again = ([*asw_server.generate(FORM_D, count=12, seed=0, **{side: "VN"})] for _ in range(2))
    named, other = ("gateway", "peer") if side == "sender" else ("peer", "gateway")
    assert {getattr(each, named) for each in sent} == {"VN"}
    assert len({getattr(each, other) for each in sent}) > 1
    assert [each.reference for each in again] == [each.reference for each in sent]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": FORM_D, "sender": "TH"}, "no gateway of this code runs here"),
        ({"kind": "korea/certificate-kv"}, "no document of this kind is generated from a gateway that runs"),
        ({"kind": "korea/certificate-vk", "receiver": "VN"}, "to VN; .* goes from VN to KR"),
        ({"kind": FORM_D, "sender": "VN", "receiver": "VN"}, "no document of this kind is generated from VN"),
        (
            {"kind": "eaeu/certificate-eav", "receiver": "VN"},
            "no document .* from a gateway that runs here to VN",
        ),
        ({"kind": FORM_D, "receiver": "ZZ"}, "no gateway of the corridor"),
        ({"kind": "asean/eform-d-cancellation"}, "does not say who this is"),
    ],
)
def test_what_cannot_be_generated_from_here_leaves_nothing_behind(asked: dict[str, Any], said: str) -> None:
    """A sender who is not here, kinds that others send, nobody to send it to."""
    with running_server(Settings(gateways=("VN",))) as client:
        with pytest.raises(Problem, match=said):
            client.generate(count=3, **asked)
        assert not client.messages()


def test_generated_documents_are_sent_all_or_none(
    asw_server: ControlClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When one of them cannot be sent, what was before it is not in the ledger either."""
    plain, sent = Node.send, itertools.count(1)

    def send(node: Node, *given: Any) -> Entry:
        if next(sent) % 3 == 0:
            raise BuildError("the third cannot be written")
        return plain(node, *given)

    monkeypatch.setattr(Node, "send", send)
    with pytest.raises(Problem, match="the third"):
        asw_server.generate(FORM_D, count=3)
    assert not asw_server.messages()


def test_messages_are_listed_by_everything(asw_server: ControlClient) -> None:
    """Each filter leaves exactly what fits; the newest come first where only they are wanted."""
    document = certificate(asw_server)
    sent = asw_server.submit(FORM_D, document)
    answered(asw_server, document.reference)
    everything = asw_server.messages()
    middle = next(each for each in everything if each.kind == FORM_D and each.outcome)
    for name in ("gateway", "peer", "direction", "kind", "reference", "message_id", "outcome"):
        wanted: dict[str, Any] = {name: getattr(middle, name)}
        assert asw_server.messages(**wanted) == tuple(
            each for each in everything if getattr(each, name) == getattr(middle, name)
        )
    assert asw_server.messages(corridor="asean") == everything
    assert asw_server.messages(corridor="korea") == ()
    assert asw_server.messages(after=middle.sequence) == everything[middle.sequence :]
    assert asw_server.messages(since=sent.moment, until=sent.moment + timedelta(days=1)) == everything
    assert asw_server.messages(until=sent.moment) == ()
    assert asw_server.messages(latest=2) == everything[:-3:-1]
    assert asw_server.messages(limit=1) == everything[:1]


def test_the_bytes_are_those_that_travelled(asw_server: ControlClient) -> None:
    """Sender and receiver have recorded the same ones, of the digest that is told."""
    import hashlib

    sent = asw_server.submit(FORM_D, certificate(asw_server))
    received = asw_server.wait(message_id=sent.message_id, direction=Direction.RECEIVED)
    raw = asw_server.raw(received.sequence)
    assert raw == asw_server.raw(sent.sequence)
    assert hashlib.sha256(raw).hexdigest() == sent.digest


def test_what_is_not_there_is_said_to_be_missing(asw_server: ControlClient) -> None:
    """A message, a delivery, a gateway, a kind."""
    for ask in (
        lambda: asw_server.message(10**12),
        lambda: asw_server.raw(1),
        lambda: asw_server.delivery(1),
        lambda: asw_server.gateway("ZZ"),
    ):
        with pytest.raises(Problem) as raised:
            ask()
        assert (raised.value.status, raised.value.reply_code) == (404, "NOT-FOUND")


def test_a_wait_ends_when_the_message_comes(asw_server: ControlClient) -> None:
    """Not before, and with what was waited for; whoever began before it was sent gets it too."""
    found: list[str] = []
    document = certificate(asw_server)
    waiter = threading.Thread(
        target=lambda: found.append(
            asw_server.wait(kind="asean/customs-response", direction=Direction.RECEIVED).reference or ""
        )
    )
    waiter.start()
    asw_server.submit(FORM_D, document)
    waiter.join(60)
    assert found == [document.reference]


def test_a_wait_for_nothing_says_so(asw_server: ControlClient) -> None:
    """With a status that makes ``curl --fail`` fail."""
    with pytest.raises(Problem) as raised:
        asw_server.wait(reference="never", timeout=0.01)
    assert (raised.value.status, raised.value.reply_code) == (404, "NOT-ARRIVED")


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("kind", "asean/eformd", FORM_D),
        ("corridor", "aseam", "asean"),
        ("gateway", "ZZ", "VN"),
        ("peer", "nobody", "VN"),
    ],
)
def test_a_filter_of_an_unknown_name_is_refused(
    asw_server: ControlClient, name: str, wrong: str, right: str
) -> None:
    """By every resource that takes it, a wait does not begin; those that there are are told."""
    client, which = asw_server, {name: wrong}
    resources: list[Callable[..., Any]] = [client.messages, client.wait, client.tally, client.reconcile]
    resources.append(lambda **filters: next(client.events(**filters)))
    if name in ("gateway", "peer"):
        resources.append(client.outbox)
    for ask in resources:
        with pytest.raises(Problem) as raised:
            ask(**which)
        told = raised.value
        assert (told.status, told.path, told.value) == (422, f"query.{name}", wrong)
        assert right in (told.hint or "").removeprefix("those are ").split(", ")


def test_a_filter_knows_who_is_not_here_and_what_cannot_be_told() -> None:
    """A member of a corridor that no gateway runs for, and the kind of a message that cannot be read."""
    with running_server(Settings(gateways=("VN",))) as client:
        for which in ({"peer": "TH"}, {"gateway": "TH"}, {"kind": "unknown"}, {"peer": "unknown"}):
            assert client.messages(**which) == ()  # type: ignore[arg-type]


def test_a_name_that_only_the_ledger_knows_is_no_unknown_one(asw_server: ControlClient) -> None:
    """What comes in may bear any name, and is found by it."""
    (sent,) = asw_server.generate("korea/certificate-vk")
    raw = asw_server.raw(sent.sequence).replace(b">VN<", b">ZZ<")
    headers = {"Content-Type": "application/xml"}
    urllib.request.urlopen(urllib.request.Request(f"{asw_server.url}/korea/KR", raw, headers)).close()
    found = asw_server.messages(peer="ZZ")
    assert {each.peer for each in found} == {"ZZ"}


def test_a_wait_ends_with_the_server() -> None:
    """Which says so: that nothing came in the time that was given would be no true answer."""
    with running() as server:
        server.spaces.stopping = lambda: True
        with pytest.raises(Problem, match="the server is stopping") as raised:
            ControlClient(server.url).wait(timeout=60)
    assert (raised.value.status, raised.value.reply_code) == (503, "STOPPING")


def test_waiting_after_a_message_misses_none_and_repeats_none(asw_server: ControlClient) -> None:
    """Step by step over all there is."""
    document = certificate(asw_server)
    asw_server.submit(FORM_D, document)
    answered(asw_server, document.reference)
    everything = asw_server.messages()
    seen, after = [], 0
    for _ in everything:
        after = asw_server.wait(after=after).sequence
        seen.append(after)
    assert seen == [each.sequence for each in everything]


def test_events_tell_everything_that_is_committed(asw_server: ControlClient) -> None:
    """From where one says, in order, also what was committed while nobody listened."""
    document = certificate(asw_server)
    asw_server.submit(FORM_D, document)
    answered(asw_server, document.reference)
    everything = asw_server.messages()
    stream = asw_server.events(after=everything[0].sequence)
    assert [next(stream) for _ in everything[1:]] == list(everything[1:])
    stream.close()


def test_a_timeline_tells_the_life_of_a_document(asw_server: ControlClient) -> None:
    """On both sides, with its acknowledgements."""
    document = certificate(asw_server)
    asw_server.submit(FORM_D, document)
    answered(asw_server, document.reference)
    life = asw_server.timeline(document.reference or "")
    assert {each.gateway for each in life} == {document.issuing_country, document.importing_country}
    assert {each.relation for each in life} == {Relation.ABOUT, Relation.ACKNOWLEDGES}
    assert asw_server.timeline("nothing of this name") == ()


def test_the_tally_counts_by_pair_and_kind(asw_server: ControlClient) -> None:
    """And is filtered as asked."""
    document = certificate(asw_server)
    asw_server.submit(FORM_D, document)
    answered(asw_server, document.reference)
    (row,) = asw_server.tally(kind=FORM_D)
    assert (row.gateway, row.peer, row.sent, row.accepted) == (
        document.issuing_country,
        document.importing_country,
        1,
        1,
    )
    assert asw_server.tally(corridor="korea") == ()
