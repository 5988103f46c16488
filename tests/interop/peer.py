"""What the matrix asks of an implementation: sign, verify, and say what it cannot do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from asw_exchange.errors import ExchangeError
from asw_exchange.signature import sign, verify
from tests.interop.cases import Case
from tests.signature_cases import MOMENT


class Peer(Protocol):
    """An implementation of XML Signature."""

    name: str

    def lacks(self, case: Case, document: bytes | None = None) -> str | None:
        """Say why a case, or this document in it, is beyond the implementation; None where it is not."""

    def sign(self, documents: list[bytes], case: Case) -> list[bytes]:
        """Return the canonical documents, each with a signature in our profile by the key of VN."""

    def refusals(self, messages: list[bytes], case: Case) -> list[str | None]:
        """Verify signatures and chains; return why each does not hold, or None where it does."""


@dataclass(frozen=True, slots=True)
class Ours:
    """This package."""

    name: str = "ours"

    def lacks(self, case: Case, document: bytes | None = None) -> str | None:
        return None

    def sign(self, documents: list[bytes], case: Case) -> list[bytes]:
        return [sign(document, case.keys.key("VN"), case.policy) for document in documents]

    def refusals(self, messages: list[bytes], case: Case) -> list[str | None]:
        return [_refusal(message, case) for message in messages]


def _refusal(message: bytes, case: Case) -> str | None:
    try:
        verify(message, case.keys.trust("VN"), MOMENT, case.policy)
    except ExchangeError as error:
        return f"{type(error).__name__}: {error}"
    return None


@dataclass(frozen=True, slots=True)
class Absent:
    """An implementation that is not on this machine."""

    name: str
    reason: str

    def lacks(self, case: Case, document: bytes | None = None) -> str | None:
        return self.reason

    def sign(self, documents: list[bytes], case: Case) -> list[bytes]:
        raise AssertionError(self.reason)

    def refusals(self, messages: list[bytes], case: Case) -> list[str | None]:
        raise AssertionError(self.reason)
