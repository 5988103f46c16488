"""The one place that chance comes from: a stream of its own for every document.

Document 7 of a seed is the same whether 8 or 8000 are made, in whatever order and by however many
workers; no hash seed, locale, time zone or date of today has a part in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, *names: str | int) -> Random:
    """Return the random numbers of one purpose, for example ``stream(7, "asean/eform-d", 3)``."""
    text = "/".join(str(name) for name in (seed, *names))
    return Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16]))


def pick(chance: Random, choices: Sequence[T]) -> T:
    """Return one of ``choices``."""
    return choices[chance.randrange(len(choices))]
