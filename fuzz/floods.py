"""A mebibyte of everything that costs more than it weighs, each in the place where it hurts."""

from __future__ import annotations

from lxml import etree

from asw_exchange.codec import read
from asw_exchange.corridors import recognise
from fuzz.limits import MEBIBYTE
from fuzz.seeds import messages

ROOM = MEBIBYTE - 64 * 1024
"""Less than a mebibyte, for what stands around."""


def _filled(piece: bytes, most: int) -> bytes:
    return piece * min(most, ROOM // len(piece))


def contents() -> dict[str, bytes]:
    """What is put into the root element of a document."""
    half = ROOM // 2
    return {
        "elements": _filled(b"<a/>", 49_000),
        "elements that are unknown": _filled(b"<unknown>x</unknown>", 49_000),
        "items": _filled(
            b"<GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric></GovernmentAgencyGoodsItem>",
            24_000,
        ),
        "prefixes": b"".join(b'<p%d:a xmlns:p%d="urn:%d"/>' % (n, n, n) for n in range(20_000)),
        "attributes": b"<a " + b" ".join(b"a%d=''" % n for n in range(49_000)) + b"/>",
        "long attribute": b'<a b="' + b"&gt;" * (ROOM // 4) + b'"/>',
        "long text": b"<ID>" + b"9" * ROOM + b"</ID>",
        "carriage returns": b"<ID>" + b"&#13;" * (ROOM // 5) + b"</ID>",
        "long namespace": b'<a xmlns:p="urn:' + b"x" * half + b'">' + b"<p:a/>" * 30_000 + b"</a>",
        "many comments": b"<ID>" + _filled(b"1<!---->", 40_000) + b"</ID>",
        "many instructions": b"<ID>" + _filled(b"1<?a?>", 49_000) + b"</ID>",
        "deep": b"<a>" * 50 + b"x" * ROOM + b"</a>" * 50,
        "base64 that is none": b"<X509Certificate>" + b"A" * (ROOM - 1) + b"!</X509Certificate>",
        "identifiers": b"".join(b'<a Id="i%d"/>' % n for n in range(48_000)),
        "the same identifier": b'<a Id="i"/>' * 48_000,
    }


def floods() -> dict[str, bytes]:
    """Each content in the document of a message of every corridor, and floods that are no document."""
    signed = [raw for raw in messages() if b"<ds:Signature " in raw]
    hosts = {recognise(read(raw))[0].name: raw for raw in signed}
    found = {
        f"{name} in {host}": _inside(raw, content)
        for host, raw in hosts.items()
        for name, content in contents().items()
    }
    some = next(iter(hosts.values()))
    return found | {
        "certificates": _with_certificates(some),
        "signatures": b"<a>"
        + _filled(b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>', 20_000)
        + b"</a>",
        "white space": b" " * ROOM,
        "comments before the root": b"<!---->" * (ROOM // 7) + b"<a/>",
        "instructions before the root": b"<?a?>" * (ROOM // 5) + b"<a/>",
        "an open comment": b"<!--" * (ROOM // 4),
        "open tags": b"<a>" * (ROOM // 3),
        "ampersands": b"<a>" + b"&" * ROOM,
        "undeclared prefixes": b"<a>" + b"<p:a/>" * 49_000 + b"<c xmlns='relative'/></a>",
    }


def _inside(message: bytes, content: bytes) -> bytes:
    """Put a content into the document, at its end."""
    root = read(message, keep_instructions=True)
    corridor, _, element = recognise(root)
    if element.getroottree().getroot() is not root:  # it travels as text
        element = corridor.signed_part(root)
    etree.SubElement(element, "flood")
    return etree.tostring(root).replace(b"<flood/>", content).replace(b'<flood xmlns=""/>', content)


def _with_certificates(message: bytes) -> bytes:
    start = message.index(b"<ds:X509Certificate>")
    end = message.index(b"</ds:X509Data>")
    return message[:start] + _filled(message[start:end], 10_000) + message[end:]
