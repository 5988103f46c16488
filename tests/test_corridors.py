"""The contract that every corridor keeps, and a corridor that is added as folders without any edit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from asw_exchange import resources
from asw_exchange.codec import read
from asw_exchange.corridor import Corridor, MessageKind
from asw_exchange.corridors import all_corridors, find_corridor, find_kind, recognise
from asw_exchange.ledger import Ledger, reconcile
from asw_exchange.model import Header, Outcome
from asw_exchange.node import Node
from asw_exchange.records import UNKNOWN, Direction
from asw_exchange.signature import create_pki, write_pki
from asw_exchange.signature.pki import TestPki
from asw_exchange.simulator.network import Network
from asw_exchange.testdata import generate, generate_messages, generators_of
from asw_exchange.testdata.messages import route
from asw_exchange.verbs import build, parse, sign, validate, verify
from tests.builders import MOMENT

LATER = MOMENT + timedelta(days=90)
"""When all generated documents lie in the past."""
CORRIDORS = all_corridors()
KINDS = [(corridor, kind) for corridor in CORRIDORS for kind in corridor.kinds]
SIGNED = [(corridor, kind) for corridor, kind in KINDS if kind.signed]
BUSINESS = [(corridor, kind) for corridor, kind in KINDS if kind.acknowledged]
ROOT = Path(__file__).parent.parent
NodeMaker = Callable[..., Node]


def named(value: object) -> str:
    """Corridors and kinds by their names in test ids."""
    return value.name if isinstance(value, Corridor | MessageKind) else ""


def first(kind: MessageKind) -> Any:
    """The first generated document of a kind."""
    return next(generate(kind.name, seed=2))


@pytest.mark.parametrize("corridor", CORRIDORS, ids=named)
def test_a_corridor_has_all_its_parts(corridor: Corridor) -> None:
    """Members, kinds under its name, schemas, rules, sources, generators; and it is found by name."""
    assert find_corridor(corridor.name) is corridor
    assert len(corridor.members) >= 2
    assert any(kind.acknowledged for kind in corridor.kinds)
    assert (resources.folder("schemas") / corridor.name / "SOURCES.md").is_file()
    assert set(generators_of(corridor.name)) == {kind.name for kind in corridor.kinds}
    for kind in corridor.kinds:
        assert kind.name.startswith(f"{corridor.name}/")
        assert find_kind(kind.name) is kind
        assert resources.schema(kind.schema).is_file()
        assert kind.rules is None or resources.schema(kind.rules).is_file()


@pytest.mark.parametrize(("corridor", "kind"), KINDS, ids=named)
def test_a_kind_knows_its_own_documents(corridor: Corridor, kind: MessageKind) -> None:
    """By root element and content, among all kinds of all corridors."""
    root = read(build(first(kind), kind.name))
    assert recognise(root)[:2] == (corridor, kind)


@pytest.mark.parametrize(("corridor", "kind"), SIGNED, ids=named)
def test_what_was_built_and_signed_is_verified_and_parsed(
    corridor: Corridor, kind: MessageKind, pki: TestPki
) -> None:
    """parse(verify(sign(build(d)))) == d, and the signed form is as valid as the plain one."""
    document = first(kind)
    sender = route(kind, document, corridor)[0]
    signed = sign(build(document, kind.name), pki.key(sender))
    assert validate(signed, moment=LATER).valid
    assert parse(verify(signed, pki.trust(sender), moment=MOMENT)) == document


@pytest.mark.parametrize(("corridor", "kind"), KINDS, ids=named)
def test_an_envelope_gives_back_header_and_document(
    corridor: Corridor, kind: MessageKind, pki: TestPki
) -> None:
    """Sender, receiver, kind and id survive; the message validates as a whole."""
    document = first(kind)
    sender, receiver = route(kind, document, corridor)
    header = Header(
        id=corridor.message_id(f"{sender}-1"),
        kind=kind.name,
        sender=sender,
        receiver=receiver,
        sent_at=MOMENT,
        refers_to=corridor.message_id("before"),
    )
    raw = corridor.pack(header, document, pki.key(sender))
    found, _ = corridor.envelope.unpack(read(raw, keep_instructions=True))
    assert (found.id, found.kind) == (header.id, kind.name)
    if kind.acknowledged:
        assert (found.sender, found.receiver) == (sender, receiver)
    assert parse(raw) == document
    assert validate(raw, kind=kind.name, moment=LATER).valid


@pytest.mark.parametrize(("corridor", "kind"), BUSINESS, ids=named)
def test_every_message_is_answered_and_the_books_agree(
    corridor: Corridor, kind: MessageKind, node: NodeMaker, network: Network, ledger: Ledger
) -> None:
    """Accepted or refused, the sender is told so by an answer that it accepts."""
    document = first(kind)
    sender, receiver = route(kind, document, corridor)
    nodes = {code: node(code) for code in (sender, receiver)}
    nodes[sender].send(kind.name, document, receiver)
    network.run()
    arrived = ledger.entries(gateway=receiver, direction=Direction.RECEIVED)
    assert arrived[0].outcome is not None
    assert arrived[0].kind in (kind.name, UNKNOWN)
    answers = [
        entry
        for entry in ledger.entries(gateway=sender, direction=Direction.RECEIVED)
        if entry.technical and entry.outcome is Outcome.ACCEPTED
    ]
    assert answers
    assert reconcile(ledger).reconciled


@pytest.mark.parametrize("corridor", CORRIDORS, ids=named)
@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00\x01", b"<a/>", b"<!DOCTYPE a><a/>", b"<a>" * 200, "<а/>".encode("utf-16")],
    ids=["empty", "binary", "another root", "DTD", "deep", "UTF-16"],
)
def test_garbage_is_answered_and_written_down(
    corridor: Corridor, raw: bytes, node: NodeMaker, ledger: Ledger
) -> None:
    """No exception, one entry, an answer that our own reader and rules accept."""
    code, peer = sorted(corridor.members)[:2]
    answer = node(code).receive(raw, corridor=corridor.name, peer=peer)
    assert answer
    assert validate(answer, moment=MOMENT).valid, validate(answer, moment=MOMENT).findings
    entry = ledger.entries(gateway=code, direction=Direction.RECEIVED)[0]
    assert (entry.outcome, entry.peer, len(entry.findings)) == (Outcome.REJECTED, peer, 1)


@pytest.mark.parametrize(("corridor", "kind"), KINDS, ids=named)
def test_generated_messages_are_valid(corridor: Corridor, kind: MessageKind, tmp_path: Path) -> None:
    """Signed or not, bare or in their envelope."""
    write_pki(create_pki(1, sorted(corridor.members), MOMENT), tmp_path)
    for envelope in (False, True):
        for _, raw in generate_messages(kind.name, count=2, seed=4, pki=tmp_path, envelope=envelope):
            assert validate(raw, kind=kind.name, moment=LATER).valid


def copy_with_atlantis(target: Path) -> None:
    """Copy the package, and add a corridor as a partner would: new folders and files, no edit."""
    for part in ("asw_exchange", "schemas", "sample_messages"):
        shutil.copytree(ROOT / part, target / part, ignore=shutil.ignore_patterns("__pycache__"))
    for path in sorted((ROOT / "tests" / "atlantis").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            place = target / path.relative_to(ROOT / "tests" / "atlantis").with_suffix("")
            place = place if path.suffix == ".txt" else place.with_suffix(path.suffix)
            assert not place.exists(), "an existing file would be edited"
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)


def test_a_corridor_is_added_by_folders_alone(tmp_path: Path) -> None:
    """It is listed, generates, validates, and takes part in the demo; nothing that was there changed."""
    copy_with_atlantis(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "TERM": "dumb"}

    def asw(*arguments: str) -> str:
        command = [sys.executable, "-m", "asw_exchange", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "atlantis/greeting" in asw("kinds")
    assert "AT01" in asw("rules", "list", "atlantis/greeting")
    asw("generate", "atlantis/greeting", "--count", "2", "--seed", "1", "--out", "made")
    assert "2 checked" not in asw("validate", "made")
    told = json.loads(asw("demo", "--json"))
    rows = [row for row in told["rows"] if row["kind"].startswith("atlantis/")]
    assert told["reconciled"]
    assert {row["kind"] for row in rows} == {"atlantis/greeting", "atlantis/acknowledgement"}
    assert sum(row["sent"] for row in rows) == sum(row["received"] for row in rows) > 0
