"""References to less, to more or to something else than what is read, and ids that name two things."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from asw_exchange import errors
from asw_exchange.signature import Placement
from asw_exchange.signature.algorithms import NAMESPACE, digest_of
from asw_exchange.signature.containers import WSU
from asw_exchange.testdata.attacks.attack import (
    BEST_PRACTICES,
    CONTAINERS,
    WRAPPING,
    XMLDSIG,
    Family,
    attacks_of,
)
from asw_exchange.testdata.attacks.surgery import (
    DS,
    Opened,
    canonical,
    edited,
    encoded,
    falsify,
    open_message,
    resigned,
    sign_again,
    take_out,
)
from asw_exchange.testdata.attacks.victim import Victim

_ENVELOPED, _SIGNED_DOC, _SOAP_BODY = Placement.ENVELOPED, Placement.SIGNED_DOC, Placement.SOAP_BODY


def _no_reference(opened: Opened) -> None:
    take_out(opened.part("Reference"))


def _signed_without_reference(victim: Victim) -> bytes:
    opened = open_message(victim)
    _no_reference(opened)
    sign_again(opened)
    falsify(opened.target)
    return opened.write()


def _manifest(opened: Opened) -> None:
    """Move the Reference into a Manifest, which core validation does not look into."""
    manifest = etree.SubElement(etree.SubElement(opened.signature, f"{DS}Object"), f"{DS}Manifest", Id="m")
    reference = opened.part("Reference")
    outer = deepcopy(reference)
    reference.addnext(outer)
    manifest.append(reference)
    outer.set("URI", "#m")
    outer.set("Type", f"{NAMESPACE}Manifest")
    transforms = next(outer.iter(f"{DS}Transforms"))
    for transform in list(transforms)[:-1]:
        transforms.remove(transform)
    next(outer.iter(f"{DS}DigestValue")).text = encoded(
        digest_of(canonical(manifest), opened.victim.policy.digest)
    )


def _manifest_signed(victim: Victim) -> bytes:
    opened = open_message(victim)
    _manifest(opened)
    sign_again(opened)
    falsify(opened.target)
    return opened.write()


def _extra_reference(opened: Opened) -> None:
    reference = opened.part("Reference")
    reference.addnext(deepcopy(reference))


def _extra_outside(opened: Opened) -> None:
    """A second Reference to a resource outside the message."""
    reference = opened.part("Reference")
    other = deepcopy(reference)
    other.set("URI", opened.victim.url)
    reference.addnext(other)


def _to_child(victim: Victim) -> bytes:
    """The sender signs one child of the document; everything else in it is the attacker's."""
    opened = open_message(victim)
    child = opened.target[0]
    child.set("Id", "part")
    reference = opened.part("Reference")
    reference.set("URI", "#part")
    opened.part("DigestValue").text = encoded(digest_of(canonical(child), victim.policy.digest))
    for transform in list(opened.part("Transforms"))[:-1]:
        take_out(transform)
    sign_again(opened)
    falsify(opened.target[-1] if opened.target[-1] is not opened.signature else opened.target[-2])
    return opened.write()


def _to_whole_by_id(victim: Victim) -> bytes:
    """The reference of the other placement: an id where ``URI=""`` belongs, and the other way round."""
    opened = open_message(victim)
    reference = opened.part("Reference")
    if victim.placement is _ENVELOPED:
        opened.target.set("Id", "whole")
        reference.set("URI", "#whole")
    else:
        reference.set("URI", "")
    octets = victim.digested(opened.target, opened.signature)
    opened.part("DigestValue").text = encoded(digest_of(octets, victim.policy.digest))
    sign_again(opened)
    return opened.write()


def _uri(uri: str) -> Callable[[Opened], None]:
    return lambda opened: opened.part("Reference").set("URI", uri)


def _no_uri(opened: Opened) -> None:
    del opened.part("Reference").attrib["URI"]


