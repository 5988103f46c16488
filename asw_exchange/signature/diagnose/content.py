"""Looks for what was really digested: every cause alone, in order, then two together, within a bound of work.

A digest is a sure witness: what has it is what was signed. Not here: the signature value (``value``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from asw_exchange.signature.diagnose.causes import Attempt, Cause, Explanation
from asw_exchange.signature.diagnose.declared import Declared
from asw_exchange.signature.diagnose.forms import Form, forms
from asw_exchange.signature.diagnose.readings import Reading
from asw_exchange.signature.diagnose.repairs import Repair, repairs

MOST_ALONE = 128 * 1024 * 1024
"""Bytes that are computed to try each cause alone: seconds at most, whatever a stranger sends."""
MOST_TOGETHER = 24 * 1024 * 1024
"""The same for two together: all of them for a message of some ten kilobytes."""
_TAG_COST = 10
"""What a tag costs, in bytes."""

_ORDER = {cause: number for number, cause in enumerate(Cause)}
_BY_LENGTH = {
    16: ("md5",),
    20: ("sha1",),
    28: ("sha224",),
    32: ("sha256", "sha3_256"),
    48: ("sha384", "sha3_384"),
    64: ("sha512", "sha3_512"),
}
_HEXADECIMAL = re.compile(rb"(?:[0-9A-Fa-f]{2}){16,64}")


@dataclass(frozen=True, slots=True)
class Witness:
    """The digest that was signed, as octets, however it is written."""

    declared: str
    """The name of the digest algorithm, empty where it is not known."""
    values: tuple[tuple[bytes, str], ...]
    """Octets, and how they are written where that is not base64."""

    def matched(self, octets: bytes) -> tuple[Explanation, ...] | None:
        """Tell whether octets have the digest, and what would be odd about it; None: they have not."""
        for value, written in self.values:
            for name in _BY_LENGTH.get(len(value), ()):
                if digest_by(name, octets) == value:
                    return tuple(self._oddities(name, written))
        return None

    def _oddities(self, name: str, written: str) -> Iterator[Explanation]:
        if written:
            yield Explanation(Cause.OTHER_DIGEST, f"the digest is written as {written}")
        if self.declared and name != self.declared:
            detail = f"it was made with {_shown(name)}, the signature says {_shown(self.declared)}"
            yield Explanation(Cause.OTHER_DIGEST, detail)


def digest_by(name: str, octets: bytes) -> bytes:
    """Return the digest by the name of an algorithm, weak ones included: to explain, not to accept."""
    return hashlib.new(name, octets, usedforsecurity=False).digest()


def algorithm_of(uri: str) -> str:
    """Return the name of the digest algorithm of a URI, empty for one that is not known."""
    name = uri.rpartition("#")[2].replace("-", "_")
    return name if any(name in names for names in _BY_LENGTH.values()) else ""


def witness_of(declared: Declared) -> Witness:
    """Return the digest of a signature, also where it is written in hexadecimal."""
    values = [(declared.digest, "")]
    text = declared.digest_text.encode("ascii", "replace")
    for written, how in ((text, "hexadecimal"), (declared.digest, "hexadecimal in base64")):
        if _HEXADECIMAL.fullmatch(written):
            values.append((bytes.fromhex(written.decode()), how))
    return Witness(algorithm_of(declared.digest_method), tuple(values))


def _shown(name: str) -> str:
    """Return for example SHA-256, SHA3-256 or MD5."""
    family, _, size = name.upper().partition("_")
    return f"{family}-{size}" if size else family.replace("SHA", "SHA-")


@dataclass(frozen=True, slots=True)
class Original:
    """What was signed, found by its digest."""

    explanations: tuple[Explanation, ...]
    octets: bytes


@dataclass(slots=True)
class Search:
    """One search: what it may still compute, and what it has tried."""

    witness: Witness
    received: bytes
    """The pre-digest bytes of what is here."""
    left: int = MOST_ALONE
    attempts: list[Attempt] = field(default_factory=list)

    def run(self, reading: Reading) -> Original | None:
        """Return what was signed, if a usual cause, or two, lead to it."""
        steps = _steps(reading)
        found: list[tuple[Form | Repair, bytes]] = []
        for cause, group in groupby(steps, attrgetter("cause")):
            made = ((step, _made(step, reading, self.received)) for step in group)
            original = self._try((cause,), (), made, found)
            if original:
                return original
        self.left = min(self.left, MOST_TOGETHER)
        return self._two(found, [step for step in steps if isinstance(step, Repair)])

    def _two(self, firsts: list[tuple[Form | Repair, bytes]], seconds: list[Repair]) -> Original | None:
        for first, text in firsts:
            for cause, group in groupby(seconds, attrgetter("cause")):
                if not _follows(cause, first):
                    continue
                made = ((second, second(text)) for second in group)
                original = self._try((first.cause, cause), (_explained(first),), made)
                if original or self.left <= 0:
                    return original
        return None

    def _try(
        self,
        causes: tuple[Cause, ...],
        before: tuple[Explanation, ...],
        made: Iterable[tuple[Form | Repair, bytes | None]],
        keep: list[tuple[Form | Repair, bytes]] | None = None,
    ) -> Original | None:
        """Compute the digest of each form of one cause, or of one pair of causes."""
        variants, original = 0, None
        for step, text in made:
            if text is None or text == self.received:
                continue
            variants += 1
            self.left -= len(text) + _TAG_COST * text.count(b"<")
            oddities = self.witness.matched(text)
            if oddities is not None:
                original = Original((*before, _explained(step), *oddities), text)
                break
            if self.left <= 0:
                break
            if keep is not None and not (isinstance(step, Repair) and step.last):
                keep.append((step, text))
        if variants:
            self.attempts.append(Attempt("content", causes, variants, original is not None))
        return original


def _steps(reading: Reading) -> list[Form | Repair]:
    steps: list[Form | Repair] = [*forms(reading), *repairs(reading.depth, enveloped=reading.enveloped)]
    return sorted(steps, key=lambda step: _ORDER[step.cause])


def _follows(cause: Cause, first: Form | Repair) -> bool:
    """Tell whether a repair makes sense behind another: in the order of the causes, so that each pair is
    tried once; but carriage returns may have to go before white space is seen, or come back after."""
    if isinstance(first, Form) or (first.cause, cause) == (Cause.LINE_ENDS, Cause.INDENTED):
        return cause is not first.cause
    return _ORDER[cause] > _ORDER[first.cause]


def _made(step: Form | Repair, reading: Reading, octets: bytes) -> bytes | None:
    return step(reading) if isinstance(step, Form) else step(octets)


def _explained(step: Form | Repair) -> Explanation:
    return Explanation(step.cause, step.detail)
