"""The one shape that a signature may have, and what is read out of it.

The grammar below is compiled into a pattern over the canonical text of the signature, where nothing
can hide: every element, attribute and character is in it, once, in one spelling. When the pattern does
not match, the same grammar finds the first place that differs, for the error.

Not here: where the signature stands (``placement``), whether it holds (``verify``).
"""

from __future__ import annotations

import binascii
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TypeVar

from lxml import etree

from asw_exchange.errors import (
    ForbiddenAlgorithm,
    ForbiddenKeyInfo,
    ForbiddenReference,
    ForbiddenTransform,
    SignatureEncodingError,
    SignatureProfileError,
    SignatureStructureError,
    TooLarge,
)
from asw_exchange.signature.algorithms import NAMESPACE, DigestMethod, SignatureMethod
from asw_exchange.signature.canonical import canonical_text
from asw_exchange.signature.places import place_of
from asw_exchange.signature.policy import SignaturePolicy

TAG = f"{{{NAMESPACE}}}Signature"

MOST_BYTES = 64 * 1024
"""Of one signature in canonical form: room for a chain of certificates, not for a flood."""

MOST_CERTIFICATES = 8
"""In KeyInfo: each is one more to decode, and to look for in the chain."""

_CHILDREN = {
    "Signature": ("SignedInfo", "SignatureValue", "KeyInfo"),
    "SignedInfo": ("CanonicalizationMethod", "SignatureMethod", "Reference"),
    "Reference": ("Transforms", "DigestMethod", "DigestValue"),
    "Transforms": ("Transform",),
    "KeyInfo": ("X509Data",),
    "X509Data": ("X509Certificate",),
}
"""XML Signature 1.1, sections 4.1 to 4.5, less everything that the profile has no use for."""

_ATTRIBUTES = {
    "CanonicalizationMethod": "Algorithm",
    "SignatureMethod": "Algorithm",
    "Reference": "URI",
    "Transform": "Algorithm",
    "DigestMethod": "Algorithm",
}
_VALUES = frozenset({"DigestValue", "SignatureValue", "X509Certificate"})
_REPEATED = frozenset({"Transform", "X509Certificate"})
_ERRORS = {
    "CanonicalizationMethod": ForbiddenAlgorithm,
    "SignatureMethod": ForbiddenAlgorithm,
    "DigestMethod": ForbiddenAlgorithm,
    "Reference": ForbiddenReference,
    "Transforms": ForbiddenTransform,
    "Transform": ForbiddenTransform,
    "DigestValue": SignatureEncodingError,
    "SignatureValue": SignatureEncodingError,
    "KeyInfo": ForbiddenKeyInfo,
    "X509Data": ForbiddenKeyInfo,
    "X509Certificate": SignatureEncodingError,
}
"""What is wrong in an element, or with it; SignatureStructureError everywhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureParts:
    """What a signature of the right shape says; nothing of it is believed yet."""

    method: SignatureMethod
    digest_method: DigestMethod
    digest: bytes
    value: bytes
    certificates: tuple[bytes, ...]
    """DER; the signer's first, intermediates after it."""
    signed_info: bytes
    """The canonical text of SignedInfo from behind its start tag to its end."""


def refuse_comments(root: etree._Element) -> None:
    """Refuse a comment inside a signature, in a tree that was read with its comments.

    The text around it would be whole for us; but who put it there wants it read in two ways. Raises a
    subclass of SignatureProfileError.
    """
    for signature in root.iter(TAG):
        for comment in signature.iter(etree.Comment):
            raise _inserted(comment)


def read_parts(signature: etree._Element, reference: str, policy: SignaturePolicy) -> SignatureParts:
    """Read a signature element whose one Reference must have the URI ``reference``.

    Raises a subclass of SignatureProfileError naming the first thing that the profile has no place for,
    also for what is over MOST_BYTES.
    """
    match = _signature_pattern().fullmatch(_text_of(signature))
    if match is None:
        raise next(_deviations(signature))
    _check_fixed(match, signature, reference, policy)
    return SignatureParts(
        method=SignatureMethod(_allowed(match, "SignatureMethod", policy.methods, signature)),
        digest_method=DigestMethod(_allowed(match, "DigestMethod", policy.digests, signature)),
        digest=_octets(match["DigestValue"], "DigestValue", signature),
        value=_octets(match["SignatureValue"], "SignatureValue", signature),
        certificates=_certificates(_CONTENTS(match["X509Certificate"]), signature),
        signed_info=match["SignedInfo"],
    )


