"""Canonical bytes: the one form in which a document is digested, signed and read again.

Not here: the shape of the signature itself (``profile``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from lxml import etree

from asw_exchange.codec.builder import escape_attribute
from asw_exchange.errors import NoCanonicalForm, TooLarge
from asw_exchange.signature.algorithms import NAMESPACE, Canonicalization

MOST_BYTES = 8 * 1024 * 1024
"""Canonical XML repeats a namespace on every branch that uses it: a small document can have a huge form."""


def canonicalize(element: etree._Element, method: Canonicalization) -> bytes:
    """Return the canonical bytes of a document element, comments left out.

    A root element is taken as the document it is, processing instructions beside it included
    (XML Signature 1.1, section 4.4.3.3); an element inside an envelope as if it were a document of its own.

    Raises TooLarge over MOST_BYTES, NoCanonicalForm where no canonical form exists (relative
    namespace names) or as ``check_context``.
    """
    check_context(element, method)
    whole = element.getroottree() if element.getparent() is None else etree.ElementTree(element)
    return _write(whole, exclusive=method is Canonicalization.EXCLUSIVE)


def check_context(element: etree._Element, method: Canonicalization) -> None:
    """Look at what inclusive C14N takes over from around an element; the exclusive one takes over nothing.

    Raises NoCanonicalForm where the form would depend on the envelope, TooLarge where more namespaces are
    in scope than libxml2 can go through in time: it looks up each of them in all the others.
    """
    if method is Canonicalization.EXCLUSIVE:
        return
    if element.getparent() is not None:
        raise NoCanonicalForm(
            "inclusive C14N of an element inside an envelope depends on that envelope",
            hint="use exclusive C14N",
        )
    if _many_in_scope(element):
        raise TooLarge(f"more than the {_MOST_NAMESPACES} namespaces in scope that inclusive C14N bears")


_MOST_NAMESPACES = 32
_many_in_scope = etree.XPath(f"boolean(//*[count(namespace::*) > {_MOST_NAMESPACES}])")


def canonicalize_without(root: etree._Element, last: etree._Element, method: Canonicalization) -> bytes:
    """Return the canonical bytes of ``root`` as if ``last``, its last child, were not there.

    This is the enveloped-signature transform (XML Signature 1.1, section 6.6.4): text before and after
    the signature stays. ``last`` is taken out for the moment and put back, so no other thread may work on
    the tree meanwhile. Raises as ``canonicalize``.
    """
    previous, tail = last.getprevious(), last.tail or ""
    before = root.text if previous is None else previous.tail
    _set_text_before(root, previous, (before or "") + tail)
    root.remove(last)
    try:
        return canonicalize(root, method)
    finally:
        _set_text_before(root, previous, before)
        root.append(last)


def _set_text_before(root: etree._Element, previous: etree._Element | None, text: str | None) -> None:
    if previous is None:
        root.text = text
    else:
        previous.tail = text


def canonical_text(element: etree._Element, most: int) -> bytes:
    """Return the exclusive canonical form of one element, comments kept: everything that is in it.

    Raises as ``canonicalize``, with ``most`` bytes as the limit.
    """
    return _write(etree.ElementTree(element), exclusive=True, comments=True, most=most)


def canonical_variant(
    element: etree._Element, *, exclusive: bool, comments: bool = False, prefixes: Sequence[str] = ()
) -> bytes:
    """Return another canonical form of an element where it stands: what a partner may have computed.

    Inclusive, it takes over the namespaces around it (C14N 1.0, section 2.4), but not xml: attributes;
    ``prefixes`` are those of InclusiveNamespaces. Raises as ``canonicalize``.
    """
    tree = element.getroottree() if element.getparent() is None else etree.ElementTree(element)
    return _write(tree, exclusive=exclusive, comments=comments, prefixes=prefixes)


def _write(
    tree: etree._ElementTree,
    *,
    exclusive: bool,
    comments: bool = False,
    most: int = MOST_BYTES,
    prefixes: Sequence[str] = (),
) -> bytes:
    sink = _Sink(most)
    options: dict[str, Any] = {"exclusive": exclusive, "with_comments": comments}
    if prefixes:
        options["inclusive_ns_prefixes"] = list(prefixes)
    try:
        tree.write(cast(Any, sink), method="c14n", **options)
    except etree.C14NError as error:
        raise NoCanonicalForm(
            "the document has no canonical form", hint="write every namespace name as an absolute URI"
        ) from error
    return b"".join(sink.parts)


class _Sink:
    """Takes what the canonicaliser writes, and stops it when it is too much."""

    __slots__ = ("left", "most", "parts")

    def __init__(self, most: int) -> None:
        self.left = self.most = most
        self.parts: list[bytes] = []

    def write(self, part: bytes) -> None:
        self.left -= len(part)
        if self.left < 0:
            raise TooLarge(f"the canonical form has more than the {self.most} bytes accepted")
        self.parts.append(part)


def signed_info_tag(around: etree._Element, prefix: str, method: Canonicalization) -> bytes:
    """Return the start tag of SignedInfo as it stands when SignedInfo is canonicalised on its own.

    ``around`` is the element that it stands in: the signature, or while that is being made, the document
    element; ``prefix`` is that of the signature's elements.
    Exclusive: only the namespace that SignedInfo itself uses. Inclusive: every namespace and xml:
    attribute that it stands in (Canonical XML 1.0, sections 2.2 to 2.4).
    """
    if method is Canonicalization.EXCLUSIVE:
        return _exclusive_tag(prefix)
    scope = {name or "": uri for name, uri in around.nsmap.items()} | {prefix: NAMESPACE}
    xml = [_attribute(f"xml:{name}", value) for name, value in sorted(_xml_attributes(around).items())]
    return _tag(prefix, [*_declarations(scope), *xml])


@lru_cache(maxsize=16)
def _exclusive_tag(prefix: str) -> bytes:
    return _tag(prefix, _declarations({prefix: NAMESPACE}))


def _tag(prefix: str, attributes: Sequence[str]) -> bytes:
    return f"<{prefix and prefix + ':'}SignedInfo{''.join(attributes)}>".encode()


def _declarations(scope: Mapping[str, str]) -> list[str]:
    names = {f"xmlns:{name}" if name else "xmlns": uri for name, uri in sorted(scope.items())}
    return [_attribute(name, uri) for name, uri in names.items() if uri]


_XML = "{http://www.w3.org/XML/1998/namespace}"
_IN_SCOPE = etree.XPath("ancestor-or-self::*/@xml:*")
"""From the outermost element inwards."""


def _xml_attributes(around: etree._Element) -> dict[str, str]:
    """Return xml:lang, xml:space and the like as they hold inside an element."""
    found = cast(list[Any], _IN_SCOPE(around))
    return {value.attrname.removeprefix(_XML): str(value) for value in found}


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape_attribute(value)}"'
