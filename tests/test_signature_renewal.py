"""Renewal and roll-over of keys: what is believed before, within and after the overlap."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from asw_exchange import errors
from asw_exchange.signature import (
    SigningKey,
    State,
    TestPki,
    TrustStore,
    create_pki,
    load_pki,
    renew_files,
    renew_gateway,
    revoke_certificate,
    revoke_files,
    sign,
    verify,
    write_pki,
)
from tests.signature_cases import ALGORITHMS, MOMENT, document, pki

DAY = timedelta(days=1)
RENEWAL = MOMENT + 100 * DAY
END = RENEWAL + 30 * DAY


def renewed(authority: bool = False, algorithm: str = "ecdsa-p256") -> TestPki:
    """The PKI after VN has a new key."""
    return renew_gateway(pki(algorithm), "VN", RENEWAL, authority=authority)


@pytest.mark.parametrize("authority", [False, True], ids=["same authority", "authority rolled over"])
@pytest.mark.parametrize(
    ("moment", "old", "new"),
    [
        pytest.param(RENEWAL - DAY, None, errors.CertificateNotYetValid, id="before"),
        pytest.param(RENEWAL, None, None, id="from the first moment"),
        pytest.param(END - timedelta(seconds=1), None, None, id="to the last"),
        pytest.param(END, errors.CertificateRevoked, None, id="after"),
    ],
)
def test_both_keys_are_good_in_the_overlap(
    authority: bool, moment: object, old: type[Exception] | None, new: type[Exception] | None
) -> None:
    """Signatures of the old and of the new key, against one trust store, through time."""
    after = renewed(authority)
    trust = after.trust("VN")
    for key, refusal in ((pki().key("VN"), old), (after.key("VN"), new)):
        message = sign(document(), key)
        if refusal is None:
            verified = verify(message, trust, moment)  # type: ignore[arg-type]
            assert verified.signer == key.certificate
            assert verified.facts.revocation.state is State.GOOD
        else:
            with pytest.raises(refusal):
                verify(message, trust, moment)  # type: ignore[arg-type]


def test_a_partner_with_the_old_authority_alone_does_not_know_the_new_key() -> None:
    """After a roll-over, partners need the new certificate of the authority, and are told so."""
    with pytest.raises(errors.ImitatedIssuer, match="has a new key"):
        pki().trust("VN").check(renewed(authority=True).key("VN").certificate, [], RENEWAL)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_renewed_key_is_another_of_the_same_kind(algorithm: str) -> None:
    """And again another after the next renewal; the other gateway keeps its own."""
    first, second = renewed(algorithm=algorithm), renew_gateway(renewed(algorithm=algorithm), "VN", END)
    keys = [each.key("VN") for each in (pki(algorithm), first, second)]
    assert len({key.certificates for key in keys}) == 3
    assert len({key.method for key in keys}) == 1
    assert first.key("TH") is pki(algorithm).key("TH")


def test_renewal_follows_from_the_pki_and_the_moment() -> None:
    """The same again, byte for byte; another moment, another key."""
    again = renew_gateway(create_pki("20260302", ("VN", "TH"), MOMENT), "VN", RENEWAL)
    assert again.find("VN").key.certificate == renewed().find("VN").key.certificate
    assert again.find("VN").crls == renewed().find("VN").crls
    other = renew_gateway(pki(), "VN", RENEWAL + DAY)
    assert other.key("VN").certificate.public_key() != renewed().key("VN").certificate.public_key()


def test_an_entry_stands_on_no_list_that_is_older_than_its_date() -> None:
    """For readers that look at no dates: the list of the overlap has the old key not, the next has it."""
    now, later = renewed().find("VN").crls
    serial = pki().key("VN").certificate.serial_number
    assert now.get_revoked_certificate_by_serial_number(serial) is None
    assert later.get_revoked_certificate_by_serial_number(serial) is not None
    assert now.next_update_utc == later.last_update_utc == END
    numbers = [
        crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for crl in (now, later)
    ]
    assert numbers == [2, 3]


def test_a_revoked_key_is_refused_from_its_moment_on() -> None:
    """Also a certificate of the past, within its overlap: the earlier date counts."""
    old = pki().key("VN").certificate
    trust = revoke_certificate(renewed(), "VN", RENEWAL + DAY, certificate=old).trust("VN")
    assert trust.check(old, [], RENEWAL)
    with pytest.raises(errors.CertificateRevoked, match="keyCompromise"):
        trust.check(old, [], RENEWAL + DAY)
    assert trust.check(renewed().key("VN").certificate, [], RENEWAL + DAY)


def test_a_revocation_is_not_lost_by_the_next_one() -> None:
    """Lists are complete, whoever comes later."""
    both = revoke_certificate(revoke_certificate(pki(), "VN", MOMENT), "VN", MOMENT + DAY)
    (crl,) = revoke_certificate(renew_gateway(both, "VN", RENEWAL), "VN", END + DAY).find("VN").crls
    assert len(list(crl)) == 3
    entry = crl.get_revoked_certificate_by_serial_number(pki().key("VN").certificate.serial_number)
    assert entry is not None
    assert entry.revocation_date_utc == MOMENT


def test_only_the_authority_of_a_certificate_revokes_it() -> None:
    """TH's certificate is not VN's to revoke."""
    with pytest.raises(errors.CredentialError, match=r"CN=TH gateway.*is not one of CN=VN authority"):
        revoke_certificate(pki(), "VN", MOMENT, certificate=pki().key("TH").certificate)


def test_wrong_use_is_told() -> None:
    """An overlap below zero, a moment without a zone, a gateway that is not there."""
    with pytest.raises(errors.ConfigurationError, match="overlap"):
        renew_gateway(pki(), "VN", RENEWAL, overlap=-DAY)
    for change in (renew_gateway, revoke_certificate):
        with pytest.raises(errors.ConfigurationError, match="time zone"):
            change(pki(), "VN", RENEWAL.replace(tzinfo=None))
        with pytest.raises(errors.ConfigurationError, match="no keys for this gateway"):
            change(pki(), "XX", RENEWAL)


@pytest.mark.parametrize("authority", [False, True])
def test_renewal_on_disk_keeps_the_old_pair(authority: bool, tmp_path: Path) -> None:
    """In a folder of its own, which is read neither as a gateway's nor as an authority's."""
    write_pki(pki(), tmp_path)
    for number in (1, 2):
        before = load_pki(tmp_path).key("VN").certificate
        moment = RENEWAL + number * DAY
        kept = renew_files(tmp_path, "VN", moment, overlap=30 * DAY, authority=authority)
        assert kept == tmp_path / "VN" / f"previous-{number}"
        assert SigningKey.load(kept / "key.pem", kept / "cert.pem").certificate == before
        assert (kept / "key.pem").stat().st_mode & 0o777 == 0o600
    loaded = load_pki(tmp_path)
    assert set(loaded.gateways) == {"VN", "TH"}
    trust = TrustStore.load(tmp_path)
    assert len(trust.authorities) == (4 if authority else 2)
    for key in (loaded.key("VN"), pki().key("VN"), pki().key("TH")):
        assert trust.check(key.certificate, [], RENEWAL + 3 * DAY)


def test_revocation_on_disk_changes_the_list_alone(tmp_path: Path) -> None:
    """The present certificate, or that of a file."""
    write_pki(pki(), tmp_path)
    kept = renew_files(tmp_path, "VN", RENEWAL, overlap=30 * DAY)
    key, ca = (tmp_path / "VN" / "key.pem").read_bytes(), (tmp_path / "VN" / "ca.pem").read_bytes()
    revoke_files(tmp_path, "VN", RENEWAL + DAY, certificate=kept / "cert.pem")
    revoked = revoke_files(tmp_path, "VN", RENEWAL + 2 * DAY)
    assert revoked == load_pki(tmp_path).key("VN").certificate
    assert (tmp_path / "VN" / "key.pem").read_bytes() == key
    assert (tmp_path / "VN" / "ca.pem").read_bytes() == ca
    for certificate in (revoked, pki().key("VN").certificate):
        with pytest.raises(errors.CertificateRevoked):
            TrustStore.load(tmp_path).check(certificate, [], RENEWAL + 2 * DAY)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the command openssl")
def test_openssl_judges_revocation_as_we_do(tmp_path: Path) -> None:
    """A second opinion on chain and list: good before the key is revoked, refused after."""
    write_pki(pki(), tmp_path)
    revoke_files(tmp_path, "VN", RENEWAL)
    write_pki(create_pki("20260302", ("TH",), MOMENT), tmp_path, force=True)
    for code, moment, answer in (("TH", RENEWAL + DAY, "OK"), ("VN", RENEWAL + DAY, "certificate revoked")):
        folder = tmp_path / code
        command = ["openssl", "verify", "-attime", f"{moment.timestamp():.0f}", "-crl_check", "-x509_strict"]
        command += ["-CAfile", folder / "ca.pem", "-CRLfile", folder / "crl.pem", folder / "cert.pem"]  # type: ignore[list-item]
        done = subprocess.run(command, capture_output=True, text=True)
        assert answer in done.stdout + done.stderr
