"""What fuzzing once found, and what it builds on: every target answers, or refuses by an ExchangeError."""

from __future__ import annotations

import pytest
from lxml import etree

from asw_exchange.corridors import all_corridors
from fuzz.__main__ import CRASHERS
from fuzz.floods import floods
from fuzz.limits import MEBIBYTE, TooMuchMemory, TooSlow, run
from fuzz.mutation import CHANGES, mutate
from fuzz.seeds import messages, signed, signed_contents
from fuzz.targets import TARGETS

targets = pytest.mark.parametrize("name", TARGETS)
FOUND = sorted(path for path in CRASHERS.iterdir() if path.suffix == ".xml")


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
@targets
def test_a_crasher_crashes_no_more(name: str, path: object) -> None:
    """Whichever target it was found with."""
    TARGETS[name](path.read_bytes())  # type: ignore[attr-defined]


@targets
def test_fresh_messages_pass(name: str) -> None:
    """Of every kind, whole and signed: what fuzzing begins with."""
    for data in (*messages(), *signed()):
        TARGETS[name](data)


def test_something_was_signed() -> None:
    """Else the verifier would be asked about nothing."""
    assert len(signed_contents()) >= 20


@targets
def test_an_instruction_anywhere(name: str) -> None:
    """In front of every twelfth tag of a message of every envelope, one at a time."""
    for data in {etree.fromstring(raw).tag + raw[-60:].decode(): raw for raw in messages()}.values():
        for number in range(0, data.count(b"<"), 12):
            place = [at for at in range(len(data)) if data.startswith(b"<", at)][number]
            TARGETS[name](data[:place] + b"<?a b?>" + data[place:])


@targets
def test_a_changed_structure(name: str) -> None:
    """The mutator's first changes of every message."""
    for number, data in enumerate(messages()):
        changed = mutate(data, 1_000_000, number)
        assert changed != data
        TARGETS[name](changed or b"")


def test_the_mutator_is_deterministic_and_makes_every_change() -> None:
    """The same seed, the same bytes; each sort of change happens."""
    made = [mutate(messages()[0], 1_000_000, seed) for seed in range(60)]
    assert made == [mutate(messages()[0], 1_000_000, seed) for seed in range(60)]
    assert len(set(made)) > 4 * len(set(CHANGES))


def test_floods_are_floods() -> None:
    """Up to a mebibyte each, in every corridor; ``make fuzz`` sends them through every target."""
    found = floods()
    assert all(50_000 < len(data) <= MEBIBYTE for data in found.values())
    assert {name.rpartition(" in ")[2] for name in found} >= {c.name for c in all_corridors()}


def test_too_much_memory_is_seen() -> None:
    """Sixty times the input, for a moment."""
    with pytest.raises(TooMuchMemory):
        run(_wasteful, b"x" * MEBIBYTE)


def test_too_much_time_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little is allowed, it is compared."""
    monkeypatch.setattr("fuzz.limits.SECONDS", -1.0)
    with pytest.raises(TooSlow):
        run(_wasteful, b"")


def _wasteful(data: bytes) -> None:
    bytearray(60 * len(data)).count(1)
