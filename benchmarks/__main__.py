"""``make bench``: every step against its floor and its peers, in one run; then memory over a long run.

Writes ``benchmarks/results.json``. Ratios are what counts: the microseconds depend on the machine.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks import kinds, server, starting, verification
from benchmarks.memory import flatness
from benchmarks.row import Row
from benchmarks.steps import rows

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Measure, print the table, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--messages", type=int, default=100_000, help="messages of the memory run; 0 leaves it out"
    )
    parser.add_argument(
        "--only", choices=["verification", "server", "start"], help="leave the other steps out, write nothing"
    )
    options = parser.parse_args()
    if options.only == "server":
        server.print_loads(server.measure())
        return
    started = starting.rows()
    _print(started)
    if options.only == "start":
        return
    verified, refusals = verification.measure()
    _print(verified)
    verification.print_refusals(refusals)
    if options.only:
        return
    measured = rows()
    print("\nevery step:\n")
    _print(measured)
    every = kinds.rows()
    print("\nevery kind that is answered:\n")
    _print(every)
    print("\nthe server, client included:\n")
    loads = server.measure()
    server.print_loads(loads)
    results = [row.as_json() for row in (*started, *verified, *measured, *every)]
    results += [each.as_json() for each in (*refusals, *loads)]
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(f"\nwritten to {RESULTS.parent.name}/{RESULTS.name}")
    if options.messages:
        print(flatness(options.messages))


def _print(measured: list[Row]) -> None:
    head = ("step", "kind", "ours us", "floor us", "x floor")
    print("{:<22}{:<40}{:>10}{:>10}{:>9}   peers (times slower than ours)".format(*head))
    for row in measured:
        peers = ", ".join(f"{name} {us:.0f} us ({us / row.ours_us:.1f}x)" for name, us in row.peers.items())
        numbers = f"{row.ours_us:>10.1f}{row.floor_us:>10.1f}{row.ratio:>9.2f}"
        print(f"{row.step:<22}{row.kind:<40}{numbers}   {peers}")


if __name__ == "__main__":
    main()
