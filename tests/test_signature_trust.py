"""Whom a trust store believes: chains, times, usage and keys, each refused by its own name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from asw_exchange import errors
from asw_exchange.signature import SigningKey, TrustStore, sign, verify
from asw_exchange.signature.primitives import PrivateKey
from tests.signature_cases import MOMENT, Issue, document, ecdsa_key, issue, pki

DAY = timedelta(days=1)
ROOT_KEY, MIDDLE_KEY, LEAF_KEY = (ecdsa_key(number) for number in (11, 12, 13))
AUTHORITY = Issue(
    subject="VN authority",
    authority=True,
    usage="key_cert_sign",
    start=MOMENT - 365 * DAY,
    end=MOMENT + 3650 * DAY,
)
ROOT = issue(AUTHORITY, ROOT_KEY, ROOT_KEY)


def store(*authorities: x509.Certificate) -> TrustStore:
    """A store that believes ROOT unless told otherwise."""
    return TrustStore(authorities or (ROOT,))


def leaf(what: Issue | None = None, key: PrivateKey = LEAF_KEY) -> x509.Certificate:
    """A certificate issued by ROOT."""
    return issue(what or Issue(), key, ROOT_KEY)


def test_a_good_certificate_leads_to_the_authority() -> None:
    """The result tells the chain and the time in which all of it is in force."""
    signer = store().check(leaf(), [], MOMENT)
    assert signer.chain == (leaf(), ROOT)
    assert (signer.valid_from, signer.valid_until) == (MOMENT - DAY, MOMENT + 100 * DAY)
    assert signer.public_key == LEAF_KEY.public_key()


def test_a_second_check_is_a_look_up() -> None:
    """The same object comes back, until the moment leaves the chain's time."""
    trust = store()
    first = trust.check(leaf(), [], MOMENT)
    assert trust.check(leaf(), [], MOMENT + DAY) is first
    with pytest.raises(errors.CertificateExpired):
        trust.check(leaf(), [], MOMENT + 101 * DAY)
    assert trust.check(leaf(), [], MOMENT) is first


def test_the_ends_of_the_validity_are_inside() -> None:
    """RFC 5280, section 4.1.2.5: valid from and until, inclusive."""
    assert store().check(leaf(), [], MOMENT - DAY)
    assert store().check(leaf(), [], MOMENT + 100 * DAY)


def test_expired_and_not_yet_valid_are_two_things() -> None:
    """Each says the day."""
    with pytest.raises(errors.CertificateExpired, match="expired on 2026-06-10"):
        store().check(leaf(), [], MOMENT + 101 * DAY)
    with pytest.raises(errors.CertificateNotYetValid, match="valid only from 2026-03-01"):
        store().check(leaf(), [], MOMENT - 2 * DAY)


def test_an_expired_authority_is_told_as_expired() -> None:
    """Not as unknown: the chain is there, but too old."""
    old = issue(
        Issue(subject="VN authority", authority=True, usage="key_cert_sign", end=MOMENT), ROOT_KEY, ROOT_KEY
    )
    with pytest.raises(errors.CertificateExpired, match="2026-03-02"):
        store(old).check(leaf(), [], MOMENT + DAY)


def test_a_renewed_authority_takes_over() -> None:
    """Two certificates of one authority key: the one in force counts, whatever was remembered."""
    old = issue(
        Issue(subject="VN authority", authority=True, usage="key_cert_sign", end=MOMENT), ROOT_KEY, ROOT_KEY
    )
    trust = store(old, ROOT)
    assert trust.check(leaf(), [], MOMENT - DAY)
    assert trust.check(leaf(), [], MOMENT + DAY).chain[-1] == ROOT


def test_another_authority_is_unknown() -> None:
    """Who signed is named, and who issued the certificate."""
    with pytest.raises(errors.UnknownIssuer, match=r"CN=VN gateway.*issued by CN=VN authority"):
        pki().trust("VN").check(leaf(), [], MOMENT)


