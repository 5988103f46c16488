"""What programs that call ``asw`` rely on: the shape of its JSON, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from asw_exchange.cli.output import entry_data
from asw_exchange.codec import to_json
from asw_exchange.ledger import Ledger
from asw_exchange.testdata import generate
from tests.ledger_builders import sent, write
from tests.test_cli import Run, asw

__all__ = ["asw"]  # a fixture

CERTIFICATE = to_json(next(generate("asean/eform-d", seed=7)))


def test_a_timeline_as_json_has_the_document_as_an_object(asw: Run, tmp_path: Path) -> None:
    """As the control API has it; an entry without a document has none."""
    with Ledger.open(tmp_path / "l.db") as ledger:
        write(ledger, sent("VN-1", document=CERTIFICATE), sent("VN-2"))
    result = asw("timeline", sent().reference, "--db", tmp_path / "l.db", "--json")
    whole, bare = json.loads(result.out)["entries"]
    assert whole["document"] == json.loads(CERTIFICATE)
    assert "document" not in bare


def test_an_entry_as_data_is_what_the_ledger_holds_but_for_the_document() -> None:
    """What ``asw listen --json`` prints too: every other field keeps its form."""
    entry = sent(document=CERTIFICATE, cites=("VN-TH 25/02/00001",))
    told = json.loads(msgspec.json.encode(entry_data(entry)))
    held = json.loads(msgspec.json.encode(entry))
    assert told.pop("document") == json.loads(CERTIFICATE)
    assert held.pop("document") != json.loads(CERTIFICATE)
    assert told == held
