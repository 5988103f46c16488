"""Signature wrapping: what was signed is still somewhere, what is read is something else.

The numbers are those that the paper on SAML gives to its eight places; tools count a ninth. A SAML
response is here the whole message, an assertion the element that the signature covers. Where that is
named by an id, a receiver falls that looks for the id in one place and for the content in another; where
it is enveloped with ``URI=""``, one that verifies the first signed document that it finds.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from asw_exchange import errors
from asw_exchange.signature import Placement
from asw_exchange.signature.containers import WSSE, WSU
from asw_exchange.testdata.attacks.attack import (
    CONTAINERS,
    EVERYWHERE,
    SAML,
    WRAPPING,
    Attack,
    Family,
    Harmless,
)
from asw_exchange.testdata.attacks.surgery import DS, Opened, edited, forged_copy, parent_of, take_out

_IDS = ("Id", f"{{{WSU}}}Id")
_ENVELOPED, _SIGNED_DOC, _SOAP_BODY = Placement.ENVELOPED, Placement.SIGNED_DOC, Placement.SOAP_BODY


def _forge(opened: Opened) -> etree._Element:
    """Put a forged copy into the place of the signed element; what was signed hangs nowhere now.

    In an enveloped signature that one keeps it; in a container it stays where it stands.
    """
    forged = forged_copy(opened.target)
    parent_of(opened.target).replace(opened.target, forged)
    return forged


def _in_signature(opened: Opened, holder: etree._Element) -> None:
    original = opened.target
    forged = _forge(opened)
    if opened.victim.placement is _ENVELOPED:
        forged.append(take_out(opened.signature))
    holder.append(original)


def _whole_in_signature(opened: Opened) -> None:
    """XSW1: a forged message whose signature holds the genuine message, whole."""
    genuine, forged = opened.root, forged_copy(opened.root)
    around = parent_of(opened.signature)
    path, position = genuine.getroottree().getelementpath(around), around.index(opened.signature)
    next(forged.iterfind(path)).insert(position, take_out(opened.signature))
    opened.signature.append(genuine)
    opened.root = forged


def _whole_beside_signature(opened: Opened) -> None:
    """XSW2: a forged message with the genuine one, whole, behind the signature."""
    _whole_in_signature(opened)
    opened.signature.addnext(take_out(opened.signature[-1]))


def _forged_before(opened: Opened) -> None:
    opened.target.addprevious(forged_copy(opened.target))


def _forged_after(opened: Opened) -> None:
    opened.target.addnext(forged_copy(opened.target))


def _original_inside(opened: Opened) -> None:
    """XSW4: the forged element holds what was signed as its child."""
    original = opened.target
    _forge(opened).append(original)


def _original_last(opened: Opened) -> None:
    """XSW5: the forged element has the signature; what was signed ends the message."""
    _in_signature(opened, opened.root)


def _inside_signature(opened: Opened) -> None:
    """XSW6: the forged element has the signature, which holds what was signed."""
    _in_signature(opened, opened.signature)


def _extensions(place: etree._Element) -> etree._Element:
    holder = etree.Element("{urn:example:extensions}Extensions")
    place.insert(0, holder)
    return holder


def _forged_in_extensions(opened: Opened) -> None:
    """XSW7: the forged element in a part that schemas leave open, in front of the signed one."""
    _extensions(opened.root).append(forged_copy(opened.target))


def _forged_in_header(opened: Opened) -> None:
    _extensions(opened.header).append(forged_copy(opened.target))


def _original_in_extensions(opened: Opened) -> None:
    original = opened.target
    _forge(opened)
    _extensions(opened.root).append(original)


def _original_in_header(opened: Opened) -> None:
    original = opened.target
    _forge(opened)
    _extensions(opened.header).append(original)


def _original_in_security(opened: Opened) -> None:
    original = opened.target
    _forge(opened)
    security = next(opened.root.iter(f"{{{WSSE}}}Security"))
    etree.SubElement(security, "{urn:example:extensions}Wrapper").append(original)


def _in_object(opened: Opened) -> None:
    """XSW8: what was signed in an Object of the signature."""
    _in_signature(opened, etree.SubElement(opened.signature, f"{DS}Object"))


def _twins(opened: Opened) -> None:
    """The forged element takes the place, its twin under the same id stands in front of the message's end."""
    original = opened.target
    _forge(opened)
    opened.root.append(original)


