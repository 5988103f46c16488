"""What programs that call ``asw`` rely on: the shape of its JSON, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import msgspec
import pytest

from asw_exchange.cli.output import entry_data
from asw_exchange.codec import to_json
from asw_exchange.ledger import Ledger
from asw_exchange.testdata import generate
from tests.ledger_builders import sent, write
from tests.test_cli import Result, Run, asw, plain

__all__ = ["asw", "plain"]  # fixtures

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


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("validate", "{file}", "--level", "nix"), "strict, as-the-hub"),
        (("validate", "{file}", "--level", "as-the-hub"), "it has strict"),
        (("send", "{file}", "--to", "127.0.0.1:8470/x"), "http(s)://host:port/path"),
        (("send", "{file}", "--to", "http://127.0.0.1:1", "--cert", "{file}"), "--cert and --key"),
        (("serve", "--partner", "asean/VN"), "no address is given (found 'asean/VN')"),
        (("serve", "--partner", "asean/VN="), "http(s)://host:port/path"),
        (("serve", "--partner", "asean/VN=hub"), "new-zealand/VN=hub"),
        (("serve", "--partner", "VN=http://a/", "--partner", "asean/VN=http://a/"), "give it once"),
        (("serve", "--allow-outbound", "a b"), "no host name, address or network"),
        (("serve", "--token", "x"), "16 to 200"),
        (("serve", "--tls-cert", "{file}"), "--tls-cert and --tls-key"),
    ],
)
def test_the_value_of_an_option_that_cannot_be_is_exit_code_2(
    asw: Run, plain: Path, words: tuple[str, ...], told: str
) -> None:
    """It is the caller's mistake, not one of the configuration; the sentence says what can be."""
    result = asw(*(word.format(file=plain) for word in words))
    assert (result.code, result.out) == (2, "")
    assert told in result.err


def run_into(out: int, *words: str) -> tuple[int, str]:
    """Run a command as a process whose standard output is ``out``; return exit code and standard error."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-m", "asw_exchange", *words]
    done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, env=environment)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("kinds", "--json"),
        ("rules", "list", "--json"),
        ("rules", "list"),
        ("attack", "list"),
        ("tally", "--db", "{db}", "--check", "--json"),
        ("generate", "asean/eform-d"),
        ("serve", "--help"),
    ],
    ids=" ".join,
)
def test_an_output_that_nobody_reads_is_exit_code_4(tmp_path: Path, words: tuple[str, ...]) -> None:
    """However much is printed: never taken for a failed check, and without a word to people."""
    Ledger.open(tmp_path / "l.db").close()
    read, written = os.pipe()
    os.close(read)
    try:
        assert run_into(written, *(word.format(db=tmp_path / "l.db") for word in words)) == (4, "")
    finally:
        os.close(written)


def test_why_a_command_failed_is_said_although_nobody_reads_its_output(plain: Path, tmp_path: Path) -> None:
    """What goes to standard error does not depend on standard output."""
    read, written = os.pipe()
    os.close(read)
    try:
        code, said = run_into(written, "validate", str(plain), str(tmp_path / "nope.xml"))
    finally:
        os.close(written)
    assert (code, "nope.xml" in said, "Traceback" in said) == (4, True, False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [("kinds", "--json"), ("rules", "list", "--json")], ids=" ".join)
def test_an_output_that_is_full_is_exit_code_4(words: tuple[str, ...]) -> None:
    """In one sentence, whether it is found full at once or at the end."""
    with open("/dev/full", "w") as full:
        code, said = run_into(full.fileno(), *words)
    assert (code, said.count("\n")) == (4, 1)
    assert "no space left" in said.lower()


def test_the_version_is_that_of_the_package(asw: Run) -> None:
    """As installers know it."""
    assert asw("--version") == Result(0, f"asw {version('asw-exchange')}\n", "")


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("tally", "--db", ""), "after --db"),
        (("tally", "--db="), "after --db"),
        (("timeline", "VN-TH 25/02/00006", "--db", ""), "after --db"),
        (("validate", ""), "among the arguments"),
        (("pki", "init", ""), "among the arguments"),
        (("parse", "certificate.xml", "-o", ""), "after -o"),
    ],
    ids=str,
)
def test_an_empty_word_is_exit_code_2(
    asw: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], place: str
) -> None:
    """It is not taken for the folder that the command is called in."""
    monkeypatch.chdir(tmp_path)
    result = asw(*words)
    assert (result.code, result.out) == (2, "")
    assert f"an empty word stands {place}" in result.err
    assert not any(tmp_path.iterdir())


def test_a_reference_number_that_is_no_text_is_exit_code_2(asw: Run, tmp_path: Path) -> None:
    """The ledger is not to blame for bytes that are no UTF-8."""
    Ledger.open(tmp_path / "l.db").close()
    result = asw("timeline", os.fsdecode(b"\xff\xfe"), "--db", tmp_path / "l.db")
    assert (result.code, "REFERENCE" in result.err, "codec" in result.err) == (2, True, False)