def test_the_same_name_with_another_key_is_unknown() -> None:
    """A name proves nothing: an authority of the same name that has another key."""
    with pytest.raises(errors.UnknownIssuer):
        store().check(issue(Issue(), LEAF_KEY, MIDDLE_KEY), [], MOMENT)


def test_a_self_signed_certificate_is_unknown() -> None:
    """Nobody vouches for it."""
    with pytest.raises(errors.UnknownIssuer):
        store().check(issue(Issue(issuer="VN gateway"), LEAF_KEY, LEAF_KEY), [], MOMENT)


def test_what_is_remembered_has_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many signers push each other out; each is still checked rightly."""
    monkeypatch.setattr("asw_exchange.signature.trust._MOST_REMEMBERED", 1)
    trust = store()
    first = trust.check(leaf(), [], MOMENT)
    assert trust.check(leaf(key=MIDDLE_KEY), [], MOMENT).public_key == MIDDLE_KEY.public_key()
    again = trust.check(leaf(), [], MOMENT)
    assert again is not first
    assert again == first


def test_a_refusal_is_not_remembered_as_trust() -> None:
    """A second try is refused again."""
    trust = store()
    for _ in range(2):
        with pytest.raises(errors.UnknownIssuer):
            trust.check(issue(Issue(), LEAF_KEY, MIDDLE_KEY), [], MOMENT)


def refusal(trust: TrustStore, moment: datetime, *chain: x509.Certificate) -> errors.UntrustedSigner:
    """Why a chain is refused."""
    with pytest.raises(errors.UntrustedSigner) as caught:
        trust.check(chain[0], chain[1:], moment)
    return caught.value


def test_a_refusal_is_remembered_for_its_time_only() -> None:
    """The same words again, by an error of its own; before and after, what is true then."""
    trust = store()
    for _ in range(2):
        late = [refusal(trust, MOMENT + days * DAY, leaf()) for days in (101, 102)]
        assert isinstance(refusal(trust, MOMENT - 2 * DAY, leaf()), errors.CertificateNotYetValid)
        assert trust.check(leaf(), [], MOMENT)
        trust._known.clear()
        assert late[0] is not late[1]
        assert all(isinstance(error, errors.CertificateExpired) for error in late)
    assert [error.value for error in late] == [(MOMENT + days * DAY).isoformat() for days in (101, 102)]


def test_a_refusal_is_remembered_for_its_certificates_only() -> None:
    """Without the intermediate it is refused, and believed with it."""
    middle = issue(Issue(subject="VN issuing", authority=True, usage="key_cert_sign"), MIDDLE_KEY, ROOT_KEY)
    certificate = issue(Issue(issuer="VN issuing"), LEAF_KEY, MIDDLE_KEY)
    trust = store()
    for _ in range(2):
        assert isinstance(refusal(trust, MOMENT, certificate), errors.UnknownIssuer)
    assert trust.check(certificate, [middle], MOMENT)


def test_the_memory_of_refusals_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """In number, and in what one of them may hold."""
    monkeypatch.setattr("asw_exchange.signature.refusals.MOST", 2)
    trust = store()
    for number in range(20, 25):
        refusal(trust, MOMENT, issue(Issue(), ecdsa_key(number), MIDDLE_KEY))
        assert 1 <= len(trust._refusals.known) <= 2
    trust._refusals.known.clear()
    refusal(trust, MOMENT, issue(Issue(subject="x" * 60), LEAF_KEY, MIDDLE_KEY), *[leaf()] * 60)
    assert not trust._refusals.known


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (Issue(usage=None), "no key usage"),
        (Issue(usage="key_encipherment"), "lacks digitalSignature"),
        (Issue(usage="key_cert_sign", authority=True), "lacks digitalSignature"),
        (Issue(authority=True), "that of an authority"),
    ],
)
def test_a_certificate_for_something_else_does_not_sign(what: Issue, reason: str) -> None:
    """RFC 5280, section 4.2.1.3: digitalSignature, and no authority."""
    with pytest.raises(errors.WrongKeyUsage, match=reason):
        store().check(leaf(what), [], MOMENT)


@pytest.mark.parametrize("purpose", [ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.CLIENT_AUTH])
def test_any_extended_usage_will_do(purpose: x509.ObjectIdentifier) -> None:
    """Authorities of states choose different ones for document signatures."""
    assert store().check(leaf(Issue(purposes=(purpose,))), [], MOMENT)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(rsa.generate_private_key(65537, 1024), id="RSA-1024"),
        pytest.param(ec.derive_private_key(5, ec.SECP384R1()), id="P-384"),
    ],
)
def test_a_weak_key_is_refused_with_the_best_certificate(key: PrivateKey) -> None:
    """Kinds and lengths outside the profile."""
    with pytest.raises(errors.WeakKey, match=r"1024 bits|secp384r1"):
        store().check(leaf(key=key), [], MOMENT)


def test_intermediate_certificates_travel_with_the_message() -> None:
    """The chain in KeyInfo connects the signer to the authority; without it the issuer is unknown."""
    middle = issue(
        Issue(subject="VN issuing", authority=True, path_length=0, usage="key_cert_sign"),
        MIDDLE_KEY,
        ROOT_KEY,
    )
    certificate = issue(Issue(issuer="VN issuing"), LEAF_KEY, MIDDLE_KEY)
    key = SigningKey(private_key=LEAF_KEY, certificate=certificate, chain=(middle,))
    message = sign(document(), key)
    assert verify(message, store(), MOMENT).signer == certificate
    spaced = message.replace(b"<ds:X509Certificate>", b"\n <ds:X509Certificate>\n")
    assert verify(spaced, store(), MOMENT).signer == certificate
    lonely = SigningKey(private_key=LEAF_KEY, certificate=certificate)
    with pytest.raises(errors.UnknownIssuer):
        verify(sign(document(), lonely), store(), MOMENT)


def test_a_gateway_certificate_does_not_issue_others() -> None:
    """Only authorities certify (RFC 5280, section 6.1.4 (k))."""
    gateway = leaf()
    forged = issue(Issue(subject="VN other", issuer="VN gateway"), MIDDLE_KEY, LEAF_KEY)
    with pytest.raises(errors.UnknownIssuer):
        store().check(forged, [gateway], MOMENT)


def test_an_authority_with_an_eddsa_key_is_refused_at_once() -> None:
    """The X.509 verification that we use has no EdDSA; better said when loading than as an unknown issuer."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(b"1" * 32)
    with pytest.raises(errors.CredentialError, match="EdDSA"):
        store(issue(AUTHORITY, key, key))


