"""What is signed, and how: every combination that the profile allows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from asw_exchange.signature import (
    Canonicalization,
    DigestMethod,
    Placement,
    SignatureMethod,
    SignaturePolicy,
    TestPki,
)
from asw_exchange.signature.containers import pack
from tests.signature_cases import ALGORITHMS, NS, pki

ED25519 = "ed25519"
PLACEHOLDER = b"<placeholder></placeholder>"
"""Stands where a peer's signature is to stand."""

RSA_METHODS = {
    DigestMethod.SHA256: SignatureMethod.RSA_SHA256,
    DigestMethod.SHA384: SignatureMethod.RSA_SHA384,
    DigestMethod.SHA512: SignatureMethod.RSA_SHA512,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One combination of key, digest, C14N and placement."""

    algorithm: str
    digest: DigestMethod
    canonicalization: Canonicalization
    placement: Placement

    @property
    def policy(self) -> SignaturePolicy:
        """The profile that signs and verifies it."""
        return SignaturePolicy(
            placement=self.placement, canonicalization=self.canonicalization, digest=self.digest
        )

    @property
    def method(self) -> SignatureMethod:
        """What a peer signs with; for RSA with the same hash as the digest, so that all three are seen."""
        if self.algorithm == ED25519:
            return SignatureMethod.ED25519
        return RSA_METHODS[self.digest] if self.algorithm == "rsa-2048" else SignatureMethod.ECDSA_SHA256

    @property
    def keys(self) -> TestPki:
        """The keys of VN, who signs."""
        return pki(self.algorithm)

    def __str__(self) -> str:
        c14n = self.canonicalization.name.lower()
        return f"{self.algorithm} {self.digest.name} {c14n} {self.placement}"


def cases() -> Iterator[Case]:
    """All combinations; a container is signed with exclusive C14N only, as the policy demands."""
    for algorithm, digest, canonicalization, placement in itertools.product(
        ALGORITHMS, DigestMethod, Canonicalization, Placement
    ):
        if placement is Placement.ENVELOPED or canonicalization is Canonicalization.EXCLUSIVE:
            yield Case(
                algorithm=algorithm, digest=digest, canonicalization=canonicalization, placement=placement
            )


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A canonical document as a peer gets it to sign: the text around the place of the signature."""

    before: bytes
    after: bytes
    reference: str

    def around(self, signature: bytes) -> bytes:
        """Return the whole message."""
        return self.before + signature + self.after


def unsigned(canonical: bytes, placement: Placement) -> Unsigned:
    """Make room for a signature, in the document or in a container around it."""
    if placement is Placement.ENVELOPED:
        end = canonical.rindex(b"</")
        return Unsigned(canonical[:end], canonical[end:], "")
    packing = pack(canonical, placement)
    return Unsigned(packing.head, packing.between + packing.signed + packing.tail, f"#{packing.id}")


def template(case: Case, reference: str) -> bytes:
    """An empty signature for a peer to fill in, indented as people write them."""
    transforms = "".join(f'\n        <ds:Transform Algorithm="{uri}"/>' for uri in case.policy.transforms)
    return f"""<ds:Signature xmlns:ds="{NS}">
  <ds:SignedInfo>
    <ds:CanonicalizationMethod Algorithm="{case.canonicalization}"/>
    <ds:SignatureMethod Algorithm="{case.method}"/>
    <ds:Reference URI="{reference}">
      <ds:Transforms>{transforms}
      </ds:Transforms>
      <ds:DigestMethod Algorithm="{case.digest}"/>
      <ds:DigestValue/>
    </ds:Reference>
  </ds:SignedInfo>
  <ds:SignatureValue/>
  <ds:KeyInfo>
    <ds:X509Data>
      <ds:X509Certificate/>
    </ds:X509Data>
  </ds:KeyInfo>
</ds:Signature>""".encode()
