"""Taking a message apart and putting it together again in another way, as an attacker would.

All on trees that ``codec.read`` made. ``sign_again`` is for what only the sender could have signed: such
an attack shows what a receiver would believe if the sender's software, or the sender, did that.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml import etree

from asw_exchange.codec import read
from asw_exchange.signature import Placement
from asw_exchange.signature.algorithms import NAMESPACE
from asw_exchange.signature.containers import SIGNED_DATA, SOAP
from asw_exchange.testdata.attacks.victim import Victim

DS = f"{{{NAMESPACE}}}"
_SIGNED = f"{{{SIGNED_DATA}}}SignedContent"
_BODY = f"{{{SOAP}}}Body"


@dataclass(slots=True)
class Opened:
    """A message as a tree, and the places in it that attacks are about."""

    victim: Victim
    root: etree._Element
    signature: etree._Element
    target: etree._Element
    """What the signature covers: the document, the SignedContent, the SOAP Body."""

    def part(self, name: str) -> etree._Element:
        """Return the first element of this name in the signature."""
        return next(self.signature.iter(f"{DS}{name}"))

    @property
    def header(self) -> etree._Element:
        """The first child of the message, which is not signed: SBDH or SOAP header."""
        return self.root[0]

    def write(self) -> bytes:
        """Return the message as bytes."""
        return etree.tostring(self.root)


def open_message(victim: Victim, message: bytes | None = None) -> Opened:
    """Take the genuine message apart, or another one of its shape."""
    root = read(message or victim.message(), keep_instructions=True)
    signature = next(root.iter(f"{DS}Signature"))
    tags = {Placement.SIGNED_DOC: _SIGNED, Placement.SOAP_BODY: _BODY}
    tag = tags.get(victim.placement)
    target = parent_of(signature) if tag is None else next(root.iter(tag))
    return Opened(victim, root, signature, target)


def edited(change: Callable[[Opened], object]) -> Callable[[Victim], bytes]:
    """Return the attack that changes the genuine message, without any key."""

    def forge(victim: Victim) -> bytes:
        opened = open_message(victim)
        change(opened)
        return opened.write()

    return forge


def resigned(
    change: Callable[[Opened], object], digest: Callable[[bytes], Any] = hashlib.sha256
) -> Callable[[Victim], bytes]:
    """Return the attack that changes the message and signs what came of it with the sender's key."""

    def forge(victim: Victim) -> bytes:
        opened = open_message(victim)
        change(opened)
        digest_again(opened, digest)
        sign_again(opened)
        return opened.write()

    return forge


def digest_again(opened: Opened, digest: Callable[[bytes], Any] = hashlib.sha256) -> None:
    """Set DigestValue to the digest of what the signature covers."""
    octets = opened.victim.digested(opened.target, opened.signature)
    opened.part("DigestValue").text = encoded(digest(octets).digest())


def sign_again(opened: Opened, value_of: Callable[[bytes], bytes] | None = None) -> None:
    """Set SignatureValue to the signature of SignedInfo as it stands, by the sender's key or another."""
    octets = canonical(opened.part("SignedInfo"))
    opened.part("SignatureValue").text = encoded((value_of or opened.victim.key.value_of)(octets))


def canonical(element: etree._Element) -> bytes:
    """Return the exclusive canonical form of an element."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def encoded(octets: bytes) -> str:
    """Return base64 in one line."""
    return b64encode(octets).decode()


def parent_of(element: etree._Element) -> etree._Element:
    """Return the element around another, which is never a whole message."""
    return next(element.iterancestors())


def take_out(element: etree._Element) -> etree._Element:
    """Take an element out of its parent; the text behind it goes with it."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
    element.tail = None
    return element


_NAME = re.compile(r"[A-Za-z][a-z]+ [A-Za-z][a-z]*(?=[^<>]*\Z)")
_INNER_NAME = re.compile(r"(?<=>)[A-Za-z][a-z]+ [A-Za-z][a-z]*(?=[^<>]*<)")
_LAST = re.compile(r"\d(?!.*\d)|\S(?=\s*\Z)")
_INNER_DIGIT = re.compile(r"\d(?=[^<>]*</)")


def forged_copy(element: etree._Element) -> etree._Element:
    """Return a copy that says something else, still in order by the schema, without a signature."""
    copy = deepcopy(element)
    copy.tail = None
    for signature in list(copy.iter(f"{DS}Signature")):
        take_out(signature)
    falsify(copy)
    return copy


def falsify(element: etree._Element) -> None:
    """Change a value: a name or description where there is one, else a digit, else what there is."""
    leaves = values_in(element)
    for leaf in leaves:
        changed = _other_name(leaf.text or "")
        if changed != leaf.text:
            leaf.text = changed
            return
    with_digit = (leaf for leaf in reversed(leaves) if re.search(r"\d", leaf.text or ""))
    last = next(with_digit, leaves[-1])
    last.text = _other_digit(last.text or "")


def values_in(element: etree._Element) -> list[etree._Element]:
    """Return the elements that hold a value alone, those of a signature left out."""
    found = (leaf for leaf in element.iter(etree.Element) if not str(leaf.tag).startswith(DS))
    return [leaf for leaf in found if (leaf.text or "").strip() and not len(leaf)]


def _other_name(text: str) -> str:
    pattern = _INNER_NAME if "<" in text else _NAME
    return pattern.sub("Mallory Trading", text, count=1)


def _other_digit(text: str) -> str:
    pattern = _INNER_DIGIT if "<" in text else _LAST
    return pattern.sub(lambda found: "1" if found[0] != "1" else "2", text, count=1)
