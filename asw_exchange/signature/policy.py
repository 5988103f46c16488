"""What a corridor demands of a signature: where it stands and which algorithms it may use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from asw_exchange.errors import ConfigurationError
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

    Not enveloped means a container around the document: ``containers.py`` makes it and takes it apart.
    """

    ENVELOPED = "enveloped"
    """The last child of the signed document element; ``Reference URI=""``."""
    SIGNED_DOC = "signed-doc"
    """In an EEC ``SignedDoc``, pinned to its ``SignedContent`` (EEC Decision N 125)."""
    SOAP_BODY = "soap-body"
    """In the WS-Security header of a SOAP 1.1 envelope, pinned to its Body."""


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

    def __post_init__(self) -> None:
        enveloped = self.placement is Placement.ENVELOPED
        if not enveloped and self.canonicalization is not Canonicalization.EXCLUSIVE:
            raise ConfigurationError("what is signed inside a container needs exclusive C14N")

    @property
    def transforms(self) -> tuple[str, ...]:
        """The transforms of the one Reference, in order."""
        if self.placement is Placement.ENVELOPED:
            return (Transform.ENVELOPED, self.canonicalization)
        return (self.canonicalization,)


ENVELOPED = SignaturePolicy()
"""Enveloped, exclusive C14N, SHA-256: what is used when nothing else is said."""
