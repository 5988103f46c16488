"""The bare libxml2 and OpenSSL calls that each step cannot do without, on ready-made input.

No checks, no findings, no names, no model: what is left when everything of ours is taken away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from asw_exchange.signature import SigningKey

_ALGORITHM = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_CHECK = ec.ECDSA(hashes.SHA256())
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_SIGNED_INFO = "{http://www.w3.org/2000/09/xmldsig#}SignedInfo"


class Floor:
    """Prepared once for a document, then only C calls."""

    def __init__(
        self, plain: bytes, signed: bytes, key: SigningKey, schema: etree.XMLSchema, rules: etree.XSLT
    ) -> None:
        self.plain, self.signed = plain, signed
        private = key.private_key
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise TypeError("the floor is measured with ECDSA")
        self.private, self.public = private, private.public_key()
        self.tree = etree.fromstring(plain)
        self.schema, self.rules = schema, rules
        self.today = etree.XSLT.strparam("2025-03-01")
        signature = etree.fromstring(signed).find(_SIGNATURE)
        if signature is None:
            raise ValueError("the document is not signed")
        self.signed_info = _canonical(signature.find(_SIGNED_INFO))
        self.value = self.private.sign(self.signed_info, _ALGORITHM)

    def build(self) -> bytes:
        """Serialise a finished tree."""
        return etree.tostring(self.tree)

    def sign(self) -> bytes:
        """Parse, canonicalise, digest, sign; the result is put together from its bytes."""
        canonical = _canonical(etree.fromstring(self.plain))
        hashlib.sha256(canonical).digest()
        return canonical + self.private.sign(self.signed_info, _ALGORITHM)

    def verify(self) -> etree._Element:
        """Parse, cut the signature out, canonicalise twice, digest, verify, read what was signed."""
        root = etree.fromstring(self.signed)
        signature = root.find(_SIGNATURE)
        signed_info = _canonical(signature[0])
        root.remove(signature)
        canonical = _canonical(root)
        hashlib.sha256(canonical).digest()
        self.public.verify(self.value, signed_info, _CHECK)
        return etree.fromstring(canonical)

    def validate(self) -> bool:
        """Run the compiled schema and the compiled rules."""
        return self.schema.validate(self.tree) and len(self.rules(self.tree, today=self.today).getroot()) == 0

    def parse(self) -> etree._Element:
        """Parse the bytes."""
        return etree.fromstring(self.plain)

    def exchange(self) -> None:
        """One side of an exchange: build, sign, then verify, validate on the other side."""
        self.build()
        self.sign()
        tree = self.verify()
        self.schema.validate(tree)
        self.rules(tree, today=self.today)


def _canonical(element: etree._Element | None) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True)


Step = Callable[[], object]
