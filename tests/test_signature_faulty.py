"""Credentials with one fault each: every one is refused by its own name, and for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from asw_exchange import errors
from asw_exchange.signature import (
    Fault,
    FaultyKey,
    SigningKey,
    State,
    TrustStore,
    create_faulty,
    load_pki,
    sign,
    verify,
    write_faulty,
    write_pki,
)
from tests.signature_cases import MOMENT, SEED, document, pki

REFUSALS: Mapping[Fault, tuple[str, type[errors.UntrustedSigner]]] = {
    Fault.EXPIRED: ("time", errors.CertificateExpired),
    Fault.NOT_YET_VALID: ("time", errors.CertificateNotYetValid),
    Fault.REVOKED: ("revocation", errors.CertificateRevoked),
    Fault.WRONG_USAGE: ("usage", errors.WrongKeyUsage),
    Fault.WEAK_KEY: ("key", errors.WeakKey),
    Fault.UNKNOWN_AUTHORITY: ("chain", errors.UnknownIssuer),
    Fault.IMITATED_AUTHORITY: ("chain", errors.ImitatedIssuer),
    Fault.WRONG_SUBJECT: ("name", errors.WrongSubject),
}


@cache
def faulty() -> dict[str, dict[Fault, FaultyKey]]:
    """Of the two states of the test PKI."""
    return create_faulty(SEED, ("VN", "TH"), MOMENT)


def test_every_fault_has_its_refusal() -> None:
    """Nothing is left out of the table above, and no refusal comes twice."""
    assert set(REFUSALS) == set(Fault)
    assert len({refusal.reply_code for _, refusal in REFUSALS.values()}) == len(Fault)


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_is_refused_by_its_own_name(fault: Fault) -> None:
    """By a receiver that knows the sender; for years after the moment."""
    certificate = faulty()["VN"][fault].certificate
    for days in (0, 700):
        with pytest.raises(errors.UntrustedSigner) as caught:
            pki().trust("VN").check(certificate, [], MOMENT + timedelta(days=days))
        assert type(caught.value) is REFUSALS[fault][1]


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_is_the_only_bad_fact(fault: Fault) -> None:
    """All else is good, or (revocation without a chain) unknown."""
    facts = pki().trust("VN").examine(faulty()["VN"][fault].certificate, [], MOMENT).by_name
    assert [name for name, fact in facts.items() if fact.state is State.BAD] == [REFUSALS[fault][0]]
    others = {fact.state for name, fact in facts.items() if name not in (REFUSALS[fault][0], "revocation")}
    assert others == {State.GOOD}


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.WEAK_KEY])
def test_a_message_signed_with_a_fault_is_refused(fault: Fault) -> None:
    """Content and signature value fit; the signer does not."""
    found = faulty()["VN"][fault]
    key = SigningKey(private_key=found.private_key, certificate=found.certificate)
    with pytest.raises(REFUSALS[fault][1]):
        verify(sign(document(), key), pki().trust("VN"), MOMENT)


def test_a_wrong_name_is_told_only_where_one_is_expected() -> None:
    """A store of an authority that expects nobody in particular believes whom it certifies."""
    certificate = faulty()["VN"][Fault.WRONG_SUBJECT].certificate
    anybody = TrustStore((pki().gateways["VN"].authority,))
    assert anybody.check(certificate, [], MOMENT).facts.name.state is State.UNKNOWN
    with pytest.raises(
        errors.WrongSubject, match=r"CN=TH gateway.*not in the name of .*:VN \(found '.*:TH'\)"
    ):
        pki().trust("VN").check(certificate, [], MOMENT)
    with pytest.raises(errors.UnknownIssuer):
        pki().trust("TH").check(certificate, [], MOMENT)


def test_the_same_seed_gives_the_same_faults() -> None:
    """Byte for byte."""
    again = create_faulty(str(SEED), ("VN", "TH"), MOMENT)
    for code, keys in faulty().items():
        for fault, key in keys.items():
            assert again[code][fault].certificate == key.certificate


def test_no_two_certificates_of_an_authority_share_a_number() -> None:
    """RFC 5280, section 4.1.2.2: a list could not tell them apart."""
    good = pki().gateways["VN"]
    certificates = [good.key.certificate, good.authority]
    certificates += [key.certificate for key in faulty()["VN"].values()]
    assert len({certificate.serial_number for certificate in certificates}) == len(certificates)


def test_faulty_files_are_not_taken_for_real_ones(tmp_path: Path) -> None:
    """Neither keys nor authorities of the folder come from them, and each stands in a folder of its name."""
    write_pki(pki(), tmp_path)
    write_faulty(faulty(), tmp_path)
    assert {path.name for path in (tmp_path / "VN" / "faulty").iterdir()} == set(Fault)
    assert set(load_pki(tmp_path).gateways) == {"VN", "TH"}
    assert len(TrustStore.load(tmp_path).authorities) == 2
    assert len(TrustStore.load(tmp_path / "VN").authorities) == 1
    folder = tmp_path / "VN" / "faulty" / "expired"
    assert SigningKey.load(folder / "key.pem", folder / "cert.pem")
    assert (folder / "key.pem").stat().st_mode & 0o777 == 0o600
    with pytest.raises(errors.CredentialError, match="no certificates of authorities"):
        TrustStore.load(tmp_path / "VN" / "faulty")


def test_our_own_keys_are_not_weak(tmp_path: Path) -> None:
    """The weak key can be read by nobody who signs with us."""
    write_faulty(faulty(), tmp_path)
    folder = tmp_path / "VN" / "faulty" / "weak-key"
    with pytest.raises(errors.CredentialError, match="1024 bits"):
        SigningKey.load(folder / "key.pem", folder / "cert.pem")
