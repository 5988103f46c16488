"""The sample messages: valid ones are valid, invalid ones have exactly the defect they are named for."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from asw_exchange import resources
from asw_exchange.corridor import MessageKind
from asw_exchange.corridors import all_corridors
from asw_exchange.rulebook import rules_of_all_kinds
from asw_exchange.validation import BUILT_IN_RULES
from asw_exchange.verbs import build, parse, validate
from tests.samples import samples

FOLDER = resources.folder("sample_messages")
VALID = sorted(FOLDER.glob("*/valid/*.xml"))
INVALID = sorted(FOLDER.glob("*/invalid/*.xml"))
KINDS = [kind for corridor in all_corridors() for kind in corridor.kinds]
MOMENTS = [datetime(2025, 3, 3, 9, 0, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)]


def named(path: Path) -> str:
    """The name of a sample in test ids."""
    return f"{path.parent.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", INVALID, ids=named)
def test_an_invalid_sample_gives_exactly_its_rule(path: Path) -> None:
    """One defect, one rule, today and in years to come."""
    for moment in MOMENTS:
        report = validate(path.read_bytes(), moment=moment)
        assert {finding.rule_id for finding in report.findings} == {path.stem.split("--")[0]}, report.findings


@pytest.mark.parametrize("path", INVALID, ids=named)
def test_a_finding_tells_what_a_person_needs(path: Path) -> None:
    """Message and what to do; line and path wherever the document could be read; the basis of every rule."""
    for finding in validate(path.read_bytes()).findings:
        assert finding.message
        if not finding.rule_id.startswith(("XML-", "KIND-")):
            assert finding.line
            assert finding.path
            assert finding.source
            assert finding.ruleset


@pytest.mark.parametrize("path", VALID, ids=named)
def test_a_valid_sample_has_no_finding_and_round_trips(path: Path) -> None:
    """Not even a warning; parsed and built again it is the same to the byte."""
    report = validate(path.read_bytes())
    assert report.findings == ()
    assert report.kind is not None
    assert build(parse(path.read_bytes()), report.kind, indent=True) == path.read_bytes()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_valid_samples(kind: MessageKind) -> None:
    """A tester finds an example of each message."""
    folder = FOLDER / kind.name.split("/")[0] / "valid"
    assert list(folder.glob(f"{kind.name.split('/')[1]}--*.xml"))


def test_every_document_rule_has_a_sample() -> None:
    """Rules of schema, reader and rule files: each is shown once at least."""
    shown = {path.stem.split("--")[0] for path in INVALID}
    rules = {rule.id for rules in rules_of_all_kinds().values() for rule in rules if rule.scope == "document"}
    built_in = {rule.id for rule in BUILT_IN_RULES} - {
        "XSD-ROOT",
        "XML-UNREADABLE",
        "FINDINGS-LIMIT",
        "RULES-NOT-RUN",
    }
    assert rules | built_in == shown


@pytest.mark.parametrize("side", ["valid", "invalid"])
def test_the_samples_are_what_their_modules_write(side: str) -> None:
    """Generated files and modules do not drift apart."""
    written = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.glob(f"*/{side}/*.xml")
    }
    assert written == samples(side)


def test_xmllint_takes_the_valid_samples() -> None:
    """A second engine accepts every valid sample."""
    if shutil.which("xmllint") is None:
        pytest.skip("xmllint is not installed (Debian: libxml2-utils)")
    for kind in KINDS:
        corridor, name = kind.name.split("/")
        files = [
            str(path)
            for path in VALID
            if path.parent.parent.name == corridor and path.name.startswith(f"{name}--")
        ]
        schema = str(resources.schema(kind.schema))
        done = subprocess.run(["xmllint", "--noout", "--schema", schema, *files], capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