def _id_twice(name: str) -> Callable[[Opened], None]:
    """Give another element the id of the signed one, in the given spelling."""

    def change(opened: Opened) -> None:
        reference = opened.part("Reference").get("URI") or ""
        decoy = etree.Element("{urn:example:extensions}Decoy")
        decoy.set(name, reference.removeprefix("#"))
        opened.header.append(decoy)

    return change


def _no_id(opened: Opened) -> None:
    _take_id(opened)


def _take_id(opened: Opened) -> str:
    name = next(name for name in ("Id", f"{{{WSU}}}Id") if opened.target.get(name))
    return str(opened.target.attrib.pop(name))


def _other_spelling(opened: Opened) -> None:
    """The only id is spelled ``ID``: a receiver that takes any spelling finds it, ours has one."""
    opened.target.set("ID", _take_id(opened))


_attack = attacks_of(Family.REFERENCES, errors.ForbiddenReference, XMLDSIG)
_MISPLACED, _SHAPE = errors.SignatureMisplaced, errors.SignatureStructureError
_SEVERAL, _REFERENCE, _TWICE = errors.SeveralSignatures, errors.ForbiddenReference, errors.DuplicateId

_SPELLINGS = {
    "Id": "Id",
    "ID": "upper-case-id",
    "id": "lower-case-id",
    f"{{{WSU}}}Id": "wsu-id",
    "{http://www.w3.org/XML/1998/namespace}id": "xml-id",
    "{urn:example:extensions}iD": "odd-case-id",
}

ATTACKS = (
    _attack(
        "no-reference",
        "The sender's signature over a SignedInfo that refers to nothing; the content is falsified.",
        _signed_without_reference,
        _SHAPE,
        source=BEST_PRACTICES,
    ),
    _attack(
        "manifest",
        "The signature covers a Manifest, whose references core validation does not check.",
        _manifest_signed,
        _SHAPE,
        source=BEST_PRACTICES,
    ),
    _attack(
        "extra-reference",
        "A second Reference, sound and signed by the sender.",
        resigned(_extra_reference),
        _REFERENCE,
        source=BEST_PRACTICES,
    ),
    _attack(
        "extra-reference-outside",
        "A second Reference to a resource of the attacker's, signed by the sender.",
        resigned(_extra_outside),
        _REFERENCE,
        source=BEST_PRACTICES,
    ),
    _attack(
        "reference-to-child",
        "The sender signed one child; the rest of the document is falsified.",
        _to_child,
        _REFERENCE,
        source=WRAPPING,
    ),
    _attack(
        "reference-of-other-placement",
        "An id where an empty URI belongs, or an empty URI where an id belongs, signed by the sender.",
        _to_whole_by_id,
        _REFERENCE,
        source=BEST_PRACTICES,
    ),
    _attack(
        "reference-by-xpointer",
        "The Reference points with an XPointer expression.",
        resigned(_uri("#xpointer(/)")),
        _REFERENCE,
        source=BEST_PRACTICES,
    ),
    _attack(
        "reference-without-uri",
        "The Reference has no URI: the application is to know what is meant.",
        resigned(_no_uri),
        _REFERENCE,
    ),
    *(
        _attack(
            f"duplicate-{word.lower()}" if word != "Id" else "duplicate-id",
            f"Another element has the id of the signed one, as {etree.QName(name).localname}"
            f"{' of ' + str(etree.QName(name).namespace) if etree.QName(name).namespace else ''}.",
            edited(_id_twice(name)),
            _TWICE,
            source=BEST_PRACTICES,
            placements=CONTAINERS,
        )
        for name, word in _SPELLINGS.items()
    ),
    _attack(
        "no-id",
        "The signed element has no id, so that the Reference leads nowhere.",
        edited(_no_id),
        _SHAPE,
        placements=CONTAINERS,
    ),
    _attack(
        "id-in-other-spelling",
        "The id of the signed element is spelled ID.",
        edited(_other_spelling),
        _SHAPE,
        placements=CONTAINERS,
    ),
)
