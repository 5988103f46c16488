"""Viet Nam and the EEC gateway: signals, faults, answers, retries, and every header rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree
from msgspec.structs import replace

from asw_exchange import model as m
from asw_exchange.behaviours.faults import Lost
from asw_exchange.clock import VirtualClock
from asw_exchange.corridors.eaeu import CORRIDOR, codes
from asw_exchange.corridors.eaeu.answers import FAULTS, WORDS
from asw_exchange.corridors.eaeu.transactions import (
    ENDED,
    Event,
    Pattern,
    State,
    Times,
    Transaction,
    begin,
    follow,
)
from asw_exchange.corridors.eaeu.transactions import chase as waits
from asw_exchange.ledger import Ledger, reconcile
from asw_exchange.model import Outcome
from asw_exchange.node import Node
from asw_exchange.records import Direction, Entry
from asw_exchange.simulator.network import Network
from asw_exchange.testdata import eaeu, stream
from asw_exchange.verbs import parse, validate
from tests.builders import MOMENT

NodeMaker = Callable[..., Node]
NAMES = {
    "soap": "http://www.w3.org/2003/05/soap-envelope",
    "wsa": "http://www.w3.org/2005/08/addressing",
    "int": "urn:EEC:Interaction:v1.0",
}


def certificate(number: int = 1, shape: str = "plain", issuer: str = "VN") -> m.Certificate:
    """A certificate between Viet Nam and Russia."""
    importer = "RU" if issuer == "VN" else "VN"
    chance = stream(3, "test eaeu", number)
    return eaeu.certificate(chance, number, issuer=issuer, importer=importer, shape=shape, items=2)


def received(ledger: Ledger, gateway: str, kind: str) -> list[Entry]:
    """What a gateway took in of one kind, oldest first."""
    return list(ledger.entries(gateway=gateway, kind=kind, direction=Direction.RECEIVED))


def rules(entry: Entry) -> set[str]:
    """The ids of the findings."""
    return {finding.rule_id for finding in entry.findings}


@pytest.fixture
def both(node: NodeMaker) -> tuple[Node, Node]:
    """Viet Nam and the EEC gateway."""
    return node("VN"), node("EAEU")


def test_a_certificate_is_receipted_accepted_processed(
    both: tuple[Node, Node], network: Network, ledger: Ledger
) -> None:
    """RCV, PRS, R.006, which is receipted in turn; the books agree."""
    issued = certificate()
    both[0].send(codes.CERTIFICATE, issued, "EAEU")
    network.run()
    assert [len(received(ledger, "VN", kind)) for kind in (codes.RECEIVED, codes.ACCEPTED, codes.RESULT)] == [
        1,
        1,
        1,
    ]
    result = received(ledger, "VN", codes.RESULT)[0].document_as(m.ProcessingResult)
    assert result.code == "3"
    assert result.electronic_document
    assert issued.electronic_document
    assert result.electronic_document.refers_to == issued.electronic_document.id
    assert [len(received(ledger, "EAEU", kind)) for kind in (codes.RECEIVED, codes.ACCEPTED)] == [1, 1]
    assert reconcile(ledger).reconciled


def test_conversation_and_procedure_stay_and_ids_are_new(
    both: tuple[Node, Node], network: Network, ledger: Ledger
) -> None:
    """All messages of a transaction share ConversationID and ProcedureID; RelatesTo names the answered."""
    sent = both[0].send(codes.CERTIFICATE, certificate(), "EAEU")
    network.run()
    messages = [
        etree.fromstring(ledger.raw(entry.digest)) for entry in ledger.entries(direction=Direction.SENT)
    ]
    for header in ("int:ConversationID", "int:ProcedureID"):
        assert len({root.findtext(f".//{header}", namespaces=NAMES) for root in messages}) == 1
    ids = [root.findtext(".//wsa:MessageID", namespaces=NAMES) for root in messages]
    assert len(set(ids)) == len(ids)
    related = {root.findtext(".//wsa:RelatesTo", namespaces=NAMES) for root in messages} - {None}
    assert f"urn:uuid:{sent.message_id}" in related


def test_a_substitute_changes_data(both: tuple[Node, Node], network: Network, ledger: Ledger) -> None:
    """R.006 says 4; the certificate whose place was taken is refused from then on."""
    mistaken, right = certificate(1), certificate(2)
    named = m.CertificateReference(reference=mistaken.reference or "", issued_on=eaeu.DEFAULT_DATE)
    both[0].send(codes.CERTIFICATE, replace(right, replaces=named), "EAEU")
    both[0].send(codes.CERTIFICATE, mistaken, "EAEU")
    network.run()
    assert received(ledger, "VN", codes.RESULT)[0].document_as(m.ProcessingResult).code == "4"
    assert rules(received(ledger, "EAEU", codes.CERTIFICATE)[1]) == {"EV52"}


def test_a_refused_certificate_gets_err(both: tuple[Node, Node], network: Network, ledger: Ledger) -> None:
    """RCV, then ERR with the finding, and no R.006."""
    broken = replace(certificate(), invoices=())
    both[0].send(codes.CERTIFICATE, broken, "EAEU")
    network.run()
    signal = received(ledger, "VN", codes.REFUSED)[0].document_as(m.Signal)
    assert [(error.code, (error.details or "")[:4]) for error in signal.errors] == [
        ("Common:DataError", "EV11")
    ]
    assert not received(ledger, "VN", codes.RESULT)
    assert reconcile(ledger).reconciled


@pytest.mark.parametrize("known", [True, False])
def test_a_verification_says_what_the_issuer_has_on_record(
    both: tuple[Node, Node], network: Network, ledger: Ledger, known: bool
) -> None:
    """Confirmed where the certificate was issued under this number and date, else not issued."""
    issued = certificate()
    if known:
        both[0].send(codes.CERTIFICATE, issued, "EAEU")
    request = eaeu.verification_request(stream(1, "doubt"), issued, MOMENT)
    both[1].send(codes.REQUEST, request, "VN")
    network.run()
    reply = received(ledger, "EAEU", codes.REPLY)[0].document_as(m.VerificationReply)
    assert reply.result == ("confirmed" if known else "not-issued")


def test_the_same_number_with_other_content_is_refused(
    both: tuple[Node, Node], network: Network, ledger: Ledger
) -> None:
    """EV51; and ED50 for declarations."""
    issued = certificate()
    both[0].send(codes.CERTIFICATE, issued, "EAEU")
    both[0].send(codes.CERTIFICATE, replace(issued, items=issued.items[:1]), "EAEU")
    declared = eaeu.export_declaration(stream(1, "declared"), 1, issuer="VN", importer="RU")
    both[0].send(codes.DECLARATION, declared, "EAEU")
    both[0].send(codes.DECLARATION, replace(declared, office="03CI"), "EAEU")
    network.run()
    assert rules(received(ledger, "EAEU", codes.CERTIFICATE)[1]) == {"EV51"}
    assert rules(received(ledger, "EAEU", codes.DECLARATION)[1]) == {"ED50"}


def test_a_late_duplicate_is_counted_from_its_original(
    both: tuple[Node, Node], network: Network, ledger: Ledger, clock: VirtualClock
) -> None:
    """EV50: 12 months from the original, though the duplicate is younger."""
    young = replace(
        certificate(),
        duplicate_of=m.CertificateReference(
            reference="EAV-VN-24-0000001", issued_on=eaeu.DEFAULT_DATE - timedelta(300)
        ),
    )
    clock.advance(timedelta(days=90))
    both[0].send(codes.CERTIFICATE, young, "EAEU")
    network.run()
    assert "EV50" in rules(received(ledger, "EAEU", codes.CERTIFICATE)[0])


def message(node: Node, ledger: Ledger) -> str:
    """A certificate from Viet Nam as it would travel."""
    sent = node.send(codes.CERTIFICATE, certificate(), "EAEU")
    return ledger.raw(sent.digest).decode()


ACTION = codes.action_of(codes.CERTIFICATE, None)
FROM = "<wsa:From><wsa:Address>x</wsa:Address></wsa:From>"
INTEGRATION = "<int:Integration><int:TrackID>urn:uuid:x</int:TrackID></int:Integration>"
HEADER_FAULTS = {
    "no To": ("<wsa:To>.*?</wsa:To>", "", "ENVELOPE-HEADER-MISSING"),
    "no MessageID": ("<wsa:MessageID>.*?</wsa:MessageID>", "", "ENVELOPE-HEADER-MISSING"),
    "no ReplyTo": ("<wsa:ReplyTo>.*?</wsa:ReplyTo>", "", "ENVELOPE-HEADER-MISSING"),
    "no Action": ("<wsa:Action>.*?</wsa:Action>", "", "ENVELOPE-HEADER-MISSING"),
    "no ConversationID": ("<int:ConversationID>.*?</int:ConversationID>", "", "ENVELOPE-HEADER-MISSING"),
    "no ProcedureID": ("<int:ProcedureID>.*?</int:ProcedureID>", "", "ENVELOPE-HEADER-MISSING"),
    "From": ("<wsa:To>", f"{FROM}<wsa:To>", "ENVELOPE-HEADER-FORBIDDEN"),
    "FaultTo": ("<wsa:To>", "<wsa:FaultTo/><wsa:To>", "ENVELOPE-HEADER-FORBIDDEN"),
    "Integration from an application": (
        "</soap:Header>",
        f"{INTEGRATION}</soap:Header>",
        "ENVELOPE-HEADER-FORBIDDEN",
    ),
    "To twice": ("<wsa:To>", "<wsa:To>x</wsa:To><wsa:To>", "ENVELOPE-HEADER-INVALID"),
    "id without urn": ("<wsa:MessageID>urn:uuid:", "<wsa:MessageID>", "ENVELOPE-HEADER-INVALID"),
    "no chain": ("<int:ProcedureID>urn", "<int:ProcedureID>/urn", "ENVELOPE-HEADER-INVALID"),
    "another process": ("P.VN.01.PRC", "P.VN.02.PRC", "ENVELOPE-ACTION"),
    "another version": (f"{codes.PROCESS}/1.0.0", f"{codes.PROCESS}/9.0.0", "ENVELOPE-ACTION"),
    "unknown participant": ("P.ACT.001</wsa:To>", "P.ACT.009</wsa:To>", "ENVELOPE-ROUTE"),
    "unknown sender": ("P.VN.01.ACT.001", "P.VN.01.ACT.099", "ENVELOPE-ROUTE"),
    "two payloads": ("</soap:Body>", "<extra/></soap:Body>", "ENVELOPE-BODY"),
    "no payload": ("<soap:Body>.*</soap:Body>", "<soap:Body></soap:Body>", "ENVELOPE-BODY"),
    "kind of another action": (
        "TRN.001/P.VN.01.MSG.001",
        "TRN.001/P.VN.01.MSG.005",
        "ENVELOPE-HEADER-MISSING",
    ),
}


@pytest.mark.parametrize("name", HEADER_FAULTS)
def test_a_broken_header_gets_the_fault_of_the_integrated_system(
    both: tuple[Node, Node], ledger: Ledger, name: str
) -> None:
    """The subcode that Decision N 5 has for it, Russian words, and the message itself; our finding too."""
    import re

    old, new, code = HEADER_FAULTS[name]
    raw, changed = re.subn(old, new, message(both[0], ledger), count=1, flags=re.DOTALL)
    assert changed
    answer = both[1].receive(raw.encode(), corridor="eaeu", peer="VN")
    assert answer is not None
    fault = parse(answer)
    subcode = FAULTS[code]
    if subcode == "wsa:InvalidAddressingHeader" and "no chain" in name:
        subcode = "int:InvalidHeader"
    assert (fault.code, fault.subcode) == ("soap:Sender", subcode)
    assert fault.reason.startswith(WORDS[subcode])
    assert fault.problem == raw
    assert validate(answer).valid
    assert rules(ledger.entries(gateway="EAEU", direction=Direction.RECEIVED)[0]) == {code}


def test_headers_in_another_order_are_refused(both: tuple[Node, Node], ledger: Ledger) -> None:
    """Decision N 5 fixes the order."""
    root = etree.fromstring(message(both[0], ledger).encode())
    root[0].append(root[0][0])
    both[1].receive(etree.tostring(root), corridor="eaeu", peer="VN")
    assert rules(ledger.entries(gateway="EAEU", direction=Direction.RECEIVED)[0]) == {
        "ENVELOPE-HEADER-INVALID"
    }


def test_a_message_id_used_for_other_content_is_refused(both: tuple[Node, Node], ledger: Ledger) -> None:
    """The second gets a fault about its addressing header."""
    first, second = message(both[0], ledger), both[0].send(codes.CERTIFICATE, certificate(2), "EAEU")
    ids = [part.split("</wsa:MessageID>")[0] for part in first.split("<wsa:MessageID>")[1:]]
    other = ledger.raw(second.digest).decode().replace(f"urn:uuid:{second.message_id}", ids[0])
    both[1].receive(first.encode(), corridor="eaeu", peer="VN")
    answer = both[1].receive(other.encode(), corridor="eaeu", peer="VN")
    assert answer is not None
    assert parse(answer).subcode == "wsa:InvalidAddressingHeader"
    assert rules(received(ledger, "EAEU", codes.CERTIFICATE)[1]) == {"MESSAGE-ID-REUSED"}


def test_garbage_gets_a_fault(both: tuple[Node, Node]) -> None:
    """Bytes that are no XML relate to nothing that can be named."""
    answer = both[1].receive(b"\x00 not XML", corridor="eaeu", peer="VN")
    assert answer is not None
    assert parse(answer).subcode == "int:DataError"
    related = etree.fromstring(answer).findtext(".//wsa:RelatesTo", namespaces=NAMES)
    assert related == codes.UNSPECIFIED


def test_a_signature_of_another_gets_err(both: tuple[Node, Node], network: Network, ledger: Ledger) -> None:
    """The wrong signer is refused by name, and told so in a signal."""
    both[0].send(codes.CERTIFICATE, certificate(), "EAEU", key=both[1].key)
    network.run()
    assert rules(received(ledger, "EAEU", codes.CERTIFICATE)[0]) == {"SIGNER-UNKNOWN-ISSUER"}
    assert received(ledger, "VN", codes.REFUSED)


def test_tampered_content_is_refused(both: tuple[Node, Node], network: Network, ledger: Ledger) -> None:
    """One digit of the signed content."""
    raw = message(both[0], ledger)
    changed = raw.replace("</Quantity>", "1</Quantity>", 1)
    both[1].receive(changed.encode(), corridor="eaeu", peer="VN")
    assert rules(received(ledger, "EAEU", codes.CERTIFICATE)[0]) == {"SIGNATURE-DIGEST"}


def test_a_signal_counts_only_from_the_one_who_delivered_it(
    both: tuple[Node, Node], network: Network, ledger: Ledger
) -> None:
    """Signals are not signed: another who delivers one in somebody's name is refused."""
    both[0].send(codes.CERTIFICATE, certificate(), "EAEU")
    network.run()
    signal = ledger.raw(received(ledger, "VN", codes.RECEIVED)[0].digest)
    both[0].receive(signal.replace(b"P.MSG.RCV", b"P.MSG.PRS"), corridor="eaeu", peer="KR")
    assert received(ledger, "VN", codes.ACCEPTED)[-1].outcome is Outcome.REJECTED


