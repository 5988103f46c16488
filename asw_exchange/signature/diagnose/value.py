"""Looks for what the signature value was really made from, and with which key.

SignedInfo is small, so much can be tried; the number of public-key operations is bounded all the same.
Not here: the operations themselves (``checks``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from cryptography import x509
from lxml import etree

from asw_exchange.errors import ExchangeError
from asw_exchange.signature.algorithms import NAMESPACE, Canonicalization
from asw_exchange.signature.certificates import name_of
from asw_exchange.signature.diagnose.causes import Attempt, Cause, Explanation
from asw_exchange.signature.diagnose.checks import checks_of
from asw_exchange.signature.diagnose.declared import Method
from asw_exchange.signature.diagnose.forms import written
from asw_exchange.signature.diagnose.readings import Reading, scene
from asw_exchange.signature.diagnose.repairs import Repair, repairs
from asw_exchange.signature.profile import TAG

_MOST_CHECKS = 2_000
_MOST_KEYS = 64
_PREFIXES = (b"ds", b"", b"dsig", b"ns0", b"ns1", b"ns2", b"ns3", b"sig", b"xd")


@dataclass(frozen=True, slots=True)
class Fit:
    """What a signature value was made from."""

    explanations: tuple[Explanation, ...]
    signed_info: bytes
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class _Text:
    """SignedInfo in one form, and what would have happened to it."""

    explanations: tuple[Explanation, ...]
    octets: bytes


@dataclass(slots=True)
class ValueSearch:
    """One search: what it may still check, and what it has tried."""

    reading: Reading
    known: Sequence[x509.Certificate]
    left: int = _MOST_CHECKS
    attempts: list[Attempt] = field(default_factory=list)

    def run(self, signed_info: bytes) -> Fit | None:
        """Return what the value fits: as it should, after a usual cause, or under another key."""
        own = self.reading.declared.certificates[:1]
        plain = _Text((), signed_info)
        bases = [plain, *_other_forms(self.reading, signed_info)]
        undo = _undone(self.reading)
        single = [*bases[1:], *_repaired([plain], undo)]
        return (
            self._fit([plain], own)
            or self._noted(single, own)
            or self._other_key([plain, *single])
            or self._noted(list(_repaired(bases[1:], undo)), own)
        )

    def _fit(self, texts: Sequence[_Text], certificates: Sequence[x509.Certificate]) -> Fit | None:
        declared = self.reading.declared
        checks = [
            (certificate, check)
            for certificate in certificates
            for check in checks_of(certificate, declared.value, declared.signature_method)
        ]
        for text in texts:
            for certificate, check in checks[: max(self.left, 0)]:
                self.left -= 1
                if check.fits(text.octets):
                    return Fit((*text.explanations, *check.oddities), text.octets, certificate)
        return None

    def _noted(self, texts: Sequence[_Text], certificates: Sequence[x509.Certificate]) -> Fit | None:
        fit = self._fit(texts, certificates)
        found = _causes(fit.explanations) if fit else ()
        for causes, variants in Counter(_causes(text.explanations) for text in texts).items():
            self.attempts.append(Attempt("signature", causes, variants, causes == found))
        return fit

    def _other_key(self, texts: Sequence[_Text]) -> Fit | None:
        others = _others(self.reading.declared.certificates, self.known)
        fit = self._fit(texts, others)
        if others:
            self.attempts.append(Attempt("signature", (Cause.OTHER_KEY,), len(others), fit is not None))
        if fit is None:
            return None
        signer, named = fit.certificate, self.reading.declared.certificates[:1]
        message = f"; the message names {shown(named[0])}" if named else ""
        found = Explanation(Cause.OTHER_KEY, f"the signature value fits the key of {shown(signer)}{message}")
        return Fit((*fit.explanations, found), fit.signed_info, signer)


def shown(certificate: x509.Certificate) -> str:
    """Return subject and serial number: enough to tell two certificates apart."""
    return f"{name_of(certificate)} (serial number {certificate.serial_number:x})"


def _causes(explanations: Sequence[Explanation]) -> tuple[Cause, ...]:
    return tuple(each.cause for each in explanations)


def _others(
    in_message: Sequence[x509.Certificate], known: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    distinct = list(dict.fromkeys([*in_message[1:], *known]))
    return [each for each in distinct if each not in in_message[:1]][:_MOST_KEYS]


def signed_info_of(reading: Reading) -> bytes | None:
    """Return SignedInfo in the canonical form that it declares, or that the policy wants."""
    exclusive = reading.located.policy.canonicalization is Canonicalization.EXCLUSIVE
    return _info(reading, reading.declared.info_method or Method("exclusive" if exclusive else "inclusive"))


def _info(reading: Reading, method: Method, *, alone: bool = False) -> bytes | None:
    made = scene(reading, comments=method.comments)
    signature = made.signature
    if alone:
        signature = _signature_in(deepcopy(made.part))
    info = signature.find(f"{{{NAMESPACE}}}SignedInfo")
    try:
        return None if info is None else written(info, method)
    except ExchangeError:
        return None


def _signature_in(part: etree._Element) -> etree._Element:
    return next(part.iter(TAG))


def _other_forms(reading: Reading, signed_info: bytes) -> Iterator[_Text]:
    declared = reading.declared.info_method
    for prefix in _PREFIXES:
        renamed = _renamed(signed_info, prefix)
        if renamed != signed_info:
            detail = (
                f"the elements of the signature had {'the prefix ' + prefix.decode() if prefix else 'none'}"
            )
            yield _Text((Explanation(Cause.PREFIXES, detail),), renamed)
    for method in (
        Method("exclusive"),
        Method("inclusive"),
        Method("exclusive", True),
        Method("inclusive", True),
    ):
        for alone in (False, True)[: 2 if method.kind == "inclusive" else 1]:
            made = _info(reading, method, alone=alone)
            if made is not None and made != signed_info:
                detail = f"SignedInfo was signed by {method}, the signature says {declared}"
                yield _Text((Explanation(Cause.CANONICALIZATION, detail),), made)


def _renamed(text: bytes, prefix: bytes) -> bytes:
    """Give all elements of SignedInfo, which are of one namespace, another prefix."""
    old = text[1 : text.find(b"SignedInfo")].rstrip(b":")
    before, after = (each + b":" if each else b"" for each in (old, prefix))
    text = re.sub(rb"(</?)" + re.escape(before), lambda match: match[1] + after, text)
    before, after = (b" xmlns:" + each if each else b" xmlns" for each in (old, prefix))
    return text.replace(before + b"=", after + b"=", 1)


def _undone(reading: Reading) -> list[Repair]:
    """Return the repairs that make sense for SignedInfo, which has no text of its own."""
    wanted = {Cause.INDENTED, Cause.LINE_ENDS, Cause.RESERIALISED}
    depth = sum(1 for _ in reading.found.signature.iterancestors()) + 1
    return [repair for repair in repairs(depth, enveloped=False) if repair.cause in wanted]


def _repaired(texts: Sequence[_Text], undo: Sequence[Repair]) -> Iterator[_Text]:
    for text in texts:
        seen = {text.octets}
        for repair in undo:
            octets = repair(text.octets)
            if octets is not None and octets not in seen:
                seen.add(octets)
                yield _Text((*text.explanations, Explanation(repair.cause, repair.detail)), octets)
