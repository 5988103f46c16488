"""Revocation lists: who is revoked and when, which lists count, and what is told when none does."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from asw_exchange import errors
from asw_exchange.signature import Fact, State, TrustStore, sign, verify
from tests.signature_cases import MOMENT, Issue, IssueList, document, ecdsa_key, issue, issue_list, pki

DAY = timedelta(days=1)
ROOT_KEY, MIDDLE_KEY, LEAF_KEY, OTHER_KEY = (ecdsa_key(number) for number in (21, 22, 23, 24))
AUTHORITY = Issue(
    subject="VN authority",
    authority=True,
    usage="key_cert_sign crl_sign",
    start=MOMENT - 365 * DAY,
    end=MOMENT + 3650 * DAY,
)
ROOT = issue(AUTHORITY, ROOT_KEY, ROOT_KEY)
LEAF = issue(Issue(serial=17), LEAF_KEY, ROOT_KEY)
MIDDLE = issue(
    Issue(subject="VN issuing", authority=True, path_length=0, usage="key_cert_sign crl_sign", serial=40),
    MIDDLE_KEY,
    ROOT_KEY,
)
BELOW = issue(Issue(issuer="VN issuing", serial=41), LEAF_KEY, MIDDLE_KEY)


def store(*lists: x509.CertificateRevocationList, required: bool = False) -> TrustStore:
    """A store that believes ROOT and has some lists."""
    return TrustStore((ROOT,), lists, require_revocation=required)


def revoking(serial: int, date: datetime, **fields: object) -> x509.CertificateRevocationList:
    """A list of ROOT with one entry."""
    return issue_list(IssueList(revoked=((serial, date),), **fields), ROOT_KEY)  # type: ignore[arg-type]


def revocation(trust: TrustStore, moment: datetime = MOMENT) -> Fact:
    """What is known of LEAF's revocation."""
    return trust.examine(LEAF, [], moment).revocation


GOOD = issue_list(IssueList(), ROOT_KEY)


def test_a_revoked_certificate_is_refused_with_day_and_reason() -> None:
    """RFC 5280, section 5.3.1: the reason is on the list."""
    trust = store(revoking(17, MOMENT - DAY, reason=x509.ReasonFlags.key_compromise))
    with pytest.raises(errors.CertificateRevoked, match=r"on 2026-03-01 \(keyCompromise\).*number 11"):
        trust.check(LEAF, [], MOMENT)


def test_a_certificate_that_is_not_on_the_list_is_good() -> None:
    """And the fact says until when the list holds."""
    trust = store(revoking(18, MOMENT - DAY))
    assert trust.check(LEAF, [], MOMENT).facts.revocation.state is State.GOOD
    assert revocation(trust).says == "not revoked, by a list that holds until 2026-03-12"


def test_a_revocation_begins_on_its_date() -> None:
    """From that very moment on; what was signed before stays good."""
    trust = store(revoking(17, MOMENT))
    tick = timedelta(microseconds=1)
    assert trust.check(LEAF, [], MOMENT - tick)
    with pytest.raises(errors.CertificateRevoked):
        trust.check(LEAF, [], MOMENT)
    assert trust.check(LEAF, [], MOMENT - tick)


def test_what_is_remembered_ends_where_a_revocation_begins() -> None:
    """A look-up gives no older answer: neither past the date of an entry nor past the end of a list."""
    trust = store(revoking(17, MOMENT + 2 * DAY))
    first = trust.check(LEAF, [], MOMENT)
    assert first.known_until == MOMENT + 2 * DAY - timedelta(microseconds=1)
    assert trust.check(LEAF, [], MOMENT + DAY) is first
    with pytest.raises(errors.CertificateRevoked):
        trust.check(LEAF, [], MOMENT + 2 * DAY)


def test_a_list_that_expired_is_told_and_not_taken_for_fresh() -> None:
    """The signer is believed by default, and the fact is unknown."""
    trust = store(GOOD)
    assert trust.check(LEAF, [], MOMENT).facts.revocation.state is State.GOOD
    late = trust.check(LEAF, [], MOMENT + 11 * DAY).facts.revocation
    assert late.state is State.UNKNOWN
    assert late.says == "unknown, the list of CN=VN authority expired on 2026-03-12"
    assert late.error is None


