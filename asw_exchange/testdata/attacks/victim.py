"""The genuine message that an attack starts from, and everything that its maker could have.

A victim follows from seed, kind, number and moment: the same arguments, the same bytes. Its keys are test
keys that follow from the seed and are no secret.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from lxml import etree
from msgspec.structs import replace as struct_replace

from asw_exchange.corridor import Corridor, MessageKind
from asw_exchange.corridors import corridor_of, find_kind
from asw_exchange.errors import UnknownName
from asw_exchange.model import Header
from asw_exchange.signature import Credentials, Placement, SigningKey, TestPki, create_pki
from asw_exchange.signature.canonical import canonicalize, canonicalize_without
from asw_exchange.signature.policy import SignaturePolicy
from asw_exchange.testdata.generate import generators_of
from asw_exchange.testdata.messages import SENT_AT, header_of
from asw_exchange.testdata.seeds import stream

PROBE_URL = "http://127.0.0.1:9/probe"
"""Where nobody listens (RFC 863, the discard port): a receiver that fetches it gives itself away."""
PROBE_FILE = "file:///etc/hostname"


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """A genuine signed message before it is signed, with the keys of its sender."""

    corridor: Corridor
    kind: MessageKind
    header: Header
    document: Any
    pki: TestPki
    seed: int
    moment: datetime
    """The receiver's time."""
    url: str = PROBE_URL
    """What attacks refer to that want to be fetched over HTTP."""
    file: str = PROBE_FILE
    """The same as a file URI."""

    @property
    def policy(self) -> SignaturePolicy:
        """The signature profile of the corridor."""
        return self.corridor.policy

    @property
    def placement(self) -> Placement:
        """Where the signature stands."""
        return self.policy.placement

    @property
    def credentials(self) -> Credentials:
        """What the sender has."""
        return self.pki.gateways[self.header.sender]

    @property
    def key(self) -> SigningKey:
        """What the sender signs with."""
        return self.credentials.key

    def message(self, *, key: SigningKey | None = None) -> bytes:
        """Return the whole message, signed by its sender, or with another key."""
        return self.corridor.pack(self.header, self.document, key or self.key)

    def with_header(self, **changes: Any) -> Victim:
        """Return the same document under a header in which some fields are others."""
        return replace(self, header=struct_replace(self.header, **changes))

    def digested(self, target: etree._Element, signature: etree._Element) -> bytes:
        """Return the octets that a receiver digests for the element that the signature covers."""
        if self.placement is Placement.ENVELOPED:
            return canonicalize_without(target, signature, self.policy.canonicalization)
        return canonicalize(target, self.policy.canonicalization)


@lru_cache(maxsize=8)
def _pki(seed: int, members: tuple[str, ...], moment: datetime) -> TestPki:
    return create_pki(seed, members, moment)


def create_victim(
    kind: str,
    *,
    seed: int = 0,
    number: int = 1,
    moment: datetime = SENT_AT,
    url: str = PROBE_URL,
    file: str = PROBE_FILE,
) -> Victim:
    """Make the ``number``-th generated document of a kind and the keys of the corridor's gateways.

    ``create_pki(seed, ..., moment)`` and ``asw pki init --seed --moment`` make the same keys. Raises
    UnknownKind, and UnknownName for a kind that is not signed.
    """
    corridor, found = corridor_of(kind), find_kind(kind)
    if not found.signed:
        raise UnknownName("messages of this kind are not signed: there is nothing to attack", value=kind)
    document = generators_of(corridor.name)[kind](stream(seed, kind, number), number)
    return Victim(
        corridor=corridor,
        kind=found,
        header=header_of(corridor, found, document, number, moment),
        document=document,
        pki=_pki(seed, tuple(corridor.members), moment),
        seed=seed,
        moment=moment,
        url=url,
        file=file,
    )
