"""Values read in two ways: comments, instructions, entities, encodings and inclusions in and around them."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from asw_exchange import errors
from asw_exchange.codec import read
from asw_exchange.signature import Placement
from asw_exchange.signature.algorithms import NAMESPACE, digest_of
from asw_exchange.testdata.attacks.attack import (
    BEST_PRACTICES,
    Family,
    Harmless,
    attacks_of,
)
from asw_exchange.testdata.attacks.surgery import (
    Opened,
    edited,
    encoded,
    falsify,
    forged_copy,
    open_message,
    parent_of,
    sign_again,
    values_in,
)
from asw_exchange.testdata.attacks.victim import Victim

_ENVELOPED, _SIGNED_DOC, _SOAP_BODY = Placement.ENVELOPED, Placement.SIGNED_DOC, Placement.SOAP_BODY
_CUT = "CVE-2017-11427 (python-saml), CVE-2018-0489 (Shibboleth)"


def _leaves(opened: Opened) -> list[etree._Element]:
    """Return the values that can be split in two."""
    return [leaf for leaf in values_in(opened.target) if len(leaf.text or "") > 1]


def _split(leaf: etree._Element, node: etree._Element) -> None:
    text = leaf.text or ""
    middle = len(text) // 2
    leaf.text, node.tail = text[:middle], text[middle:]
    leaf.insert(0, node)


def _comments_in_values(opened: Opened) -> None:
    for leaf in _leaves(opened):
        _split(leaf, etree.Comment(" "))


def _comments_between(opened: Opened) -> None:
    for element in list(opened.target.iter(etree.Element)):
        if NAMESPACE not in str(element.tag) and element is not opened.target:
            element.addprevious(etree.Comment(" between "))


def _cdata(victim: Victim) -> bytes:
    """Write a value as CDATA, split in two: the same text by the canonical form."""
    opened = open_message(victim)
    leaf = next(each for each in _leaves(opened) if "]]" not in (each.text or ""))
    text = leaf.text or ""
    leaf.text = "@@CDATA@@"
    middle = len(text) // 2
    pair = f"<![CDATA[{text[:middle]}]]><![CDATA[{text[middle:]}]]>"
    return opened.write().replace(b"@@CDATA@@", pair.encode())


def _instruction_in_value(opened: Opened) -> None:
    _split(_leaves(opened)[-1], etree.ProcessingInstruction("x", "y"))


def _header_leaf(opened: Opened) -> etree._Element:
    """Return who is said to send it: in the header, or, where the hub's operation says it, in the body."""
    names = ("{*}Sender/{*}Identifier", "{*}ReplyTo/{*}Address", ".//{*}From")
    for name in names:
        found = (opened.header if not name.startswith(".") else opened.target).find(name)
        if found is not None:
            return found
    raise AssertionError("every envelope names its sender")


def _comment_in_header(opened: Opened) -> None:
    _split(_header_leaf(opened), etree.Comment(" "))


def _instruction_in_header(opened: Opened) -> None:
    _split(_header_leaf(opened), etree.ProcessingInstruction("x", "y"))


def _falsify(opened: Opened) -> None:
    falsify(opened.target)


def _added(opened: Opened) -> None:
    opened.target[0].addprevious(forged_copy(opened.target[0]))


def _removed(opened: Opened) -> None:
    """Take out the last value: in a container, the last of the document in it."""
    leaf = _leaves(opened)[-1]
    parent_of(leaf).remove(leaf)


def _white_space(opened: Opened) -> None:
    opened.target[0].tail = "\n"


def _relative_namespace(victim: Victim) -> bytes:
    """A relative namespace name, for which there is no canonical form: the digest is that of nothing."""
    opened = open_message(victim)
    opened.target[0].set("relative", "namespace")
    raw = opened.write().replace(b'relative="namespace"', b'xmlns:relative="no/scheme"', 1)
    opened = open_message(victim, raw)
    opened.part("DigestValue").text = encoded(digest_of(b"", victim.policy.digest))
    sign_again(opened)
    return opened.write()