def _around_message(opened: Opened) -> None:
    around = etree.Element("{urn:example:extensions}Batch")
    around.append(forged_copy(opened.root))
    around.append(opened.root)
    opened.root = around


def _with_id(change: Callable[[Opened], None], suffix: str) -> Callable[[Opened], None]:
    """Return the same change with another id, or none, on the forged element."""

    def changed(opened: Opened) -> None:
        genuine = opened.target
        change(opened)
        forged = next(
            each
            for each in opened.root.iter(genuine.tag)
            if each is not genuine and genuine not in each.iterancestors()
        )
        for name in _IDS:
            if forged.get(name) is not None:
                del forged.attrib[name]
                forged.attrib.update({} if suffix == _NONE else {name: "forged"})

    return changed


_Errors = tuple[type[errors.ExchangeError] | Harmless, ...]
"""What must become of it: enveloped, SignedDoc, SOAP body."""
_Row = tuple[str, str, Callable[[Opened], None], _Errors, _Errors, _Errors]
"""Name, description, change; expected with the id kept, with another id, and without one."""

_MISPLACED, _SHAPE, _WHOLE = errors.SignatureMisplaced, errors.SignatureStructureError, Harmless.WHOLE
_TWICE, _ENVELOPE, _BODY = errors.DuplicateId, errors.EnvelopeError, errors.BodyError
_REFERENCE = errors.ForbiddenReference

