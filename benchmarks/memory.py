"""Does memory stay flat while many messages pass? Measured in this process, after a warm-up."""

from __future__ import annotations

import gc
from pathlib import Path

from benchmarks.steps import Bench


def flatness(messages: int) -> str:
    """Pass ``messages`` whole exchanges and tell the growth of the resident memory."""
    bench = Bench()
    warm_up = max(messages // 10, 1)
    for _ in range(warm_up):
        bench.exchange()
    gc.collect()
    before = peak = _resident_kib()
    for number in range(messages):
        bench.exchange()
        if number % 1000 == 0:
            peak = max(peak, _resident_kib())
    gc.collect()
    after = _resident_kib()
    return (
        f"memory: {before / 1024:.1f} MiB after {warm_up} exchanges, "
        f"{after / 1024:.1f} MiB after {messages} more "
        f"(growth {after - before} KiB, peak {peak / 1024:.1f} MiB)"
    )


def _resident_kib() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise OSError("this measurement needs /proc/self/status")
