"""The command line: exit codes, one clear sentence for each fault, output that is a contract."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from asw_exchange import cli
from asw_exchange.ledger import Ledger
from asw_exchange.model import Finding
from tests.ledger_builders import sent, write

MOMENT = "2025-03-03T09:00:00Z"


@dataclass(frozen=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def asw(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process."""

    def run(*arguments: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["asw", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
        out, err = capsysbinary.readouterr()
        return Result(code, out.decode(), err.decode())

    return run


@pytest.fixture
def keys(asw: Run, tmp_path: Path) -> Path:
    """A folder of test keys."""
    folder = tmp_path / "pki"
    assert asw("pki", "init", folder, "--seed", 1, "--moment", "2025-03-01T00:00:00Z").code == 0
    return folder


@pytest.fixture
def plain(asw: Run, tmp_path: Path) -> Path:
    """One generated e-Form D."""
    file = tmp_path / "certificate.xml"
    assert asw("generate", "asean/eform-d", "--seed", 7, "--out", tmp_path / "made").code == 0
    (made,) = (tmp_path / "made").glob("*.xml")
    file.write_bytes(made.read_bytes())
    return file


def test_generate_then_validate(asw: Run, tmp_path: Path) -> None:
    """What is generated is valid, and the same seed gives the same bytes."""
    for folder in ("one", "two"):
        assert (
            asw("generate", "asean/eform-d", "--count", 3, "--seed", 7, "--out", tmp_path / folder).code == 0
        )
    first = {file.name: file.read_bytes() for file in (tmp_path / "one").iterdir()}
    assert first == {file.name: file.read_bytes() for file in (tmp_path / "two").iterdir()}
    assert len(first) == 3
    result = asw("validate", tmp_path / "one", "--json")
    assert result.code == 0
    report = json.loads(result.out)
    assert report["summary"]["files"] == report["summary"]["valid"] == 3
    assert {file["kind"] for file in report["files"]} == {"asean/eform-d"}


def test_findings_as_json_have_the_whole_shape(asw: Run, plain: Path) -> None:
    """The machine-readable output of validate is a contract."""
    plain.write_bytes(plain.read_bytes().replace(b"<TypeCode>861</TypeCode>", b"<TypeCode>862</TypeCode>", 1))
    result = asw("validate", plain, "--json")
    assert result.code == 1
    (file,) = json.loads(result.out)["files"]
    assert set(file) == {"file", "kind", "valid", "ruleset", "findings"}
    assert file["valid"] is False
    assert set(file["findings"][0]) == set(Finding.__struct_fields__)


def test_validate_for_people_names_line_and_rule(asw: Run, plain: Path) -> None:
    """A person sees file, line, rule, what to do."""
    plain.write_bytes(plain.read_bytes().replace(b"<TypeCode>861</TypeCode>", b"<TypeCode>862</TypeCode>", 1))
    result = asw("validate", plain)
    assert result.code == 1
    assert "XSD-VALUE" in result.out
    assert "line 3" in result.out
    assert "1 checked: 0 valid, 1 invalid" in result.err


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"hello", "XML-SYNTAX"),
        (b"", "XML-SYNTAX"),
        (b"<a><b></a>", "XML-SYNTAX"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "XML-DOCTYPE"),
        (b"<a>" * 300 + b"</a>" * 300, "XML-LIMIT"),
        ("<a/>".encode("utf-16"), "XML-ENCODING"),
        (b"<a xmlns='urn:nobody'/>", "KIND-UNKNOWN"),
        (b"<CertificateOfOrigin xmlns='urn:asw-exchange:asean:eform-d:2'/>", "KIND-UNKNOWN"),
    ],
)
def test_a_bad_file_is_a_finding(asw: Run, tmp_path: Path, content: bytes, rule: str) -> None:
    """Whatever the file holds, the answer is a finding and exit code 1."""
    file = tmp_path / "bad.xml"
    file.write_bytes(content)
    result = asw("validate", file, "--json")
    assert result.code == 1
    assert [finding["rule_id"] for finding in json.loads(result.out)["files"][0]["findings"]] == [rule]


def test_a_partners_own_schema_and_rules(asw: Run, tmp_path: Path) -> None:
    """Any document against any schema; one that cannot be used is exit code 3."""
    schema, rules, file = tmp_path / "their.xsd", tmp_path / "their.sch", tmp_path / "note.xml"
    schema.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        '<xs:element name="note" type="xs:integer"/></xs:schema>'
    )
    rules.write_text(
        '<schema xmlns="http://purl.oclc.org/dsdl/schematron"><pattern><rule context="/note">'
        '<assert id="N1" test=". &gt; 5">the note is too small</assert></rule></pattern></schema>'
    )
    for content, code, found in (("7", 0, set()), ("3", 1, {"N1"}), ("x", 1, {"XSD-VALUE", "N1"})):
        file.write_text(f"<note>{content}</note>")
        result = asw("validate", file, "--schema", schema, "--rules", rules, "--json")
        assert result.code == code
        assert {each["rule_id"] for each in json.loads(result.out)["files"][0]["findings"]} == found
    schema = tmp_path / "broken.xsd"
    schema.write_text("<xs:schema/>")
    assert asw("validate", file, "--schema", schema).code == 3
    assert asw("validate", file, "--rules", tmp_path / "none.sch").code == 4