def _certificates(found: list[bytes], signature: etree._Element) -> tuple[bytes, ...]:
    if len(found) > MOST_CERTIFICATES:
        message = f"more than the {MOST_CERTIFICATES} certificates accepted"
        raise _error(_inside(signature, "KeyInfo"), message, str(len(found)))
    return tuple([_octets(value, "X509Certificate", signature) for value in found])


def _text_of(signature: etree._Element) -> bytes:
    try:
        return canonical_text(signature, MOST_BYTES)
    except TooLarge as error:
        largest = max(signature, key=_size_of, default=signature)
        message = f"the signature has more than the {MOST_BYTES} bytes accepted"
        raise _error(largest, message) from error


def _size_of(part: etree._Element) -> int:
    return sum(len(node.text or "") + len(node.attrib) + 1 for node in part.iter())


def _check_fixed(
    match: re.Match[bytes], signature: etree._Element, reference: str, policy: SignaturePolicy
) -> None:
    found = match["CanonicalizationMethod"].decode()
    if found != policy.canonicalization:
        raise _unlike("CanonicalizationMethod", found, policy.canonicalization, signature)
    found = match["Reference"].decode()
    if found != reference:
        raise _unlike("Reference", found, reference, signature)
    transforms = tuple([uri.decode() for uri in _URIS(match["Transform"])])
    if transforms != policy.transforms:
        raise _unlike("Transforms", " ".join(transforms), " ".join(policy.transforms), signature)


def _unlike(name: str, found: str, wanted: str, signature: etree._Element) -> SignatureProfileError:
    return _error(
        _inside(signature, name), "is not what the profile prescribes", found, f"expected {wanted!r}"
    )


_Code = TypeVar("_Code", bound=StrEnum)


def _allowed(match: re.Match[bytes], name: str, allowed: frozenset[_Code], signature: etree._Element) -> str:
    found = match[name].decode()
    if found not in allowed:
        hint = f"the profile allows {', '.join(sorted(allowed))}"
        raise _error(_inside(signature, name), "the algorithm is not allowed", found, hint)
    return found


def _octets(text: bytes, name: str, signature: etree._Element) -> bytes:
    """Decode base64 strictly: XML white space may break it, nothing else, and the padding is canonical."""
    packed = text.replace(b"&#xD;", b"").translate(None, b" \t\n")
    try:
        octets = binascii.a2b_base64(packed, strict_mode=True)
    except binascii.Error as error:
        raise _not_base64(name, packed, signature) from error
    if not octets or binascii.b2a_base64(octets, newline=False) != packed:
        raise _not_base64(name, packed, signature)
    return octets


def _not_base64(name: str, packed: bytes, signature: etree._Element) -> SignatureProfileError:
    return _error(_inside(signature, name), "the value is not base64", packed.decode())


_SPACE = "(?:[ \t\n]|&#xD;)*"
_NO_QUOTE = '[^<"]*'
_PREFIX = "(?(prefix)(?P=prefix):)"
_ROOT_TAG = rf'<(?:(?P<prefix>[^ <>:]+):)?Signature xmlns(?(prefix):(?P=prefix))="{re.escape(NAMESPACE)}">'


def _pattern(name: str) -> str:
    """Return the pattern of an element in canonical form; groups are named like their elements."""
    attribute = f' {_ATTRIBUTES[name]}="{_captured(name, _NO_QUOTE)}"' if name in _ATTRIBUTES else ""
    start = _ROOT_TAG if name == "Signature" else f"<{_PREFIX}{name}{attribute}>"
    end = f"</{_PREFIX}{name}>"
    content = _captured(name, "[^<]*") if name in _VALUES else _content_pattern(name)
    if name == "SignedInfo":
        return f"{start}(?P<SignedInfo>{content}{end})"
    element = f"{start}{content}{end}"
    return f"(?P<{name}>{element}(?:{_SPACE}{element})*)" if name in _REPEATED else element


