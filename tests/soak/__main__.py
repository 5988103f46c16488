"""``python -m tests.soak``: runs long, and prints a report that says what was done and what came of it."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from time import monotonic
from typing import Any

from tests.soak.faults import mislead_servers
from tests.soak.kills import kill_servers
from tests.soak.retention import fill_server

Part = Callable[[Path], Coroutine[Any, Any, Any]]


def main() -> int:
    """Run what is asked for; 1 when a promise was broken."""
    asked = _asked()
    seed, end = asked.seed, monotonic() + 60 * asked.minutes
    passed = True
    while True:
        for part in _parts(asked, seed):
            with tempfile.TemporaryDirectory(prefix="asw-soak-") as name:
                report = asyncio.run(part(Path(name)))
            print(f"\n{report}\nseed {seed}\n", flush=True)
            passed = passed and report.passed
        seed += 1
        if monotonic() >= end:
            return 0 if passed else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how often a server is killed (200); 0: not")
    parser.add_argument(
        "--documents", type=int, default=100, help="sent each way with every fault on (100); 0: none"
    )
    parser.add_argument(
        "--messages", type=int, default=100_000, help="to a server with retention (100000); 0: none"
    )
    parser.add_argument(
        "--minutes", type=float, default=0, help="all over again, with the next seed, for so long"
    )
    parser.add_argument("--seed", type=int, default=0, help="of messages, victims, moments and faults (0)")
    return parser.parse_args()


def _parts(asked: argparse.Namespace, seed: int) -> list[Part]:
    parts: list[Part] = []
    if asked.kills:
        parts.append(lambda folder: kill_servers(folder, kills=asked.kills, seed=seed, tell=_tell))
    if asked.documents:
        parts.append(lambda folder: mislead_servers(folder, documents=asked.documents, seed=seed))
    if asked.messages:
        parts.append(lambda folder: fill_server(folder, messages=asked.messages, seed=seed, tell=_tell))
    return parts


def _tell(line: str) -> None:
    print(f"\r{line}   ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