def test_a_missing_file_is_exit_code_4(asw: Run, tmp_path: Path) -> None:
    """A file that is not there is named."""
    for arguments in (("validate",), ("parse",), ("build", "--kind", "asean/eform-d")):
        result = asw(*arguments, tmp_path / "nowhere.xml")
        assert result.code == 4
        assert "nowhere.xml" in result.err
        assert "Traceback" not in result.err


def test_an_empty_folder_is_exit_code_4(asw: Run, tmp_path: Path) -> None:
    """Nothing checked is not "all valid"."""
    assert asw("validate", tmp_path).code == 4


def test_an_unknown_kind_is_exit_code_2(asw: Run, plain: Path) -> None:
    """The kinds there are stand in the message."""
    for arguments in (
        ("generate", "asean/form-x"),
        ("validate", plain, "--kind", "x/y"),
        ("rules", "list", "x/y"),
    ):
        result = asw(*arguments)
        assert result.code == 2
        assert "asean/eform-d" in result.err


def test_another_kind_than_asked_for_is_a_finding(asw: Run, plain: Path) -> None:
    """--kind says what the files must be."""
    result = asw("validate", plain, "--kind", "asean/acdd")
    assert result.code == 1


def test_wrong_use_is_exit_code_2(asw: Run) -> None:
    """Unknown commands and options are usage errors."""
    for arguments in (
        ("fly",),
        ("validate",),
        ("generate", "asean/eform-d", "--count", "0"),
        ("demo", "--x"),
    ):
        assert asw(*arguments).code == 2


def test_sign_and_verify(asw: Run, keys: Path, plain: Path, tmp_path: Path) -> None:
    """What is signed is verified, and the signer is named; a changed byte is not."""
    signed = tmp_path / "signed.xml"
    key, cert = keys / "VN" / "key.pem", keys / "VN" / "cert.pem"
    assert asw("sign", plain, "--key", key, "--cert", cert, "--out", signed).code == 0
    result = asw("verify", signed, "--trust", keys, "--moment", MOMENT)
    assert result.code == 0
    assert "VN" in result.out
    facts = json.loads(asw("verify", signed, "--trust", keys, "--moment", MOMENT, "--json").out)
    assert facts["verified"] is True
    signed.write_bytes(signed.read_bytes().replace(b"861", b"862", 1))
    result = asw("verify", signed, "--trust", keys, "--moment", MOMENT)
    assert result.code == 1
    assert "digest" in result.err


def test_verify_refuses_what_is_not_signed_or_not_trusted(
    asw: Run, keys: Path, plain: Path, tmp_path: Path
) -> None:
    """Unsigned, another authority, and too late: each in its own words."""
    result = asw("verify", plain, "--trust", keys, "--moment", MOMENT)
    assert (result.code, "sign" in result.err) == (1, True)
    signed = tmp_path / "signed.xml"
    asw("sign", plain, "--key", keys / "VN/key.pem", "--cert", keys / "VN/cert.pem", "--out", signed)
    assert asw("verify", signed, "--trust", keys / "TH", "--moment", MOMENT).code == 1
    late = asw("verify", signed, "--trust", keys, "--moment", "2040-01-01T00:00:00Z")
    assert (late.code, "expired" in late.err) == (1, True)


def test_a_wrong_key_file_is_exit_code_3(asw: Run, keys: Path, plain: Path) -> None:
    """A certificate in place of a key, and a key of another certificate, are told."""
    for key, cert in (("VN/cert.pem", "VN/cert.pem"), ("TH/key.pem", "VN/cert.pem")):
        result = asw("sign", plain, "--key", keys / key, "--cert", keys / cert)
        assert result.code == 3
        assert ".pem" in result.err


def test_keys_are_not_overwritten(asw: Run, keys: Path) -> None:
    """A second init needs --force."""
    assert asw("pki", "init", keys, "--moment", MOMENT).code == 4
    assert asw("pki", "init", keys, "--moment", MOMENT, "--force").code == 0


def test_parse_and_build_turn_xml_into_json_and_back(asw: Run, plain: Path, tmp_path: Path) -> None:
    """XML to JSON, to YAML, and back gives the same bytes."""
    for format_ in ("json", "yaml"):
        document = tmp_path / f"document.{format_}"
        again = tmp_path / f"again-{format_}.xml"
        assert asw("parse", plain, "--format", format_, "--out", document).code == 0
        assert asw("build", document, "--kind", "asean/eform-d", "--out", again).code == 0
        assert again.read_bytes() == plain.read_bytes()


def test_a_wrong_field_in_json_is_located(asw: Run, tmp_path: Path) -> None:
    """File, line, path and what to do."""
    file = tmp_path / "document.json"
    file.write_text('{\n "reference": "x",\n "exportr": {}\n}')
    result = asw("build", file, "--kind", "asean/eform-d")
    assert result.code == 1
    assert f"{file}:3: $.exportr" in result.err


