"""The hardened reader: what it refuses, by name, and what it reads whole."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asw_exchange.codec import Limits, read
from asw_exchange.errors import (
    ForbiddenDoctype,
    NotWellFormed,
    ReadError,
    TooLarge,
    WrongEncoding,
)

BOMB = b"""<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><a>&y;</a>"""


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotWellFormed),
        (b" \n ", NotWellFormed),
        (b"not xml at all", NotWellFormed),
        (b"\x00\x01\x02", NotWellFormed),
        (b"<a><b></a>", NotWellFormed),
        (b"<a>", NotWellFormed),
        (b"<a/><b/>", NotWellFormed),
        (b"<a>&undefined;</a>", NotWellFormed),
        (b"<a b='1' b='2'/>", NotWellFormed),
        (b"<p:a/>", NotWellFormed),
        (b"<a xmlns='http://a}b/'/>", NotWellFormed),
        (b"<!DOCTYPE a><a/>", ForbiddenDoctype),
        (b"<!-- <a --><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", ForbiddenDoctype),
        (BOMB, ForbiddenDoctype),
        ("<a/>".encode("utf-16"), WrongEncoding),
        (b"<?xml version='1.0' encoding='windows-1258'?><a/>", WrongEncoding),
        ("<a>Hà Nội</a>".encode("latin-1", "replace").replace(b"?", b"\xf0"), WrongEncoding),
        (b"<a>" * 80 + b"</a>" * 80, TooLarge),
        (b"<a>" * 5000 + b"</a>" * 5000, TooLarge),
        (b"<a>" + b"<b/>" * 110_000 + b"</a>", TooLarge),
        (b"<a " + b" ".join(b"a%d=''" % n for n in range(110_000)) + b"/>", TooLarge),
        (b"<a><b " + b" ".join(b"a%d=''" % n for n in range(1_001)) + b"/></a>", TooLarge),
        (b"<a>" + b"x" * 5_000_000 + b"</a>", TooLarge),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else repr(value[:24]),
)
def test_refused_by_name(data: bytes, error: type[ReadError]) -> None:
    """Each way of not being a document that we accept has its own error, of one sentence."""
    with pytest.raises(error) as caught:
        read(data)
    assert str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_line_of_a_syntax_error_is_told() -> None:
    """A tester is sent to the right line."""
    with pytest.raises(NotWellFormed) as caught:
        read(b"<a>\n<b>\n</c>\n</a>")
    assert caught.value.line == 3


def test_the_line_of_a_wrong_byte_is_told() -> None:
    """A byte that is not UTF-8 is located too."""
    with pytest.raises(WrongEncoding) as caught:
        read(b"<a>\n\n<b>\xff\xfe</b></a>")
    assert caught.value.line == 3


@pytest.mark.parametrize("inside", ["<!-- -->", "<?x y?>", "<![CDATA[]]>"])
def test_text_is_read_whole(inside: str) -> None:
    """Nothing inside an element can cut its text: 10<!-- -->00 is 1000."""
    assert read(f"<a>10{inside}00</a>".encode()).text == "1000"


def test_a_byte_order_mark_is_no_fault() -> None:
    """UTF-8 with a byte order mark is UTF-8."""
    assert read(b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><a>x</a>").text == "x"


def test_lines_of_a_document_with_comments_are_kept() -> None:
    """Dropping comments does not shift line numbers."""
    assert read(b"<a>\n<!-- one\ntwo -->\n<b/></a>")[0].sourceline == 4


@pytest.mark.parametrize(
    "fault",
    [
        b"<p:b/>",
        b"<b xmlns:p='urn:u' xmlns:q='urn:u' p:c='1' q:c='2'/>",
        b"<b xmlns='http://a}b/'/>",
        b"<b xmlns:xml='urn:u'/>",
        b"<b:c:d xmlns:b='urn:u'/>",
    ],
)
@pytest.mark.parametrize("warning", [b"<c xml:space='x'/>", b"<c xmlns='relative'/>"])
def test_a_warning_does_not_hide_a_fault(fault: bytes, warning: bytes) -> None:
    """Faults of namespaces (Namespaces in XML 1.0, section 7) before something that libxml2 only warns of."""
    assert read(b"<a>" + warning + b"</a>") is not None
    with pytest.raises(NotWellFormed) as caught:
        read(b"<a>\n" + fault + warning + b"</a>")
    assert caught.value.line == 2


def test_limits_can_be_set() -> None:
    """A caller may accept less."""
    with pytest.raises(TooLarge):
        read(b"<a><b><c/></b></a>", limits=Limits(depth=2))
    assert read(b"<a><b/></a>", limits=Limits(depth=2)).tag == "a"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="<>/ab=\"' &;!-?[]\n", max_size=80).map(str.encode))
def test_any_bytes_give_a_tree_or_a_read_error(data: bytes) -> None:
    """Nothing else comes out of the reader."""
    with suppress(ReadError):
        assert isinstance(read(data).tag, str)