def test_a_retry_has_a_new_id_and_no_second_effect(
    both: tuple[Node, Node], network: Network, ledger: Ledger
) -> None:
    """Action, conversation and procedure stay; the receiver sees the same document again."""
    sent = both[0].send(codes.CERTIFICATE, certificate(), "EAEU")
    network.run()
    again = both[0].retransmit(sent)
    network.run()
    assert again.message_id != sent.message_id
    outcomes = [entry.outcome for entry in received(ledger, "EAEU", codes.CERTIFICATE)]
    assert outcomes == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert len(received(ledger, "VN", codes.RESULT)) == 1
    assert reconcile(ledger).reconciled


def chase(node: Node, ledger: Ledger) -> int:
    """Let a gateway chase whose partner takes everything and says nothing."""
    for entry in ledger.pending(node.gateway):
        ledger.delivered(entry.sequence or 0)
    return len(node.chase("eaeu", ledger.entries(gateway=node.gateway)).overdue)


def test_who_hears_nothing_tries_again_and_gives_up(
    node: NodeMaker, ledger: Ledger, clock: VirtualClock
) -> None:
    """After the time for the receipt, three retries; then the transaction has failed."""
    viet_nam = node("VN")
    sent = viet_nam.send(codes.CERTIFICATE, certificate(), "EAEU")
    assert chase(viet_nam, ledger) == 0
    for retry in (1, 2, 3):
        clock.advance(timedelta(minutes=6))
        assert chase(viet_nam, ledger) == 1
        assert follow(ledger.entries(gateway="VN"))[sent.message_id].retries == retry
    clock.advance(timedelta(minutes=6))
    assert chase(viet_nam, ledger) == 0
    last = follow(ledger.entries(gateway="VN"))[sent.message_id]
    assert last.expire(clock.now(), Times()).state is State.FAILED


