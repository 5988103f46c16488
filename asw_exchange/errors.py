"""Every exception this package raises on purpose.

Wrong *input* to a validation gives findings (``asw_exchange.model.Finding``); a broken *promise*
(XML that cannot be read, a signature that does not hold, a document that a form cannot carry)
raises one of these. Nothing else leaves a public function.

    ExchangeError
    ├── ReadError               the bytes are not XML that we accept
    │   ├── NotWellFormed           no XML, truncated, several roots
    │   ├── ForbiddenDoctype        a document type declaration of any kind
    │   ├── WrongEncoding           not UTF-8
    │   └── TooLarge                over a cap on bytes, depth, elements or attributes
    ├── InputError              a JSON or YAML document that is not of the type asked for
    │   └── UnknownName             a word in it, or an argument, that names nothing there is
    ├── BuildError              the document cannot be written in this form
    │   ├── FieldNotCarried         a field is set that the form has no place for
    │   └── ValueNotCarried         a value has no representation in the form
    ├── ParseError              XML of a known kind that does not follow its layout
    ├── UnknownKind             no corridor knows this kind or root element
    ├── EnvelopeError           the wrapping is missing, incomplete or contradicts its content
    │   ├── HeaderMissing           a header that every message must have
    │   ├── HeaderInvalid           a header with a wrong value, or twice
    │   ├── HeaderForbidden         a header that an application must not set
    │   ├── UnknownAction           an action, process or operation that nobody here knows
    │   ├── BodyError               the body does not hold exactly what it should
    │   ├── MessageIdReused         an id that came before with other content
    │   ├── WrongTime               sent at a time that has not come yet
    │   ├── WrongRoute              sender or receiver are not who the message can go between
    │   └── WrongKind               another kind than announced or asked for
    ├── SignatureError          see asw_exchange.signature
    │   ├── Unsigned                no signature where the profile wants one
    │   ├── AlreadySigned           a document to be signed that holds a signature
    │   ├── SignatureMisplaced      a signature elsewhere than the profile says
    │   │   └── SeveralSignatures       more than one
    │   ├── SignatureProfileError   well-formed, but outside the allow-listed profile
    │   │   ├── SignatureStructureError missing, foreign, repeated or nested parts of the signature
    │   │   ├── DuplicateId             the id of what is signed stands twice, in whatever spelling
    │   │   ├── ForbiddenReference      it refers to something else, or to several things
    │   │   ├── ForbiddenTransform      a transform that is not the pinned one
    │   │   ├── ForbiddenAlgorithm      an algorithm outside the allow-list, or with parameters
    │   │   ├── SignatureEncodingError  a digest, signature or certificate that is no proper value
    │   │   ├── ForbiddenKeyInfo        anything but X.509 certificates, or too much of them
    │   │   └── NoCanonicalForm         what is signed has no canonical form
    │   ├── DigestMismatch          the content was changed after signing
    │   ├── SignatureMismatch       the signature value does not fit the key
    │   └── UntrustedSigner         the certificate is not one to be believed
    │       ├── UnknownIssuer           it does not lead to a trusted authority
    │       │   └── ImitatedIssuer          it bears the name of one, but not its signature
    │       ├── CertificateExpired      it, or an authority above it, is out of date
    │       ├── CertificateNotYetValid  it, or an authority above it, is not in force yet
    │       ├── CertificateRevoked      its authority, or one above, has revoked it
    │       ├── RevocationUnknown       nobody can tell, and the store wants to know
    │       ├── WrongKeyUsage           it is not meant for signatures
    │       ├── WeakKey                 its key is of a kind or length outside the profile
    │       └── WrongSubject            it bears the name of somebody else
    ├── CredentialError         a key or certificate file that cannot be used
    ├── LedgerError             the ledger cannot be read or written
    │   └── BytesDropped            the bytes of an old message, dropped by retention
    ├── FileError               a file that cannot be read or written
    └── ConfigurationError      a schema, rule file, corridor or option of ours is at fault
        └── WrongOption             the value of an option is none that it can have
"""

from __future__ import annotations

from typing import ClassVar


class ExchangeError(Exception):
    """The root of the tree. ``str(error)`` is one sentence that a person can act on."""

    reply_code: ClassVar[str] = "INTERNAL"
    """What a partner is told in an acknowledgement. Public: retired, never reused."""

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        path: str | None = None,
        value: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.path = path
        self.value = value
        self.hint = hint

    def in_file(self, file: str) -> ExchangeError:
        """Say which file this is about, and return the same error for ``raise``."""
        self.file = file
        return self

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        parts = [f"{place}: " if place else "", f"{self.path}: " if self.path else "", self.message]
        if self.value is not None:
            parts.append(f" (found {_shorten(self.value)!r})")
        if self.hint:
            parts.append(f"; {self.hint}")
        return "".join(parts)


def _shorten(value: str, limit: int = 80) -> str:
    return value if len(value) <= limit else value[: limit - 1] + "…"


class ReadError(ExchangeError):
    reply_code = "XML-UNREADABLE"


class NotWellFormed(ReadError):
    reply_code = "XML-SYNTAX"


