"""What one input may cost: a second for a mebibyte, and twenty times its size in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time

MEBIBYTE = 1024 * 1024
SECONDS = 1.0
"""Of processor time, for each mebibyte begun."""
TIMES = 20
SLACK = 24 * MEBIBYTE
"""What the allocators hold back whatever the input, and what is made once in a process."""
LARGE = 64 * 1024
"""From this size on memory is measured; below, the slack hides it."""

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class TooSlow(AssertionError):
    """The target took more time than its input is worth."""


class TooMuchMemory(AssertionError):
    """The target held more memory than its input is worth."""


def run(target: Callable[[bytes], None], data: bytes) -> None:
    """Run a target within its limits. Raises TooSlow or TooMuchMemory."""
    measured = len(data) >= LARGE and _RESET.exists()
    before = _forget_peak() if measured else 0
    start = process_time()
    target(data)
    seconds = process_time() - start
    if seconds > SECONDS * max(1, -(-len(data) // MEBIBYTE)):
        raise TooSlow(f"{seconds:.2f} s for {len(data)} bytes")
    grown = _resident("VmHWM") - before if measured else 0
    if grown > TIMES * len(data) + SLACK:
        raise TooMuchMemory(f"{grown / MEBIBYTE:.0f} MiB for {len(data)} bytes")


def _forget_peak() -> int:
    """Let the peak of the resident memory begin anew, and return where it stands (Linux, proc(5))."""
    _RESET.write_text("5")
    return _resident("VmRSS")


def _resident(name: str) -> int:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"{_STATUS} has no {name}")
