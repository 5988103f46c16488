"""Why a signer's certificate is not to be believed, and when it would be.

Not here: what the check is (``signature.trust``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from cryptography import x509

from asw_exchange.errors import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRevoked,
    ImitatedIssuer,
    UnknownIssuer,
    UntrustedSigner,
)
from asw_exchange.signature.diagnose.causes import Cause, Explanation
from asw_exchange.signature.diagnose.declared import Declared
from asw_exchange.signature.diagnose.value import shown
from asw_exchange.signature.trust import TrustedSigner, TrustStore

_SKEW = timedelta(days=1)


def explain_signer(
    declared: Declared,
    error: UntrustedSigner,
    trust: TrustStore,
    moment: datetime,
    known: Sequence[x509.Certificate],
) -> Explanation:
    """Return the cause for which the certificate of a signer was refused with ``error`` at ``moment``."""
    match error:
        case CertificateExpired() | CertificateNotYetValid():
            return _time(declared, error, trust, moment)
        case UnknownIssuer():
            return _issuer(declared, error, known)
        case CertificateRevoked():
            return Explanation(Cause.REVOKED, error.message)
        case _:
            return Explanation(Cause.UNTRUSTED, error.message)


def _time(declared: Declared, error: UntrustedSigner, trust: TrustStore, moment: datetime) -> Explanation:
    late = isinstance(error, CertificateExpired)
    signer = next(_trusted_at_times(declared, trust), None)
    cause = Cause.EXPIRED if late else Cause.NOT_YET_VALID
    if signer is None:
        return Explanation(cause, error.message)
    away = moment - signer.valid_until if late else signer.valid_from - moment
    window = f"it would verify from {_at(signer.valid_from)} to {_at(signer.valid_until)}"
    side = "after the end" if late else "before the start"
    detail = f"{window}; checked at {_at(moment)}, {_duration(away)} {side}"
    return Explanation(Cause.CLOCK_SKEW if away < _SKEW else cause, detail)


def _trusted_at_times(declared: Declared, trust: TrustStore) -> Iterator[TrustedSigner]:
    """Check again where the certificates of the chain begin and end to be valid."""
    certificates = (*declared.certificates, *trust.authorities)
    starts = sorted({each.not_valid_before_utc for each in certificates}, reverse=True)
    for moment in (*starts, *sorted({each.not_valid_after_utc for each in certificates})):
        try:
            yield trust.check_encoded(declared.encoded, moment)
        except UntrustedSigner:
            continue


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S%z}".replace("+0000", "Z")


def _duration(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {name}"
    return f"{seconds} seconds"


def _issuer(declared: Declared, error: UnknownIssuer, known: Sequence[x509.Certificate]) -> Explanation:
    """Tell a stranger from one whose name is known here, with another key."""
    for certificate in declared.certificates[:1]:
        for other in known:
            if other.subject == certificate.subject and other.public_key() != certificate.public_key():
                detail = f"the message names {shown(certificate)}, known here is {shown(other)}"
                return Explanation(Cause.OTHER_KEY, f"{detail}, which has another key")
    if isinstance(error, ImitatedIssuer):
        return Explanation(Cause.OTHER_KEY, error.message)
    return Explanation(Cause.UNKNOWN_ISSUER, f"{error.message} ({error.value})")
