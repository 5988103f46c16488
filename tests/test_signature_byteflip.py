"""No change of the bytes of a signed message is ever accepted with a changed meaning."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asw_exchange.errors import ExchangeError
from asw_exchange.signature import sign, verify
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
