"""Magic values: words in a document that count for that message alone."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from asw_exchange.behaviours import faults, words
from asw_exchange.behaviours.catalogue import magic_places
from asw_exchange.behaviours.magic import has_magic, read_value
from asw_exchange.corridors import find_corridor, find_kind
from asw_exchange.errors import InputError
from asw_exchange.model import Outcome
from asw_exchange.signature.pki import TestPki
from asw_exchange.testdata import generate
from asw_exchange.verbs import build, validate
from tests.behaviour_cases import ACKNOWLEDGEMENTS, CORRIDORS, KINDS, Pair, make_pair, with_text
from tests.builders import MOMENT


@pytest.fixture(params=CORRIDORS)
def pair(request: pytest.FixtureRequest, pki: TestPki) -> Iterator[Pair]:
    """A pair of each corridor."""
    made = make_pair(request.param, pki)
    with made.ledger:
        yield made


def send_with(pair: Pair, text: str) -> None:
    """Send a document with a text where the corridor lets a magic value stand."""
    path = pair.corridor.manners.free_texts[KINDS[pair.name]]
    pair.send(with_text(pair.document(), path, text))


def test_a_magic_value_counts_for_its_message_alone(pair: Pair) -> None:
    """The first answer is late, the second is not."""
    send_with(pair, "ASW-BEHAVE:late;seconds=30")
    assert pair.taken()[0].outcome is Outcome.ACCEPTED
    assert not pair.answers()
    pair.send()
    assert len(pair.answers()) == 1
    pair.wait(30)
    assert len(pair.answers()) == 2


def test_a_magic_value_may_stand_among_other_words(pair: Pair) -> None:
    """The text around it, and a full stop after it, do not matter."""
    send_with(pair, "Handle with care. ASW-BEHAVE:silent. Keep dry.")
    assert len(pair.acknowledgements()) == 1
    assert not pair.answers()


def test_several_magic_values_count_together(pair: Pair) -> None:
    """Late and twice."""
    send_with(pair, "ASW-BEHAVE:late;seconds=5 ASW-BEHAVE:duplicate-answer")
    assert not pair.answers()
    pair.wait(5)
    assert len(pair.answers()) == 2


def test_a_word_of_the_wire_counts_before_the_message_is_looked_at(pair: Pair) -> None:
    """The storage fails once for this message, which is then taken."""
    send_with(pair, "ASW-BEHAVE:storage-fails")
    assert not pair.received(pair.receiver)
    pair.network.run()
    assert pair.taken()[0].outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "text",
    [
        "ASW-BEHAVE:laet",
        "ASW-BEHAVE:late;second=1",
        "ASW-BEHAVE:late;seconds=x",
        "ASW-BEHAVE:reject;reason=no",
    ],
)
def test_a_value_that_nobody_understands_is_told(pair: Pair, text: str) -> None:
    """As a warning where the corridor has warnings, else as a refusal; what would be right is said."""
    send_with(pair, text)
    (taken,) = pair.taken()
    (finding,) = [each for each in taken.findings if each.rule_id == "TEST-BEHAVIOUR-UNKNOWN"]
    assert finding.value == text.partition(":")[2]
    assert finding.hint
    warns = pair.corridor.manners.warns
    assert taken.outcome is (Outcome.ACCEPTED if warns else Outcome.REJECTED)
    kind = ACKNOWLEDGEMENTS[pair.name] if warns else "eaeu/validation-error"
    assert b"TEST-BEHAVIOUR-UNKNOWN" in (pair.received(pair.sender, kind)[0].document or b"")


def test_what_a_corridor_does_not_have_is_told(pki: TestPki) -> None:
    """New Zealand grants nothing in part."""
    pair = make_pair("new-zealand", pki)
    send_with(pair, "ASW-BEHAVE:utilise-partly")
    assert b"no meaning in the corridor" in (pair.acknowledgements()[0].document or b"")


@pytest.mark.parametrize("corridor", CORRIDORS)
def test_magic_can_be_switched_off(corridor: str, pki: TestPki) -> None:
    """Then the text is a text."""
    pair = make_pair(corridor, pki, magic=False)
    send_with(pair, "ASW-BEHAVE:silent")
    assert len(pair.answers()) == 1


def test_a_gateway_without_a_conduct_knows_no_magic(pki: TestPki) -> None:
    """A library node takes the text as it is."""
    pair = make_pair("asean", pki)
    pair.receiver.conduct = None
    send_with(pair, "ASW-BEHAVE:silent")
    assert len(pair.answers()) == 1


@pytest.mark.parametrize(("kind", "path"), magic_places().items())
def test_every_rule_lets_a_magic_value_through(kind: str, path: str) -> None:
    """Whatever valid document it is put into, where it has such a text."""
    tried = 0
    for document in generate(kind, count=12, seed=5):
        try:
            changed = with_text(document, path, "ASW-BEHAVE:late;seconds=30")
        except (IndexError, AttributeError):
            continue
        tried += 1
        report = validate(build(changed, kind), moment=MOMENT.replace(year=2026))
        assert not [each for each in report.findings if "ASW-BEHAVE" in (each.value or "")], kind
    assert tried


@pytest.mark.parametrize("corridor", CORRIDORS)
def test_every_kind_that_opens_an_exchange_has_a_place(corridor: str) -> None:
    """All but answers and what nobody answers."""
    found = find_corridor(corridor)
    answers = {"customs-response", "acdd-response", "verification-reply", "processing-result", "feedback"}
    answers |= {"sps-acknowledgement"}
    opening = {
        each.name for each in found.kinds if each.acknowledged and each.name.split("/")[1] not in answers
    }
    assert set(found.manners.free_texts) == opening
    assert all(find_kind(kind) for kind in opening)


@pytest.mark.parametrize("shift", range(3))
def test_the_marker_is_seen_in_base64(shift: int) -> None:
    """Wherever it begins: the ePhyto hub carries documents so, too."""
    assert has_magic(base64.b64encode(b"x" * (30 + shift) + b"ASW-BEHAVE:silent" + b"y" * 10))
    assert not has_magic(base64.b64encode(b"x" * (30 + shift) + b"ASW-BENEATH:silent"))


def test_values_are_typed() -> None:
    """Numbers, lists, flags and names of several words."""
    assert read_value("late;seconds=1.5") == words.Late(seconds=1.5)
    assert read_value("utilise-partly;refused=2,3") == words.UtilisePartly(refused=(2, 3))
    assert read_value("duplicate-answer;new-id=true") == words.DuplicateAnswer(new_id=True)
    assert read_value("slow-bytes;bytes-per-second=9") == faults.SlowBytes(bytes_per_second=9)
    with pytest.raises(InputError, match="slow-bytes takes bytes_per_second"):
        read_value("slow-bytes;rate=9")
