"""Genuine messages at the wrong time, under another name, or once more."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from asw_exchange import errors
from asw_exchange.model import Header
from asw_exchange.signature import Placement
from asw_exchange.testdata.attacks.attack import Family, Harmless, attacks_of
from asw_exchange.testdata.attacks.surgery import open_message
from asw_exchange.testdata.attacks.victim import Victim

_TIMED = frozenset({Placement.ENVELOPED, Placement.SIGNED_DOC})
"""Where the envelope or the document says when it was sent; the hub's envelope does not."""
_DAY = timedelta(days=1)


def _same(victim: Victim) -> bytes:
    return victim.message()


def _other_bytes(victim: Victim) -> bytes:
    """The same message with a line end behind it."""
    return victim.message() + b"\n"


def _other_id(victim: Victim) -> bytes:
    other = victim.corridor.message_id(f"{victim.header.sender}-again-{victim.header.id}")
    return victim.with_header(id=other).message()


def _other_sender(victim: Victim) -> bytes:
    """The receiver is told that it sent the message itself: a reflection."""
    return _readdressed(victim, sender=victim.header.receiver)


def _other_receiver(victim: Victim) -> bytes:
    """Addressed to the sender, delivered to the receiver."""
    return _readdressed(victim, receiver=victim.header.sender)


def _readdressed(victim: Victim, **changes: str) -> bytes:
    """Return the genuine message under the headers of another, where those are not signed."""
    if victim.placement is Placement.SOAP_BODY:
        return victim.with_header(**changes).message()
    genuine, other = open_message(victim), open_message(victim.with_header(**changes))
    genuine.root.replace(genuine.header, other.header)
    return genuine.write()


def _in_future(victim: Victim) -> bytes:
    """Sent two days from now, by header and, where it says when it was made, by document."""
    moment = victim.moment + 2 * _DAY
    changed: Header = replace(victim.header, sent_at=moment)
    made = getattr(victim.document, "electronic_document", None)
    document = victim.document
    if made is not None:
        document = replace(document, electronic_document=replace(made, created_at=moment))
    return victim.corridor.pack(changed, document, victim.key)


_REPLAY = "CWE-294; WS-Security 1.1, section 13"
_attack = attacks_of(Family.REPLAY, Harmless.DUPLICATE, _REPLAY)

ATTACKS = (
    _attack("replayed", "The same bytes once more.", _same, Harmless.DUPLICATE, source=_REPLAY, replay=True),
    _attack(
        "id-reused",
        "Other bytes under an id that was used.",
        _other_bytes,
        errors.MessageIdReused,
        source=_REPLAY,
        replay=True,
    ),
    _attack(
        "replayed-under-another-id",
        "The same document in a new envelope, under another id.",
        _other_id,
        Harmless.DUPLICATE,
        source=_REPLAY,
        replay=True,
    ),
    _attack(
        "reflected",
        "The header says that the receiver sent it.",
        _other_sender,
        errors.WrongRoute,
        source=_REPLAY,
    ),
    _attack(
        "delivered-to-another",
        "A message for somebody else.",
        _other_receiver,
        errors.WrongRoute,
        source=_REPLAY,
    ),
    _attack(
        "sent-in-the-future",
        "Dated two days ahead, so that it stays fresh for long.",
        _in_future,
        errors.WrongTime,
        source="WS-Security 1.1, section 10",
        placements=_TIMED,
    ),
)