def _captured(name: str, pattern: str) -> str:
    return pattern if name in _REPEATED else f"(?P<{name}>{pattern})"


def _content_pattern(name: str) -> str:
    return _SPACE + "".join(_pattern(child) + _SPACE for child in _CHILDREN.get(name, ()))


@cache
def _signature_pattern() -> re.Pattern[bytes]:
    """Return the pattern of a whole signature; compiled when the first one is read, as that takes a while."""
    return re.compile(_pattern("Signature").encode())


_URIS = re.compile(rb'"([^"]*)"').findall
_CONTENTS = re.compile(rb"<[^/>][^>]*>([^<]*)<").findall
"""What stands behind each start tag."""


def _deviations(signature: etree._Element) -> Iterator[SignatureProfileError]:
    """Yield what differs from the grammar, in document order."""
    for element in signature.iter():
        if not isinstance(element.tag, str):
            yield _inserted(element)
        else:
            yield from _deviations_of(element, signature.prefix)
    yield _error(signature, "not as the profile prescribes")  # pragma: no cover - none is known to come here


def _inserted(node: etree._Element) -> SignatureProfileError:
    return _error(next(node.iterancestors()), "a comment or processing instruction stands in it")


def _deviations_of(element: etree._Element, prefix: str | None) -> Iterator[SignatureProfileError]:
    name = etree.QName(element)
    if name.namespace != NAMESPACE or (name.localname not in _CHILDREN and not _is_leaf(name.localname)):
        yield _error(element, "the profile has no place for this element")
    elif element.prefix != prefix:
        yield _error(element, "the elements of a signature must share one prefix")
    yield from _attribute_deviations(element, name.localname)
    yield from _content_deviations(element, name.localname)


def _is_leaf(name: str) -> bool:
    return name in _ATTRIBUTES or name in _VALUES


def _attribute_deviations(element: etree._Element, name: str) -> Iterator[SignatureProfileError]:
    wanted = [_ATTRIBUTES[name]] if name in _ATTRIBUTES else []
    found = [str(attribute) for attribute in element.attrib]
    if found != wanted:
        hint = f"the profile wants {' '.join(wanted) or 'none'}"
        yield _error(element, "the attributes are not those of the profile", " ".join(found), hint)


def _content_deviations(element: etree._Element, name: str) -> Iterator[SignatureProfileError]:
    children = list(element.iterchildren(etree.Element))
    found = [etree.QName(child).localname for child in children]
    wanted = list(_CHILDREN.get(name, ()))
    once = list(dict.fromkeys(found)) if set(found) <= _REPEATED else found
    if once != wanted:
        hint = f"the profile wants {' '.join(wanted) or 'none'}"
        number = Counter(found)
        twice = (child for child, tag in zip(children, found, strict=True) if number[tag] > 1)
        yield _error(
            next(twice, element), "the elements inside are not those of the profile", " ".join(found), hint
        )
    texts = [] if name in _VALUES else [element.text, *(child.tail for child in element)]
    for text in texts:
        if text and text.strip(" \t\r\n"):
            yield _error(element, "text stands between its elements", str(text).strip())


def _inside(signature: etree._Element, name: str) -> etree._Element:
    return next(signature.iter(f"{{{NAMESPACE}}}{name}"), signature)


def _error(
    element: etree._Element, message: str, value: str | None = None, hint: str | None = None
) -> SignatureProfileError:
    """Make the error of the innermost part of the signature that has one of its own."""
    tags = [str(each.tag) for each in (element, *element.iterancestors())]
    names = [tag.removeprefix(f"{{{NAMESPACE}}}") for tag in tags]
    kind = next((_ERRORS[name] for name in names if name in _ERRORS), SignatureStructureError)
    return kind(message, value=value, hint=hint, **place_of(element))
