"""The test PKI: the same for the same seed, marked as a test, safe on disk."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from asw_exchange import errors
from asw_exchange.signature import TestPki, TrustStore, create_pki, load_pki, revoke_certificate, write_pki
from asw_exchange.signature.derivation import derive_rsa_key
from tests.signature_cases import ALGORITHMS, MOMENT, SEED, pki


def files_of(directory: Path) -> dict[str, bytes]:
    """Return the content of every file under a folder."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_same_seed_gives_the_same_bytes(algorithm: str, tmp_path: Path) -> None:
    """Keys, serial numbers and certificate signatures all follow from the arguments."""
    write_pki(pki(algorithm), tmp_path / "one")
    write_pki(create_pki(str(SEED), ("VN", "TH"), MOMENT, algorithm), tmp_path / "two")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    names = {"ca-key.pem", "ca.pem", "cert.pem", "crl.pem", "key.pem"}
    assert set(files_of(tmp_path / "one")) == {f"{code}/{name}" for code in ("TH", "VN") for name in names}


def test_another_process_with_another_hash_seed_makes_the_same_pki(tmp_path: Path) -> None:
    """Nothing depends on the interpreter's state."""
    code = (
        "from datetime import datetime, UTC\n"
        "from asw_exchange.signature import create_pki, write_pki\n"
        f"pki = create_pki({SEED}, ['VN', 'TH'], datetime(2026, 3, 2, 9, tzinfo=UTC))\n"
        f"write_pki(pki, {str(tmp_path / 'b')!r})"
    )
    environment = {"PYTHONHASHSEED": "7", "TZ": "Asia/Ho_Chi_Minh"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    write_pki(pki(), tmp_path / "a")
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")


def test_a_gateways_keys_do_not_depend_on_the_others() -> None:
    """Adding a gateway changes nothing for those that were there."""
    alone = create_pki(SEED, ["TH"], MOMENT)
    assert alone.key("TH").certificate == pki().key("TH").certificate
    assert alone.gateways["TH"].authority == pki().gateways["TH"].authority


def test_seed_gateway_and_moment_matter() -> None:
    """Another seed or gateway has another key; another moment another certificate with another number."""
    one = pki().key("VN").certificate
    assert create_pki(1, ["VN"], MOMENT).key("VN").certificate.public_key() != one.public_key()
    assert pki().key("TH").certificate.public_key() != one.public_key()
    later = create_pki(SEED, ["VN"], MOMENT + timedelta(days=400)).key("VN").certificate
    assert later.public_key() == one.public_key()
    assert later.serial_number != one.serial_number


def test_the_time_zone_of_the_moment_does_not_matter() -> None:
    """The same instant, told in another zone."""
    there = MOMENT.astimezone(timezone(timedelta(hours=7)))
    assert create_pki(SEED, ["VN"], there).key("VN").certificate == pki().key("VN").certificate


def test_certificates_say_that_they_are_for_tests() -> None:
    """Subject and issuer, of authorities and gateways; the country where the code is one."""
    for code in ("VN", "TH"):
        for certificate in (pki().key(code).certificate, pki().gateways[code].authority):
            for name in (certificate.subject, certificate.issuer):
                assert "TEST - not for production" in name.rfc4514_string()
                assert f"C={code}" in name.rfc4514_string()
    union = create_pki(SEED, ["EAEU"], MOMENT).key("EAEU").certificate
    assert union.subject.rfc4514_string().startswith("CN=EAEU gateway,O=")
    assert not union.subject.get_attributes_for_oid(x509.NameOID.COUNTRY_NAME)


def test_lives_are_relative_to_the_moment() -> None:
    """Gateway certificates last two years, authorities ten, both from the day before."""
    gateway, authority = pki().key("VN").certificate, pki().gateways["VN"].authority
    start = datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert gateway.not_valid_before_utc == authority.not_valid_before_utc == start
    assert gateway.not_valid_after_utc == start + timedelta(days=731)
    assert authority.not_valid_after_utc.year == 2036


def test_the_derived_rsa_key_is_a_sound_one() -> None:
    """cryptography's own check of the primes accepts it, and the modulus has all its bits."""
    key = derive_rsa_key("seed", "label")
    numbers = key.private_numbers()
    assert key.key_size == 2048
    assert numbers.p != numbers.q
    assert isinstance(numbers.private_key(), rsa.RSAPrivateKey)


def test_a_gateway_that_is_not_there_is_named() -> None:
    """The error says which there are."""
    with pytest.raises(errors.ConfigurationError, match=r"found 'XX'.*VN, TH"):
        pki().key("XX")


@pytest.mark.parametrize("code", ["../VN", "vn", "V", "", "VN\n", "ABCDEFGHI", "V1", "VN/..", "ВН"])
def test_a_gateway_code_is_never_a_path(code: str, tmp_path: Path) -> None:
    """Anything but two to eight capital letters is refused, in making and in writing."""
    with pytest.raises(errors.ConfigurationError, match="capital letters"):
        create_pki(SEED, [code], MOMENT)
    with pytest.raises(errors.ConfigurationError, match="capital letters"):
        write_pki(TestPki(gateways={code: pki().gateways["VN"]}), tmp_path)
    assert not list(tmp_path.iterdir())


def test_wrong_options_are_told() -> None:
    """An unknown algorithm, a moment without a time zone, and one that certificates cannot tell."""
    with pytest.raises(errors.UnknownName, match="ecdsa-p256, rsa-2048, ed25519"):
        create_pki(SEED, ["VN"], MOMENT, "dsa")
    with pytest.raises(errors.ConfigurationError, match="time zone"):
        create_pki(SEED, ["VN"], MOMENT.replace(tzinfo=None))
    for year in (1949, 9999):
        with pytest.raises(errors.ConfigurationError, match="for the years 1951 to 9900"):
            create_pki(SEED, ["VN"], MOMENT.replace(year=year))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_is_written_can_be_read(algorithm: str, tmp_path: Path) -> None:
    """load_pki gives the same keys, certificates and lists."""
    write_pki(pki(algorithm), tmp_path)
    loaded = load_pki(tmp_path)
    assert set(loaded.gateways) == {"VN", "TH"}
    for code, credentials in loaded.gateways.items():
        original = pki(algorithm).gateways[code]
        assert credentials.key.certificate == original.key.certificate
        assert credentials.key.value_of(b"x") == original.key.value_of(b"x")
        assert credentials.authority == original.authority
        assert credentials.crls == original.crls
        assert credentials.authority_key is not None
        assert credentials.authority_key.public_key() == original.authority.public_key()


def test_the_authoritys_key_and_list_may_be_kept_elsewhere(tmp_path: Path) -> None:
    """A gateway signs without them; what needs them says so."""
    write_pki(pki(), tmp_path)
    (tmp_path / "VN" / "ca-key.pem").unlink()
    (tmp_path / "VN" / "crl.pem").unlink()
    credentials = load_pki(tmp_path).gateways["VN"]
    assert (credentials.authority_key, credentials.crls) == (None, ())
    with pytest.raises(errors.CredentialError, match=r"private key of CN=VN authority.*ca-key\.pem"):
        revoke_certificate(load_pki(tmp_path), "VN", MOMENT)


def test_an_authoritys_key_fits_its_certificate(tmp_path: Path) -> None:
    """The key of another authority, or of another kind, is told when it is loaded."""
    write_pki(pki(), tmp_path)
    for other in (tmp_path / "TH" / "ca-key.pem", tmp_path / "VN" / "key.pem"):
        (tmp_path / "VN" / "ca-key.pem").write_bytes(other.read_bytes())
        with pytest.raises(errors.CredentialError, match=r"VN/ca-key\.pem: this is not the ECDSA key"):
            load_pki(tmp_path)


def test_a_private_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Mode 0600, also when a readable file is overwritten."""
    write_pki(pki(), tmp_path)
    for name in ("key.pem", "ca-key.pem"):
        (tmp_path / "VN" / name).chmod(0o644)
    write_pki(pki(), tmp_path, force=True)
    for name in ("key.pem", "ca-key.pem"):
        assert (tmp_path / "VN" / name).stat().st_mode & 0o777 == 0o600


def test_keys_are_not_overwritten_unless_asked(tmp_path: Path) -> None:
    """One file that is there stops all writing; force replaces it."""
    (tmp_path / "TH").mkdir()
    (tmp_path / "TH" / "key.pem").write_text("precious")
    with pytest.raises(errors.FileError, match=r"TH/key.pem: the file is there already; use --force"):
        write_pki(pki(), tmp_path)
    assert not (tmp_path / "VN").exists()
    write_pki(pki(), tmp_path, force=True)
    assert (tmp_path / "TH" / "key.pem").read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where a folder should be."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(errors.FileError, match=r"ca\.pem: the file cannot be written: Not a directory"):
        write_pki(pki(), tmp_path / "file")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_leaves_no_half_of_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is written beside its place and renamed; on failure nothing is left behind."""
    import os

    real_open = os.open
    monkeypatch.setattr(os, "open", lambda path, flags, mode=0o777: real_open("/dev/full", os.O_WRONLY))
    with pytest.raises(errors.FileError, match="No space left on device"):
        write_pki(pki(), tmp_path)
    monkeypatch.undo()
    assert files_of(tmp_path) == {}


def test_a_folder_without_keys_is_named(tmp_path: Path) -> None:
    """Nothing to load, and what to do."""
    with pytest.raises(errors.CredentialError, match="asw pki init"):
        load_pki(tmp_path)


def test_a_trust_store_reads_the_folder(tmp_path: Path) -> None:
    """All authorities of the folder, or those of one gateway's folder or file."""
    write_pki(pki(), tmp_path)
    authorities = {code: pki().gateways[code].authority for code in ("VN", "TH")}
    assert set(TrustStore.load(tmp_path).authorities) == set(authorities.values())
    assert TrustStore.load(tmp_path / "VN").authorities == (authorities["VN"],)
    assert TrustStore.load(str(tmp_path / "VN" / "ca.pem")).authorities == (authorities["VN"],)


def test_a_trust_store_reads_any_folder_of_authorities(tmp_path: Path) -> None:
    """Files ending in .pem, .crt or .cer, several certificates in one included."""
    both = b"".join(pki().gateways[code].authority.public_bytes(Encoding.PEM) for code in ("VN", "TH"))
    (tmp_path / "all.crt").write_bytes(both)
    (tmp_path / "notes.txt").write_text("ignored")
    assert len(TrustStore.load(tmp_path).authorities) == 2


def test_a_trust_store_takes_authorities_only(tmp_path: Path) -> None:
    """A gateway certificate, a key, an empty folder: named, with what to do."""
    write_pki(pki(), tmp_path / "pki")
    with pytest.raises(errors.CredentialError, match=r"cert\.pem: .*not that of an authority"):
        TrustStore.load(tmp_path / "pki" / "VN" / "cert.pem")
    with pytest.raises(
        errors.CredentialError, match=r"key\.pem: no certificate in this file, but: private key"
    ):
        TrustStore.load(tmp_path / "pki" / "VN" / "key.pem")
    with pytest.raises(errors.FileError, match="No such file"):
        TrustStore.load(tmp_path / "nowhere")
    with pytest.raises(errors.FileError, match="File name too long"):
        TrustStore.load(tmp_path / ("x" * 300))
    (tmp_path / "empty").mkdir()
    with pytest.raises(errors.CredentialError, match="no certificates of authorities here"):
        TrustStore.load(tmp_path / "empty")
    with pytest.raises(errors.CredentialError, match="at least one"):
        TrustStore(())
