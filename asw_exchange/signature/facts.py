"""What was found out about a signature and its signer, each thing by itself: good, bad or unknown.

Not here: how it is found out (``trust``, ``revocation``, ``examine``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509

from asw_exchange.errors import SignatureError


class State(StrEnum):
    """How a fact stands."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at, in a short sentence."""

    state: State
    says: str
    error: SignatureError | None = None
    """What a check raises for it. A bad fact has one; an unknown one only where knowing is demanded."""


def good(says: str) -> Fact:
    """Make a fact that speaks for the signer."""
    return Fact(State.GOOD, says)


def bad(says: str, error: SignatureError) -> Fact:
    """Make a fact that speaks against it."""
    return Fact(State.BAD, says, error)


def unknown(says: str, error: SignatureError | None = None) -> Fact:
    """Make a fact that nobody could find out."""
    return Fact(State.UNKNOWN, says, error)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerFacts:
    """What there is to know about the certificate of a signer at a moment; no fact hides another."""

    certificate: x509.Certificate
    chain: Fact
    """Whether it leads to a trusted authority, now or while it was in force."""
    time: Fact
    """Whether all of the chain is in force; the certificate alone where there is no chain."""
    usage: Fact
    key: Fact
    revocation: Fact
    name: Fact
    """Whether it bears the name that is expected of it."""

    @property
    def by_name(self) -> dict[str, Fact]:
        """The facts, in the order in which a check tells of them."""
        return {
            "chain": self.chain,
            "time": self.time,
            "usage": self.usage,
            "key": self.key,
            "revocation": self.revocation,
            "name": self.name,
        }

    @property
    def error(self) -> SignatureError | None:
        """What a check raises: the error of the first fact that has one."""
        return next((fact.error for fact in self.by_name.values() if fact.error), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts:
    """What there is to know about a signature: whether it fits, and its signer."""

    signature: Fact
    """Whether content, SignedInfo and key fit each other, whoever the signer is."""
    signer: SignerFacts | None
    """None when no certificate could be read from the signature."""

    @property
    def by_name(self) -> dict[str, Fact]:
        """All facts; that of the signature first."""
        return {"signature": self.signature, **(self.signer.by_name if self.signer else {})}
