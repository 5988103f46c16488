"""Signatures that are missing, elsewhere, several, or of another shape than one SignedInfo in one place."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from lxml import etree

from asw_exchange import errors
from asw_exchange.signature import Placement
from asw_exchange.signature.algorithms import NAMESPACE, Canonicalization, digest_of
from asw_exchange.signature.policy import ENVELOPED
from asw_exchange.signature.sign import sign_canonical
from asw_exchange.testdata.attacks.attack import (
    CONTAINERS,
    SAML,
    WRAPPING,
    XMLDSIG,
    Family,
    attacks_of,
)
from asw_exchange.testdata.attacks.credentials import stranger_key
from asw_exchange.testdata.attacks.surgery import (
    DS,
    Opened,
    edited,
    encoded,
    falsify,
    open_message,
    take_out,
)
from asw_exchange.testdata.attacks.victim import Victim

_ENVELOPED, _SIGNED_DOC, _SOAP_BODY = Placement.ENVELOPED, Placement.SIGNED_DOC, Placement.SOAP_BODY


def _strip(opened: Opened) -> None:
    take_out(opened.signature)


def _strip_and_falsify(opened: Opened) -> None:
    take_out(opened.signature)
    falsify(opened.target)


def _other_namespace(opened: Opened) -> None:
    for element in opened.signature.iter():
        element.tag = str(element.tag).replace(NAMESPACE, "urn:example:signature")


def _to_front(opened: Opened) -> None:
    """In a container the signature stands in front already: it goes behind what it covers."""
    if opened.victim.placement is _ENVELOPED:
        opened.target.insert(0, opened.signature)
    elif opened.victim.placement is _SIGNED_DOC:
        opened.target.addnext(opened.signature)
    else:
        opened.header.insert(0, opened.signature)


def _into_child(opened: Opened) -> None:
    opened.target[0].append(opened.signature)


def _into_header(opened: Opened) -> None:
    opened.header.append(opened.signature)


def _behind_message(opened: Opened) -> None:
    opened.root.append(opened.signature)


def _second(opened: Opened) -> None:
    opened.signature.addnext(deepcopy(opened.signature))


def _second_in_header(opened: Opened) -> None:
    opened.header.append(deepcopy(opened.signature))


def _nested(opened: Opened) -> None:
    etree.SubElement(opened.signature, f"{DS}Object").append(deepcopy(opened.signature))


def _of_stranger(victim: Victim) -> bytes:
    """Put the signature of a stranger, sound in itself, in front of the genuine one."""
    opened = open_message(victim)
    foreign = open_message(victim, victim.message(key=stranger_key(victim)))
    opened.signature.addprevious(foreign.signature)
    return opened.write()


def _second_signed_info(opened: Opened) -> None:
    """The first SignedInfo is the one that was signed, the second has the digest of the forged content."""
    info = opened.part("SignedInfo")
    forged = deepcopy(info)
    falsify(opened.target)
    octets = opened.victim.digested(opened.target, opened.signature)
    digest = digest_of(octets, opened.victim.policy.digest)
    next(forged.iter(f"{DS}DigestValue")).text = encoded(digest)
    info.addnext(forged)


def _nested_signed_info(opened: Opened) -> None:
    info = opened.part("SignedInfo")
    holder = etree.SubElement(opened.part("KeyInfo"), f"{DS}KeyName")
    holder.append(deepcopy(info))


def _signed_info_in_object(opened: Opened) -> None:
    etree.SubElement(opened.signature, f"{DS}Object").append(deepcopy(opened.part("SignedInfo")))


def _enveloped_instead(victim: Victim) -> bytes:
    """A sound enveloped signature where a container belongs."""
    policy = replace(victim.policy, placement=_ENVELOPED) if victim.policy != ENVELOPED else ENVELOPED
    return victim.corridor.envelope.pack(
        victim.header,
        victim.kind.layout.write_canonical(victim.document).encode(),
        lambda text: sign_canonical(text, victim.key, policy),
    )


def _detached_instead(victim: Victim) -> bytes:
    """A sound signature in a container where an enveloped one belongs."""
    policy = replace(victim.policy, placement=_SIGNED_DOC, canonicalization=Canonicalization.EXCLUSIVE)
    return victim.corridor.envelope.pack(
        victim.header,
        victim.kind.layout.write_canonical(victim.document).encode(),
        lambda text: sign_canonical(text, victim.key, policy),
    )


_attack = attacks_of(Family.STRUCTURE, errors.SignatureStructureError, XMLDSIG)
_MISPLACED, _SHAPE = errors.SignatureMisplaced, errors.SignatureStructureError
_SEVERAL, _REFERENCE, _TWICE = errors.SeveralSignatures, errors.ForbiddenReference, errors.DuplicateId

ATTACKS = (
    _attack("unsigned", "The signature is taken off.", edited(_strip), errors.Unsigned, source=SAML),
    _attack(
        "unsigned-and-falsified",
        "The signature is taken off and a value changed: some receivers verify only what has a signature.",
        edited(_strip_and_falsify),
        errors.Unsigned,
        source=SAML,
    ),
    _attack(
        "signature-in-foreign-namespace",
        "The signature is renamed into another namespace, so that there is none.",
        edited(_other_namespace),
        errors.Unsigned,
    ),
    _attack(
        "signature-at-other-end",
        "The genuine signature stands at the other end of what it belongs to.",
        edited(_to_front),
        _MISPLACED,
        source=WRAPPING,
    ),
    _attack(
        "signature-in-child",
        "The genuine signature stands inside a child of the signed element.",
        edited(_into_child),
        _MISPLACED,
        source=WRAPPING,
    ),
    _attack(
        "signature-in-header",
        "The genuine signature stands in the header.",
        edited(_into_header),
        _MISPLACED,
        source=WRAPPING,
    ),
    _attack(
        "signature-behind-message",
        "The genuine signature stands at the end of the message, outside what it belongs to.",
        edited(_behind_message),
        errors.EnvelopeError,
        source=WRAPPING,
    ),
    _attack("several-signatures", "The genuine signature stands there twice.", edited(_second), _SEVERAL),
    _attack(
        "several-signatures-one-in-header",
        "A second signature stands in the header.",
        edited(_second_in_header),
        _SEVERAL,
    ),
    _attack("nested-signature", "A signature stands inside the signature.", edited(_nested), _SEVERAL),
    _attack(
        "signature-of-a-stranger-first",
        "A stranger's signature over the same content stands in front of the genuine one.",
        _of_stranger,
        _SEVERAL,
    ),
    _attack(
        "several-signed-info",
        "A second SignedInfo has the digest of falsified content; the first is what was signed.",
        edited(_second_signed_info),
        _SHAPE,
        source="CVE-2025-29774 (xml-crypto)",
    ),
    _attack(
        "nested-signed-info",
        "A second SignedInfo hides inside KeyInfo.",
        edited(_nested_signed_info),
        errors.ForbiddenKeyInfo,
        source="CVE-2025-29774 (xml-crypto)",
    ),
    _attack(
        "signed-info-in-object",
        "A second SignedInfo hides in an Object.",
        edited(_signed_info_in_object),
        _SHAPE,
    ),
    _attack(
        "enveloped-in-container-corridor",
        "A sound enveloped signature where the corridor wants a container.",
        _enveloped_instead,
        _SHAPE,
        placements=CONTAINERS,
        elsewhere={_SOAP_BODY: errors.EnvelopeError},
    ),
    _attack(
        "container-in-enveloped-corridor",
        "A sound SignedDoc where the corridor wants an enveloped signature.",
        _detached_instead,
        _MISPLACED,
        placements=frozenset({_ENVELOPED}),
    ),
)
