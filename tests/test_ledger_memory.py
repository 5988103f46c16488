"""What one gateway remembers: its own entries, the first of each, in order."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from asw_exchange.ledger import Ledger
from asw_exchange.model import Outcome
from tests.ledger_builders import answer_received, answer_sent, on_sqlite, received, sent, told, write

REFERENCE = "VN-TH 25/02/00006"


def test_the_first_reception_is_remembered(ledger: Ledger) -> None:
    """A duplicate does not take the place of what came first."""
    first, _ = write(ledger, received(), received(outcome=Outcome.DUPLICATE))
    assert ledger.memory("TH").received("VN", "VN-1") == first


def test_a_reception_without_a_verified_signature_is_not_remembered(ledger: Ledger) -> None:
    """Anybody could have sent it, so it cannot block the id for its owner."""
    write(ledger, received(outcome=Outcome.REJECTED, content_digest=None))
    assert ledger.memory("TH").received("VN", "VN-1") is None
    (verified,) = write(ledger, received())
    assert ledger.memory("TH").received("VN", "VN-1") == verified


def test_the_same_id_of_another_sender_is_another_message(ledger: Ledger) -> None:
    """Ids are unique for their sender only."""
    write(ledger, received(peer="MY"))
    assert ledger.memory("TH").received("VN", "VN-1") is None
    assert ledger.memory("TH").received("MY", "VN-1") is not None


def test_the_first_transmission_is_remembered(ledger: Ledger) -> None:
    """A retransmission does not take its place."""
    first, _ = write(ledger, sent(), sent())
    assert ledger.memory("VN").sent("VN-1") == first
    assert ledger.memory("VN").sent("VN-2") is None


def test_a_gateway_does_not_remember_what_others_did(ledger: Ledger) -> None:
    """Several gateways share the ledger, not their memory."""
    write(ledger, sent(cites=("VN/1",)), received(cites=("VN/1",)), answer_sent())
    singapore = ledger.memory("SG")
    assert singapore.sent("VN-1") is None
    assert singapore.received("VN", "VN-1") is None
    assert singapore.answer("VN-1", "VN") is None
    assert singapore.history(REFERENCE) == ()
    assert singapore.citing("VN/1") == ()


def test_the_answer_to_a_message_is_remembered_with_its_bytes(ledger: Ledger) -> None:
    """The first acknowledgement to this peer; a business answer to the same message is not it."""
    business = sent("TH-1", gateway="TH", peer="VN", kind="asean/customs-response", refers_to="VN-1")
    _, first, _, _ = write(
        ledger, business, answer_sent("TH-2"), answer_sent("TH-3"), answer_received("TH-2")
    )
    found = ledger.memory("TH").answer("VN-1", "VN")
    assert found == first
    assert ledger.memory("TH").answer("VN-1", "MY") is None
    assert b"TH-2" in ledger.raw(first.digest)


def test_the_answer_is_that_to_the_verified_bytes(ledger: Ledger) -> None:
    """A refusal of tampered bytes under the same id is not what the owner's message was answered with."""
    write(ledger, received(raw=b"tampered", outcome=Outcome.REJECTED, content_digest=None), raw=b"tampered")
    refusal = answer_sent("TH-1", document=told(outcome=Outcome.REJECTED, raw=b"tampered"))
    write(ledger, refusal)
    assert ledger.memory("TH").answer("VN-1", "VN") is not None
    _, right = write(ledger, received(), answer_sent("TH-2"))
    assert ledger.memory("TH").answer("VN-1", "VN") == right


def test_history_is_all_about_a_reference_oldest_first(ledger: Ledger) -> None:
    """What was received and what was sent, in the order it was written; not what only cites it."""
    answer = sent("TH-1", gateway="TH", peer="VN", kind="asean/customs-response")
    other = received("VN-2", reference="VN-TH 25/02/00007", cites=(REFERENCE,))
    first, _, second, third = write(ledger, received(), other, answer, received(outcome=Outcome.DUPLICATE))
    assert ledger.memory("TH").history(REFERENCE) == (first, second, third)


def test_citing_is_all_that_rests_on_a_reference_oldest_first(ledger: Ledger) -> None:
    """Wherever the reference stands among several; once, even where it is cited twice."""
    first = received("VN-2", reference="VN/2", cites=("VN/0", "VN/1", "VN/1"))
    second = received("VN-3", reference="VN/3", cites=("VN/1",))
    written = write(ledger, received("VN-1", reference="VN/1"), first, second)
    assert ledger.memory("TH").citing("VN/1") == written[1:]
    assert ledger.memory("TH").citing("VN/0") == written[1:2]
    assert ledger.memory("TH").citing("VN/2") == ()


@on_sqlite
@pytest.mark.parametrize(
    ("statement", "plan"),
    [
        ("received", r"entries_by_message \(gateway=\? AND direction=\? AND message_id=\? AND peer=\?\)"),
        ("sent", r"entries_by_message \(gateway=\? AND direction=\? AND message_id=\?\)"),
        (
            "answer",
            r"acknowledgements_by_message \(gateway=\? AND direction=\? AND peer=\? AND refers_to=\?\)",
        ),
        ("history", r"entries_by_reference \(reference=\? AND gateway=\?\)"),
        ("citing", r"citations USING PRIMARY KEY \(reference=\?\)"),
        ("raw", r"sqlite_autoindex_payloads_1 \(digest=\?\)"),
        ("pending", r"outbox USING INDEX outbox_by_due \(state=\?\)"),
        ("all_pending", r"outbox USING COVERING INDEX outbox_by_due"),
    ],
)
def test_no_look_up_reads_the_whole_ledger(ledger: Ledger, statement: str, plan: str) -> None:
    """Each is a search by an index over all that is given, however long the ledger is."""
    text = asdict(ledger.database.statements)[statement]
    steps = ledger.database.fetch(f"EXPLAIN QUERY PLAN {text}", ["x"] * text.count("?"))
    details = [step[3] for step in steps]
    assert any(re.search(plan, detail) for detail in details)
    assert not any(detail.startswith("SCAN") for detail in details)
