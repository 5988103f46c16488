"""No change of a signed message is ever accepted with a changed meaning: its bytes, and its elements."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from asw_exchange.codec import read
from asw_exchange.errors import ExchangeError
from asw_exchange.gateway import conclude, examine
from asw_exchange.model import Outcome
from asw_exchange.records import Entry
from asw_exchange.signature import TrustStore, sign, verify
from asw_exchange.simulator.attacks import first_certificates
from asw_exchange.testdata.attacks import Victim, create_victim
from tests.signature_cases import ALGORITHMS, MOMENT, document, pki, signed

POSITIONS = {algorithm: len(signed(algorithm)) - 1 for algorithm in ALGORITHMS}


def accepts(message: bytes, algorithm: str = "ecdsa-p256") -> bool:
    """Verify; what is accepted must be what was signed. Any error but ours fails the test."""
    try:
        verified = verify(message, pki(algorithm).trust("VN"), MOMENT)
    except ExchangeError:
        return False
    assert verified.canonical == document()
    assert verified.signer.public_key() == pki(algorithm).key("VN").certificate.public_key()
    return True


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_untouched_message_is_accepted(algorithm: str) -> None:
    """The properties below could otherwise hold for the wrong reason."""
    assert accepts(signed(algorithm), algorithm)


@settings(max_examples=400, deadline=None)
@given(data=st.data(), algorithm=st.sampled_from(ALGORITHMS), value=st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_means_nothing(data: st.DataObject, algorithm: str, value: int) -> None:
    """Any byte, anywhere, changed to any other."""
    position = data.draw(st.integers(0, POSITIONS[algorithm]))
    message = bytearray(signed(algorithm))
    message[position] ^= value
    accepts(bytes(message), algorithm)


def test_every_bit_of_key_info_and_value_flipped_once() -> None:
    """From SignatureValue to the end, where nothing is under the digest: one low bit of each byte."""
    start = signed().index(b"<ds:SignatureValue>")
    for position in range(start, len(signed())):
        message = bytearray(signed())
        message[position] ^= 1
        accepts(bytes(message))


@settings(max_examples=200, deadline=None)
@given(
    start=st.integers(0, POSITIONS["ecdsa-p256"]),
    length=st.integers(0, 300),
    patch=st.binary(max_size=40)
    | st.sampled_from([b"<!-- -->", b"<?x y?>", b"&#13;", b"\r\n", b"\t", b"<a/>", b"\xc2\xa0"]),
)
def test_a_cut_or_pasted_message_is_refused_or_means_nothing(start: int, length: int, patch: bytes) -> None:
    """Any part, replaced by anything."""
    accepts(signed()[:start] + patch + signed()[start + length :])


def test_pieces_of_two_messages_do_not_fit() -> None:
    """Content of one with the signature of another, in both directions."""
    other = sign(document().replace(b"7200", b"7201", 1), pki().key("VN"))
    cut = signed().index(b"<ds:Signature ")
    assert not accepts(signed()[:cut] + other[other.index(b"<ds:Signature ") :])
    assert not accepts(other[: other.index(b"<ds:Signature ")] + signed()[cut:])


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=200))
def test_any_text_is_signed_and_comes_back(text: str) -> None:
    """Whatever characters XML allows: the canonical bytes are those that were signed."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    message = f"<a>{escaped}</a>".encode()
    try:
        signed_message = sign(message, pki().key("VN"))
    except ExchangeError:
        assert any(ord(character) in (0xFFFE, 0xFFFF) for character in text)
        return
    assert verify(signed_message, pki().trust("VN"), MOMENT).document.text == (text or None)


KINDS = first_certificates()
"""One of each corridor, so every envelope and every placement of a signature."""


class Nothing:
    """The memory of a gateway that has seen nothing yet."""

    def received(self, sender: str, message_id: str) -> Entry | None:
        """Nothing came before."""
        return None

    def sent(self, message_id: str) -> Entry | None:
        """Nothing was sent."""
        return None

    def answer(self, message_id: str, peer: str) -> Entry | None:
        """Nothing was answered."""
        return None

    def history(self, reference: str) -> tuple[Entry, ...]:
        """Nothing is known."""
        return ()

    def citing(self, reference: str) -> tuple[Entry, ...]:
        """Nothing is known."""
        return ()


