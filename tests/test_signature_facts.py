"""An examination tells every fact by itself, where a check stops at the first fault."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from asw_exchange import errors, verbs
from asw_exchange.signature import SignatureFacts, State, TrustStore, examine, verify
from tests.signature_cases import (
    MOMENT,
    Issue,
    IssueList,
    document,
    ecdsa_key,
    issue,
    issue_list,
    part,
    pki,
    signed,
    tamper,
)

DAY = timedelta(days=1)
ROOT_KEY, LEAF_KEY = ecdsa_key(31), ecdsa_key(32)
ROOT = issue(
    Issue(subject="VN authority", authority=True, usage="key_cert_sign crl_sign", end=MOMENT + 999 * DAY),
    ROOT_KEY,
    ROOT_KEY,
)


def states(facts: SignatureFacts) -> dict[str, str]:
    """Each fact by name."""
    return {name: str(fact.state) for name, fact in facts.by_name.items()}


def test_all_faults_of_a_certificate_are_told_at_once() -> None:
    """Expired, for something else, with a weak key, revoked, in another's name: five facts."""
    key = rsa.generate_private_key(65537, 1024)
    what = Issue(usage="key_encipherment", end=MOMENT, serial=5, uris=("urn:other",))
    certificate = issue(what, key, ROOT_KEY)  # type: ignore[arg-type]
    crl = issue_list(IssueList(revoked=((5, MOMENT),)), ROOT_KEY)
    facts = TrustStore((ROOT,), (crl,), "urn:vn").examine(certificate, [], MOMENT + DAY)
    bad = {name: type(fact.error) for name, fact in facts.by_name.items() if fact.state is State.BAD}
    assert bad == {
        "time": errors.CertificateExpired,
        "usage": errors.WrongKeyUsage,
        "key": errors.WeakKey,
        "revocation": errors.CertificateRevoked,
        "name": errors.WrongSubject,
    }
    assert facts.chain.state is State.GOOD


def test_without_a_chain_the_certificate_still_speaks_for_itself() -> None:
    """Time, usage and key are its own; nobody can be asked for its revocation."""
    stranger = issue(Issue(issuer="nobody", end=MOMENT), LEAF_KEY, ecdsa_key(33))
    facts = TrustStore((ROOT,)).examine(stranger, [], MOMENT + DAY)
    assert {name: str(fact.state) for name, fact in facts.by_name.items()} == {
        "chain": "bad",
        "time": "bad",
        "usage": "good",
        "key": "good",
        "revocation": "unknown",
        "name": "unknown",
    }


def test_a_check_raises_the_first_fault_of_the_examination() -> None:
    """The two never disagree."""
    certificate = issue(Issue(usage=None, end=MOMENT), LEAF_KEY, ROOT_KEY)
    store = TrustStore((ROOT,))
    with pytest.raises(errors.CertificateExpired) as caught:
        store.check(certificate, [], MOMENT + DAY)
    error = store.examine(certificate, [], MOMENT + DAY).error
    assert error is not None
    assert (type(error), str(error)) == (type(caught.value), str(caught.value))


def test_a_name_is_one_of_those_that_a_certificate_bears() -> None:
    """Several URIs, one of them expected; with none the certificate is in nobody's name."""
    store = TrustStore((ROOT,), expected_uri="urn:vn")
    assert store.check(issue(Issue(uris=("urn:x", "urn:vn")), LEAF_KEY, ROOT_KEY), [], MOMENT)
    with pytest.raises(errors.WrongSubject, match="no URI"):
        store.check(issue(Issue(), LEAF_KEY, ROOT_KEY), [], MOMENT)
    with pytest.raises(errors.WrongSubject, match="urn:vn:x"):
        store.check(issue(Issue(uris=("urn:vn:x",)), LEAF_KEY, ROOT_KEY), [], MOMENT)


def test_a_good_message_has_good_facts() -> None:
    """All seven of them."""
    assert set(states(examine(signed(), pki().trust("VN"), MOMENT)).values()) == {"good"}


