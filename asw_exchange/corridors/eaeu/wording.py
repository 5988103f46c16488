"""Words of Form EAV that say something: the status in box 5, the origin criterion in box 9."""

from __future__ import annotations

import re
from datetime import date

from asw_exchange.codec.values import TEXT, ValueCodec
from asw_exchange.model import CertificateReference, OriginCriterion


def _wording(name: str, words: str) -> ValueCodec:
    """Return the codec of ``<words> NUMBER <number> DATE <YYYY-MM-DD>``.

    The treaty leaves the form of the date open; ours is that of ISO 8601.
    """
    pattern = re.compile(rf"{words} NUMBER (.+) DATE ([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})", re.DOTALL)

    def read(text: str) -> CertificateReference:
        match = pattern.fullmatch(text.strip(" \t\r\n"))
        if match is None:
            raise ValueError(f"does not say {words} NUMBER ... DATE YYYY-MM-DD")
        return CertificateReference(reference=match[1], issued_on=date.fromisoformat(match[2]))

    def write(value: CertificateReference) -> str:
        text = f"{words} NUMBER {TEXT.write(value.reference)} DATE {value.issued_on.isoformat()}"
        if not value.reference or read(text) != value:
            raise ValueError("is a number that the wording cannot hold")
        return text

    return ValueCodec(name, write, read)


DUPLICATE = _wording("words of a duplicate (EAV box 5)", "DUPLICATE OF THE CERTIFICATE OF ORIGIN")
"""EAEU - Viet Nam FTA, Article 4.20.1."""
SUBSTITUTION = _wording(
    "words of a substitution (EAV box 5)", "ISSUED IN SUBSTITUTION FOR THE CERTIFICATE OF ORIGIN"
)
"""EAEU - Viet Nam FTA, Article 4.20.2."""


def _read_criterion(text: str) -> OriginCriterion:
    return OriginCriterion(rule=text)


def _write_criterion(value: OriginCriterion) -> str:
    if value.percentage is not None:
        raise ValueError("has a percentage, for which box 9 of Form EAV has no place")
    return TEXT.write(str(value.rule))


CRITERION = ValueCodec("origin criterion of Form EAV box 9", _write_criterion, _read_criterion)
"""``WO``, ``PE``, ``PSR``; anything else is kept as it was written."""
