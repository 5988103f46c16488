"""The words that a tester types: what a behaviour is called, what it takes, and what it means.

A word is a record with a default for every parameter, so ``{"name": "late", "seconds": 30}`` is one in
JSON. Not here: what is done about it (``judging``, ``writing``, ``conduct``) and the faults of the
network (``faults``).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

Seconds = Annotated[float, Meta(ge=0, le=86_400 * 366)]
Short = Annotated[str, Meta(min_length=1, max_length=200)]


class Layer(StrEnum):
    """Where in a gateway a word has its effect."""

    JUDGING = "judging"
    """How a message that comes in is judged, and what is answered."""
    WRITING = "writing"
    """How a message that leaves is written: answers, and what the gateway sends of its own."""
    WIRE = "wire"
    """What happens to the transmission itself."""


class Stage(StrEnum):
    """When a transport does what a word of the wire says."""

    BEFORE = "before"
    """Before the message is looked at: nothing is stored."""
    AFTER = "after"
    """After the message and what is owed for it are committed."""
    LEAVING = "leaving"
    """When the gateway itself delivers."""


def _word(class_name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", class_name).lower()


class Behaviour(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="name",
    tag=_word,
):
    """A word and its parameters. The first paragraph of its docstring is what it means."""

    layer: ClassVar[Layer] = Layer.JUDGING
    stages: ClassVar[frozenset[Stage]] = frozenset()
    needs: ClassVar[str | None] = None
    """What the corridor must have for it, as a field of its ``Manners``; None: every corridor has it."""
    sees: ClassVar[str] = ""
    """What the partner sees; {acknowledgement} and {answer} are the corridor's words for them."""

    @property
    def word(self) -> str:
        """What it is called."""
        return word_of(type(self))

    @classmethod
    def outgoing(cls) -> bool:
        """Tell whether it can happen to what the gateway sends of its own."""
        return cls.layer is Layer.WRITING or Stage.LEAVING in cls.stages


class On(StrEnum):
    """Which of the messages that leave are meant."""

    MESSAGES = "messages"
    """Business answers, and what the gateway sends of its own."""
    ACKNOWLEDGEMENTS = "acknowledgements"
    EVERYTHING = "everything"


Which = Annotated[On, Meta(description="which of the messages that leave are meant")]


class Silent(Behaviour, frozen=True, kw_only=True):
    """Acknowledges, and never gives a business answer."""

    sees: ClassVar[str] = "the {acknowledgement}, and no {answer}"


class Mute(Behaviour, frozen=True, kw_only=True):
    """Takes the message in, and says nothing: neither acknowledgement nor business answer."""

    sees: ClassVar[str] = "an empty answer to the transmission: no {acknowledgement}, no {answer}"


class Reject(Behaviour, frozen=True, kw_only=True):
    """Acknowledges, and gives a negative business answer with a reason of the corridor's list."""

    needs: ClassVar[str | None] = "reject"
    sees: ClassVar[str] = "the {acknowledgement}, then a negative {answer} with the reason"
    reason: Annotated[
        Short | None, Meta(description="a reason code of the corridor; the first of its list where none")
    ] = None


class Refuse(Behaviour, frozen=True, kw_only=True):
    """Refuses the message technically, with a finding of the rule that is named. It has no effect."""

    sees: ClassVar[str] = "a negative {acknowledgement} with the finding, and no {answer}"
    rule: Annotated[Short, Meta(description="id of the rule that the finding names")] = "TEST-REFUSED"
    message: Annotated[Short, Meta(description="words of the finding")] = "refused because a tester asked"


class AcceptWithWarnings(Behaviour, frozen=True, kw_only=True):
    """Accepts the message, and tells of a warning."""

    needs: ClassVar[str | None] = "warns"
    sees: ClassVar[str] = "a positive {acknowledgement} with a warning, then the {answer}"
    rule: Annotated[Short, Meta(description="id of the rule that the warning names")] = "TEST-WARNING"
    message: Annotated[Short, Meta(description="words of the warning")] = "a warning because a tester asked"


class UtilisePartly(Behaviour, frozen=True, kw_only=True):
    """Grants some items of a certificate, and refuses those that are given."""

    needs: ClassVar[str | None] = "utilise_partly"
    sees: ClassVar[str] = (
        "the {acknowledgement}, then a {answer} that refuses the items and grants the others"
    )
    refused: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=9999)], ...],
        Meta(description="numbers of the items that are refused", min_length=1, max_length=100),
    ] = (1,)
    reason: Annotated[
        Short | None, Meta(description="a reason code of the corridor; the first of its list where none")
    ] = None


class RetransmissionRequested(Behaviour, frozen=True, kw_only=True):
    """Says that it has lost the document, and wants it once more; then goes on as usual."""

    sees: ClassVar[str] = (
        "no answer to the first transmission; repeated, it gets the {acknowledgement} that it was owed"
    )


class AnswerForAnotherDocument(Behaviour, frozen=True, kw_only=True):
    """Gives the business answer for a document with another reference number."""

    sees: ClassVar[str] = "the {acknowledgement}, then a {answer} about a document that was never sent"
    reference: Annotated[
        Short | None, Meta(description="the number that is answered for; the last digit changed where none")
    ] = None