_PLACES: tuple[_Row, ...] = (
    (
        "xsw1-message-in-signature",
        "A forged message; its signature holds the genuine message, whole.",
        _whole_in_signature,
        (_SHAPE, _TWICE, _TWICE),
        (_SHAPE, _SHAPE, _SHAPE),
        (_SHAPE, _SHAPE, _SHAPE),
    ),
    (
        "xsw2-message-beside-signature",
        "A forged message; the genuine one, whole, stands behind the signature.",
        _whole_beside_signature,
        (_MISPLACED, _MISPLACED, _TWICE),
        (_MISPLACED, _MISPLACED, _REFERENCE),
        (_MISPLACED, _MISPLACED, _SHAPE),
    ),
    (
        "xsw3-forged-before",
        "A forged copy of the signed element stands in front of it.",
        _forged_before,
        (_ENVELOPE, _MISPLACED, _BODY),
        (_ENVELOPE, _MISPLACED, _BODY),
        (_ENVELOPE, _MISPLACED, _BODY),
    ),
    (
        "xsw3-forged-after",
        "A forged copy of the signed element stands behind it.",
        _forged_after,
        (_ENVELOPE, _MISPLACED, _BODY),
        (_ENVELOPE, _MISPLACED, _BODY),
        (_ENVELOPE, _MISPLACED, _BODY),
    ),
    (
        "xsw4-original-inside",
        "A forged element in the place of the signed one holds that one as its child.",
        _original_inside,
        (_MISPLACED, _TWICE, _BODY),
        (_MISPLACED, _REFERENCE, _BODY),
        (_MISPLACED, _SHAPE, _BODY),
    ),
    (
        "xsw5-original-last",
        "A forged element has the signature; what was signed stands at the end of the message.",
        _original_last,
        (_ENVELOPE, _ENVELOPE, _BODY),
        (_ENVELOPE, _ENVELOPE, _BODY),
        (_ENVELOPE, _ENVELOPE, _BODY),
    ),
    (
        "xsw6-original-in-signature",
        "A forged element has the signature, and that holds what was signed.",
        _inside_signature,
        (_SHAPE, _TWICE, _TWICE),
        (_SHAPE, _SHAPE, _SHAPE),
        (_SHAPE, _SHAPE, _SHAPE),
    ),
    (
        "xsw7-forged-in-extensions",
        "A forged copy stands in an extension in front of everything else.",
        _forged_in_extensions,
        (_ENVELOPE, _ENVELOPE, _ENVELOPE),
        (_ENVELOPE, _ENVELOPE, _ENVELOPE),
        (_ENVELOPE, _ENVELOPE, _ENVELOPE),
    ),
    (
        "xsw7-forged-in-header",
        "A forged copy stands in an extension of the header; what was signed is untouched.",
        _forged_in_header,
        (_ENVELOPE, _TWICE, _TWICE),
        (_ENVELOPE, _WHOLE, _WHOLE),
        (_ENVELOPE, _WHOLE, _WHOLE),
    ),
    (
        "xsw7-original-in-extensions",
        "A forged element stands in the place of the signed one, which moved into an extension.",
        _original_in_extensions,
        (_ENVELOPE, _ENVELOPE, _ENVELOPE),
        (_ENVELOPE, _ENVELOPE, _ENVELOPE),
        (_ENVELOPE, _ENVELOPE, _ENVELOPE),
    ),
    (
        "xsw7-original-in-header",
        "A forged element stands in the place of the signed one, which moved into the header.",
        _original_in_header,
        (_ENVELOPE, _TWICE, _TWICE),
        (_ENVELOPE, _REFERENCE, _REFERENCE),
        (_ENVELOPE, _SHAPE, _SHAPE),
    ),
    (
        "xsw8-original-in-object",
        "A forged element; what was signed stands in an Object of the signature.",
        _in_object,
        (_SHAPE, _TWICE, _TWICE),
        (_SHAPE, _SHAPE, _SHAPE),
        (_SHAPE, _SHAPE, _SHAPE),
    ),
    (
        "xsw9-twins",
        "A forged element in the place of the signed one, which stands whole at the end of the message.",
        _twins,
        (_ENVELOPE, _ENVELOPE, _BODY),
        (_ENVELOPE, _ENVELOPE, _BODY),
        (_ENVELOPE, _ENVELOPE, _BODY),
    ),
)


def _attack(row: _Row, *, suffix: str = "", note: str = "", expected: _Errors = ()) -> Attack:
    name, description, change, kept, _, _ = row
    enveloped, signed_doc, soap_body = expected or kept
    return Attack(
        name=f"{name}{suffix}",
        family=Family.WRAPPING,
        description=f"{description}{note}",
        source=SAML,
        expected=enveloped,
        elsewhere={_SIGNED_DOC: signed_doc, _SOAP_BODY: soap_body},
        placements=CONTAINERS if suffix else EVERYWHERE,
        forge=edited(_with_id(change, suffix) if suffix else change),
    )


_OTHER, _NONE = "-other-id", "-no-id"

ATTACKS = (
    *(_attack(row) for row in _PLACES),
    *(
        _attack(row, suffix=_OTHER, note=" The forged element has an id of its own.", expected=row[4])
        for row in _PLACES
    ),
    *(_attack(row, suffix=_NONE, note=" The forged element has no id.", expected=row[5]) for row in _PLACES),
    Attack(
        name="wrapped-in-security-header",
        family=Family.WRAPPING,
        description="The signed Body moved into a wrapper in the Security header, another in its place.",
        source=WRAPPING,
        expected=errors.DuplicateId,
        placements=frozenset({_SOAP_BODY}),
        forge=edited(_original_in_security),
    ),
    Attack(
        name="wrapped-message",
        family=Family.WRAPPING,
        description="The genuine message stands behind a forged one in an element around both.",
        source=WRAPPING,
        expected=errors.EnvelopeError,
        forge=edited(_around_message),
    ),
)
