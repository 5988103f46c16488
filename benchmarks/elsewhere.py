"""Work in another process, timed there, one round at a time: so both sides still take turns."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

XMLSEC = Path("build/xmlsec/bin/python")
"""``make bench`` makes this environment."""
_PROGRAM = Path(__file__).with_name("xmlsec_peer.py")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One sort of work of a running peer."""

    process: subprocess.Popen[str]
    name: str

    def microseconds(self, calls: int) -> float:
        """Let the peer make so many calls; return the time of one as it measured it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{self.name} {calls}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def __call__(self) -> None:
        self.microseconds(1)


@contextmanager
def xmlsec(message: Path, authority: Path, certificate: Path) -> Iterator[dict[str, Elsewhere]]:
    """Start python-xmlsec for one message; where its environment is missing, say so and give nothing."""
    if not XMLSEC.exists():
        print("python-xmlsec is NOT measured: make bench makes its environment")
        yield {}
        return
    command = [str(XMLSEC), str(_PROGRAM), str(message), str(authority), str(certificate)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield {f"python-xmlsec, {name}": Elsewhere(process, name) for name in ("chain", "pinned")}
