"""How a message that leaves is written under a treatment: header, signer, bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from asw_exchange.behaviours import damage, keys, words
from asw_exchange.behaviours.judging import other_id
from asw_exchange.behaviours.keys import PkiOrigin
from asw_exchange.behaviours.treatment import Treatment
from asw_exchange.behaviours.words import Behaviour, On
from asw_exchange.corridor import Corridor
from asw_exchange.model import Header, Value
from asw_exchange.signature import Fault, SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as it will leave: these bytes, and no others, are what the ledger records."""

    header: Header
    raw: bytes
    due: datetime | None = None
    """When it leaves; None: at once."""


def write(
    treatment: Treatment,
    corridor: Corridor,
    header: Header,
    document: Value,
    key: SigningKey,
    origin: PkiOrigin,
) -> Letter:
    """Write a message as its treatment wants it. Raises as ``Corridor.pack``."""
    if treatment.find(words.ClockSkew) and header.sent_at is not None:
        header = replace(header, sent_at=treatment.moment(header.sent_at))
    if (correlation := treatment.find(words.WrongCorrelation)) and header.refers_to:
        header = replace(header, refers_to=other_id(corridor, header.refers_to, correlation))
    technical = not corridor.kind(header.kind).acknowledged
    active = [word for word in treatment.words.values() if _is_meant(word, technical)]
    for word in active:
        key = _signer(word, corridor, header, origin) or key
    announce = corridor.manners.announce_unknown
    if announce and any(isinstance(word, words.UnknownKind) for word in active):
        raw = announce(corridor.pack(header, document, key, change=announce))
    else:
        raw = corridor.pack(header, document, key)
    for word in active:
        raw = _damaged(word, raw)
    return Letter(header=header, raw=raw)


def _is_meant(word: Behaviour, technical: bool) -> bool:
    on = getattr(word, "on", On.MESSAGES)
    return on is On.EVERYTHING or technical == (on is On.ACKNOWLEDGEMENTS)


_FAULTS: Mapping[type[Behaviour], Fault] = {
    words.UnknownSigner: Fault.UNKNOWN_AUTHORITY,
    words.ImitatedSigner: Fault.IMITATED_AUTHORITY,
    words.ExpiredCertificate: Fault.EXPIRED,
    words.FutureCertificate: Fault.NOT_YET_VALID,
    words.RevokedCertificate: Fault.REVOKED,
    words.WrongKeyUsage: Fault.WRONG_USAGE,
}
"""Words of a wrong signer, to what is wrong with its certificate."""


def _signer(word: Behaviour, corridor: Corridor, header: Header, origin: PkiOrigin) -> SigningKey | None:
    """Return who signs instead of the gateway itself, if anybody."""
    if isinstance(word, words.WrongSigner):
        others = (code for code in corridor.members if code != header.sender)
        return keys.true_key(origin, word.gateway or next(others))
    fault = _FAULTS.get(type(word))
    return keys.faulty_key(origin, header.sender, fault) if fault else None


def _damaged(word: Behaviour, raw: bytes) -> bytes:
    match word:
        case words.Tampered():
            return damage.tamper(raw)
        case words.Unsigned():
            return damage.unsign(raw)
        case words.MalformedAnswer():
            return damage.break_off(raw)
        case words.OversizeAnswer():
            return damage.pad(raw, word.bytes)
    return raw