@cache
def genuine(kind: str) -> tuple[Victim, bytes, dict[str, TrustStore]]:
    """A message of a kind, before and after it was signed and wrapped, and whom its receiver trusts."""
    victim = create_victim(kind)
    return victim, victim.message(), victim.pki.trust_by_gateway()


def taken(kind: str, raw: bytes) -> bool:
    """Let the receiver take a message; if it does, it must be the document that was sent, whole."""
    victim, _, trust = genuine(kind)
    gateway, corridor = victim.header.receiver, victim.corridor
    examination = examine(
        raw,
        gateway=gateway,
        corridor=corridor,
        moment=victim.moment,
        trust=trust,
        peer=victim.header.sender,
    )
    record = conclude(examination, raw, gateway=gateway, corridor=corridor, memory=Nothing()).record
    if record.outcome is not Outcome.ACCEPTED:
        assert record.findings
        return False
    assert record.document_as(victim.kind.document) == victim.document
    assert (record.kind, record.peer) == (victim.kind.name, victim.header.sender)
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_the_untouched_whole_message_is_taken(kind: str) -> None:
    """The properties below could otherwise hold for the wrong reason."""
    assert taken(kind, genuine(kind)[1])


Bytes = Callable[[bytes, int, int, bytes], bytes]

ON_BYTES: dict[str, Bytes] = {
    "flip": lambda raw, at, to, patch: raw[:at] + bytes([raw[at] ^ patch[0]]) + raw[at + 1 :],
    "insert": lambda raw, at, to, patch: raw[:at] + patch + raw[at:],
    "delete": lambda raw, at, to, patch: raw[:at] + raw[at + len(patch) :],
    "duplicate": lambda raw, at, to, patch: raw[:at] + raw[at : at + len(patch)] * 2 + raw[at + len(patch) :],
    "move": lambda raw, at, to, patch: _moved(raw, at, to, len(patch)),
}


def _moved(raw: bytes, start: int, place: int, length: int) -> bytes:
    """Take a piece out and put it in elsewhere."""
    piece, rest = raw[start : start + length], raw[:start] + raw[start + length :]
    return rest[:place] + piece + rest[place:]


PATCHES = st.binary(min_size=1, max_size=30) | st.sampled_from(
    [
        b"<!-- -->",
        b"<?x y?>",
        b"&#13;",
        b"\r\n",
        b"\t",
        b"<a/>",
        b"\xc2\xa0",
        b"1",
        b' Id="x"',
        b"<![CDATA[]]>",
    ]
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None, derandomize=True)
@given(change=st.sampled_from(sorted(ON_BYTES)), at=st.integers(0), to=st.integers(0), patch=PATCHES)
def test_changed_bytes_are_refused_or_mean_the_same(
    kind: str, change: str, at: int, to: int, patch: bytes
) -> None:
    """Anywhere in the whole message, envelope and signature included."""
    raw = genuine(kind)[1]
    taken(kind, ON_BYTES[change](raw, at % len(raw), to % len(raw), patch))


Elements = Callable[[etree._Element, etree._Element], object]


def _swap(one: etree._Element, other: etree._Element) -> None:
    """Put a copy of each into the place of the other."""
    for place, content in ((one, deepcopy(other)), (other, deepcopy(one))):
        parent = place.getparent()
        if parent is not None:  # an element cannot be swapped with itself
            content.tail = place.tail
            parent.replace(place, content)


ON_ELEMENTS: dict[str, Elements] = {
    "delete": lambda one, other: next(one.iterancestors()).remove(one),
    "duplicate": lambda one, other: one.addnext(deepcopy(one)),
    "copy": lambda one, other: one.addnext(deepcopy(other)),
    "copy into": lambda one, other: one.append(deepcopy(other)),
    "swap": _swap,
    "rename": lambda one, other: setattr(one, "tag", other.tag),
    "exchange text": lambda one, other: setattr(one, "text", other.text),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None, derandomize=True)
@given(change=st.sampled_from(sorted(ON_ELEMENTS)), at=st.integers(1), to=st.integers(1))
def test_changed_elements_are_refused_or_mean_the_same(kind: str, change: str, at: int, to: int) -> None:
    """Any two elements of the whole message, the root left out."""
    root = read(genuine(kind)[1], keep_instructions=True)
    elements = list(root.iterdescendants())
    ON_ELEMENTS[change](elements[at % len(elements)], elements[to % len(elements)])
    taken(kind, etree.tostring(root))
