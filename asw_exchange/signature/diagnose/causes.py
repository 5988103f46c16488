"""The usual causes for which a signature does not hold, in the words in which they are told.

The values are public: they stand in the JSON that ``asw verify --explain`` prints.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Cause(StrEnum):
    """What happened to a message, in the order in which it is tried."""

    INDENTED = "re-indented"
    LINE_ENDS = "line-ends"
    ENCODING = "encoding"
    COMMENTS = "comments"
    PREFIXES = "prefixes"
    ATTRIBUTES = "attributes"
    CANONICALIZATION = "canonicalization"
    RESERIALISED = "re-serialised"
    OTHER_CONTENT = "other-content"
    OTHER_DIGEST = "other-digest"
    VALUE_FORMAT = "value-format"
    OTHER_METHOD = "other-method"
    OTHER_KEY = "other-key"
    CLOCK_SKEW = "clock-skew"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    UNKNOWN_ISSUER = "unknown-issuer"
    UNTRUSTED = "untrusted"
    OUTSIDE_PROFILE = "outside-profile"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A cause that was found to be true of a message."""

    cause: Cause
    detail: str
    """What exactly, as far as it can be told: a few words."""

    @property
    def title(self) -> str:
        """What happened, in a few words."""
        return _WORDS[self.cause][0]

    @property
    def advice(self) -> str:
        """What to do about it: one sentence."""
        return _WORDS[self.cause][1]


_WORDS = {
    Cause.INDENTED: (
        "re-indented: white space between elements was changed after signing",
        "Send and store the bytes as they were signed, and switch pretty-printing off behind the signer.",
    ),
    Cause.LINE_ENDS: (
        "line ends: CRLF and LF were exchanged after signing",
        "Write line ends as LF before signing, and transfer the file as binary.",
    ),
    Cause.ENCODING: (
        "encoding: the characters were read or written in another encoding than UTF-8",
        "Read and write the message as bytes; where text is needed, decode and encode it as UTF-8.",
    ),
    Cause.COMMENTS: (
        "comments: signer and receiver differ in whether comments or processing instructions count",
        "Sign with C14N without comments, and send no comments or processing instructions.",
    ),
    Cause.PREFIXES: (
        "prefixes: namespace prefixes were rewritten after signing",
        "Keep the prefixes: do not parse and write the message again behind the signer.",
    ),
    Cause.ATTRIBUTES: (
        "attributes: an attribute was added, or white space in attribute values was changed",
        "Keep the attributes as they were signed: no schemaLocation, no re-wrapping behind the signer.",
    ),
    Cause.CANONICALIZATION: (
        "wrong C14N: the signer used another canonicalisation than the signature says",
        "Let the signer compute what it declares; the profile of the corridor says which.",
    ),
    Cause.RESERIALISED: (
        "re-serialised: the same text was written in another form",
        "Digest the canonical form that a C14N library gives, and change nothing behind the signer.",
    ),
    Cause.OTHER_CONTENT: (
        "other content: the digest was computed over something else than the reference says",
        "Let the signer digest what the reference names, after its transforms.",
    ),
    Cause.OTHER_DIGEST: (
        "another digest: the value was made or written in another way than the signature says",
        "Let the signer name the digest algorithm that it uses, and write the octets in base64.",
    ),
    Cause.VALUE_FORMAT: (
        "signature value in another format",
        "Write an ECDSA value as r and s, 32 octets each, in base64 (XML Signature 1.1, section 6.4.3).",
    ),
    Cause.OTHER_METHOD: (
        "another method: the signature value was made with another algorithm than the signature says",
        "Let the signer name the signature method that it uses.",
    ),
    Cause.OTHER_KEY: (
        "another key: the message was signed with another key than the one expected",
        "Ask the sender which key it signs with; if it has a new one, trust its new certificate.",
    ),
    Cause.CLOCK_SKEW: (
        "clock skew: the time of checking is less than a day outside the validity of the certificate",
        "Check the clocks and time zones of both sides, or give the time with --moment.",
    ),
    Cause.EXPIRED: (
        "expired: the certificate was out of date at the time of checking",
        "Ask the sender to sign with a renewed certificate; for an old message give its time as --moment.",
    ),
    Cause.NOT_YET_VALID: (
        "not yet valid: the certificate was not in force yet at the time of checking",
        "Ask the sender for the right certificate, or give the time of the message with --moment.",
    ),
    Cause.REVOKED: (
        "revoked: its authority has withdrawn the certificate",
        "Ask the sender to sign with a certificate that is in force.",
    ),
    Cause.UNKNOWN_ISSUER: (
        "unknown issuer: the certificate does not lead to an authority that is trusted here",
        "If you know the sender, add the certificate of its authority to the trusted ones.",
    ),
    Cause.UNTRUSTED: (
        "untrusted: the certificate may not be used for this signature",
        "Ask the sender to sign with a certificate that is made for it.",
    ),
    Cause.OUTSIDE_PROFILE: (
        "outside the profile: the signature is of a kind that the corridor does not accept",
        "Set the signer to what the profile of the corridor prescribes.",
    ),
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """Causes that were tried on one part of the message, alone or two together."""

    part: str
    """``file``, ``content``, ``signature`` or ``signer``."""
    causes: tuple[Cause, ...]
    variants: int
    """How many forms of it were really computed."""
    fits: bool


def merged(attempts: Iterable[Attempt]) -> tuple[Attempt, ...]:
    """Return the attempts with those on the same part and causes made one, in the order of the first."""
    made: dict[tuple[str, tuple[Cause, ...]], Attempt] = {}
    for each in attempts:
        key = (each.part, each.causes)
        before = made.get(key)
        if before is not None:
            each = replace(each, variants=before.variants + each.variants, fits=before.fits or each.fits)
        made[key] = each
    return tuple(made.values())
