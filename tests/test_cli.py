"""The command line: exit codes, one clear sentence for each fault, output that is a contract."""

from __future__ import annotations

import base64
import hashlib
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


def test_verify_explains_why_a_signature_does_not_hold(
    asw: Run, keys: Path, plain: Path, tmp_path: Path
) -> None:
    """The cause by its name, as text and as data, and the bytes that count, as a file each."""
    signed, damaged, folder = tmp_path / "signed.xml", tmp_path / "damaged.xml", tmp_path / "bytes"
    sign = ("sign", plain, "--key", keys / "VN" / "key.pem", "--cert", keys / "VN" / "cert.pem")
    assert asw(*sign, "--out", signed).code == 0
    damaged.write_bytes(signed.read_bytes().replace(b"><", b">\n<"))
    verify = ("verify", damaged, "--trust", keys, "--moment", MOMENT)
    told = asw(*verify, "--explain")
    assert told.code == 1
    assert "NOT VERIFIED" in told.out
    assert "cause       re-indented\n" in told.out
    assert "Traceback" not in told.err
    data = json.loads(asw(*verify, "--explain", "--json", "--dump", folder).out)
    assert [cause["cause"] for cause in data["causes"]] == ["re-indented"]
    assert data["explained"] is True
    assert data["verified"] is False
    digest = hashlib.sha256((folder / "reference-as-signed.bin").read_bytes()).digest()
    assert base64.b64encode(digest).decode() == data["expected"]
    assert data["expected_hex"] == digest.hex()
    assert f"  signed    {data['expected']}\n      in hex  {digest.hex()}\n" in told.out
    digest = hashlib.sha256((folder / "reference.bin").read_bytes()).digest()
    assert base64.b64encode(digest).decode() == data["computed"]
    assert data["computed_hex"] == digest.hex()
    assert f"  computed  {data['computed']}\n      in hex  {digest.hex()}\n" in told.out
    assert (folder / "signed-info.bin").read_bytes().startswith(b"<ds:SignedInfo ")


def test_verify_dumps_what_was_signed_when_all_is_well_too(
    asw: Run, keys: Path, plain: Path, tmp_path: Path
) -> None:
    """Exit code 0, the pre-digest bytes, and none of an earlier failure."""
    signed, folder = tmp_path / "signed.xml", tmp_path / "bytes"
    sign = ("sign", plain, "--key", keys / "VN" / "key.pem", "--cert", keys / "VN" / "cert.pem")
    assert asw(*sign, "--out", signed).code == 0
    folder.mkdir()
    (folder / "reference-as-signed.bin").write_bytes(b"of an earlier run")
    done = asw("verify", signed, "--trust", keys, "--moment", MOMENT, "--dump", folder)
    assert done.code == 0
    assert ": verified\n" in done.out
    assert sorted(path.name for path in folder.iterdir()) == ["reference.bin", "signed-info.bin"]


def test_verify_recognises_a_key_beside_the_trusted_authorities(
    asw: Run, keys: Path, plain: Path, tmp_path: Path
) -> None:
    """The same gateway with keys of another seed."""
    signed, others = tmp_path / "signed.xml", tmp_path / "others"
    assert asw("pki", "init", others, "--seed", 2, "--moment", "2025-03-01T00:00:00Z").code == 0
    sign = ("sign", plain, "--key", others / "VN" / "key.pem", "--cert", others / "VN" / "cert.pem")
    assert asw(*sign, "--out", signed).code == 0
    told = asw("verify", signed, "--trust", keys, "--moment", MOMENT, "--explain")
    assert told.code == 1
    assert "cause       other-key\n" in told.out


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


