"""Timing that is fair to both sides: interleaved rounds, the best of them, nothing kept alive."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from time import perf_counter

from benchmarks.elsewhere import Elsewhere

Work = Callable[[], object]
Clock = Callable[[], float]


def microseconds(
    work: Mapping[str, Work], *, rounds: int = 7, seconds: float = 0.12, clock: Clock = perf_counter
) -> dict[str, float]:
    """Return the best time of one call of each, in microseconds.

    With ``clock=process_time`` of the processor only: for work that waits for nothing.
    Every round times all of them one after the other, so a slow moment of the machine hits all alike.
    """
    calls = {name: _calls(function, seconds, clock) for name, function in work.items()}
    best = dict.fromkeys(work, float("inf"))
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, function in work.items():
                best[name] = min(best[name], _time(function, calls[name], clock))
    finally:
        gc.enable()
    return best


def _calls(function: Work, seconds: float, clock: Clock) -> int:
    """How many calls fill the time; they warm up what is made once."""
    for _ in range(3):
        function()
    return max(3, int(seconds / max(_time(function, 3, clock) / 1e6, 1e-7)))


def _time(function: Work, calls: int, clock: Clock) -> float:
    if isinstance(function, Elsewhere):
        return function.microseconds(calls)
    start = clock()
    for _ in range(calls):
        function()
    return (clock() - start) / calls * 1e6
