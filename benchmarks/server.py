"""The server over HTTP: how many certificates of 3 KiB a second, and how long each waits.

Each is verified, validated, committed to a SQLite file and acknowledged with a signature, over keep-alive
connections, with the clients as a process of their own on the same machine; in one more run the gateway
gives its business answer too (built, signed and queued). The peer is mock-bank on its own
payments endpoint, with a payment file of about the same size. ``python -m benchmarks --only server`` runs
this alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, process_time
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec.structs import replace

from asw_exchange.codec import to_bytes
from asw_exchange.corridors.asean import CORRIDOR
from asw_exchange.model import Header
from asw_exchange.signature import TestPki, create_pki, write_pki
from asw_exchange.testdata import generate
from asw_exchange.testing import ControlClient
from benchmarks.steps import KIND, MOMENT

BANK = Path("build/mock-bank/bin/mock-bank")
"""``make bench`` makes this environment."""
CLIENTS = (1, 8, 32, 64)
SIZE = 3 * 1024
WARM_UP = 300
_PAYMENTS = 4
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_AGENT = "<CdtrAgt><FinInstnId><BICFI>DEUTDEFFXXX</BICFI></FinInstnId></CdtrAgt>"
_DEBTOR = (
    "<Dbtr><Nm>ACME Corporation</Nm></Dbtr><DbtrAcct><Id><IBAN>NL41MOCK0000000001</IBAN></Id></DbtrAcct>"
    "<DbtrAgt><FinInstnId><BICFI>MOCKNL2A</BICFI></FinInstnId></DbtrAgt>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of one load."""

    server: str
    clients: int
    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: tuple[int, ...]
    signature_us: float
    """What an ECDSA P-256 signature took right after: how fast the machine was just then."""

    def as_json(self) -> dict[str, Any]:
        """The form of ``results.json``."""
        return {
            "step": f"{self.server} over HTTP, {self.clients} clients",
            "per_second": round(self.per_second, 1),
            "p50_ms": round(self.p50_ms, 2),
            "p99_ms": round(self.p99_ms, 2),
            "statuses": list(self.statuses),
            "signature_us": round(self.signature_us, 1),
        }

    def __str__(self) -> str:
        told = f"{self.per_second:>10.0f}/s{self.p50_ms:>10.1f}{self.p99_ms:>10.1f}"
        statuses = " ".join(map(str, self.statuses))
        return f"{self.server:<14}{self.clients:>8}{told}{self.signature_us:>14.0f}   {statuses}"


def measure(count: int = 4000) -> list[Load]:
    """Measure ours at each number of clients, and the bank at 8 and 32 in the same run."""
    with tempfile.TemporaryDirectory() as name:
        return [*_ours(Path(name), count), *_bank(Path(name))]


def print_loads(loads: list[Load]) -> None:
    """One line each, and how many times the bank ours is."""
    print(
        f"{'server':<14}{'clients':>8}{'rate':>12}{'p50 ms':>10}{'p99 ms':>10}{'signature us':>14}   statuses"
    )
    print(*loads, sep="\n")
    rates = {(load.server, load.clients): load.per_second for load in loads}
    for (server, clients), rate in rates.items():
        if server == "mock-bank":
            ratio = rates["asw serve", clients] / rate
            print(f"with {clients} clients asw serve takes {ratio:.1f} times as many as mock-bank")


def _ours(top: Path, count: int) -> list[Load]:
    certificate = _certificate()
    receiver = certificate.importing_country
    pki = create_pki(1, CORRIDOR.members, MOMENT)
    write_pki(pki, top / "pki")
    command = [sys.executable, "-m", "asw_exchange", "serve", "--port", "0", "--gateway", receiver]
    command += ["--db", str(top / "bench.db"), "--pki", str(top / "pki"), "--moment", MOMENT.isoformat()]
    with _process(command) as process:
        assert process.stderr is not None
        url = next(word for word in process.stderr.readline().split() if word.startswith("http")).rstrip(";")
        control, loads, start = ControlClient(url), [], 1
        runs = [(8, WARM_UP, True), *((clients, count, True) for clients in CLIENTS), (32, count, False)]
        for clients, number, is_silent in runs:
            control.behave(receiver, [{"name": "silent"}] if is_silent else [])
            folder = top / f"messages-{start}"
            _write_messages(folder, certificate, pki, range(start, start + number))
            start += number
            server = "asw serve" if is_silent else "with answers"
            loads.append(_load(server, f"{url}/asean/{receiver}", folder, clients))
    return loads[1:]


