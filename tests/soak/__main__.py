"""``python -m tests.soak``: runs long, and prints a report that says what was done and what came of it."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.soak.kills import kill_servers


def main() -> int:
    """Run what is asked for; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how often a server is killed (200)")
    parser.add_argument("--seed", type=int, default=0, help="of messages, victims and moments (0)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="asw-soak-") as name:
        report = asyncio.run(kill_servers(Path(name), kills=asked.kills, seed=asked.seed, tell=_tell))
    print(report)
    return 0 if report.passed else 1


def _tell(line: str) -> None:
    print(f"\r{line} ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
