"""Lists of names as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 12


def listing(words: Sequence[str]) -> str:
    """Return ``A, B or C``; of a long list the beginning and the number of all."""
    if len(words) > _SHOWN:
        return f"{', '.join(words[:_SHOWN])}, … ({len(words)} in all)"
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)


def sequence(words: Sequence[str]) -> str:
    """Return ``A, B, C``, the beginning of a long one."""
    return ", ".join(words[:_SHOWN]) + (", …" if len(words) > _SHOWN else "")
