"""The diagnosis itself: content, signature value and signer are looked at apart, then told as one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from cryptography import x509

from asw_exchange.codec import read
from asw_exchange.errors import (
    ConfigurationError,
    ExchangeError,
    ReadError,
    SignatureProfileError,
    UntrustedSigner,
)
from asw_exchange.signature.certificates import name_of
from asw_exchange.signature.diagnose.causes import Attempt, Cause, Explanation, merged
from asw_exchange.signature.diagnose.content import Search, Witness, digest_by, witness_of
from asw_exchange.signature.diagnose.forms import as_declared, method_of
from asw_exchange.signature.diagnose.readings import Locate, Reading, make_reading, readable_forms
from asw_exchange.signature.diagnose.record import Diagnosis, Standing
from asw_exchange.signature.diagnose.signer import explain_signer
from asw_exchange.signature.diagnose.value import ValueSearch, signed_info_of
from asw_exchange.signature.trust import TrustStore
from asw_exchange.signature.verify import Verified, verify


def diagnose(
    raw: bytes,
    trust: TrustStore,
    moment: datetime,
    locate: Locate,
    known: Sequence[x509.Certificate] = (),
) -> Diagnosis:
    """Say why a message does not verify at ``moment``, or that it does.

    ``locate`` finds what the signature is about; ``known`` are certificates whose keys are tried too, beside
    those in the message and the authorities. Never raises for bad input: that is the diagnosis.
    Raises ConfigurationError for a moment without a time zone.
    """
    verified, error = _verify(raw, trust, moment, locate)
    reading, causes, attempts = _readable(raw, locate, error)
    found = Diagnosis(verified=verified, error=error, causes=causes, attempts=attempts)
    if reading is None:
        return found
    found = _look_at_content(_describe(found, reading), reading)
    found = _look_at_value(found, reading, (*known, *trust.authorities))
    found = _look_at_signer(found, reading, trust, moment, known)
    found = _look_at_profile(found)
    return replace(found, attempts=merged(found.attempts))


def _verify(
    raw: bytes, trust: TrustStore, moment: datetime, locate: Locate
) -> tuple[Verified | None, ExchangeError | None]:
    try:
        located = locate(read(raw, keep_instructions=True))
        return verify(located.part, trust, moment, located.policy), None
    except ConfigurationError:
        raise
    except ExchangeError as error:
        return None, error


def _readable(
    raw: bytes, locate: Locate, error: ExchangeError | None
) -> tuple[Reading | None, tuple[Explanation, ...], tuple[Attempt, ...]]:
    """Read the message, else the file that it may have been: at best one that has the signed digest."""
    try:
        return make_reading(raw, locate), (), ()
    except ReadError:
        pass
    except ExchangeError:
        return None, (), ()
    best: tuple[Reading | None, tuple[Explanation, ...]] = (None, ())
    attempts = []
    for explanation, data in readable_forms(raw):
        try:
            reading = make_reading(data, locate)
            fits = witness_of(reading.declared).matched(as_declared(reading)) is not None
        except ExchangeError:
            attempts.append(Attempt("file", (explanation.cause,), 1, False))
            continue
        attempts.append(Attempt("file", (explanation.cause,), 1, fits))
        if fits or best[0] is None:
            best = reading, (explanation,)
        if fits:
            break
    return *best, tuple(attempts)


def _describe(found: Diagnosis, reading: Reading) -> Diagnosis:
    declared = reading.declared
    signer = declared.certificates[0] if declared.certificates else None
    return replace(
        found,
        reference=declared.reference,
        canonicalization=str(method_of(reading)),
        digest_method=declared.digest_method or None,
        expected=b64encode(declared.digest).decode(),
        signer_name=None if signer is None else name_of(signer),
    )


def _look_at_content(found: Diagnosis, reading: Reading) -> Diagnosis:
    witness = witness_of(reading.declared)
    try:
        octets = as_declared(reading)
    except ExchangeError:
        return found
    computed = b64encode(digest_by(witness.declared, octets)).decode() if witness.declared else None
    found = replace(found, reference_octets=octets, computed=computed)
    if not reading.declared.digest:
        return replace(found, content=Standing.BROKEN)
    oddities = witness.matched(octets)
    if oddities is not None:
        state = Standing.EXPLAINED if oddities else Standing.HOLDS
        return replace(found, content=state, causes=_more(found.causes, oddities))
    return _search_content(found, reading, octets, witness)


def _search_content(found: Diagnosis, reading: Reading, octets: bytes, witness: Witness) -> Diagnosis:
    search = Search(witness, octets)
    original = search.run(reading)
    found = replace(
        found, attempts=(*found.attempts, *search.attempts), complete=original is not None or search.left > 0
    )
    if original is None:
        return replace(found, content=Standing.BROKEN)
    causes = _more(found.causes, original.explanations)
    return replace(found, content=Standing.EXPLAINED, causes=causes, original_octets=original.octets)


def _look_at_value(found: Diagnosis, reading: Reading, known: Sequence[x509.Certificate]) -> Diagnosis:
    signed_info = signed_info_of(reading)
    if signed_info is None:
        return found
    search = ValueSearch(reading, known)
    fit = search.run(signed_info)
    found = replace(found, signed_info=signed_info, attempts=(*found.attempts, *search.attempts))
    if fit is None:
        return replace(found, signature=Standing.BROKEN)
    return replace(
        found,
        signature=Standing.EXPLAINED if fit.explanations else Standing.HOLDS,
        causes=_more(found.causes, fit.explanations),
        original_signed_info=None if fit.signed_info == signed_info else fit.signed_info,
    )


def _look_at_signer(
    found: Diagnosis, reading: Reading, trust: TrustStore, moment: datetime, known: Sequence[x509.Certificate]
) -> Diagnosis:
    if not reading.declared.encoded:
        return found
    try:
        trust.check_encoded(reading.declared.encoded, moment)
    except UntrustedSigner as error:
        cause = explain_signer(reading.declared, error, trust, moment, known)
        attempt = Attempt("signer", (cause.cause,), 1, True)
        return replace(
            found,
            signer=Standing.EXPLAINED,
            causes=_more(found.causes, (cause,)),
            attempts=(*found.attempts, attempt),
        )
    return replace(found, signer=Standing.HOLDS)


def _look_at_profile(found: Diagnosis) -> Diagnosis:
    """Say that a signature is of another kind than agreed, where nothing else explains the refusal."""
    if isinstance(found.error, SignatureProfileError) and not found.causes:
        cause = Explanation(Cause.OUTSIDE_PROFILE, str(found.error))
        return replace(found, causes=(cause,))
    return found


def _more(causes: tuple[Explanation, ...], others: Sequence[Explanation]) -> tuple[Explanation, ...]:
    """Add causes, each once: what happened to the content has mostly happened to SignedInfo too."""
    told = {each.cause for each in causes}
    return (*causes, *(each for each in others if each.cause not in told))