def test_what_has_not_left_yet_is_not_sent_once_more(
    node: NodeMaker, ledger: Ledger, clock: VirtualClock
) -> None:
    """Nobody can have answered what waits in the outbox, however long."""
    viet_nam = node("VN")
    viet_nam.send(codes.CERTIFICATE, certificate(), "EAEU")
    clock.advance(timedelta(hours=5))
    assert not viet_nam.chase("eaeu", ledger.entries(gateway="VN")).overdue
    assert len(ledger.entries()) == 1


def test_what_is_sent_again_after_its_end_opens_another_transaction(
    node: NodeMaker, ledger: Ledger, clock: VirtualClock
) -> None:
    """When the retries were in vain, whoever sends the document once more waits for an answer to that."""
    viet_nam = node("VN")
    sent = viet_nam.send(codes.CERTIFICATE, certificate(), "EAEU")
    for _ in range(4):
        clock.advance(timedelta(minutes=6))
        chase(viet_nam, ledger)
    again = viet_nam.retransmit(sent)
    found = follow(ledger.entries(gateway="VN"))
    assert [found[each].retries for each in (sent.message_id, again.message_id)] == [3, 0]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_what_is_open_is_all_that_matters_later(
    both: tuple[Node, Node], network: Network, ledger: Ledger, clock: VirtualClock, size: int
) -> None:
    """Read in parts of any size, each with what was open before, the same is overdue as read as a whole."""
    for number in range(1, 5):
        both[0].send(codes.CERTIFICATE, certificate(number), "EAEU")
        if number % 2:
            network.run()
        chase(both[0], ledger)
        clock.advance(timedelta(minutes=6))
    entries, now = ledger.entries(gateway="VN"), clock.now()
    whole = waits(entries, now)
    found = waits((), now)
    for start in range(0, len(entries), size):
        found = waits((*found.open, *entries[start : start + size]), now)
    assert (found.overdue, found.next) == (whole.overdue, whole.next)
    assert 0 < len(found.overdue) < len(found.open) < len(entries)


