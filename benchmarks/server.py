"""The server over HTTP: certificates of 3 KiB a second, with everything that makes an answer worth having.

Verified, validated, committed to a SQLite file and acknowledged with a signature, over keep-alive
connections, with the client as a process of its own on the same machine. The peer is mock-bank on its
payments endpoint.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace as with_fields

from asw_exchange.corridors.asean import CORRIDOR
from asw_exchange.model import Header
from asw_exchange.signature import create_pki, write_pki
from benchmarks.steps import KIND, MOMENT, four_items

CLIENTS = (1, 8, 32, 64)


def write_messages(folder: Path, pki: Any, start: int, count: int) -> None:
    """Write signed messages, each with an id and a reference number of its own."""
    certificate: Any = four_items()
    sender, receiver = certificate.issuing_country, certificate.importing_country
    for number in range(start, start + count):
        reference = f"{sender}-{receiver} 25/02/{number:05}"
        header = Header(id=f"B-{number:08}", kind=KIND, sender=sender, receiver=receiver, sent_at=MOMENT)
        raw = CORRIDOR.pack(header, with_fields(certificate, reference=reference), pki.key(sender))
        (folder / f"{number:08}.xml").write_bytes(raw)


@contextmanager
def server(folder: Path, *options: str) -> Iterator[str]:
    """Run ``asw serve`` and give its address."""
    command = [sys.executable, "-m", "asw_exchange", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        yield next(word for word in process.stderr.readline().split() if word.startswith("http")).rstrip(";")
    finally:
        process.terminate()
        process.wait()


def load(url: str, folder: Path, clients: int) -> dict[str, Any]:
    """Run the load in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.load", url, str(folder), str(clients)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(count: int = 3000) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        certificate: Any = four_items()
        pki = create_pki(1, CORRIDOR.members, MOMENT)
        write_pki(pki, top / "pki")
        receiver = certificate.importing_country
        options = ("--db", str(top / "bench.db"), "--pki", str(top / "pki"), "--gateway", receiver)
        with server(top, *options, "--moment", MOMENT.isoformat()) as address:
            warm = top / "warm"
            warm.mkdir()
            write_messages(warm, pki, 1, 200)
            load(f"{address}/asean/{receiver}", warm, 4)
            for index, clients in enumerate(CLIENTS):
                folder = top / str(clients)
                folder.mkdir()
                write_messages(folder, pki, 1000 + index * count, count)
                print(clients, load(f"{address}/asean/{receiver}", folder, clients), flush=True)


if __name__ == "__main__":
    main()