def test_the_facts_of_a_verified_message_are_those_of_its_examination() -> None:
    """What verify hands on is what examine says of the signer."""
    trust = pki().trust("VN")
    assert verify(signed(), trust, MOMENT).facts == examine(signed(), trust, MOMENT).signer


def test_changed_content_does_not_hide_the_signer() -> None:
    """The digest differs, and the signer has expired besides."""
    changed = signed().replace(b"7200", b"9200", 1)
    facts = examine(changed, pki().trust("VN"), MOMENT + 999 * DAY)
    assert isinstance(facts.signature.error, errors.DigestMismatch)
    assert states(facts)["time"] == "bad"
    assert states(facts)["chain"] == "good"


def test_a_signature_value_of_another_key_is_a_bad_fact() -> None:
    """Also where the certificate itself is to be believed."""
    other = tamper(lambda root: setattr(part(root, "SignatureValue"), "text", "A" * 86 + "=="))
    facts = examine(other, pki().trust("VN"), MOMENT)
    assert states(facts)["signature"] == "bad"
    assert states(facts)["chain"] == "good"


def test_an_untrusted_signer_may_have_signed_well() -> None:
    """Whether the signature fits does not depend on who is trusted."""
    facts = examine(signed(), pki().trust("TH"), MOMENT)
    assert states(facts) == {
        "signature": "good",
        "chain": "bad",
        "time": "good",
        "usage": "good",
        "key": "good",
        "revocation": "unknown",
        "name": "bad",
    }


def test_a_key_outside_the_profile_proves_nothing() -> None:
    """The value is not checked with it, so the fact is unknown, neither good nor bad."""
    weak = issue(Issue(), ec.derive_private_key(5, ec.SECP384R1()), ROOT_KEY)
    encoded = weak.public_bytes(Encoding.PEM).decode().replace("\n", "")
    text = encoded.removeprefix("-----BEGIN CERTIFICATE-----").removesuffix("-----END CERTIFICATE-----")
    message = tamper(lambda root: setattr(part(root, "X509Certificate"), "text", text))
    facts = examine(message, TrustStore((ROOT,)), MOMENT)
    assert states(facts)["signature"] == "unknown"
    assert states(facts)["key"] == "bad"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        pytest.param(document(), errors.Unsigned, id="unsigned"),
        pytest.param(
            tamper(lambda root: setattr(part(root, "X509Certificate"), "text", "AAAA")),
            errors.UntrustedSigner,
            id="no certificate",
        ),
    ],
)
def test_without_a_readable_signature_there_is_no_signer(message: bytes, error: type[Exception]) -> None:
    """One bad fact, about the signature, and none about anybody."""
    facts = examine(message, pki().trust("VN"), MOMENT)
    assert type(facts.signature.error) is error
    assert facts.signer is None
    assert list(facts.by_name) == ["signature"]


def test_a_moment_needs_a_zone() -> None:
    """In examining as in checking."""
    with pytest.raises(errors.ConfigurationError, match="time zone"):
        examine(signed(), pki().trust("VN"), MOMENT.replace(tzinfo=None))


def test_any_kind_of_document_can_be_examined() -> None:
    """The verb finds the corridor, as verify does."""
    assert set(states(verbs.examine(signed(), pki().trust("VN"), moment=MOMENT)).values()) == {"good"}
    with pytest.raises(errors.UnknownKind):
        verbs.examine(b"<x/>", pki().trust("VN"), moment=MOMENT)


def test_facts_hold_while_they_are_remembered() -> None:
    """At both ends of the span that a check tells, an examination says the same."""
    trust = pki().trust("VN")
    certificate: x509.Certificate = pki().key("VN").certificate
    signer = trust.check(certificate, [], MOMENT)
    for moment in (signer.known_from, signer.known_until):
        assert trust.examine(certificate, [], moment) == signer.facts
    beyond = trust.examine(certificate, [], signer.known_until + timedelta(microseconds=1))
    assert beyond != signer.facts
