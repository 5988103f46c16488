"""The words are read, refused, explained and documented; every one of them is tried in every corridor."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from asw_exchange.behaviours import VOCABULARY, WORDS, Conduct, read_behaviours, words
from asw_exchange.behaviours.catalogue import catalogue, explain
from asw_exchange.behaviours.vocabulary import MOST
from asw_exchange.cli import app
from asw_exchange.corridors import all_corridors, find_corridor
from asw_exchange.errors import InputError
from tests.behaviour_cases import CORRIDORS, ORIGIN
from tests.builders import MOMENT

BEHAVIOURS = (Path(__file__).parent.parent / "BEHAVIOURS.md").read_text()
SOME = {
    "utilise-partly": {"asean", "korea"},
    "wrong-acknowledgement-digest": {"asean", "korea"},
    "accept-with-warnings": {"asean", "korea", "new-zealand"},
}
"""The words that not every corridor has."""


@pytest.fixture
def conduct() -> Conduct:
    """Thailand's."""
    return Conduct("TH", corridors={"asean": find_corridor("asean")}, origin=ORIGIN)


def test_words_are_many_and_each_is_itself() -> None:
    """More than twenty, no two of one name, in kebab case."""
    assert len(WORDS) == len(VOCABULARY) > 20
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", word) for word in WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_each_word_is_explained_for_each_corridor(word: str) -> None:
    """One sentence or two, every parameter described, and what a partner sees wherever it applies."""
    found = explain(word)
    assert found.description.endswith(".")
    assert "\n" not in found.description
    assert all(parameter.description for parameter in found.parameters)
    assert set(found.sees) == SOME.get(word, {corridor.name for corridor in all_corridors()})
    assert all(seen and "{" not in seen for seen in found.sees.values())
    assert found.when


@pytest.mark.parametrize("word", WORDS)
def test_each_word_is_read_back_from_its_json(word: str) -> None:
    """Alone, and with all its parameters."""
    default = WORDS[word]()
    full = {"name": word, **{name: getattr(default, name) for name in default.__struct_fields__}}
    assert read_behaviours([{"name": word}]) == read_behaviours([full]) == (default,)
    assert read_behaviours(msgspec.json.encode([default])) == (default,)


@pytest.mark.parametrize("word", WORDS)
def test_each_word_is_in_the_readme(word: str) -> None:
    """As it is listed: the word, and what it means."""
    assert f"| `{word}` | {explain(word).description} |" in BEHAVIOURS


@pytest.mark.parametrize("word", WORDS)
def test_each_word_is_tried(word: str) -> None:
    """A test of behaviours names it."""
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_behaviours_*.py"))
    own = Path(__file__).read_text()
    assert f'"{word}"' in tests.replace(own, "")


def test_a_list_is_read_from_json_in_both_forms() -> None:
    """As the body of a PATCH, or the list alone."""
    asked = (words.Late(seconds=5), words.Silent())
    listed = b'[{"name": "late", "seconds": 5}, {"name": "silent"}]'
    assert read_behaviours(listed) == read_behaviours(b'{"behaviours": ' + listed + b"}") == asked


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (b'[{"name": "laet"}]', "the words are late, slow-acknowledgement"),
        (b'[{"name": "late", "second": 3}]', "late takes seconds"),
        (b'[{"name": "late", "seconds": "soon"}]', "Expected `float`"),
        (b'[{"name": "silent", "seconds": 3}]', "silent takes no parameters"),
        (b'[{"seconds": 3}]', 'a behaviour has a "name"'),
        (b'[{"name": "late"}, {"name": "late"}]', "can be given once"),
        (b'{"behaviour": []}', "behaviours are a list"),
        (b"7", "behaviours are a list"),
        (b"[", "no JSON"),
        (b"[" + b",".join([b'{"name": "late"}'] * (MOST + 1)) + b"]", "too many"),
        (b'[{"name": "status", "code": 200}]', "status takes code, retry_after"),
        (b'[{"name": "wrong-signer", "gateway": "../x"}]', "wrong-signer takes gateway, on"),
        (b'[{"name": "maintenance", "starts_at": "2025-03-03T00:00:00"}]', "timezone"),
        (b'[{"name": "wrong-content-type", "content_type": "a\\r\\nb: c"}]', "regex"),
    ],
)
def test_wrong_words_are_refused_with_the_right_ones(source: bytes, sentence: str) -> None:
    """One sentence that says what there is."""
    with pytest.raises(InputError) as refused:
        read_behaviours(source)
    assert sentence in str(refused.value)


def test_a_conduct_refuses_what_its_corridors_do_not_have(conduct: Conduct) -> None:
    """A reason of no list, and what happens to deliveries only; what was in force stays."""
    conduct.behave([words.Silent()], MOMENT)
    with pytest.raises(InputError, match="its reasons are not-originating, "):
        conduct.behave([words.Reject(reason="bad-weather")], MOMENT)
    with pytest.raises(InputError, match="make a rule"):
        conduct.behave(read_behaviours([{"name": "lost"}]), MOMENT)
    assert conduct.behaviours == (words.Silent(),)


def test_a_word_that_no_corridor_of_the_gateway_has_is_refused() -> None:
    """New Zealand grants nothing in part."""
    corridors = {"new-zealand": find_corridor("new-zealand")}
    with pytest.raises(InputError, match="no meaning in the corridor new-zealand"):
        Conduct("NZ", corridors=corridors, origin=ORIGIN).behave([words.UtilisePartly()], MOMENT)


def test_an_empty_list_is_the_plain_behaviour(conduct: Conduct) -> None:
    """And a reset forgets the rules too."""
    conduct.behave([words.Silent()], MOMENT)
    conduct.behave([], MOMENT)
    assert conduct.behaviours == ()
    conduct.behave([words.Silent()], MOMENT)
    conduct.reset()
    assert (conduct.behaviours, conduct.rules()) == ((), ())


@pytest.mark.parametrize("magic", [True, False])
def test_a_reset_lets_magic_values_count_as_in_the_beginning(magic: bool) -> None:
    """Whatever was said of them since."""
    conduct = Conduct("NZ", corridors={}, origin=ORIGIN, magic=magic)
    conduct.magic = not magic
    conduct.reset()
    assert conduct.magic is magic


def test_the_vocabulary_has_a_json_schema() -> None:
    """For the description of a control API."""
    (schema,), components = msgspec.json.schema_components([*VOCABULARY[:1]])
    assert components["Late"]["properties"]["name"] == {"enum": ["late"]}
    assert schema


def test_asw_behaviours_lists_and_explains() -> None:
    """On the command line, for people and for programs."""
    listed = CliRunner().invoke(app, ["behaviours", "list", "--json"])
    found = msgspec.json.decode(listed.stdout)["behaviours"]
    assert [each["word"] for each in found] == [each.word for each in catalogue()]
    explained = CliRunner().invoke(app, ["behaviours", "explain", "reject"])
    assert "negative Customs Response" in explained.stdout
    assert "asean/eform-d: items.0.marks" in explained.stdout
    assert "HS-mismatch" in explained.stdout
    table = CliRunner().invoke(app, ["behaviours", "list"])
    assert "tampered-in-transit" in table.stdout


def test_an_unknown_word_is_refused_on_the_command_line() -> None:
    """With all words there are."""
    refused = CliRunner().invoke(app, ["behaviours", "explain", "laet"])
    assert isinstance(refused.exception, InputError)
    assert "the words are" in str(refused.exception)


def test_the_corridors_of_these_tests_are_all() -> None:
    """A corridor that is added has to be tried too."""
    assert set(CORRIDORS) == {corridor.name for corridor in all_corridors()}
