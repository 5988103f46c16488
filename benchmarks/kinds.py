"""Every kind that is answered, of every corridor: each step and the whole exchange against its floor.

The whole exchange is message and the answer that comes at once: built, signed where its kind is, wrapped;
received, verified, validated, read. Business answers are not in it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from asw_exchange.codec import read, to_bytes
from asw_exchange.corridor import Corridor, MessageKind
from asw_exchange.corridors import all_corridors
from asw_exchange.gateway import conclude, examine, validate_kind
from asw_exchange.model import Header, Value
from asw_exchange.signature import Placement, SigningKey, create_pki, sign, verify
from asw_exchange.testdata import generate
from asw_exchange.testdata.messages import route
from benchmarks.floor import ALGORITHM, CHECK, Plan, canonical, plan, stylesheet, texts, tree_of, xml_schema
from benchmarks.row import Row
from benchmarks.steps import Forgetful
from benchmarks.timing import microseconds

MOMENT = datetime(2025, 6, 3, 9, 0, tzinfo=UTC)
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_CONTENT = "{http://ephyto.ippc.int/HUB.Entities}Content"
_BODIES = ("{http://schemas.xmlsoap.org/soap/envelope/}Body", "{http://www.w3.org/2003/05/soap-envelope}Body")


class Bare:
    """The library calls that one message cannot do without, on ready-made input."""

    def __init__(
        self, corridor: Corridor, kind: MessageKind, plain: bytes, message: bytes, key: SigningKey
    ) -> None:
        private = key.private_key
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise TypeError("the floor is measured with ECDSA")
        self.kind, self.placement = kind, corridor.policy.placement
        self.plain, self.message, self.private, self.public = plain, message, private, private.public_key()
        self.tree = etree.fromstring(plain)
        self.nsmap, self.plan = dict(self.tree.nsmap), plan(self.tree)
        self.around = _envelope(message, kind.layout.tag)
        self.schema, self.rules = xml_schema(kind), stylesheet(kind)
        self.signed = sign(plain, key, corridor.policy) if kind.signed else plain
        found = next(etree.fromstring(message).iter(_SIGNATURE), None)
        self.value = b"" if found is None else private.sign(canonical(found[0]), ALGORITHM)
        alone = etree.fromstring(self.signed)
        inner = next(alone.iter(_SIGNATURE), None)
        self.own_value = b"" if inner is None else private.sign(canonical(inner[0]), ALGORITHM)

    def build(self) -> bytes:
        return etree.tostring(tree_of(self.plan, self.nsmap))

    def seal(self, tree: etree._Element | None = None) -> bytes:
        octets = canonical(etree.fromstring(self.plain) if tree is None else tree)
        hashlib.sha256(octets).digest()
        return octets + self.private.sign(b"signed info", ALGORITHM)

    def verify(self) -> etree._Element:
        return self._open(etree.fromstring(self.signed), self.own_value)

    def _open(self, root: etree._Element, value: bytes) -> etree._Element:
        signature = next(root.iter(_SIGNATURE))
        signed_info = canonical(signature[0])
        if self.placement is Placement.ENVELOPED:
            target = signature.getparent()
            target.remove(signature)
        else:
            target = next((found for tag in _BODIES for found in root.iter(tag)), signature.getparent()[-1])
            target = signature.getnext() if self.placement is Placement.SIGNED_DOC else target
        octets = canonical(target)
        hashlib.sha256(octets).digest()
        self.public.verify(value, signed_info, CHECK)
        read_again = etree.fromstring(octets)
        return read_again if self.placement is Placement.ENVELOPED else read_again[0]

    def validate(self, tree: etree._Element | None = None) -> bool:
        tree = self.tree if tree is None else tree
        valid = self.schema.validate(tree)
        return valid and (self.rules is None or self.rules(tree).getroot() is not None)

    def parse(self) -> list[str | None]:
        return texts(etree.fromstring(self.plain))

    def exchange(self) -> list[str | None]:
        tree_of(*self.around)
        tree = tree_of(self.plan, self.nsmap)
        if self.kind.signed:
            self.seal(tree)
        root = etree.fromstring(self.message)
        opened = self._open(root, self.value) if self.kind.signed else root[-1][0]
        content = next(opened.iter(_CONTENT), None)
        document = opened if content is None else etree.fromstring((content.text or "").encode())
        self.validate(document)
        return texts(document)


def _envelope(message: bytes, document: str) -> tuple[Plan, dict[str | None, str]]:
    """The elements of a message but for its document and signature: headers and wrapping have to be made."""
    root = etree.fromstring(message)
    for tag in (_SIGNATURE, document):
        for element in list(root.iter(tag)):
            element.getparent().remove(element)
    return plan(root), dict(root.nsmap)


class KindBench:
    """One kind: a document, and its whole exchange."""

    def __init__(self, corridor: Corridor, kind: MessageKind) -> None:
        self.corridor = dataclasses.replace(corridor, reply=lambda arrival, memory: (), exchange_rules=())
        self.kind, self.document = kind, _document(kind)
        self.sender, self.receiver = route(kind, self.document, corridor)
        self.pki = create_pki(1, sorted(corridor.members), MOMENT)
        self.key, self.trust = self.pki.key(self.sender), self.pki.trust_by_gateway()
        self.numbers, self.memory = itertools.count(1), Forgetful()
        self.plain = kind.layout.write(self.document).encode()
        message = self._message(kind.name, self.document, self.sender, self.receiver, None)
        self.bare = Bare(corridor, kind, self.plain, message, self.key)
        notice = self._receive(message, self.receiver).notices[0]
        answer_kind = corridor.kind(notice.kind)
        answer = self._message(notice.kind, notice.document, self.receiver, self.sender, self._header())
        plain = answer_kind.layout.write(notice.document).encode()
        self.bare_answer = Bare(corridor, answer_kind, plain, answer, self.pki.key(self.receiver))

    def exchange(self) -> None:
        raw = self._message(self.kind.name, self.document, self.sender, self.receiver, None)
        reception = self._receive(raw, self.receiver)
        if reception.record.outcome != "accepted":
            raise AssertionError(reception.record)
        notice = reception.notices[0]
        answer = self._message(notice.kind, notice.document, self.receiver, self.sender, reception.header)
        if self._receive(answer, self.sender).record.outcome != "accepted":
            raise AssertionError

    def floor(self) -> None:
        self.bare.exchange()
        self.bare_answer.exchange()

    def _header(self) -> Header:
        return Header(
            id=self.corridor.message_id("m"), kind=self.kind.name, sender=self.sender, receiver=self.receiver
        )

    def _message(self, kind: str, document: Value, sender: str, receiver: str, about: Header | None) -> bytes:
        needs = kind in ("eaeu/verification-reply", "eaeu/processing-result")
        about = self._header() if needs and about is None else about
        header = Header(
            id=self.corridor.message_id(f"{sender}-{next(self.numbers)}"),
            kind=kind,
            sender=sender,
            receiver=receiver,
            sent_at=MOMENT,
            refers_to=about.id if about else None,
            refers_to_kind=about.kind if about else None,
            conversation=about.conversation if about else None,
            procedure=about.procedure if about else (),
        )
        return self.corridor.pack(header, document, self.pki.key(sender))

    def _receive(self, raw: bytes, gateway: str) -> Any:
        examination = examine(raw, gateway=gateway, corridor=self.corridor, moment=MOMENT, trust=self.trust)
        return conclude(examination, raw, gateway=gateway, corridor=self.corridor, memory=self.memory)

    def rows(self) -> list[Row]:
        """Measure all steps of the kind."""
        policy, tree = self.corridor.policy, read(self.plain)
        trust = self.pki.trust(self.sender)
        signed = self.bare.signed
        steps = {
            "build": (lambda: to_bytes(self.kind.layout.write(self.document)), self.bare.build),
            "sign": (lambda: sign(self.plain, self.key, policy), self.bare.seal),
            "verify": (lambda: verify(signed, trust, MOMENT, policy), self.bare.verify),
            "validate": (lambda: validate_kind(self.kind, tree, MOMENT), self.bare.validate),
            "parse": (lambda: self.kind.layout.read(read(self.plain)), self.bare.parse),
            "exchange": (self.exchange, self.floor),
        }
        return [self._row(step, ours, floor) for step, (ours, floor) in steps.items()]

    def _row(self, step: str, ours: Any, floor: Any) -> Row:
        best = microseconds({"ours": ours, "floor": floor}, rounds=5, seconds=0.04)
        return Row(step=step, kind=self.kind.name, ours_us=best["ours"], floor_us=best["floor"], peers={})


def _document(kind: MessageKind) -> Any:
    """A generated document of a usual size."""
    found = generate(kind.name, seed=1, count=40)
    return next((each for each in found if len(getattr(each, "items", ())) == 3), next(generate(kind.name)))


def rows() -> list[Row]:
    """Measure every kind that is answered."""
    benches = (
        KindBench(corridor, kind)
        for corridor in all_corridors()
        for kind in corridor.kinds
        if kind.acknowledged
    )
    return [row for bench in benches for row in bench.rows()]


__all__ = ["KindBench", "rows"]