def _schema_location(opened: Opened) -> None:
    """The envelope's root names a schema to be fetched. It is not signed: anybody can write it there."""
    name = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
    opened.root.set(name, f"urn:example:extensions {opened.victim.url}")


def _style_sheet(victim: Victim) -> bytes:
    """An instruction in front of the message names a style sheet to be fetched."""
    raw = victim.message()
    place = raw.index(b"?>") + 2
    return raw[:place] + f'<?xml-stylesheet type="text/xsl" href="{victim.url}"?>'.encode() + raw[place:]


def _include(uri_of: Callable[[Victim], str]) -> Callable[[Opened], None]:
    def change(opened: Opened) -> None:
        include = etree.Element("{http://www.w3.org/2001/XInclude}include", parse="text")
        include.set("href", uri_of(opened.victim))
        opened.target[0].addprevious(include)

    return change


def _declared(declarations: Callable[[Victim], str], use: bytes = b"") -> Callable[[Victim], bytes]:
    """Put a document type declaration in front of the message, and a reference into its first value."""

    def forge(victim: Victim) -> bytes:
        raw = victim.message()
        name = re.search(rb"<((?:[\w.-]+:)?[\w.-]+)[ >]", raw[raw.index(b"?>") :])
        if name is None:
            raise AssertionError("a message has a root element")
        doctype = f"<!DOCTYPE {name[1].decode()} [{declarations(victim)}]>".encode()
        place = raw.index(b"?>") + 2
        return raw[:place] + doctype + re.sub(rb">([^<>\s])", rb">" + use + rb"\1", raw[place:], count=1)

    return forge


def _laughs(victim: Victim) -> str:
    lines = ['<!ENTITY l0 "ha">']
    lines += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    return "".join(lines)


def _quadratic(victim: Victim) -> str:
    return f'<!ENTITY l9 "{"ha" * 100_000}">'


def _in_other_encoding(encoding: str) -> Callable[[Victim], bytes]:
    def forge(victim: Victim) -> bytes:
        root = read(victim.message(), keep_instructions=True)
        told = f'<?xml version="1.0" encoding="{encoding}"?>'
        return (told + etree.tostring(root, encoding="unicode")).encode(encoding)

    return forge


def _said_encoding(victim: Victim) -> bytes:
    """UTF-7 is said: some parsers read other characters out of the same bytes."""
    return victim.message().replace(b'encoding="UTF-8"', b'encoding="UTF-7"', 1)


def _invalid_octet(victim: Victim) -> bytes:
    return re.sub(rb">([^<>\s])", b">\xc0\x80\\1", victim.message(), count=1)


def _null_octet(victim: Victim) -> bytes:
    return re.sub(rb">([^<>\s])", b">\0\\1", victim.message(), count=1)


