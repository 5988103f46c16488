"""Transforms and references that make a receiver compute, read files or fetch.

A sound one never follows them. The sender's key signs SignedInfo: nothing but the profile stands against
them.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from asw_exchange import errors
from asw_exchange.signature.algorithms import NAMESPACE, Canonicalization, Transform
from asw_exchange.testdata.attacks.attack import BEST_PRACTICES, Attack, Expected, Family, attacks_of
from asw_exchange.testdata.attacks.surgery import DS, Opened, resigned

_XSLT = "http://www.w3.org/1999/XSL/Transform"
_XPATH2 = "http://www.w3.org/2002/06/xmldsig-filter2"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"


def _add(
    algorithm: str, fill: Callable[[Opened, etree._Element], object] | None = None
) -> Callable[[Opened], None]:
    """Put another transform in front of the canonicalisation."""

    def change(opened: Opened) -> None:
        last = opened.part("Transforms")[-1]
        transform = etree.Element(f"{DS}Transform", Algorithm=algorithm)
        last.addprevious(transform)
        if fill is not None:
            fill(opened, transform)

    return change


def _xpath(opened: Opened, transform: etree._Element) -> None:
    etree.SubElement(transform, f"{DS}XPath").text = "not(ancestor-or-self::*[local-name() = 'Item'])"


def _filter(opened: Opened, transform: etree._Element) -> None:
    etree.SubElement(transform, f"{{{_XPATH2}}}XPath", Filter="subtract").text = "//*[position() > 1]"


def _slow_xpath(opened: Opened, transform: etree._Element) -> None:
    text = "count(//. | //@* | //namespace::*) > count(//.//.//.//.//.//.//.)"
    etree.SubElement(transform, f"{DS}XPath").text = text


def _stylesheet(transform: etree._Element) -> etree._Element:
    sheet = etree.SubElement(transform, f"{{{_XSLT}}}stylesheet", nsmap={"xsl": _XSLT}, version="1.0")
    return etree.SubElement(sheet, f"{{{_XSLT}}}template", match="/")


def _xslt_fetching(opened: Opened, transform: etree._Element) -> None:
    etree.SubElement(_stylesheet(transform), f"{{{_XSLT}}}copy-of", select=f"document('{opened.victim.url}')")


def _xslt_reading(opened: Opened, transform: etree._Element) -> None:
    etree.SubElement(
        _stylesheet(transform), f"{{{_XSLT}}}copy-of", select=f"document('{opened.victim.file}')"
    )


def _xslt_endless(opened: Opened, transform: etree._Element) -> None:
    template = _stylesheet(transform)
    template.set("name", "again")
    for _ in range(2):
        etree.SubElement(template, f"{{{_XSLT}}}call-template", name="again")


def _prefixes(opened: Opened) -> None:
    last = opened.part("Transforms")[-1]
    etree.SubElement(last, f"{{{_EXCLUSIVE}}}InclusiveNamespaces", PrefixList="#default ds")


def _set_last(algorithm: str) -> Callable[[Opened], None]:
    return lambda opened: opened.part("Transforms")[-1].set("Algorithm", algorithm)


def _many(opened: Opened) -> None:
    transforms = opened.part("Transforms")
    transforms.extend(deepcopy(transforms[-1]) for _ in range(300))


def _none(opened: Opened) -> None:
    transforms = opened.part("Transforms")
    for transform in list(transforms):
        transforms.remove(transform)


def _uri_of_url(opened: Opened) -> None:
    opened.part("Reference").set("URI", opened.victim.url)


def _uri_of_file(opened: Opened) -> None:
    opened.part("Reference").set("URI", opened.victim.file)


def _retrieve(opened: Opened, uri: str) -> None:
    key_info = opened.part("KeyInfo")
    method = etree.SubElement(key_info, f"{DS}RetrievalMethod", URI=uri)
    method.set("Type", f"{NAMESPACE}rawX509Certificate")
    key_info.remove(key_info[0])


def _retrieve_url(opened: Opened) -> None:
    _retrieve(opened, opened.victim.url)


def _retrieve_file(opened: Opened) -> None:
    _retrieve(opened, opened.victim.file)


def _retrieve_loop(opened: Opened) -> None:
    """A RetrievalMethod that leads to itself (Best Practice 8)."""
    _retrieve(opened, "#loop")
    opened.part("RetrievalMethod").set("Id", "loop")


_make = attacks_of(Family.TRANSFORMS, errors.ForbiddenTransform, BEST_PRACTICES)


def _attack(
    name: str,
    description: str,
    change: Callable[[Opened], None],
    expected: Expected = errors.ForbiddenTransform,
) -> Attack:
    return _make(name, description, resigned(change), expected)


_XSLT_URI = "http://www.w3.org/TR/1999/REC-xslt-19991116"
_XPATH_URI = "http://www.w3.org/TR/1999/REC-xpath-19991116"

ATTACKS = (
    _attack("xslt-over-http", "An XSLT transform that fetches a document.", _add(_XSLT_URI, _xslt_fetching)),
    _attack("xslt-of-file", "An XSLT transform that reads a file.", _add(_XSLT_URI, _xslt_reading)),
    _attack("xslt-endless", "An XSLT transform that never ends.", _add(_XSLT_URI, _xslt_endless)),
    _attack(
        "xpath-transform", "An XPath transform that leaves part out of the digest.", _add(_XPATH_URI, _xpath)
    ),
    _attack("xpath-slow", "An XPath transform that takes very long.", _add(_XPATH_URI, _slow_xpath)),
    _attack("xpath-filter", "An XPath Filter 2.0 that subtracts nearly everything.", _add(_XPATH2, _filter)),
    _attack("base64-transform", "A base64 transform.", _add(f"{NAMESPACE}base64")),
    _attack("foreign-transform", "A transform that nobody knows.", _add("urn:example:transform")),
    _attack(
        "decryption-transform",
        "A decryption transform, which lets content change after signing.",
        _add("http://www.w3.org/2002/07/decrypt#XML"),
    ),
    _attack(
        "enveloped-transform-twice", "The enveloped-signature transform once more.", _add(Transform.ENVELOPED)
    ),
    _attack(
        "canonicalization-with-comments",
        "A canonicalisation that keeps comments.",
        _set_last(f"{_EXCLUSIVE}WithComments"),
    ),
    _attack(
        "inclusive-canonicalization",
        "A canonicalisation that depends on what stands around.",
        _set_last(Canonicalization.INCLUSIVE),
    ),
    _attack("inclusive-namespaces", "Exclusive canonicalisation with a list of prefixes.", _prefixes),
    _attack("many-transforms", "Three hundred canonicalisations in a row.", _many),
    _attack("no-transforms", "No transform at all.", _none),
    _attack(
        "reference-over-http",
        "The Reference is to be fetched over HTTP.",
        _uri_of_url,
        errors.ForbiddenReference,
    ),
    _attack(
        "reference-to-file",
        "The Reference is to be read from a file.",
        _uri_of_file,
        errors.ForbiddenReference,
    ),
    _attack(
        "key-over-http", "The certificate is to be fetched over HTTP.", _retrieve_url, errors.ForbiddenKeyInfo
    ),
    _attack(
        "key-from-file", "The certificate is to be read from a file.", _retrieve_file, errors.ForbiddenKeyInfo
    ),
    _attack("key-in-a-loop", "A RetrievalMethod leads to itself.", _retrieve_loop, errors.ForbiddenKeyInfo),
)
