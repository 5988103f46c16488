"""What a trust store remembers of the certificates that it refused, so that refusing them again is cheap.

A refusal holds for just these certificates, and only until one of them, an authority or a list begins or
ends. Not here: why a certificate is refused (``trust``).
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from asw_exchange.errors import SignatureError

MOST = 1024
LARGEST = 16 * 1024
"""Bytes of certificates that are remembered: a stranger is not to fill our memory with his names."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error, and the time for which it is the answer; None where there is no bound."""

    error: SignatureError
    moment: datetime
    """Of the refusal; an error about time tells it as its value."""
    start: datetime | None
    end: datetime | None
    """From this moment on it may be another."""

    def error_at(self, moment: datetime) -> SignatureError:
        """Return the error as it would be raised anew."""
        error = copy.copy(self.error)
        if error.value == self.moment.isoformat():
            error.value = moment.isoformat()
        return error

    def holds(self, moment: datetime) -> bool:
        """Tell whether the answer at a moment is this one."""
        return (self.start is None or self.start <= moment) and (self.end is None or moment < self.end)


@dataclass(slots=True)
class Refusals:
    """The refusals of one store; when they are too many, all are forgotten."""

    known: dict[bytes, Refusal] = field(default_factory=dict)

    def recall(self, certificates: Sequence[bytes], moment: datetime) -> None:
        """Raise again what was raised for certificates in DER, if it still holds."""
        refusal = self.known.get(_key(certificates)) if self.known else None
        if refusal is not None and refusal.holds(moment):
            raise refusal.error_at(moment)

    def remember(
        self,
        certificates: Sequence[bytes],
        error: SignatureError,
        moment: datetime,
        changes: Iterable[datetime],
    ) -> None:
        """Keep a refusal at a moment; at each of the changes the answer may become another."""
        if sum(map(len, certificates)) > LARGEST:
            return
        times = sorted(changes)
        start = max((time for time in times if time <= moment), default=None)
        end = min((time for time in times if time > moment), default=None)
        if len(self.known) >= MOST:
            self.known.clear()
        self.known[_key(certificates)] = Refusal(copy.copy(error), moment, start, end)


def _key(certificates: Sequence[bytes]) -> bytes:
    digest = hashlib.sha256()
    for each in certificates:
        digest.update(len(each).to_bytes(4, "big") + each)
    return digest.digest()