class WrongCorrelation(Behaviour, frozen=True, kw_only=True):
    """Answers, but says that the answer is to another message."""

    sees: ClassVar[str] = "an {acknowledgement} to a message id that was never sent"
    refers_to: Annotated[Short | None, Meta(description="the message id that is named instead")] = None


class WrongAcknowledgementDigest(Behaviour, frozen=True, kw_only=True):
    """Acknowledges other bytes than those that arrived."""

    needs: ClassVar[str | None] = "tells_digest"
    sees: ClassVar[str] = "an {acknowledgement} with the SHA-256 of something else"


class ClockSkew(Behaviour, frozen=True, kw_only=True):
    """Has a clock that is wrong: in headers, receipts and documents, and when it judges dates."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "times and dates in the {acknowledgement} and the {answer} that are off by so much"
    seconds: Annotated[
        float, Meta(ge=-86_400 * 366, le=86_400 * 366, description="ahead of the time; below zero: behind it")
    ] = 3600.0


class Late(Behaviour, frozen=True, kw_only=True):
    """Acknowledges at once, and gives the business answer after some time."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "the {acknowledgement} at once, the {answer} after that time"
    seconds: Annotated[Seconds, Meta(description="how much later")] = 30.0


class OutOfOrder(Behaviour, frozen=True, kw_only=True):
    """Lets business answers leave in reversed order: of some that follow each other, the last one first."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "each {acknowledgement} at once; the last {answer} of a group first, the first last"
    group: Annotated[int, Meta(ge=2, le=100, description="how many answers are turned round")] = 2
    seconds: Annotated[Seconds, Meta(description="from one of them to the next")] = 10.0


class DuplicateAnswer(Behaviour, frozen=True, kw_only=True):
    """Gives the business answer twice."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "the {acknowledgement}, then the {answer} twice: the same bytes, or two message ids"
    new_id: Annotated[bool, Meta(description="the second time under a message id of its own")] = False


class WrongSigner(Behaviour, frozen=True, kw_only=True):
    """Signs with the key of another gateway, whose authority does not speak for this one."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "a {answer} whose signer is another gateway"
    gateway: Annotated[
        Annotated[str, Meta(pattern="^[A-Z]{2,8}$")] | None,
        Meta(description="whose key; another member's where none"),
    ] = None
    on: Which = On.MESSAGES


class UnknownSigner(Behaviour, frozen=True, kw_only=True):
    """Signs with a key whose authority nobody knows."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "a {answer} whose signer has an unknown authority"
    on: Which = On.MESSAGES


class ImitatedSigner(Behaviour, frozen=True, kw_only=True):
    """Signs with a key whose certificate bears the true names, from a false authority."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = (
        "a {answer} with a certificate of the right names that the true authority never made"
    )
    on: Which = On.MESSAGES


class ExpiredCertificate(Behaviour, frozen=True, kw_only=True):
    """Signs with a certificate that is out of date."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "a {answer} whose signature is right and whose certificate has expired"
    on: Which = On.MESSAGES


class FutureCertificate(Behaviour, frozen=True, kw_only=True):
    """Signs with a certificate that is not in force yet."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "a {answer} whose signature is right and whose certificate begins later"
    on: Which = On.MESSAGES


class RevokedCertificate(Behaviour, frozen=True, kw_only=True):
    """Signs with a certificate that its authority has revoked."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "a {answer} whose certificate stands on the revocation list of its authority"
    on: Which = On.MESSAGES


class WrongKeyUsage(Behaviour, frozen=True, kw_only=True):
    """Signs with a certificate that is not meant for signatures."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "a {answer} whose certificate is for the encipherment of keys only"
    on: Which = On.MESSAGES


class Tampered(Behaviour, frozen=True, kw_only=True):
    """Changes a digit of the content after signing."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "a {answer} whose content is not what was signed"
    on: Which = On.MESSAGES


class Unsigned(Behaviour, frozen=True, kw_only=True):
    """Leaves the signature out."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "a {answer} without a signature"
    on: Which = On.MESSAGES


class UnknownKind(Behaviour, frozen=True, kw_only=True):
    """Announces a kind of message that nobody knows."""

    layer: ClassVar[Layer] = Layer.WRITING
    needs: ClassVar[str | None] = "announce_unknown"
    sees: ClassVar[str] = "a {answer} whose header announces an unknown kind"
    on: Which = On.MESSAGES


class MalformedAnswer(Behaviour, frozen=True, kw_only=True):
    """Sends a message that breaks off in the middle: no XML."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "a {answer} that cannot be read as XML"
    on: Which = On.MESSAGES


class OversizeAnswer(Behaviour, frozen=True, kw_only=True):
    """Sends a message that is padded with white space to a size that a receiver should refuse."""

    layer: ClassVar[Layer] = Layer.WRITING
    sees: ClassVar[str] = "a {answer} larger than receivers should take"
    bytes: Annotated[int, Meta(ge=1, le=64 * 1024 * 1024, description="its size at least")] = 5 * 1024 * 1024
    on: Which = On.MESSAGES


def word_of(type_: type[Behaviour]) -> str:
    """Return what the words of a type are called."""
    tag: Any = type_.__struct_config__.tag
    return str(tag)
