"""The bare libxml2 and OpenSSL calls that each step cannot do without, on ready-made input.

No checks, no findings, no names, no model: what is left when everything of ours is taken away.
"""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from asw_exchange import resources
from asw_exchange.corridor import MessageKind
from asw_exchange.signature import SigningKey
from asw_exchange.validation import load_rules

ALGORITHM = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
CHECK = ec.ECDSA(hashes.SHA256())


class Floor:
    """Prepared once for a document, then only C calls."""

    def __init__(
        self, plain: bytes, signed: bytes, message: bytes, key: SigningKey, kind: MessageKind
    ) -> None:
        self.plain, self.signed, self.message = plain, signed, message
        private = key.private_key
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise TypeError("the floor is measured with ECDSA")
        self.private, self.public = private, private.public_key()
        self.tree = etree.fromstring(plain)
        self.nsmap, self.plan = dict(self.tree.nsmap), plan(self.tree)
        self.schema = etree.XMLSchema(file=str(resources.schema(kind.schema)))
        self.rules = stylesheet(kind)
        self.today = etree.XSLT.strparam("2025-03-03")
        self.value = self.private.sign(canonical(etree.fromstring(signed)[-1][0]), ALGORITHM)

    def build(self) -> bytes:
        """Make the elements one by one and serialise them: no values, no types, no checks."""
        return etree.tostring(self._tree())

    def _tree(self) -> etree._Element:
        return tree_of(self.plan, self.nsmap)

    def sign(self) -> bytes:
        """Parse, canonicalise, digest, sign; the result is put together from its bytes."""
        return self._seal(etree.fromstring(self.plain))

    def _seal(self, tree: etree._Element) -> bytes:
        octets = canonical(tree)
        hashlib.sha256(octets).digest()
        return octets + self.private.sign(b"signed info", ALGORITHM)

    def verify(self) -> etree._Element:
        """Parse, cut the signature out, canonicalise twice, digest, verify, read what was signed."""
        return self._open(etree.fromstring(self.signed))

    def _open(self, element: etree._Element) -> etree._Element:
        signature = element[-1]
        signed_info = canonical(signature[0])
        element.remove(signature)
        octets = canonical(element)
        hashlib.sha256(octets).digest()
        self.public.verify(self.value, signed_info, CHECK)
        return etree.fromstring(octets)

    def validate(self, tree: etree._Element | None = None) -> bool:
        """Run the compiled schema and the compiled rules."""
        tree = self.tree if tree is None else tree
        return self.schema.validate(tree) and self.rules(tree, today=self.today).getroot() is not None

    def parse(self) -> list[str | None]:
        """Parse the bytes and take the text of every element."""
        return texts(etree.fromstring(self.plain))

    def exchange(self) -> list[str | None]:
        """One message: make, canonicalise, sign; parse all of it, verify, validate, take the texts."""
        self._seal(self._tree())
        tree = self._open(etree.fromstring(self.message)[1])
        self.validate(tree)
        return texts(tree)


Plan = list[tuple[int | None, str, str | None, dict[str, str]]]


def tree_of(steps: Plan, nsmap: dict[str | None, str]) -> etree._Element:
    """Make the elements of a plan one by one."""
    made: list[etree._Element] = []
    for parent, tag, text, attributes in steps:
        above = made[parent] if parent is not None else None
        element = (
            etree.Element(tag, attributes, nsmap=nsmap)
            if above is None
            else etree.SubElement(above, tag, attributes)
        )
        element.text = text
        made.append(element)
    return made[0]


def plan(root: etree._Element) -> Plan:
    """Every element: place of its parent in this list, tag, text, attributes."""
    elements = list(root.iter())
    places = {element: place for place, element in enumerate(elements)}
    return [
        (
            places.get(element.getparent()),
            str(element.tag),
            element.text,
            {str(k): str(v) for k, v in element.items()},
        )
        for element in elements
    ]


def texts(root: etree._Element) -> list[str | None]:
    return [element.text for element in root.iter() if element.tag]


def canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True)


def xml_schema(kind: MessageKind) -> etree.XMLSchema:
    """The compiled schema of a kind."""
    return etree.XMLSchema(file=str(resources.schema(kind.schema)))


def stylesheet(kind: MessageKind) -> etree.XSLT | None:
    """The stylesheet that our rules are compiled into: the same run of libxslt, without our findings."""
    if kind.rules is None:
        return None
    return load_rules(resources.schema(kind.rules), "OCP21" if kind.phases else None)._compiled[0]