def test_a_store_may_demand_to_know() -> None:
    """Then an expired list and no list at all refuse the signer by a name of their own."""
    for trust in (store(GOOD, required=True), store(required=True)):
        with pytest.raises(errors.RevocationUnknown, match=r"must be known: unknown, .*CN=VN authority"):
            trust.check(LEAF, [], MOMENT + 11 * DAY)
    assert store(GOOD, required=True).check(LEAF, [], MOMENT)


def test_an_expired_list_still_revokes_what_stands_on_it() -> None:
    """Nobody comes back to life because the list is old, also where a newer one is silent."""
    old = revoking(17, MOMENT - 5 * DAY, start=MOMENT - 9 * DAY, end=MOMENT - 4 * DAY)
    for trust in (store(old), store(old, GOOD), store(GOOD, old)):
        with pytest.raises(errors.CertificateRevoked):
            trust.check(LEAF, [], MOMENT)


def test_a_later_list_answers_for_an_earlier_moment() -> None:
    """Old messages are verified against the present list."""
    later = issue_list(IssueList(start=MOMENT + DAY), ROOT_KEY)
    assert revocation(store(later)).state is State.GOOD


def test_a_list_that_is_younger_than_the_certificate_proves_nothing_by_silence() -> None:
    """An authority takes expired certificates off its lists (RFC 5280, section 5)."""
    later = issue_list(IssueList(start=MOMENT + 101 * DAY, end=MOMENT + 200 * DAY), ROOT_KEY)
    assert revocation(store(later)).state is State.UNKNOWN


def test_a_list_of_somebody_else_says_nothing() -> None:
    """Its issuer is not the certificate's, so the certificate's is still asked."""
    foreign = issue_list(IssueList(issuer="TH authority", revoked=((17, MOMENT - DAY),)), OTHER_KEY)
    assert revocation(store(foreign)).says == "unknown, there is no list of CN=VN authority"


