"""Messages that are wrong on purpose: signer, signature, kind, bytes. Our own receiver says what is wrong."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from asw_exchange.behaviours import damage
from asw_exchange.codec import DEFAULT_LIMITS
from asw_exchange.model import Outcome, Value
from asw_exchange.records import Direction
from asw_exchange.signature.pki import TestPki
from asw_exchange.testdata import generate
from tests.behaviour_cases import ACKNOWLEDGEMENTS, ANSWERS, CORRIDORS, KINDS, Pair, document_of, make_pair

UNKNOWN_KIND = {
    "asean": "ENVELOPE-KIND",
    "korea": "ENVELOPE-KIND",
    "eaeu": "ENVELOPE-ACTION",
    "new-zealand": "ENVELOPE-ACTION",
}
CUT_SHORT = ("eaeu", "oversize-answer")
"""A SOAP fault repeats the first 64 KiB of what could not be read, which do not tell what it was."""
SIGNED_ACKNOWLEDGEMENTS = ("asean", "korea")


@pytest.fixture(params=CORRIDORS)
def pair(request: pytest.FixtureRequest, pki: TestPki) -> Iterator[Pair]:
    """A pair of each corridor."""
    made = make_pair(request.param, pki)
    with made.ledger:
        yield made


@pytest.mark.parametrize(
    ("word", "rule"),
    [
        ("wrong-signer", "SIGNER-UNKNOWN-ISSUER"),
        ("unknown-signer", "SIGNER-UNKNOWN-ISSUER"),
        ("imitated-signer", "SIGNER-IMITATED"),
        ("expired-certificate", "SIGNER-EXPIRED"),
        ("future-certificate", "SIGNER-NOT-YET-VALID"),
        ("revoked-certificate", "SIGNER-REVOKED"),
        ("wrong-key-usage", "SIGNER-KEY-USAGE"),
        ("tampered", "SIGNATURE-DIGEST"),
        ("unsigned", "SIGNATURE-MISSING"),
        ("malformed-answer", "XML-SYNTAX"),
        ("oversize-answer", "XML-LIMIT"),
        ("unknown-kind", None),
    ],
)
def test_a_wrong_answer_is_refused_by_name_and_the_books_are_true(
    pair: Pair, word: str, rule: str | None
) -> None:
    """The document is taken and acknowledged; the answer is refused; sent and received are the same bytes."""
    pair.behave(word)
    pair.send()
    assert pair.taken()[0].outcome is Outcome.ACCEPTED
    assert len(pair.acknowledgements()) == 1
    answer = pair.last()
    assert answer.outcome is Outcome.REJECTED
    assert answer.findings[0].rule_id == (rule or UNKNOWN_KIND[pair.name])
    (sent,) = pair.ledger.entries(kind=ANSWERS[pair.name], direction=Direction.SENT)
    assert sent.digest == answer.digest
    assert pair.books().reconciled or (pair.name, word) == CUT_SHORT


@pytest.mark.parametrize("word", ["wrong-signer", "tampered", "unsigned", "malformed-answer"])
@pytest.mark.parametrize("corridor", SIGNED_ACKNOWLEDGEMENTS)
def test_acknowledgements_can_be_meant_instead(corridor: str, word: str, pki: TestPki) -> None:
    """Then the answer is right and the acknowledgement wrong."""
    pair = make_pair(corridor, pki)
    pair.behave({"name": word, "on": "acknowledgements"})
    pair.send()
    outcomes = [entry.outcome for entry in pair.received(pair.sender)]
    assert outcomes[0] is Outcome.REJECTED
    assert pair.answers()[0].outcome is Outcome.ACCEPTED


def test_everything_can_be_meant(pki: TestPki) -> None:
    """Acknowledgement and answer are refused."""
    pair = make_pair("asean", pki)
    pair.behave({"name": "unsigned", "on": "everything"})
    pair.send()
    assert {entry.outcome for entry in pair.received(pair.sender)} == {Outcome.REJECTED}


def test_what_the_gateway_sends_of_its_own_is_meant_too(pki: TestPki) -> None:
    """A tester's system gets a first message that is wrong, not only answers."""
    pair = make_pair("korea", pki)
    pair.behave("tampered")
    pair.receiver.send("korea/export-declaration", _declaration(), "VN")
    pair.network.run()
    assert pair.last().findings[0].rule_id == "SIGNATURE-DIGEST"


def _declaration() -> Value:
    found = generate("korea/export-declaration", count=30, seed=2)
    return next(each for each in found if each.export_country == "KR")


def test_the_wrong_signer_can_be_named(pki: TestPki) -> None:
    """The key is that of the gateway that was named."""
    pair = make_pair("asean", pki)
    pair.behave({"name": "wrong-signer", "gateway": "MY"})
    pair.send()
    raw = pair.ledger.raw(pair.last().digest)
    der = raw[raw.index(b"X509Certificate>") + 16 : raw.index(b"</ds:X509Certificate>")]
    assert b64decode(der) == pki.key("MY").certificate.public_bytes(Encoding.DER)


def test_an_oversize_answer_is_as_large_as_was_asked(pki: TestPki) -> None:
    """The padding is white space, so below a receiver's cap the message is in order."""
    pair = make_pair("asean", pki)
    pair.behave({"name": "oversize-answer", "bytes": 100_000})
    pair.send()
    assert len(pair.ledger.raw(pair.answers()[0].digest)) == 100_000 < DEFAULT_LIMITS.bytes
    assert pair.answers()[0].outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("corridor", CORRIDORS)
def test_the_same_seed_gives_the_same_wrong_bytes(corridor: str, pki: TestPki) -> None:
    """Two runs with strange keys and damage are equal to the byte."""
    runs = []
    for _ in range(2):
        pair = make_pair(corridor, pki)
        pair.behave("unknown-signer", "tampered", "duplicate-answer", {"name": "late", "seconds": 5})
        pair.send(document_of(corridor))
        pair.wait(5)
        runs.append([entry.digest for entry in pair.ledger.entries()])
    assert runs[0] == runs[1]
    assert len(runs[0]) > 4


def test_tampering_changes_one_byte_outside_of_the_signature() -> None:
    """The last digit of the content, wherever the signature stands."""
    before = b'<a><b>17</b><ds:Signature xmlns:ds="x"><v>9</v></ds:Signature></a>'
    assert damage.tamper(before) == before.replace(b"17", b"11")
    after = b"<a><Signature><v>9</v></Signature><b>3x</b></a>"
    assert damage.tamper(after) == after.replace(b"3x", b"1x")


def test_the_words_of_all_corridors_are_tried_here() -> None:
    """The four corridors of this file are all there are."""
    assert set(CORRIDORS) == set(KINDS) == set(ACKNOWLEDGEMENTS)