@pytest.fixture
def signed(asw: Run, keys: Path, plain: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Sign the plain document with the pair in a folder of the PKI."""

    def sign(folder: str) -> Path:
        out = tmp_path / f"{folder.replace('/', '-')}.xml"
        key, cert = keys / folder / "key.pem", keys / folder / "cert.pem"
        assert asw("sign", plain, "--key", key, "--cert", cert, "--out", out).code == 0
        return out

    return sign


FACTS = ("signature", "chain", "time", "usage", "key", "revocation", "name")


def test_verify_prints_each_fact_on_a_line(asw: Run, keys: Path, signed: Callable[[str], Path]) -> None:
    """On success and on failure alike, in the same order; why it failed stands on standard error."""
    for folder, code, revocation in (("VN", 0, "good"), ("VN/faulty/revoked", 1, "bad")):
        result = asw("verify", signed(folder), "--trust", keys, "--moment", MOMENT)
        lines = [line.split() for line in result.out.splitlines()]
        assert [line[0] for line in lines[1:8]] == list(FACTS)
        assert (result.code, lines[6][1]) == (code, revocation)
        assert ("revoked on" in result.err) is bool(code)


def test_verify_tells_facts_as_json(asw: Run, keys: Path, signed: Callable[[str], Path]) -> None:
    """State, sentence, and the reply code of a fault."""
    name = "urn:asw-exchange:test:gateway:VN"
    for folder, code, bad in (("VN", None, None), ("VN/faulty/wrong-subject", "SIGNER-SUBJECT", "name")):
        arguments = ("--trust", keys, "--moment", MOMENT, "--signer", name, "--json")
        told = json.loads(asw("verify", signed(folder), *arguments).out)
        assert told["verified"] is (code is None)
        assert tuple(told["facts"]) == FACTS
        assert {fact: each["code"] for fact, each in told["facts"].items() if each["code"]} == (
            {bad: code} if bad else {}
        )
        assert told["facts"]["time"] == {
            "state": "good",
            "says": "in force from 2025-02-28 to 2027-03-01",
            "code": None,
        }


def test_verify_may_demand_a_revocation_list(asw: Run, keys: Path, signed: Callable[[str], Path]) -> None:
    """Without a list the revocation is unknown: told, and refused only on demand."""
    (keys / "VN" / "crl.pem").unlink()
    arguments = ("verify", signed("VN"), "--trust", keys, "--moment", MOMENT)
    assert asw(*arguments).code == 0
    assert "unknown, there is no list of CN=VN authority" in asw(*arguments).out
    refused = asw(*arguments, "--require-revocation")
    assert (refused.code, "must be known" in refused.err) == (1, True)


def test_a_renewed_key_takes_over(asw: Run, keys: Path, signed: Callable[[str], Path]) -> None:
    """Both keys are good in the overlap, the old one no longer after it, a revoked one from its moment on."""
    renewal = asw("pki", "renew", keys, "VN", "--moment", "2025-06-01T00:00:00Z", "--overlap", "10")
    assert renewal.code == 0
    assert "good until 2025-06-11" in renewal.err
    revoked = ("pki", "revoke", keys, "VN", "--moment", "2025-08-01T00:00:00Z")
    assert asw(*revoked).code == 0
    answers = {
        (folder, month): asw("verify", signed(folder), "--trust", keys, "--moment", f"2025-{month}Z").code
        for folder in ("VN", "VN/previous-1")
        for month in ("05-01T00:00:00", "06-10T00:00:00", "07-01T00:00:00", "08-01T00:00:00")
    }
    assert list(answers.values()) == [1, 0, 0, 1, 0, 0, 1, 1]


def test_what_cannot_be_renewed_or_revoked_is_told(asw: Run, keys: Path) -> None:
    """No such gateway, no folder, no keys in it, another authority's certificate, no key of the authority."""
    for command in ("renew", "revoke"):
        for code in ("XX", "../VN", "tls"):
            told = asw("pki", command, keys, code)
            assert (told.code, "there are keys of BN, " in told.err) == (2, True)
        assert asw("pki", command, keys / "none", "VN").code == 4
        assert asw("pki", command, keys / "VN", "VN").code == 3
    assert asw("pki", "revoke", keys, "VN", "--cert", keys / "TH" / "cert.pem").code == 3
    (keys / "VN" / "ca-key.pem").unlink()
    assert asw("pki", "revoke", keys, "VN").code == 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("pki", "init", "{folder}", "--algorithm", "dsa"), 2),
        (("pki", "init", "{folder}", "--moment", "1900-01-01T00:00:00Z"), 3),
        (("pki", "init", "{folder}", "--moment", "9999-12-31T00:00:00Z"), 3),
        (("attack", "build", "replayed", "asean/eform-d", "--moment", "9999-12-31T00:00:00Z"), 3),
        (("attack", "build", "replayed", "eaeu/fault"), 2),
        (("attack", "build", "duplicate-id", "asean/eform-d"), 2),
        (("serve", "--port", "99999"), 2),
        (("listen", "--gateway", "VN", "--port", "-1"), 2),
        (("serve", "--port", "0", "--moment", "9999-12-31T00:00:00Z"), 3),
        (("serve", "--port", "0", "--pki", "{folder}"), 4),
        (("generate", "asean/eform-d", "--sender", "KR"), 2),
        (("generate", "korea/certificate-vk", "--receiver", "VN"), 2),
    ],
)
def test_an_argument_that_cannot_be_is_told(
    asw: Run, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    """A number or name that there is not is 2, a value that does not fit 3, a folder that is not there 4."""
    told = asw(*(word.format(folder=tmp_path / "none") for word in arguments))
    assert told.code == code
    assert told.err.count("\n") == 1 or told.err.startswith("Usage: ")


def test_an_overlap_ends_before_the_authority_does(asw: Run, keys: Path) -> None:
    """Any number of days that is too many."""
    assert asw("pki", "renew", keys, "VN", "--overlap", 99_999_999_999).code == 2


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", b'{\n"reference": "x"\n\n', ":2: not JSON: Input data was truncated"),
        ("a.json", b'{\n"reference":\n"\xff"}', ":3: not UTF-8"),
        ("a.json", b'{\n"reference": x}', ":2: not JSON: JSON is malformed"),
        ("a.json", b'{"reference": "x",\n"items": 3}', ":2: $.items: "),
        ("a.yaml", b"reference: x\nnumber: \xff", ":2: not UTF-8"),
        ("a.yaml", b"reference: x\nnumber: \x01", ":2: not YAML: special characters are not allowed: U+0001"),
        ("a.yaml", b"reference: x\nitems: [", ":2: not YAML"),
    ],
)
def test_what_cannot_be_built_is_told_with_its_line(
    asw: Run, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    """In one sentence; exit code 1, as the document is at fault."""
    (tmp_path / name).write_bytes(content)
    result = asw("build", tmp_path / name, "--kind", "asean/eform-d")
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert f"{tmp_path / name}{told}" in result.err


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


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (("tally", "--db", "{db}", "--check", "--kind", "asean/eformd"), "asean/eform-d"),
        (("tally", "--db", "{db}", "--check", "--gateway", "TX"), "TH, VN"),
        (("behaviours", "explain", "lat"), "late"),
        (("rules", "explain", "D2555"), "asw rules list"),
        (("attack", "build", "nothing", "asean/eform-d"), "asw attack list"),
    ],
)
def test_an_unknown_name_is_exit_code_2(asw: Run, tmp_path: Path, wrong: tuple[str, ...], hint: str) -> None:
    """Whatever the command; it is told together with those that there are, and nothing is proved."""
    db = tmp_path / "empty.db"
    Ledger.open(db).close()
    result = asw(*(word.format(db=db) for word in wrong))
    assert (result.code, result.out) == (2, "")
    assert hint in result.err


def test_a_tally_of_a_part_says_that_its_proof_is_of_the_whole(asw: Run, tmp_path: Path) -> None:
    """A name that is known only to the ledger counts as known."""
    with Ledger.open(tmp_path / "l.db") as ledger:
        write(ledger, sent(peer="ZZ"))
    told = asw("tally", "--check", "--db", tmp_path / "l.db", "--gateway", "ZZ")
    assert "NOT reconciled, over the whole ledger: sent 1 = " in told.out
    assert "NOT reconciled: sent 1 = " in asw("tally", "--check", "--db", tmp_path / "l.db").out


def test_an_empty_ledger_proves_nothing(asw: Run, tmp_path: Path) -> None:
    """That nothing was exchanged is no mistake, and is not called a proof."""
    Ledger.open(tmp_path / "empty.db").close()
    told = asw("tally", "--check", "--db", tmp_path / "empty.db")
    assert told.code == 0
    assert "Nothing was exchanged" in told.out
    assert "Reconciled" not in told.out


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
