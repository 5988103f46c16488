"""What a corridor demands of a signature: where it stands and which algorithms it may use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from asw_exchange.signature.algorithms import (
    STRONG_DIGESTS,
    STRONG_SIGNATURES,
    Canonicalization,
    DigestMethod,
    SignatureMethod,
    Transform,
)


class Placement(StrEnum):
    """Where the signature stands relative to what it signs.

    Every placement has one case in ``placement.py``; a container (EEC ``SignedDoc``) or a SOAP header
    (WS-Security) becomes a further member here and a further case there.
    """

    ENVELOPED = "enveloped"
    """The last child of the signed document element; ``Reference URI=""``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePolicy:
    """The profile of one corridor. The default is that of the ASEAN corridor."""

    placement: Placement = Placement.ENVELOPED
    """Pinned: a signature that stands anywhere else is refused, or content could be moved beside it."""
    canonicalization: Canonicalization = Canonicalization.EXCLUSIVE
    """For the document and for SignedInfo. Only the exclusive one survives an envelope around it."""
    digest: DigestMethod = DigestMethod.SHA256
    """The one that ``sign`` writes."""
    digests: frozenset[DigestMethod] = STRONG_DIGESTS
    """Those that ``verify`` accepts."""
    methods: frozenset[SignatureMethod] = STRONG_SIGNATURES
    """Those that ``verify`` accepts; ``sign`` refuses a key whose method is none of them."""

    @property
    def reference(self) -> str:
        """The URI of the one Reference."""
        return ""

    @property
    def transforms(self) -> tuple[str, ...]:
        """The transforms of the one Reference, in order."""
        return (Transform.ENVELOPED, self.canonicalization)


ENVELOPED = SignaturePolicy()
"""Enveloped, exclusive C14N, SHA-256: what is used when nothing else is said."""
