"""The steps that are measured, ours beside floor and peers, on a four-item e-Form D of about 3 KiB."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import signxml
import xmlschema
from cryptography.hazmat.primitives import serialization
from lxml import etree
from msgspec.structs import replace

from asw_exchange import resources
from asw_exchange.clock import SystemClock, VirtualClock
from asw_exchange.codec import read, to_bytes
from asw_exchange.corridors.asean import CORRIDOR
from asw_exchange.gateway import conclude, examine, validate_kind
from asw_exchange.ledger import Ledger
from asw_exchange.model import Header, Value
from asw_exchange.node import Node
from asw_exchange.records import Entry
from asw_exchange.signature import create_pki, sign, verify
from asw_exchange.testdata import generate
from benchmarks import peers
from benchmarks.floor import Floor
from benchmarks.row import Row
from benchmarks.timing import microseconds

KIND = "asean/eform-d"
MOMENT = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
BATCH = 100


class Forgetful:
    """A memory in which every message is new and every acknowledgement answers something sent."""

    def __init__(self) -> None:
        self.last: Entry | None = None

    def received(self, sender: str, message_id: str) -> None:
        return None

    def sent(self, message_id: str) -> Entry | None:
        return self.last

    def answer(self, message_id: str, peer: str) -> None:
        return None

    def history(self, reference: str) -> tuple[Entry, ...]:
        return ()

    def citing(self, reference: str) -> tuple[Entry, ...]:
        return ()


def four_items() -> Value:
    """The first generated certificate of four items and the commonest shape."""
    for seed in itertools.count():
        certificate = next(iter(generate(KIND, seed=seed)))
        if len(certificate.items) == 4 and certificate.issuing_country == "VN":
            size = len(to_bytes(CORRIDOR.kind(KIND).layout.write(certificate)))
            if 2800 <= size <= 4600:
                return certificate
    raise AssertionError


class Bench:
    """Everything prepared, so that a call measures one step."""

    def __init__(self) -> None:
        self.kind = CORRIDOR.kind(KIND)
        self.corridor = dataclasses.replace(CORRIDOR, reply=lambda arrival, memory: ())
        self.certificate: Any = four_items()
        self.sender, self.receiver = self.certificate.issuing_country, self.certificate.importing_country
        self.pki = create_pki(1, CORRIDOR.members, MOMENT)
        self.key, self.trust = self.pki.key(self.sender), self.pki.trust_by_gateway()
        self.plain = to_bytes(self.kind.layout.write(self.certificate))
        self.signed = sign(self.plain, self.key)
        self.tree = read(self.plain)
        self.memory = Forgetful()
        self.numbers = itertools.count(1)
        message = self._message(KIND, self.certificate, self.sender, self.receiver)
        self.floor = Floor(self.plain, self.signed, message, self.key, self.kind)

    def build(self) -> bytes:
        return to_bytes(self.kind.layout.write(self.certificate))

    def exchange(self) -> None:
        """Build, sign and wrap; receive; acknowledge, signed; receive the acknowledgement."""
        raw = self._message(KIND, self.certificate, self.sender, self.receiver)
        reception = self._receive(raw, self.receiver)
        if reception.record.outcome != "accepted" or not reception.notices:
            raise AssertionError(reception.record)
        answer = self._message(
            "asean/acknowledgement", reception.notices[0].document, self.receiver, self.sender
        )
        self.memory.last = _as_sent(reception.record)
        if self._receive(answer, self.sender).record.outcome != "accepted":
            raise AssertionError

    def _message(self, kind: str, document: Value, sender: str, receiver: str) -> bytes:
        header = Header(
            id=f"{sender}-{next(self.numbers)}", kind=kind, sender=sender, receiver=receiver, sent_at=MOMENT
        )
        return CORRIDOR.pack(header, document, self.pki.key(sender))

    def _receive(self, raw: bytes, gateway: str) -> Any:
        examination = examine(raw, gateway=gateway, corridor=CORRIDOR, moment=MOMENT, trust=self.trust)
        return conclude(examination, raw, gateway=gateway, corridor=CORRIDOR, memory=self.memory)


def _as_sent(record: Entry) -> Entry:

    return replace(record, gateway=record.peer, peer=record.gateway)


def rows() -> list[Row]:
    """Measure all steps."""
    bench = Bench()
    print(f"{KIND}: {len(bench.plain)} bytes, {int(bench.tree.xpath('count(//*)'))} elements\n")
    return [
        _build(bench),
        _sign(bench),
        _sign_tree(bench),
        _verify(bench),
        _validate(bench),
        _parse(bench),
        _exchange(bench),
        _ledger(bench),
    ]


def _row(step: str, ours: Any, floor: Any, **others: Any) -> Row:
    best = microseconds({"ours": ours, "floor": floor, **others})
    return Row(
        step=step,
        kind=KIND,
        ours_us=best["ours"],
        floor_us=best["floor"],
        peers={name: best[name] for name in others},
    )


def _build(bench: Bench) -> Row:
    return _row(
        "build",
        bench.build,
        bench.floor.build,
        ElementTree=lambda: peers.build_with_elementtree(bench.certificate),
    )


def _signer() -> signxml.XMLSigner:
    return signxml.XMLSigner(
        signature_algorithm="ecdsa-sha256",
        digest_algorithm="sha256",
        c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#",
    )


def _sign(bench: Bench) -> Row:
    signer, certificates = _signer(), [bench.key.certificate]

    def with_signxml() -> bytes:
        tree = etree.fromstring(bench.plain)
        return etree.tostring(signer.sign(tree, key=bench.key.private_key, cert=certificates))

    return _row(
        "sign",
        lambda: sign(bench.plain, bench.key),
        bench.floor.sign,
        signxml=with_signxml,
    )


def _sign_tree(bench: Bench) -> Row:
    """From a tree that is there already: what signxml takes."""
    parsed, key = read(bench.plain), bench.key
    signer = _signer()

    def with_signxml() -> bytes:
        return etree.tostring(signer.sign(parsed, key=key.private_key, cert=[key.certificate]))

    return _row(
        "sign a tree", lambda: sign(parsed, key), lambda: bench.floor._seal(parsed), signxml=with_signxml
    )


def _verify(bench: Bench) -> Row:
    """Ours with the chain, remembered by certificate; signxml with its chain, and with it pinned."""
    now = SystemClock().now()
    pki = create_pki(1, [bench.sender], now)
    credentials, trust = pki.gateways[bench.sender], pki.trust(bench.sender)
    signed = sign(bench.plain, credentials.key)
    authority = credentials.authority.public_bytes(serialization.Encoding.PEM)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(authority)
        file.flush()
        return _row(
            "verify",
            lambda: verify(signed, trust, now),
            bench.floor.verify,
            **{
                "signxml, chain": lambda: signxml.XMLVerifier().verify(signed, ca_pem_file=file.name),
                "signxml, pinned": lambda: signxml.XMLVerifier().verify(
                    signed, x509_cert=credentials.key.certificate
                ),
            },
        )


def _validate(bench: Bench) -> Row:
    peer = xmlschema.XMLSchema(str(resources.schema(bench.kind.schema)))
    return _row(
        "validate",
        lambda: validate_kind(bench.kind, bench.tree, MOMENT),
        bench.floor.validate,
        **{"xmlschema (XSD alone)": lambda: peer.is_valid(bench.tree)},
    )


def _parse(bench: Bench) -> Row:
    return _row(
        "parse",
        lambda: bench.kind.layout.read(read(bench.plain)),
        bench.floor.parse,
        ElementTree=lambda: peers.parse_with_elementtree(bench.plain),
    )


def _acknowledgement_floor(bench: Bench) -> Floor:
    """The floor of the answer to the certificate."""
    document = bench._receive(bench.floor.message, bench.receiver).notices[0].document
    kind, key = CORRIDOR.kind("asean/acknowledgement"), bench.pki.key(bench.receiver)
    message = bench._message(kind.name, document, bench.receiver, bench.sender)
    plain = kind.layout.write(document).encode()
    return Floor(plain, sign(plain, key), message, key, kind)


def _exchange(bench: Bench) -> Row:
    answer = _acknowledgement_floor(bench)

    def floor() -> None:
        bench.floor.exchange()
        answer.exchange()

    return _row("exchange", bench.exchange, floor)


def _ledger(bench: Bench) -> Row:
    """A batch of exchanges in one commit, on a ledger in a file; the floor adds bare sqlite3 inserts."""
    answer = _acknowledgement_floor(bench)
    with tempfile.TemporaryDirectory() as folder:
        ours = _LedgerExchange(bench, Path(folder) / "ours.db")
        bare = _bare_ledger(Path(folder) / "bare.db")

        def floor() -> None:
            for _ in range(BATCH):
                bench.floor.exchange()
                answer.exchange()
                for raw in (bench.signed, bench.signed, answer.signed, answer.signed):
                    bare.execute(
                        "insert into entry (digest, raw) values (?, ?)", (hashlib.sha256(raw).digest(), raw)
                    )
            bare.commit()

        best = microseconds({"ours": ours.batch, "floor": floor}, rounds=3, seconds=0.5)
        ours.ledger.close()
        bare.close()
    return Row(
        step=f"exchange, ledger/{BATCH}",
        kind=KIND,
        ours_us=best["ours"] / BATCH,
        floor_us=best["floor"] / BATCH,
        peers={},
    )


def _bare_ledger(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute("create table entry (id integer primary key, digest blob, raw blob)")
    return connection


class _LedgerExchange:
    """Two nodes on one ledger; every certificate has a reference number of its own."""

    def __init__(self, bench: Bench, path: Path) -> None:
        self.ledger = Ledger.open(path)
        self.bench = bench
        clock = VirtualClock(MOMENT)
        self.sender, self.receiver = (
            Node(
                gateway,
                corridors={"asean": CORRIDOR},
                key=bench.pki.key(gateway),
                trust=bench.trust,
                ledger=self.ledger,
                clock=clock,
                new_id=lambda: f"m{next(bench.numbers)}",
                reply=lambda arrival, memory: (),
            )
            for gateway in (bench.sender, bench.receiver)
        )

    def carry(self, corridor: str, sender: str, receiver: str, raw: bytes) -> bytes:
        return self.receiver.receive(raw, corridor=corridor, peer=sender)

    def batch(self) -> None:

        with self.ledger.transaction():
            for _ in range(BATCH):
                reference = f"VN-{self.bench.receiver} 25/02/{next(self.bench.numbers) % 100000:05}"
                self.sender.send(
                    KIND, replace(self.bench.certificate, reference=reference), self.bench.receiver
                )
            self.sender.deliver(self)
