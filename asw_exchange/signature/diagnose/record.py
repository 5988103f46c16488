"""What a diagnosis holds, and how it is told in sentences. Not here: how it is made (``diagnosis``)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from asw_exchange.errors import ExchangeError
from asw_exchange.signature.diagnose.causes import Attempt, Explanation
from asw_exchange.signature.verify import Verified


class Standing(StrEnum):
    """How one of the three parts of a signature stands."""

    HOLDS = "holds"
    EXPLAINED = "explained"
    """It does not hold, and a cause was found that it does not."""
    BROKEN = "broken"
    """It does not hold, and no usual cause explains it."""
    UNKNOWN = "unknown"
    """It could not be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Diagnosis:
    """What is known of a message and its signature."""

    verified: Verified | None = None
    """What ``verify`` returned; None where it raised."""
    error: ExchangeError | None = None
    """What ``verify`` raised."""
    content: Standing = Standing.UNKNOWN
    """Whether the content has the digest that stands in SignedInfo."""
    signature: Standing = Standing.UNKNOWN
    """Whether the signature value fits SignedInfo and a key."""
    signer: Standing = Standing.UNKNOWN
    """Whether the certificate is to be believed."""
    signer_name: str | None = None
    reference: str | None = None
    """The URI of the one Reference; empty for the document itself."""
    canonicalization: str | None = None
    digest_method: str | None = None
    expected: str | None = None
    """The digest in the signature, base64."""
    computed: str | None = None
    """The digest of what is here, base64."""
    causes: tuple[Explanation, ...] = ()
    """What was found to be the matter."""
    attempts: tuple[Attempt, ...] = ()
    """What was tried, in order."""
    complete: bool = True
    """False where the message is so large that not everything was tried."""
    reference_octets: bytes | None = None
    """The pre-digest bytes: what the digest is computed over, from what is here."""
    signed_info: bytes | None = None
    """SignedInfo in canonical form: what the signature value is computed over."""
    original_octets: bytes | None = None
    """What was digested when the message was signed, where that was found and differs."""
    original_signed_info: bytes | None = None
    """What was signed, where that was found and differs."""

    @property
    def explained(self) -> bool:
        """Whether everything that does not hold has a cause that was found."""
        return bool(self.causes) and not {self.content, self.signature, self.signer} & {
            Standing.BROKEN,
            Standing.UNKNOWN,
        }

    @property
    def summary(self) -> str:
        """Why the message does not verify, or that it does, in one or two sentences."""
        if self.verified is not None:
            return "The signature holds: exactly this content was signed."
        if self.explained:
            return f"{_titles(self)}. Apart from that, the signature holds."
        if self.causes:
            return f"{_titles(self)}. That is not all: {_rest(self)}"
        return _capital(_rest(self))


_SURE = (Standing.HOLDS, Standing.EXPLAINED)


def _titles(found: Diagnosis) -> str:
    return ". ".join(_capital(cause.title) for cause in found.causes)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _rest(found: Diagnosis) -> str:
    tried = sum(attempt.variants for attempt in found.attempts)
    limits = "" if found.complete else " The message is large, so only a part of what is possible was tried."
    if found.content is Standing.BROKEN:
        genuine = (
            "the signature value is genuine, so the content was changed after signing."
            if found.signature in _SURE
            else "the signature value does not fit SignedInfo either, so both were changed, or made wrongly."
        )
        return (
            f"the content has another digest than the one that was signed, and no usual cause explains it "
            f"({tried} forms tried): {genuine} What was changed cannot be told from a digest; compare the "
            f"pre-digest bytes (--dump) with the sender's.{limits}"
        )
    if found.signature is Standing.BROKEN:
        return (
            "the content has the digest that SignedInfo names, but the signature value fits neither "
            f"SignedInfo nor any form of it under any key known here ({tried} forms tried): SignedInfo was "
            "changed, or signed with a key that is not known here."
        )
    return f"nothing more can be said of the signature, because {found.error}"
