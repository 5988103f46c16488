"""What happened to one document, over all gateways."""

from __future__ import annotations

from typing import Any

from asw_exchange.ledger import Ledger, Relation, timeline
from asw_exchange.model import Outcome
from asw_exchange.records import Entry
from tests.ledger_builders import answer_received, answer_sent, received, sent, sha256, unreadable, write

REFERENCE = "VN-TH 25/02/00006"
ADDRESS = f"sha256:{sha256(b'<certificate/>')}"


def lines(ledger: Ledger, reference: str = REFERENCE) -> list[tuple[str, str, str, Relation]]:
    """Gateway, direction, message id and relation of each entry."""
    return [
        (each.gateway, each.direction, each.message_id, each.relation) for each in timeline(ledger, reference)
    ]


def test_nobody_knows_the_document(ledger: Ledger) -> None:
    """An unknown reference has an empty timeline."""
    write(ledger, sent())
    assert timeline(ledger, "VN-TH 25/02/09999") == ()


def test_all_that_was_said_about_a_document_in_order(ledger: Ledger) -> None:
    """Certificate, acknowledgement, customs response, acknowledgement: eight entries of two gateways."""
    response: dict[str, Any] = {"kind": "asean/customs-response", "gateway": "TH", "peer": "VN"}
    write(ledger, sent(), received(), answer_sent("TH-1"), answer_received("TH-1"))
    write(ledger, sent("TH-2", **response), received("TH-2", **response | {"gateway": "VN", "peer": "TH"}))
    write(ledger, answer_sent("VN-2", "TH-2", gateway="VN", peer="TH"))
    write(ledger, answer_received("VN-2", "TH-2", gateway="TH", peer="VN"))
    write(ledger, sent("VN-3", reference="VN-TH 25/02/00007"), answer_sent("TH-3", "VN-3"))
    about, answers = Relation.ABOUT, Relation.ACKNOWLEDGES
    assert lines(ledger) == [
        ("VN", "sent", "VN-1", about),
        ("TH", "received", "VN-1", about),
        ("TH", "sent", "TH-1", answers),
        ("VN", "received", "TH-1", answers),
        ("TH", "sent", "TH-2", about),
        ("VN", "received", "TH-2", about),
        ("VN", "sent", "VN-2", answers),
        ("TH", "received", "VN-2", answers),
    ]


def test_an_entry_of_a_timeline_is_the_entry_as_it_was_written(ledger: Ledger) -> None:
    """With all its fields; the relation is added."""
    (written,) = write(ledger, sent(cites=("VN/1",), document=b"{}"))
    (found,) = timeline(ledger, REFERENCE)
    assert isinstance(found, Entry)
    assert {name: getattr(found, name) for name in Entry.__struct_fields__} == {
        name: getattr(written, name) for name in Entry.__struct_fields__
    }


def test_a_message_refused_before_it_was_parsed_is_there(ledger: Ledger) -> None:
    """The receiver never learned the reference; the sender's entry tells what the message was about."""
    refused = received(outcome=Outcome.REJECTED, reference=None, content_digest=None)
    write(ledger, sent(), refused, answer_sent(), answer_received())
    assert [line[:3] for line in lines(ledger)] == [
        ("VN", "sent", "VN-1"),
        ("TH", "received", "VN-1"),
        ("TH", "sent", "TH-1"),
        ("VN", "received", "TH-1"),
    ]


def test_an_unreadable_message_is_there(ledger: Ledger) -> None:
    """Found by its bytes, with the acknowledgement that could name nothing else."""
    write(ledger, sent(), unreadable(), answer_sent("TH-1", ADDRESS), answer_received("TH-1", ADDRESS))
    assert [line[2] for line in lines(ledger)] == ["VN-1", ADDRESS, "TH-1", "TH-1"]


def test_an_acknowledgement_of_another_gateways_message_is_not_there(ledger: Ledger) -> None:
    """The same message id of another sender, or another receiver, is another message."""
    write(ledger, sent(), answer_sent("MY-1", gateway="MY"), answer_received("TH-9", gateway="MY"))
    assert [line[2] for line in lines(ledger)] == ["VN-1"]


def test_documents_that_rest_on_it_and_that_it_rests_on_are_marked(ledger: Ledger) -> None:
    """A back-to-back certificate is found from its original, and the original from it."""
    write(ledger, sent("VN-1"), received("VN-1"))
    write(ledger, sent("TH-1", gateway="TH", peer="MY", reference="TH-MY 25/03/00001", cites=(REFERENCE,)))
    assert lines(ledger) == [
        ("VN", "sent", "VN-1", Relation.ABOUT),
        ("TH", "received", "VN-1", Relation.ABOUT),
        ("TH", "sent", "TH-1", Relation.RESTS_ON_IT),
    ]
    assert lines(ledger, "TH-MY 25/03/00001") == [
        ("VN", "sent", "VN-1", Relation.IT_RESTS_ON),
        ("TH", "received", "VN-1", Relation.IT_RESTS_ON),
        ("TH", "sent", "TH-1", Relation.ABOUT),
    ]


def test_a_document_that_cites_itself_is_there_once(ledger: Ledger) -> None:
    """The first of several relations counts."""
    write(ledger, sent(cites=(REFERENCE,)))
    assert lines(ledger) == [("VN", "sent", "VN-1", Relation.ABOUT)]
