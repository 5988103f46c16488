"""What ``asw send`` makes of an answer: it believes what gateways would believe, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from asw_exchange.model import Outcome
from asw_exchange.server.sending import Told, Trust, told_of
from asw_exchange.signature import TrustStore
from asw_exchange.signature.pki import TestPki
from asw_exchange.signature.pki_files import write_pki
from tests.behaviour_cases import CORRIDORS, RECEIVERS, SENDERS, Pair, make_pair
from tests.builders import MOMENT


def sent_and_answer(pair: Pair) -> tuple[bytes, bytes]:
    """The bytes of a message, and those that it is answered with at once."""
    raw = pair.ledger.raw(pair.queue().digest)
    answer = pair.receiver.receive(raw, corridor=pair.name, peer=pair.sender.gateway)
    assert answer
    return raw, answer


def trust_of(pki: TestPki) -> Trust:
    """The authorities of all gateways, one by one."""
    authorities = {code: each.authority for code, each in pki.gateways.items()}
    own = {code: TrustStore((authority,)) for code, authority in authorities.items()}
    return Trust(TrustStore(tuple(authorities.values())), own)


def told_by(pair: Pair, pki: TestPki | None) -> Told:
    """What is made of the answer to a message; the signature is verified where there is a PKI."""
    sent, answer = sent_and_answer(pair)
    return told_of(answer, trust_of(pki) if pki else None, sent=sent, moment=MOMENT)


@pytest.mark.parametrize("corridor", CORRIDORS)
def test_an_honest_answer_is_believed(corridor: str, pki: TestPki) -> None:
    """In every corridor, signed or not."""
    told = told_by(make_pair(corridor, pki), pki)
    assert (told.failure, told.outcome is Outcome.REJECTED) == (None, False)


@pytest.mark.parametrize("verified", [True, False], ids=["verified", "unverified"])
@pytest.mark.parametrize(
    ("corridor", "behaviour"),
    [
        *((corridor, "wrong-correlation") for corridor in CORRIDORS),
        ("asean", "wrong-acknowledgement-digest"),
        ("korea", "wrong-acknowledgement-digest"),
        ("asean", {"name": "unknown-kind", "on": "acknowledgements"}),
        ("korea", {"name": "unknown-kind", "on": "acknowledgements"}),
    ],
)
def test_an_answer_about_something_else_is_none(
    corridor: str, behaviour: Any, verified: bool, pki: TestPki
) -> None:
    """However well it is signed, and whether that is looked at or not."""
    pair = make_pair(corridor, pki)
    pair.behave(behaviour)
    told = told_by(pair, pki if verified else None)
    assert told.outcome is None
    assert told.failure
    assert told.failure.startswith("not an answer to this message: ")


@pytest.mark.parametrize("corridor", ["asean", "korea"])
def test_who_signed_in_place_of_the_sender_is_named(corridor: str, pki: TestPki) -> None:
    """The certificate of another gateway is in order, but the answer says that it is not from there."""
    pair, another = make_pair(corridor, pki), SENDERS[corridor]
    pair.behave({"name": "wrong-signer", "on": "acknowledgements", "gateway": another})
    told = told_by(pair, pki)
    assert told.outcome is None
    assert f"signed by {another}, not by {RECEIVERS[corridor]}" in (told.failure or "")


@pytest.mark.parametrize("corridor", CORRIDORS)
def test_the_refusal_of_what_cannot_be_read_is_believed(corridor: str, pki: TestPki) -> None:
    """It calls the message by its bytes, and is about no other bytes."""
    pair = make_pair(corridor, pki)
    answer = pair.receiver.receive(b"<unknown/>", corridor=corridor) or b""
    assert told_of(answer, sent=b"<unknown/>").outcome is Outcome.REJECTED


@pytest.mark.parametrize("corridor", ["asean", "korea"])
def test_the_refusal_of_other_bytes_is_not(corridor: str, pki: TestPki) -> None:
    """Where the refusal names the bytes; a fault that is addressed to nobody need not."""
    answer = make_pair(corridor, pki).receiver.receive(b"<unknown/>", corridor=corridor) or b""
    assert "not an answer" in (told_of(answer, sent=b"<other/>").failure or "")


def test_who_is_asked_in_place_of_the_receiver_may_refuse(pki: TestPki) -> None:
    """A message for Thailand, posted to Viet Nam: the refusal counts, and says whom it is for."""
    pair = make_pair("asean", pki)
    raw = pair.ledger.raw(pair.queue().digest)
    answer = pair.sender.receive(raw, corridor="asean") or b""
    told = told_of(answer, sent=raw)
    assert (told.outcome, told.failure) == (Outcome.REJECTED, None)


def test_an_answer_to_somebody_else_is_none(pki: TestPki) -> None:
    """As gateways refuse what is not for them."""
    sent, answer = sent_and_answer(make_pair("asean", pki))
    other = answer.replace(b">VN</Identifier>", b">MY</Identifier>")
    assert "it is for MY, not for VN" in (told_of(other, sent=sent).failure or "")


def test_an_answer_without_its_envelope_is_none(pki: TestPki) -> None:
    """It says neither who gave it nor what it is about."""
    sent, answer = sent_and_answer(make_pair("asean", pki))
    bare = etree.tostring(etree.fromstring(answer)[1])
    assert told_of(answer, sent=sent).failure is None
    assert "no StandardBusinessDocument" in (told_of(bare, sent=sent).failure or "")


def test_a_pki_folder_says_whose_each_authority_is(pki: TestPki, tmp_path: Path) -> None:
    """That of one gateway alone names none: it is believed for whoever it is named for."""
    write_pki(pki, tmp_path / "pki")
    assert set(Trust.load(tmp_path / "pki").own) == set(pki.gateways)
    assert Trust.load(tmp_path / "pki" / "TH").own == {}