def test_a_lost_transmission_is_made_good(
    both: tuple[Node, Node], network: Network, ledger: Ledger, clock: VirtualClock
) -> None:
    """Lost once, it stays in the outbox and arrives; the transaction is complete."""
    network.fail_next("VN", "EAEU", Lost())
    sent = both[0].send(codes.CERTIFICATE, certificate(), "EAEU")
    network.run()
    clock.advance(timedelta(minutes=1))
    network.run()
    assert follow(ledger.entries(gateway="VN"))[sent.message_id].state is State.COMPLETE


@pytest.mark.parametrize("pattern", Pattern)
def test_every_pattern_ends_when_all_has_come(pattern: Pattern) -> None:
    """In the order of Decision N 5, and with signals that overtake each other."""
    for events in ((Event.RECEIVED, Event.ACCEPTED, Event.RESPONSE), (Event.RESPONSE, Event.RECEIVED)):
        transaction = begin(pattern, MOMENT)
        for event in events:
            transaction = transaction.advance(event, MOMENT)
        if pattern is not Pattern.NOTIFICATION or Event.RECEIVED in events:
            assert transaction.state is State.COMPLETE


@pytest.mark.parametrize("pattern", [each for each in Pattern if each is not Pattern.DISTRIBUTION])
def test_an_error_ends_a_transaction(pattern: Pattern) -> None:
    """What was begun is rolled back; nothing that comes later changes it."""
    ended = begin(pattern, MOMENT).advance(Event.ERROR, MOMENT)
    assert ended.state is State.REFUSED
    assert ended.advance(Event.RESPONSE, MOMENT) == ended
    assert ended.state in ENDED


def test_time_out_retries_then_failure() -> None:
    """Each retry starts the time anew; an ended transaction is never overdue."""
    times = Times(receipt=timedelta(minutes=1), retries=1)
    transaction: Transaction = begin(Pattern.NOTIFICATION, MOMENT)
    assert transaction.expire(MOMENT, times) == transaction
    late = MOMENT + timedelta(minutes=2)
    retried = transaction.expire(late, times)
    assert (retried.retries, retried.since) == (1, late)
    assert retried.expire(late + timedelta(minutes=2), times).state is State.FAILED


def test_the_corridor_answers_for_five_states() -> None:
    """Certificates of each member state go through the EEC gateway."""
    kind = CORRIDOR.kind(codes.CERTIFICATE)
    for state in codes.STATES:
        chance = stream(9, state)
        outward = eaeu.certificate(chance, 1, issuer="VN", importer=state)
        assert kind.route(outward) == ("VN", "EAEU")
        assert kind.route(eaeu.certificate(chance, 2, issuer=state)) == ("EAEU", "VN")