@pytest.mark.parametrize(
    ("authority", "key", "what"),
    [
        pytest.param(ROOT, OTHER_KEY, IssueList(), id="another key"),
        pytest.param(
            issue(Issue(subject="VN authority", authority=True, usage="key_cert_sign"), ROOT_KEY, ROOT_KEY),
            ROOT_KEY,
            IssueList(),
            id="no cRLSign",
        ),
        pytest.param(ROOT, ROOT_KEY, IssueList(digest=hashes.SHA224), id="weak digest"),
        pytest.param(
            ROOT, ROOT_KEY, IssueList(start=MOMENT - 400 * DAY, end=MOMENT + DAY), id="before its time"
        ),
    ],
)
def test_a_list_in_an_authoritys_name_must_be_its_own(
    authority: x509.Certificate, key: object, what: IssueList
) -> None:
    """Section 6.3.3 (f) and (g): signed with its key, which is meant for lists, while it was in force."""
    with pytest.raises(errors.CredentialError, match=r"list of CN=VN authority is not signed"):
        TrustStore((authority,), (issue_list(what, key),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "extension",
    [
        pytest.param(x509.DeltaCRLIndicator(1), id="delta"),
        pytest.param(
            x509.IssuingDistributionPoint(None, None, True, False, None, False, False), id="users only"
        ),
    ],
)
def test_a_list_that_is_not_complete_is_refused(extension: x509.ExtensionType) -> None:
    """Section 5.2: a critical extension that is not understood forbids to rely on the list."""
    partial = issue_list(IssueList(extension=(extension, True)), ROOT_KEY)
    with pytest.raises(errors.CredentialError, match=r"critical extension.*complete list"):
        store(partial)


def test_a_revoked_intermediate_revokes_what_is_below_it() -> None:
    """Its own issuer's list says so, and it is named."""
    trust = store(revoking(40, MOMENT - DAY))
    with pytest.raises(errors.CertificateRevoked, match=r"certificate CN=VN issuing was revoked"):
        trust.check(BELOW, [MIDDLE], MOMENT)


def test_the_list_of_an_intermediate_counts_when_it_signed_it() -> None:
    """With another key the list is as good as not there."""
    entry = IssueList(issuer="VN issuing", revoked=((41, MOMENT - timedelta(hours=1)),))
    with pytest.raises(errors.CertificateRevoked, match="CN=VN gateway"):
        store(GOOD, issue_list(entry, MIDDLE_KEY)).check(BELOW, [MIDDLE], MOMENT)
    facts = store(GOOD, issue_list(entry, OTHER_KEY)).check(BELOW, [MIDDLE], MOMENT).facts
    assert facts.revocation.says == "unknown, there is no list of CN=VN issuing"


def test_a_chain_is_as_well_known_as_its_worst_link() -> None:
    """A list of the root alone leaves the gateway's revocation unknown; with both it is good."""
    assert store(GOOD).examine(BELOW, [MIDDLE], MOMENT).revocation.state is State.UNKNOWN
    both = store(GOOD, issue_list(IssueList(issuer="VN issuing"), MIDDLE_KEY))
    assert both.examine(BELOW, [MIDDLE], MOMENT).revocation.state is State.GOOD


def test_a_verified_message_tells_whether_its_signer_may_be_revoked() -> None:
    """The facts come with the result."""
    verified = verify(sign(document(), pki().key("VN")), pki().trust("VN"), MOMENT)
    assert verified.facts.revocation.state is State.GOOD
    believing = TrustStore((pki().gateways["VN"].authority,))
    message = sign(document(), pki().key("VN"))
    assert verify(message, believing, MOMENT).facts.revocation.state is State.UNKNOWN


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_lists_are_read_beside_their_authorities(encoding: Encoding, tmp_path: Path) -> None:
    """crl.pem and *.crl, PEM or DER, in a PKI folder, in a gateway's folder and in any other."""
    revoked = revoking(17, MOMENT - DAY)
    (tmp_path / "VN").mkdir()
    (tmp_path / "VN" / "ca.pem").write_bytes(ROOT.public_bytes(Encoding.PEM))
    (tmp_path / "VN" / "crl.pem").write_bytes(GOOD.public_bytes(Encoding.PEM))
    (tmp_path / "VN" / "of-today.crl").write_bytes(revoked.public_bytes(encoding))
    both = sorted(crl.public_bytes(Encoding.DER) for crl in (GOOD, revoked))
    stores = [TrustStore.load(tmp_path), TrustStore.load(tmp_path / "VN")]
    (tmp_path / "VN" / "ca.pem").rename(tmp_path / "VN" / "root.cer")
    for trust in (*stores, TrustStore.load(tmp_path / "VN")):
        assert sorted(crl.public_bytes(Encoding.DER) for crl in trust.crls) == both
        with pytest.raises(errors.CertificateRevoked):
            trust.check(LEAF, [], MOMENT)


@pytest.mark.parametrize("content", [b"x", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"])
def test_a_list_that_cannot_be_read_is_named(content: bytes, tmp_path: Path) -> None:
    """It is never passed over: a list that is not read revokes nobody."""
    (tmp_path / "ca.pem").write_bytes(ROOT.public_bytes(Encoding.PEM))
    (tmp_path / "broken.crl").write_bytes(content)
    with pytest.raises(errors.CredentialError, match=r"broken\.crl: a revocation list cannot be read"):
        TrustStore.load(tmp_path)


def test_no_changed_list_is_taken_for_the_authoritys() -> None:
    """Any flipped bit: it cannot be read, bears another name, or is refused."""
    encoded = revoking(17, MOMENT - DAY).public_bytes(Encoding.DER)
    for position in range(len(encoded)):
        changed = bytearray(encoded)
        changed[position] ^= 1 << (position % 8)
        try:
            crl = x509.load_der_x509_crl(bytes(changed))
            trust = store(crl)
        except (ValueError, errors.CredentialError):
            continue
        if crl.issuer == ROOT.subject:
            assert crl.tbs_certlist_bytes == revoking(17, MOMENT - DAY).tbs_certlist_bytes
        else:
            assert revocation(trust).state is State.UNKNOWN
