"""What else a signer may have canonicalised, or a sender may have made of the tree: from a message to bytes.

Not here: what can be undone on the text (``repairs``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

from lxml import etree

from asw_exchange.codec import name_of
from asw_exchange.errors import ExchangeError, NoCanonicalForm
from asw_exchange.signature.algorithms import NAMESPACE, Canonicalization
from asw_exchange.signature.canonical import canonical_variant
from asw_exchange.signature.containers import SIGNED_DATA, SOAP, WSSE, WSU, payload_of
from asw_exchange.signature.diagnose.causes import Cause
from asw_exchange.signature.diagnose.declared import Method
from asw_exchange.signature.diagnose.readings import Reading, Scene, scene

_XML = "{http://www.w3.org/XML/1998/namespace}"
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass(frozen=True, slots=True)
class Form:
    """One thing that may have been digested instead of what the reference says."""

    cause: Cause
    detail: str
    make: Callable[[Reading], bytes]

    def __call__(self, reading: Reading) -> bytes | None:
        """Return its bytes, or None where there is no such thing."""
        try:
            return self.make(reading)
        except ExchangeError:
            return None


def forms(reading: Reading) -> tuple[Form, ...]:
    """Return all forms in the order of their causes."""
    return (*_comments(), *_prefixes(reading), *_attributes(), *_methods(reading), *_contents(reading))


def method_of(reading: Reading) -> Method:
    """Return how the content is canonicalised: as declared, else as the policy says."""
    kind = (
        "exclusive" if reading.located.policy.canonicalization is Canonicalization.EXCLUSIVE else "inclusive"
    )
    return reading.declared.content_method or Method(kind)


def as_declared(reading: Reading, *, instructions: bool = True) -> bytes:
    """Return the pre-digest bytes by what the signature declares. Raises TooLarge or NoCanonicalForm."""
    method = method_of(reading)
    return written(_signed(reading, comments=method.comments, instructions=instructions).target, method)


def _signed(reading: Reading, *, comments: bool = False, instructions: bool = True) -> Scene:
    """Return a tree in which the target holds what is signed, and no more."""
    made = scene(reading, comments=comments, instructions=instructions)
    if reading.enveloped:
        made.take_out_signature()
    return made


def written(element: etree._Element, method: Method) -> bytes:
    """Return the canonical form of an element of one's own tree. Raises as ``canonicalize``."""
    if method.kind != "exclusive":
        _inherit(element, ids=method.kind == "inclusive")
    return canonical_variant(
        element, exclusive=method.kind == "exclusive", comments=method.comments, prefixes=method.prefixes
    )


def _inherit(element: etree._Element, *, ids: bool) -> None:
    """Take over the xml: attributes around (Canonical XML 1.0, section 2.4); 1.1 leaves xml:id behind."""
    for ancestor in element.iterancestors():
        for name, value in ancestor.items():
            if str(name).startswith(_XML) and (ids or name != f"{_XML}id") and name not in element.attrib:
                element.set(name, value)


def _comments() -> Iterator[Form]:
    cause = Cause.COMMENTS
    yield Form(cause, "the signer counted the comments (C14N with comments)", _with_comments)
    yield Form(
        cause, "processing instructions were added", lambda reading: as_declared(reading, instructions=False)
    )


def _with_comments(reading: Reading) -> bytes:
    method = method_of(reading)
    counted = Method(method.kind, True, method.prefixes)
    return written(_signed(reading, comments=True).target, counted)


_MANY = 10_000
"""So many elements take a good part of a second to write with other prefixes."""
_USUAL = {NAMESPACE: "ds", SIGNED_DATA: "", SOAP: "soap", WSSE: "wsse", WSU: "wsu"}


def _prefixes(reading: Reading) -> Iterator[Form]:
    """What the prefixes were cannot be told from the message; these are the usual ones."""
    every = list(_namespaces(reading.found.target))
    found = list(dict.fromkeys(every))
    usual = {uri: prefix for uri, prefix in {**_USUAL, **reading.located.prefixes}.items() if uri in found}
    root = etree.QName(reading.found.target).namespace or ""
    styles: dict[str, Mapping[str, str]] = {
        "those usual in this corridor": usual,
        "none, with a default namespace": dict.fromkeys(found, ""),
        "none at the outer element": {root: ""},
        "ns0, ns1 and so on": {uri: f"ns{number}" for number, uri in enumerate(found)},
        "ns1, ns2 and so on": {uri: f"ns{number}" for number, uri in enumerate(found, 1)},
        "ns2, ns3 and so on": {uri: f"ns{number}" for number, uri in enumerate(found, 2)},
    }
    for name, style in list(styles.items())[: 2 if len(every) > _MANY else None]:
        detail = f"the prefixes that were signed: {name}"
        yield Form(Cause.PREFIXES, detail, partial(_with_prefixes, style=style))


def _namespaces(target: etree._Element) -> Iterator[str]:
    for element in target.iter(etree.Element):
        yield etree.QName(element).namespace or ""
        yield from (etree.QName(name).namespace or "" for name in element.attrib if str(name)[0] == "{")


def _with_prefixes(reading: Reading, style: Mapping[str, str]) -> bytes:
    method = method_of(reading)
    return written(_renamed(_signed(reading).target, None, style), Method(method.kind))


