"""The five verbs over all kinds: build, sign, validate, verify, parse.

    parse(verify(sign(build(document, kind), key), trust)) == document

They look up the corridor of a kind or root element and call the stages; nothing else is here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from lxml import etree
from msgspec.structs import replace

from asw_exchange import codec, resources, signature
from asw_exchange.clock import SystemClock
from asw_exchange.corridor import STRICT, Corridor, MessageKind
from asw_exchange.corridors import find_kind, recognise
from asw_exchange.errors import ConfigurationError, ExchangeError, WrongKind
from asw_exchange.gateway import validate_kind
from asw_exchange.model import Finding, Value
from asw_exchange.signature import SignatureFacts, SigningKey, TrustStore, Verified
from asw_exchange.validation import Report, findings_of_error, in_order, load_schema, validate_element

if TYPE_CHECKING:
    from asw_exchange.signature.diagnose import Diagnosis, Located


def build(document: Value, kind: str, *, indent: bool = False) -> bytes:
    """Write a document as XML of ``kind``, for example ``asean/eform-d``.

    Raises UnknownKind, and FieldNotCarried or ValueNotCarried naming the field that the form cannot
    carry. What the form *requires* is not asked here: ``validate`` tells.
    """
    return codec.to_bytes(find_kind(kind).layout.write(document), indent=indent)


def sign(xml: bytes, key: SigningKey) -> bytes:
    """Sign a document in the profile of its corridor. Raises ReadError, UnknownKind or SignatureError."""
    root = codec.read(xml, keep_instructions=True)
    corridor, _, element = recognise(root)
    return signature.sign(element, key, corridor.policy)


def verify(xml: bytes, trust: TrustStore, *, moment: datetime | None = None) -> Verified:
    """Check the signature of a document, or of the one inside an envelope, at ``moment`` (default: now).

    Returns only what was signed, read again from its canonical bytes. Raises ReadError, UnknownKind,
    EnvelopeError or a SignatureError that says what is wrong.
    """
    root = signature.read_signed(xml)
    corridor, _, _ = recognise(root)
    at = moment or SystemClock().now()
    return signature.verify(corridor.signed_part(root), trust, at, corridor.policy)


def examine(xml: bytes, trust: TrustStore, *, moment: datetime | None = None) -> SignatureFacts:
    """Say everything about the signature of a document and its signer; no fault hides another.

    Takes what ``verify`` takes. Raises ReadError, UnknownKind or EnvelopeError where there is nothing to
    look at.
    """
    root = codec.read(xml, keep_instructions=True)
    corridor, _, _ = recognise(root)
    at = moment or SystemClock().now()
    return signature.examine(corridor.signed_part(root), trust, at, corridor.policy)


def explain(
    xml: bytes,
    trust: TrustStore,
    *,
    moment: datetime | None = None,
    known: Sequence[x509.Certificate] = (),
) -> Diagnosis:
    """Say why ``verify`` refuses a message: each usual cause is tried, and the one that it was is named.

    ``known`` are certificates of partners, to recognise a message signed with another key. Never raises for
    bad input: what could not even be read is the diagnosis too. Nothing in it makes a message acceptable.
    """
    from asw_exchange.signature.diagnose import diagnose  # large, and for who asks alone

    return diagnose(xml, trust, moment or SystemClock().now(), _locate, known)


def _locate(root: etree._Element) -> Located:
    from asw_exchange.signature.diagnose import Located

    corridor, kind, _ = recognise(root)
    prefixes = {uri: prefix for prefix, uri in kind.layout.namespaces.items()}
    return Located(part=corridor.signed_part(root), policy=corridor.policy, prefixes=prefixes)


def parse(source: bytes | Verified) -> Any:
    """Read a document into the model: from bytes (any signature is passed over, unchecked) or as verified.

    Raises ReadError, UnknownKind, EnvelopeError, or ParseError with the place.
    """
    root = codec.read(source) if isinstance(source, bytes) else source.document
    _, kind, element = recognise(root)
    layout = kind.layout
    codec.refuse_leftovers(element, layout.record)
    return layout.read(element)


def validate(
    xml: bytes, *, kind: str | None = None, moment: datetime | None = None, level: str = STRICT
) -> Report:
    """Check a document against schema and rules, and return all findings; never raises for bad input.

    ``moment`` is the receiver's time (default: now). With ``kind``, a document of another kind is a
    finding too. ``level`` is one that the document's corridor has, for example ``as-the-hub`` for New
    Zealand. Raises WrongOption for another level, and ConfigurationError when a check could not run.
    """
    moment = moment or SystemClock().now()
    try:
        root = codec.read(xml)
        corridor, found, element = recognise(root)
        if kind is not None and found.name != find_kind(kind).name:
            raise WrongKind(f"the document is {found.name}, not {kind}", line=codec.line_of(element))
        report = corridor.judge(validate_kind(found, element, moment), level)
        whole = corridor.signed_part(root) is not root
        return _with_envelope(report, corridor, found, root) if whole else report
    except ConfigurationError:
        raise
    except ExchangeError as error:
        return Report(kind=None, ruleset=None, findings=(findings_of_error(error),))


def validate_against(
    xml: bytes, *, schema: Path | None = None, rules: Path | None = None, phase: str | None = None
) -> Report:
    """Check any document against a partner's own XML Schema and Schematron, and return all findings.

    ``phase`` chooses a phase of the Schematron file (default: its default phase, else all patterns).
    Raises ConfigurationError for a schema or rule file that cannot be used; never for the document.
    """
    phases = None if phase is None else lambda element: (phase,)
    try:
        return validate_element(codec.read(xml), schema=schema, rules=rules, phases=phases)
    except ConfigurationError:
        raise
    except ExchangeError as error:
        return Report(kind=None, ruleset=None, findings=(findings_of_error(error),))


def _with_envelope(report: Report, corridor: Corridor, kind: MessageKind, root: etree._Element) -> Report:
    """Add what is wrong with the wrapping: its schema, and a header that announces another kind."""
    path = corridor.envelope.schema
    found = load_schema(resources.schema(path)).findings(root) if path else ()
    header, _ = corridor.envelope.unpack(root)
    if header.kind != kind.name:
        found += (findings_of_error(WrongKind(f"the header announces {header.kind}", value=header.kind)),)
    return replace(report, findings=in_order((*found, *report.findings)))


def is_valid(xml: bytes, *, kind: str | None = None, moment: datetime | None = None) -> bool:
    """Tell whether ``validate`` finds no error."""
    return validate(xml, kind=kind, moment=moment).valid


def iter_findings(
    xml: bytes, *, kind: str | None = None, moment: datetime | None = None
) -> Iterator[Finding]:
    """Yield what ``validate`` finds."""
    yield from validate(xml, kind=kind, moment=moment).findings


__all__ = [
    "build",
    "examine",
    "explain",
    "is_valid",
    "iter_findings",
    "parse",
    "sign",
    "validate",
    "validate_against",
    "verify",
]