def test_a_field_that_the_form_cannot_carry_is_named(asw: Run, tmp_path: Path) -> None:
    """Nothing is dropped silently."""
    file = tmp_path / "document.json"
    file.write_text('{"reference": "x", "certified_true_copy_of": "2025-01-01"}')
    result = asw("build", file, "--kind", "asean/eform-d")
    assert result.code == 1
    assert "certified_true_copy_of" in result.err


def test_rules_and_kinds_are_listed(asw: Run) -> None:
    """Every kind, and every rule with its basis."""
    kinds = json.loads(asw("kinds", "--json").out)["kinds"]
    assert len(kinds) >= 8
    rules = json.loads(asw("rules", "list", "--json").out)["rules"]
    assert {"D01", "D25", "D31", "R02", "K10"} <= {rule["id"] for rule in rules}
    assert all(rule["source"] for rule in rules)
    assert "asean/eform-d" in asw("kinds").out
    assert "OCP" in asw("rules", "list", "asean/eform-d").out
    assert "to do" in asw("rules", "explain", "d25").out
    assert asw("rules", "explain", "Z99").code == 2


def test_demo_tally_and_timeline(asw: Run, tmp_path: Path) -> None:
    """The demo's totals add up, and its ledger tells the same afterwards."""
    db = tmp_path / "demo.db"
    result = asw("demo", "--json", "--db", db)
    assert result.code == 0
    tally = json.loads(result.out)
    assert tally["reconciled"] is True
    assert tally["differences"] == []
    for row in tally["rows"]:
        assert row["sent"] == row["accepted"] + row["rejected"] + row["duplicate"] + row["in_flight"]
        assert row["received"] == row["accepted"] + row["rejected"] + row["duplicate"]
    told = json.loads(asw("tally", "--db", db, "--check", "--json").out)
    assert told == tally | {"dropped": {"messages": 0, "bytes": 0}}
    assert "Reconciled" in asw("tally", "--db", db, "--check").out
    only = json.loads(asw("tally", "--db", db, "--gateway", "VN", "--kind", "asean/eform-d", "--json").out)[
        "rows"
    ]
    assert {(row["gateway"], row["kind"]) for row in only} == {("VN", "asean/eform-d")}
    assert asw("timeline", "no such number", "--db", db).code == 1


def test_the_demo_is_the_same_for_the_same_seed(asw: Run, tmp_path: Path) -> None:
    """Two runs write the same messages."""
    from asw_exchange.ledger import Ledger

    digests = []
    for name in ("one.db", "two.db"):
        assert asw("demo", "--seed", 3, "--db", tmp_path / name, "--json").code == 0
        with Ledger.open(tmp_path / name, read_only=True) as ledger:
            digests.append([entry.digest for entry in ledger.entries()])
    assert digests[0] == digests[1]


def test_the_demo_does_not_write_into_an_old_ledger(asw: Run, tmp_path: Path) -> None:
    """--db is for a new file: two runs in one ledger would count together."""
    db = tmp_path / "demo.db"
    assert asw("demo", "--db", db, "--json").code == 0
    assert asw("demo", "--db", db, "--json").code == 4


def test_a_ledger_that_is_none_is_exit_code_4(asw: Run, tmp_path: Path) -> None:
    """A missing ledger and a file that is no ledger are named."""
    file = tmp_path / "no.db"
    assert asw("tally", "--db", file).code == 4
    file.write_bytes(b"this is no database, but long enough to look at" * 50)
    result = asw("tally", "--db", file)
    assert result.code == 4
    assert "no.db" in result.err


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_exit_code_4(asw: Run, plain: Path) -> None:
    """Writing to a full device is one sentence."""
    result = asw("parse", plain, "--out", "/dev/full/x.json")
    assert result.code == 4


def test_help_is_quick_and_complete() -> None:
    """asw --help names every command, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", "from asw_exchange.cli import main; main()", "--help"],
        capture_output=True, text=True, check=True, env={**os.environ, "TERM": "dumb"},
    )  # fmt: skip
    commands = ("demo", "kinds", "rules", "generate", "build", "sign", "verify", "validate", "parse", "pki")
    for command in (*commands, "tally", "timeline"):
        assert command in done.stdout


def test_the_books_of_two_servers_are_held_against_each_other(asw: Run, tmp_path: Path) -> None:
    """What one sent and the other has no record of is named, though neither sees it alone."""
    with Ledger.open(tmp_path / "vn.db") as ledger:
        ledger.host(["VN"])
        write(ledger, sent())
    with Ledger.open(tmp_path / "th.db") as ledger:
        ledger.host(["TH"])
    for name in ("vn.db", "th.db"):
        assert asw("tally", "--check", "--db", tmp_path / name).code == 0
    result = asw("tally", "--check", "--db", tmp_path / "vn.db", "--db", tmp_path / "th.db")
    assert result.code == 1
    assert "TH has no record of it" in result.out