def _renamed(
    source: etree._Element, parent: etree._Element | None, style: Mapping[str, str]
) -> etree._Element:
    """Copy a tree with other prefixes. Its depth is limited by the reader."""
    scope = _scope(source, style)
    if parent is None:
        made = etree.Element(source.tag, nsmap=scope)
    else:
        made = etree.SubElement(parent, source.tag, nsmap=scope)
    for name, value in source.items():
        made.set(name, value)
    made.text, made.tail = source.text, (None if parent is None else source.tail)
    for child in source:
        if isinstance(child.tag, str):
            _renamed(child, made, style)
        else:
            instruction = etree.ProcessingInstruction(child.target, child.text)
            instruction.tail = child.tail
            made.append(instruction)
    return made


def _scope(source: etree._Element, style: Mapping[str, str]) -> dict[Any, str]:
    prefixes = {uri: prefix for prefix, uri in source.nsmap.items()}
    scope: dict[Any, str] = {}
    for name in source.attrib:
        uri = etree.QName(name).namespace
        if uri and not str(name).startswith(_XML):
            scope[style.get(uri) or prefixes.get(uri) or "ns9"] = uri
    own = etree.QName(source).namespace
    if own:
        scope[style.get(own, source.prefix or "") or None] = own
    return scope


def _attributes() -> Iterator[Form]:
    for name in ("schemaLocation", "noNamespaceSchemaLocation", "type", "nil"):
        detail = f"attributes xsi:{name} were added"
        yield Form(Cause.ATTRIBUTES, detail, partial(_without, attribute=_INSTANCE + name))


def _without(reading: Reading, attribute: str) -> bytes:
    target = _signed(reading).target
    found = [element for element in target.iter(etree.Element) if attribute in element.attrib]
    if not found:
        raise NoCanonicalForm("no such attribute")
    for element in found:
        del element.attrib[attribute]
    etree.cleanup_namespaces(target)
    return written(target, method_of(reading))


def _methods(reading: Reading) -> Iterator[Form]:
    declared = method_of(reading)
    listed = tuple(prefix or "#default" for prefix in reading.found.target.nsmap)
    for method in (
        Method("exclusive"),
        Method("inclusive"),
        Method("1.1"),
        Method("exclusive", True),
        Method("inclusive", True),
        Method("exclusive", False, listed),
    ):
        if method != declared:
            detail = f"the signer used {method}, the signature says {declared}"
            yield Form(Cause.CANONICALIZATION, detail, partial(_by, method=method, alone=False))
            if method.kind == "inclusive" and reading.depth:
                detail += ", before the document was put into its envelope"
                yield Form(Cause.CANONICALIZATION, detail, partial(_by, method=method, alone=True))


def _by(reading: Reading, method: Method, *, alone: bool) -> bytes:
    target = _signed(reading, comments=method.comments).target
    return written(deepcopy(target) if alone else target, method)


def _contents(reading: Reading) -> Iterator[Form]:
    cause = Cause.OTHER_CONTENT
    yield Form(cause, "the whole file was digested, without the signature", _whole_file)
    yield Form(cause, "the signature was not left out (no enveloped-signature transform)", _with_signature)
    yield Form(cause, "an empty signature was digested too", _with_empty_signature)
    if not reading.enveloped:
        yield Form(cause, "only the document inside the container was digested", _payload)
    for name, cut in (
        ("as they stand in the file", _as_in_file),
        ("without the XML declaration", _body_in_file),
    ):
        yield Form(cause, f"the bytes of the file were digested {name}, without C14N", cut)


def _whole_file(reading: Reading) -> bytes:
    made = scene(reading)
    made.take_out_signature()
    return written(made.part.getroottree().getroot(), method_of(reading))


def _with_signature(reading: Reading) -> bytes:
    return written(scene(reading).part, method_of(reading))


def _with_empty_signature(reading: Reading) -> bytes:
    made = scene(reading)
    for name in ("DigestValue", "SignatureValue", "X509Certificate"):
        for element in made.signature.iter(f"{{{NAMESPACE}}}{name}"):
            element.text = None
    return written(made.part, method_of(reading))


def _payload(reading: Reading) -> bytes:
    made = scene(reading)
    return written(payload_of(made.part, reading.located.policy.placement), method_of(reading))


_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^<>?]*+\?>\s*+")


def _as_in_file(reading: Reading) -> bytes:
    """Cut out of the file what is signed, byte by byte."""
    if not reading.enveloped:
        start, end = _extent(reading.raw, reading.found.target)
        return reading.raw[start:end]
    start, end = _extent(reading.raw, reading.found.signature)
    return reading.raw[:start] + reading.raw[end:]


def _extent(raw: bytes, element: etree._Element) -> tuple[int, int]:
    name = name_of(element).encode()
    start, end = raw.find(b"<" + name), raw.rfind(b"</" + name)
    if not 0 <= start < end:
        raise NoCanonicalForm("it is written in another way")
    return start, raw.find(b">", end) + 1


def _body_in_file(reading: Reading) -> bytes:
    return _DECLARATION.sub(b"", _as_in_file(reading)).strip()