def _cut_off(victim: Victim) -> bytes:
    raw = victim.message()
    return raw[: len(raw) * 3 // 4]


def _two_messages(victim: Victim) -> bytes:
    raw = victim.message()
    return raw + raw[raw.index(b"?>") + 2 :].strip()


_attack = attacks_of(Family.CONTENT, Harmless.WHOLE, BEST_PRACTICES)
_DIGEST, _DOCTYPE, _ENCODING = errors.DigestMismatch, errors.ForbiddenDoctype, errors.WrongEncoding
_SYNTAX, _WHOLE, _HEADER = errors.NotWellFormed, Harmless.WHOLE, errors.HeaderInvalid
_XXE = "OWASP XML External Entity Prevention; CWE-611"
_BOMB = "CVE-2003-1564 (libxml2); CWE-776"
_XML = "XML 1.0, section 2"

ATTACKS = (
    _attack("falsified-value", "One value is changed.", edited(_falsify), _DIGEST),
    _attack(
        "added-element",
        "One more element in what was signed.",
        edited(_added),
        _DIGEST,
        elsewhere={_SIGNED_DOC: _DIGEST, _SOAP_BODY: errors.BodyError},
    ),
    _attack("removed-element", "One element less.", edited(_removed), _DIGEST),
    _attack("added-white-space", "A line end between two elements.", edited(_white_space), _DIGEST),
    _attack(
        "comments-in-values",
        "A comment in the middle of every value: 10<!-- -->00 is 1000 or refused, never 10.",
        edited(_comments_in_values),
        _WHOLE,
        _CUT,
    ),
    _attack(
        "comments-between-elements",
        "A comment before every element.",
        edited(_comments_between),
        _WHOLE,
        _CUT,
    ),
    _attack("split-cdata", "A value in two CDATA sections.", _cdata, _WHOLE, _CUT),
    _attack(
        "instruction-in-value",
        "A processing instruction splits a value.",
        edited(_instruction_in_value),
        _DIGEST,
        _CUT,
    ),
    _attack(
        "comment-in-header", "A comment splits the sender's code.", edited(_comment_in_header), _WHOLE, _CUT
    ),
    _attack(
        "instruction-in-header",
        "A processing instruction splits the sender's code.",
        edited(_instruction_in_header),
        _HEADER,
        _CUT,
        {_ENVELOPED: errors.EnvelopeError},
    ),
    _attack(
        "relative-namespace",
        "A relative namespace name leaves nothing to digest: the digest is that of no octets.",
        _relative_namespace,
        errors.NoCanonicalForm,
        "Canonical XML 1.0, section 1.3",
    ),
    _attack(
        "schema-location", "The message names a schema to be fetched.", edited(_schema_location), _WHOLE, _XXE
    ),
    _attack("style-sheet", "The message names a style sheet to be fetched.", _style_sheet, _WHOLE, _XXE),
    _attack(
        "inclusion-over-http",
        "XInclude fetches a text.",
        edited(_include(lambda victim: victim.url)),
        _DIGEST,
        _XXE,
        {_SOAP_BODY: errors.BodyError},
    ),
    _attack(
        "inclusion-of-file",
        "XInclude reads a file.",
        edited(_include(lambda victim: victim.file)),
        _DIGEST,
        _XXE,
        {_SOAP_BODY: errors.BodyError},
    ),
    _attack(
        "doctype",
        "A document type declaration that says nothing.",
        _declared(lambda victim: ""),
        _DOCTYPE,
        _XXE,
    ),
    _attack(
        "entity-over-http",
        "An external entity is to be fetched.",
        _declared(lambda victim: f'<!ENTITY e SYSTEM "{victim.url}">', b"&e;"),
        _DOCTYPE,
        _XXE,
    ),
    _attack(
        "entity-of-file",
        "An external entity is to be read from a file.",
        _declared(lambda victim: f'<!ENTITY e SYSTEM "{victim.file}">', b"&e;"),
        _DOCTYPE,
        _XXE,
    ),
    _attack(
        "parameter-entity-over-http",
        "A parameter entity is to be fetched.",
        _declared(lambda victim: f'<!ENTITY % e SYSTEM "{victim.url}"> %e;'),
        _DOCTYPE,
        _XXE,
    ),
    _attack(
        "entity-bomb",
        "Ten levels of entities, ten times each: a thousand million laughs.",
        _declared(_laughs, b"&l9;"),
        _DOCTYPE,
        _BOMB,
    ),
    _attack(
        "entity-bomb-quadratic",
        "One long entity, often.",
        _declared(_quadratic, b"&l9;" * 1000),
        _DOCTYPE,
        _BOMB,
    ),
    _attack(
        "default-attribute",
        "A declaration gives an element an attribute that was not signed.",
        _declared(lambda victim: '<!ATTLIST x Id CDATA "forged">'),
        _DOCTYPE,
    ),
    _attack("utf-16", "The message in UTF-16.", _in_other_encoding("UTF-16"), _ENCODING, _XML),
    _attack("utf-7", "The message says that it is UTF-7.", _said_encoding, _ENCODING, _XML),
    _attack("invalid-utf-8", "An overlong null, which some take as a null.", _invalid_octet, _ENCODING, _XML),
    _attack("null-octet", "A null in a value.", _null_octet, _SYNTAX, _XML),
    _attack("cut-off", "The message ends in the middle.", _cut_off, _SYNTAX, _XML),
    _attack("two-messages", "Two messages in one body.", _two_messages, _SYNTAX, _XML),
)