def _certificate() -> Any:
    """Return the generated certificate whose document is nearest to SIZE."""
    layout = CORRIDOR.kind(KIND).layout
    return min(
        generate(KIND, seed=1, count=400), key=lambda each: abs(len(to_bytes(layout.write(each))) - SIZE)
    )


def _write_messages(folder: Path, certificate: Any, pki: TestPki, numbers: range) -> None:
    """Write signed messages, each with an id and a reference number of its own."""
    folder.mkdir()
    sender, receiver = certificate.issuing_country, certificate.importing_country
    head = certificate.reference[:-5]
    for number in numbers:
        header = Header(id=f"BENCH-{number:08}", kind=KIND, sender=sender, receiver=receiver, sent_at=MOMENT)
        document = replace(certificate, reference=f"{head}{number:05}")
        (folder / f"{number:08}.xml").write_bytes(CORRIDOR.pack(header, document, pki.key(sender)))


def _bank(top: Path, count: int = 400) -> list[Load]:
    if not BANK.exists():
        print("mock-bank is NOT measured: make bench makes its environment")
        return []
    port = "8399"
    with _process([str(BANK), "--port", port, "--db", str(top / "bank.db"), "-q"]):
        _wait(f"http://127.0.0.1:{port}/_mock/accounts")
        loads = []
        for clients in (8, 32):
            folder = top / f"payments-{clients}"
            folder.mkdir()
            for number in range(count):
                (folder / f"{number:06}.xml").write_text(_payment_file(f"{clients}-{number}"))
            loads.append(_load("mock-bank", f"http://127.0.0.1:{port}/payments", folder, clients))
    return loads


def _payment_file(name: str) -> str:
    payments = "".join(
        f"<CdtTrfTxInf><PmtId><EndToEndId>{name}-{each}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="EUR">0.0{each + 1}</InstdAmt></Amt>{_AGENT}'
        "<Cdtr><Nm>Siam Roasters Co., Ltd.</Nm></Cdtr>"
        "<CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct>"
        f"<RmtInf><Ustrd>{'invoice ' * 16}{each}</Ustrd></RmtInf></CdtTrfTxInf>"
        for each in range(_PAYMENTS)
    )
    sums = f"<NbOfTxs>{_PAYMENTS}</NbOfTxs><CtrlSum>0.10</CtrlSum>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{_NAMESPACE}"><CstmrCdtTrfInitn>'
        f"<GrpHdr><MsgId>{name}</MsgId><CreDtTm>2026-11-25T09:00:00</CreDtTm>{sums}"
        "<InitgPty><Nm>ACME</Nm></InitgPty></GrpHdr>"
        f"<PmtInf><PmtInfId>{name}</PmtInfId><PmtMtd>TRF</PmtMtd>{sums}"
        f"<ReqdExctnDt><Dt>2026-11-26</Dt></ReqdExctnDt>{_DEBTOR}{payments}</PmtInf>"
        "</CstmrCdtTrfInitn></Document>"
    )


def _wait(url: str, seconds: float = 20) -> None:
    deadline = monotonic() + seconds
    while True:
        try:
            with urlopen(url):
                return
        except URLError:
            if monotonic() > deadline:
                raise


@contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a server, and end it."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def _load(server: str, url: str, folder: Path, clients: int) -> Load:
    """Let the clients run, in a process of their own."""
    command = [sys.executable, "-m", "benchmarks.load", url, str(folder), str(clients)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    told["statuses"] = tuple(told["statuses"])
    return Load(server=server, clients=clients, signature_us=_signature_us(), **told)


def _signature_us(count: int = 2000) -> float:
    key, algorithm = generate_private_key(SECP256R1()), ECDSA(SHA256(), deterministic_signing=True)
    start = process_time()
    for _ in range(count):
        key.sign(b"", algorithm)
    return (process_time() - start) / count * 1e6
