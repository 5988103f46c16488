"""What fuzzing begins with: the sample messages, and for every kind a fresh one, plain, signed and whole."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from asw_exchange import resources, verbs
from asw_exchange.corridors import all_corridors
from asw_exchange.errors import ExchangeError
from asw_exchange.signature import TestPki, create_pki, write_pki
from asw_exchange.simulator.world import codes_of
from asw_exchange.testdata.messages import SENT_AT, generate_messages

MOMENT = SENT_AT
SEED = 1
"""Of the keys."""


@cache
def pki() -> TestPki:
    """Keys of all gateways."""
    return create_pki(SEED, codes_of(all_corridors()), MOMENT)


@cache
def samples() -> tuple[bytes, ...]:
    """The sample messages, valid and invalid."""
    return tuple(path.read_bytes() for path in sorted(resources.folder("sample_messages").glob("*/*/*.xml")))


@cache
def signed() -> tuple[bytes, ...]:
    """Every kind in the form in which its corridor signs it."""
    return _generated(envelope=False)


@cache
def messages() -> tuple[bytes, ...]:
    """A whole message of every kind, from the gateway that would send it to the one that would get it."""
    return _generated(envelope=True)


@cache
def plain() -> tuple[bytes, ...]:
    """Every kind unsigned."""
    return tuple(raw for kind in _kinds() for _, raw in generate_messages(kind, seed=1))


@cache
def signed_contents() -> frozenset[str]:
    """SHA-256 of everything that the keys have ever signed: nothing else may be taken for signed."""
    return frozenset(found for raw in (*signed(), *messages()) for found in _contents(raw))


def all_seeds() -> tuple[bytes, ...]:
    """All of them."""
    return (*samples(), *plain(), *signed(), *messages())


def _kinds() -> list[str]:
    return [kind.name for corridor in all_corridors() for kind in corridor.kinds]


def _generated(*, envelope: bool) -> tuple[bytes, ...]:
    with TemporaryDirectory() as folder:
        write_pki(pki(), Path(folder))
        return tuple(
            raw
            for kind in _kinds()
            for _, raw in generate_messages(kind, seed=1, pki=Path(folder), envelope=envelope)
        )


def _contents(raw: bytes) -> list[str]:
    found = []
    for trust in pki().trust_by_gateway().values():
        try:
            verified = verbs.verify(raw, trust, moment=MOMENT)
        except ExchangeError:
            continue  # another gateway's, or of a kind that its corridor leaves unsigned
        found.append(hashlib.sha256(verified.canonical).hexdigest())
    return found
