"""The matrix: who signs x who verifies x key x digest x C14N x placement, over the same documents.

A cell holds when every document verifies, when one of them with a changed byte of content is refused by
both sides, and when with any byte changed what the other side refuses we refuse too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random

from lxml import etree

from asw_exchange.signature.canonical import canonicalize
from tests.interop import jdk, xmlsec1
from tests.interop.cases import Case, cases
from tests.interop.peer import Ours, Peer
from tests.interop.signxml_peer import Signxml

OURS = Ours()
_END_OF_TAG = b">"


@dataclass(frozen=True, slots=True)
class Pair:
    """One signs, the other verifies."""

    signer: Peer
    verifier: Peer

    def __str__(self) -> str:
        return f"{self.signer.name} > {self.verifier.name}"

    @property
    def peer(self) -> Peer:
        """The one that is not ours, or ours where both are."""
        return self.verifier if self.signer is OURS else self.signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What came of one combination."""

    verified: int = 0
    """Documents that were tried."""
    skipped: str | None = None
    """Why nothing of it was tried."""
    left_out: frozenset[str] = frozenset()
    """Why some documents were not tried."""
    faults: tuple[str, ...] = ()


@contextmanager
def opened() -> Iterator[tuple[Pair, ...]]:
    """Start what has to be started; give the pairs of which at least one is ours."""
    with ExitStack() as stack:
        others = [stack.enter_context(xmlsec1.opened()), Signxml(), stack.enter_context(jdk.opened())]
        pairs = [(OURS, OURS), *((OURS, other) for other in others), *((other, OURS) for other in others)]
        yield tuple(Pair(*pair) for pair in pairs)


def run(pair: Pair, case: Case, documents: tuple[bytes, ...]) -> Cell:
    """Sign and verify the documents in one combination."""
    skipped = pair.peer.lacks(case)
    if skipped:
        return Cell(skipped=skipped)
    left_out = {document: pair.peer.lacks(case, document) for document in documents}
    tried = [
        canonicalize(etree.fromstring(document), case.canonicalization)
        for document, reason in left_out.items()
        if reason is None
    ]
    messages = pair.signer.sign(tried, case)
    changed = Random(str(case)).randrange(len(tried))
    faults = [
        *_refused(pair, case, messages),
        *_accepted(pair, case, _with_changed_text(messages[changed], tried[changed])),
        *_accepted_by_us_alone(pair, case, [_with_flipped_byte(message) for message in messages]),
    ]
    return Cell(
        verified=len(tried),
        left_out=frozenset(reason for reason in left_out.values() if reason),
        faults=tuple(faults),
    )


def _refused(pair: Pair, case: Case, messages: list[bytes]) -> Iterator[str]:
    for message, refusal in zip(messages, pair.verifier.refusals(messages, case), strict=True):
        if refusal:
            yield f"{pair.verifier.name} refuses what {pair.signer.name} signed: {refusal}: {message!r}"


def _accepted(pair: Pair, case: Case, changed: bytes) -> Iterator[str]:
    for each in (pair.peer, OURS):
        if each.refusals([changed], case) == [None]:
            yield f"{each.name} accepts a changed document: {changed!r}"


def _accepted_by_us_alone(pair: Pair, case: Case, flipped: list[bytes]) -> Iterator[str]:
    ours = [m for m, refusal in zip(flipped, OURS.refusals(flipped, case), strict=True) if refusal is None]
    for message, refusal in zip(ours, pair.peer.refusals(ours, case), strict=True):
        if refusal:
            yield f"{pair.peer.name} refuses what we accept: {refusal}: {message!r}"


def _with_changed_text(message: bytes, canonical: bytes) -> bytes:
    """One byte more, at the start of the root element's content: always text, always signed."""
    name = canonical[1:].split(_END_OF_TAG, 1)[0].split(b" ", 1)[0]
    start = message.index(_END_OF_TAG, message.index(b"<" + name)) + 1
    return message[:start] + b"x" + message[start:]


def _with_flipped_byte(message: bytes) -> bytes:
    """One bit of any byte, the same one for the same message."""
    random, flipped = Random(message), bytearray(message)
    flipped[random.randrange(len(flipped))] ^= 1 << random.randrange(7)
    return bytes(flipped)


def cells() -> tuple[Case, ...]:
    """All combinations of key, digest, C14N and placement."""
    return tuple(cases())
