"""``make fuzz``: floods through every target, then each target under atheris for its share of the time.

Ends with 1 when something was found, and with 3 when atheris is not installed: then nothing was fuzzed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

from fuzz import limits
from fuzz.floods import floods
from fuzz.seeds import all_seeds, messages
from fuzz.targets import TARGETS

CRASHERS = Path(__file__).with_name("crashers")
CORPUS = Path("build/fuzz")
MOST_BYTES = 64 * 1024
NOT_INSTALLED = 3


def main() -> int:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="of all targets together")
    parser.add_argument("--target", choices=TARGETS, action="append", help="one of them (again for more)")
    parser.add_argument(
        "--seed", type=int, default=0, help="the same one makes the same changes; 0: by chance"
    )
    options = parser.parse_args()
    names = options.target or list(TARGETS)
    found = _flood(names)
    if importlib.util.find_spec("atheris") is None:
        print("FUZZING DID NOT RUN: atheris is not installed (pip install -e '.[fuzz]', Python below 3.14)")
        return NOT_INSTALLED
    corpus = _write_corpus()
    share = max(1, options.seconds // len(names))
    found += [name for name in names if not _fuzz(name, corpus, share, options.seed)]
    print("found something: " + ", ".join(found) if found else f"nothing found in {', '.join(names)}")
    return 1 if found else 0


def _flood(names: list[str]) -> list[str]:
    """Run every flood through every target; return what went over the limits."""
    found = []
    for name in names:
        for data in messages():
            TARGETS[name](data)  # what is compiled once is no cost of the flood
        for flood, data in floods().items():
            try:
                limits.run(TARGETS[name], data)
            except AssertionError as error:
                found.append(f"{name}: {flood}: {error}")
    print(f"{len(floods())} floods through {', '.join(names)}: {len(found)} over the limits", flush=True)
    return found


def _write_corpus() -> Path:
    """Write the seeds, by their digests, beside what earlier runs have kept."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    for data in (*all_seeds(), *(path.read_bytes() for path in sorted(CRASHERS.glob("*.xml")))):
        (CORPUS / hashlib.sha256(data).hexdigest()[:40]).write_bytes(data)
    return CORPUS


def _fuzz(name: str, corpus: Path, seconds: int, seed: int) -> bool:
    """Fuzz one target; what it finds is kept among the crashers and shown. Tell whether nothing was found."""
    before = set(CRASHERS.iterdir())
    print(f"{name}: {seconds} s", flush=True)
    command = [sys.executable, "-m", "fuzz.run", name, f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}"]
    command += [f"-seed={seed}", "-timeout=10", "-rss_limit_mb=4096", "-print_final_stats=1", "-verbosity=0"]
    command += [f"-artifact_prefix={CRASHERS}/{name}--", str(corpus)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own module
    told = [line for line in done.stderr.splitlines() if not line.startswith(("INFO:", "WARNING:"))]
    wanted = ("stat::number_of_executed_units", "stat::peak_rss_mb")
    lines = told[-60:] if done.returncode else [line for line in told if line.startswith(wanted)]
    print(*lines, sep="\n", flush=True)
    for path in sorted(set(CRASHERS.iterdir()) - before):
        print(f"{path}: {path.read_bytes()!r}", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
