"""Other implementations accept what we sign, and we accept what they sign in our profile.

The matrix is in ``tests/interop``; ``make interop`` prints it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree
from signxml import XMLVerifier

from asw_exchange.corridors.asean.layouts import EFORM_D
from asw_exchange.signature import (
    Canonicalization,
    DigestMethod,
    Placement,
    SignatureMethod,
    SignaturePolicy,
    sign,
    verify,
)
from tests.interop import jdk, xmlsec1
from tests.interop.cases import ED25519, Case, template, unsigned
from tests.interop.documents import AWKWARD, documents
from tests.interop.matrix import Pair, cells, opened, run
from tests.interop.peer import Absent, Peer
from tests.signature_cases import MOMENT, certificate, document, pki

EXCLUSIVE, INCLUSIVE = Canonicalization.EXCLUSIVE, Canonicalization.INCLUSIVE
PAIRS = [
    "ours > ours",
    *(f"ours > {name}" for name in ("xmlsec1", "signxml", "JDK")),
    *(f"{name} > ours" for name in ("xmlsec1", "signxml", "JDK")),
]


@pytest.fixture(scope="module")
def pairs() -> Iterator[dict[str, Pair]]:
    """Who signs for whom, by name."""
    with opened() as found:
        yield {str(pair): pair for pair in found}


@pytest.mark.parametrize("case", cells(), ids=str)
@pytest.mark.parametrize("name", PAIRS)
def test_a_cell_of_the_matrix_holds(name: str, case: Case, pairs: dict[str, Pair]) -> None:
    """Every document verifies; with a byte changed, what the other side refuses we refuse too."""
    cell = run(pairs[name], case, documents(6))
    if cell.skipped:
        pytest.skip(cell.skipped)
    assert not cell.faults, cell.faults[0]
    assert cell.verified >= 2


def test_the_matrix_is_complete(pairs: dict[str, Pair]) -> None:
    """All pairs, and all combinations that a policy can express."""
    assert list(pairs) == PAIRS
    assert len(set(cells())) == 3 * 3 * (2 + 2)


@pytest.mark.parametrize("peer", [xmlsec1, jdk], ids=lambda module: module.NAME)
def test_what_is_not_installed_is_skipped_by_name(peer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason says what to install."""
    monkeypatch.setattr(peer, "COMMAND", None)
    with peer.opened() as absent:  # type: ignore[attr-defined]
        assert isinstance(absent, Absent)
        cell = run(Pair(absent, absent), cells()[0], documents(6))
    assert "apt-get install" in (cell.skipped or "")


class Careless:
    """Accepts everything, and signs nothing."""

    name = "careless"

    def lacks(self, case: Case, document: bytes | None = None) -> str | None:
        return None

    def sign(self, documents: list[bytes], case: Case) -> list[bytes]:
        return documents

    def refusals(self, messages: list[bytes], case: Case) -> list[str | None]:
        return [None] * len(messages)


def test_a_cell_can_fail(pairs: dict[str, Pair]) -> None:
    """In both directions, for its own reason."""
    ours, careless = pairs["ours > ours"].signer, Careless()
    accepts = run(Pair(ours, careless), cells()[0], documents(6)).faults
    assert [fault.startswith("careless accepts a changed document") for fault in accepts] == [True]
    unsigned_ = run(Pair(careless, ours), cells()[0], documents(6)).faults
    assert sum("Unsigned" in fault for fault in unsigned_) == len(documents(6))


def peer_of(pairs: dict[str, Pair], name: str) -> Peer:
    """An implementation, or a skip where it is not there."""
    found = pairs[f"{name} > ours"].signer
    if isinstance(found, Absent):
        pytest.skip(found.reason)
    return found


def test_what_the_signature_declares_counts_in_inclusive_c14n(
    pairs: dict[str, Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A namespace declared on ds:Signature itself is in scope of SignedInfo."""
    case = next(case for case in cells() if case.canonicalization is INCLUSIVE and case.algorithm != ED25519)

    def declaring(case: Case, reference: str) -> bytes:
        return template(case, reference).replace(b"<ds:Signature ", b'<ds:Signature xmlns:extra="urn:e" ')

    monkeypatch.setattr(xmlsec1, "template", declaring)
    (message,) = peer_of(pairs, "xmlsec1").sign([AWKWARD], case)
    assert b'xmlns:extra="urn:e"' in message
    assert verify(message, pki().trust("VN"), MOMENT, case.policy)


@pytest.mark.parametrize("digest", DigestMethod)
@pytest.mark.parametrize("text", [document(), AWKWARD], ids=["Form D", "awkward"])
def test_signxml_hands_on_the_same_content(text: bytes, digest: DigestMethod) -> None:
    """What it says was signed is what we say."""
    policy, key = SignaturePolicy(digest=digest), pki().key("VN")
    theirs = XMLVerifier().verify(sign(text, key, policy), x509_cert=key.certificate)
    assert theirs.signed_data == verify(sign(text, key, policy), pki().trust("VN"), MOMENT, policy).canonical


@pytest.mark.parametrize("name", ["xmlsec1", "signxml", "JDK"])
@pytest.mark.parametrize("placement", Placement)
def test_a_form_that_they_signed_reads_as_it_was(
    placement: Placement, name: str, pairs: dict[str, Pair]
) -> None:
    """Out of whatever they make of it comes the same certificate, by the method that they named."""
    case = next(each for each in cells() if each.placement is placement and each.algorithm == "rsa-2048")
    (message,) = peer_of(pairs, name).sign([document()], case)
    verified = verify(message, case.keys.trust("VN"), MOMENT, case.policy)
    assert EFORM_D.read(verified.document) == certificate()
    assert verified.algorithm is SignatureMethod.RSA_SHA256


def test_room_for_a_signature_is_where_ours_stands() -> None:
    """The peers sign in our places: without their signature the message is the same."""
    for case in cells():
        ours = etree.fromstring(sign(document(), case.keys.key("VN"), case.policy))
        room = etree.fromstring(unsigned(document(), case.placement).around(template(case, "")))
        assert [each.tag for each in ours.iter() if "xmldsig" not in each.tag] == [
            each.tag for each in room.iter() if "xmldsig" not in each.tag
        ]
