"""One target under atheris, in its own process: ``python -m fuzz.run TARGET [libFuzzer options] CORPUS``."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["asw_exchange"]):
    from fuzz.targets import TARGETS

from fuzz import limits
from fuzz.mutation import mutate
from fuzz.seeds import messages


def main() -> None:
    """Fuzz until libFuzzer ends the process."""
    target = TARGETS[sys.argv.pop(1)]
    for data in messages():
        target(data)  # what is compiled once is no cost of an input
    atheris.Setup(sys.argv, lambda data: limits.run(target, data), custom_mutator=_mutated)
    atheris.Fuzz()


def _mutated(data: bytes, most: int, seed: int) -> bytes:
    """Half of the time a change of structure, else one of bytes."""
    changed = mutate(data, most, seed) if seed % 2 else None
    return atheris.Mutate(data, most) if changed is None else changed


if __name__ == "__main__":
    main()