class ForbiddenDoctype(ReadError):
    reply_code = "XML-DOCTYPE"


class WrongEncoding(ReadError):
    reply_code = "XML-ENCODING"


class TooLarge(ReadError):
    reply_code = "XML-LIMIT"


class InputError(ExchangeError):
    reply_code = "INPUT"


class UnknownName(InputError):
    pass


class BuildError(ExchangeError):
    reply_code = "BUILD"


class FieldNotCarried(BuildError):
    reply_code = "BUILD-FIELD"


class ValueNotCarried(BuildError):
    reply_code = "BUILD-VALUE"


class ParseError(ExchangeError):
    reply_code = "PARSE"


class UnknownKind(ExchangeError):
    reply_code = "KIND-UNKNOWN"


class EnvelopeError(ExchangeError):
    reply_code = "ENVELOPE"


class HeaderMissing(EnvelopeError):
    reply_code = "ENVELOPE-HEADER-MISSING"


class HeaderInvalid(EnvelopeError):
    reply_code = "ENVELOPE-HEADER-INVALID"


class HeaderForbidden(EnvelopeError):
    reply_code = "ENVELOPE-HEADER-FORBIDDEN"


class UnknownAction(EnvelopeError):
    reply_code = "ENVELOPE-ACTION"


class BodyError(EnvelopeError):
    reply_code = "ENVELOPE-BODY"


class MessageIdReused(EnvelopeError):
    reply_code = "MESSAGE-ID-REUSED"


class WrongTime(EnvelopeError):
    reply_code = "ENVELOPE-TIME"


class WrongRoute(EnvelopeError):
    reply_code = "ENVELOPE-ROUTE"


class WrongKind(EnvelopeError):
    reply_code = "ENVELOPE-KIND"


class SignatureError(ExchangeError):
    reply_code = "SIGNATURE"


class Unsigned(SignatureError):
    reply_code = "SIGNATURE-MISSING"


class AlreadySigned(SignatureError):
    reply_code = "SIGNATURE-PRESENT"


class SignatureMisplaced(SignatureError):
    reply_code = "SIGNATURE-MISPLACED"


class SeveralSignatures(SignatureMisplaced):
    reply_code = "SIGNATURE-SEVERAL"


class SignatureProfileError(SignatureError):
    reply_code = "SIGNATURE-PROFILE"


class SignatureStructureError(SignatureProfileError):
    reply_code = "SIGNATURE-STRUCTURE"


class DuplicateId(SignatureProfileError):
    reply_code = "SIGNATURE-DUPLICATE-ID"


class ForbiddenReference(SignatureProfileError):
    reply_code = "SIGNATURE-REFERENCE"


class ForbiddenTransform(SignatureProfileError):
    reply_code = "SIGNATURE-TRANSFORM"


class ForbiddenAlgorithm(SignatureProfileError):
    reply_code = "SIGNATURE-ALGORITHM"


class SignatureEncodingError(SignatureProfileError):
    reply_code = "SIGNATURE-ENCODING"


class ForbiddenKeyInfo(SignatureProfileError):
    reply_code = "SIGNATURE-KEY-INFO"


class NoCanonicalForm(SignatureProfileError):
    reply_code = "SIGNATURE-CANONICAL"


class DigestMismatch(SignatureError):
    reply_code = "SIGNATURE-DIGEST"


class SignatureMismatch(SignatureError):
    reply_code = "SIGNATURE-VALUE"


class UntrustedSigner(SignatureError):
    reply_code = "SIGNATURE-UNTRUSTED"


class UnknownIssuer(UntrustedSigner):
    reply_code = "SIGNER-UNKNOWN-ISSUER"


class ImitatedIssuer(UnknownIssuer):
    reply_code = "SIGNER-IMITATED"


class CertificateExpired(UntrustedSigner):
    reply_code = "SIGNER-EXPIRED"


class CertificateNotYetValid(UntrustedSigner):
    reply_code = "SIGNER-NOT-YET-VALID"


class CertificateRevoked(UntrustedSigner):
    reply_code = "SIGNER-REVOKED"


class RevocationUnknown(UntrustedSigner):
    reply_code = "SIGNER-REVOCATION-UNKNOWN"


class WrongKeyUsage(UntrustedSigner):
    reply_code = "SIGNER-KEY-USAGE"


class WeakKey(UntrustedSigner):
    reply_code = "SIGNER-WEAK-KEY"


class WrongSubject(UntrustedSigner):
    reply_code = "SIGNER-SUBJECT"


class CredentialError(ExchangeError):
    """A key or certificate file that cannot be used."""

    reply_code = "CREDENTIAL"


class LedgerError(ExchangeError):
    reply_code = "LEDGER"


class BytesDropped(LedgerError):
    """The bytes of this message were dropped by retention; what was recorded of it is still there."""

    reply_code = "LEDGER-DROPPED"


class FileError(ExchangeError):
    reply_code = "FILE"


class ConfigurationError(ExchangeError):
    reply_code = "CONFIGURATION"


class WrongOption(ConfigurationError):
    pass