def test_each_state_answers_for_its_own() -> None:
    """A store of one counterparty does not believe another's gateway."""
    trust = pki().trust_by_gateway()
    assert trust["TH"].check(pki().key("TH").certificate, [], MOMENT)
    with pytest.raises(errors.UnknownIssuer):
        trust["VN"].check(pki().key("TH").certificate, [], MOMENT)


@pytest.mark.parametrize("year", [1, 1949, 2049, 2051, 9999])
def test_any_moment_has_an_answer(year: int) -> None:
    """Far past and far future included."""
    with pytest.raises((errors.CertificateExpired, errors.CertificateNotYetValid)):
        store().check(leaf(), [], MOMENT.replace(year=year))


def test_a_certificate_with_any_bit_flipped_is_refused_by_name() -> None:
    """Names, versions and extensions that cannot be decoded included; only what was certified is believed."""
    genuine = leaf()
    encoded = genuine.public_bytes(Encoding.DER)
    for position in range(len(encoded)):
        for bit in range(8):
            changed = bytearray(encoded)
            changed[position] ^= 1 << bit
            try:
                signer = store().check_encoded([bytes(changed)], MOMENT)
            except errors.UntrustedSigner:
                continue
            assert signer.certificate.tbs_certificate_bytes == genuine.tbs_certificate_bytes
