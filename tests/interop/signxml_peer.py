"""signxml, the Python package."""

from __future__ import annotations

import re
from dataclasses import dataclass
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import SignatureConfiguration, SignatureConstructionMethod, XMLSigner, XMLVerifier
from signxml.exceptions import SignXMLException

from asw_exchange.signature import Canonicalization, Placement
from tests.interop.cases import ED25519, Case, unsigned
from tests.signature_cases import MOMENT

_CONFIGURATION = SignatureConfiguration(verification_time=MOMENT)
_REFUSALS = (SignXMLException, InvalidSignature, etree.LxmlError, ValueError)
_XML_ATTRIBUTE = re.compile(rb"\A<[^>]* xml:")
_NAME_BEYOND_ASCII = re.compile(rb"<[^!?/ >]*[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Signxml:
    """In this process, on the same libxml2."""

    name: str = "signxml"

    def lacks(self, case: Case, document: bytes | None = None) -> str | None:
        if case.algorithm == ED25519:
            return "signxml knows no Ed25519"
        if document and _NAME_BEYOND_ASCII.search(document):
            return "signxml writes element names as ASCII, and cannot read them again"
        inclusive = case.canonicalization is Canonicalization.INCLUSIVE
        if document and inclusive and _XML_ATTRIBUTE.match(document):
            return "signxml forgets that inclusive C14N of SignedInfo takes over xml: attributes"
        return None

    def sign(self, documents: list[bytes], case: Case) -> list[bytes]:
        return [_sign(document, case) for document in documents]

    def refusals(self, messages: list[bytes], case: Case) -> list[str | None]:
        with NamedTemporaryFile(suffix=".pem") as file:
            file.write(case.keys.gateways["VN"].authority.public_bytes(Encoding.PEM))
            file.flush()
            return [_refusal(message, file.name) for message in messages]


def _sign(document: bytes, case: Case) -> bytes:
    room, key = unsigned(document, case.placement), case.keys.key("VN")
    enveloped = case.placement is Placement.ENVELOPED
    signer = XMLSigner(
        method=getattr(SignatureConstructionMethod, "enveloped" if enveloped else "detached"),
        signature_algorithm=case.method.value,
        digest_algorithm=case.digest.value,
        c14n_algorithm=case.canonicalization.value,
    )
    made = signer.sign(
        etree.fromstring(room.around(b"")),
        key=key.private_key,
        cert=[key.certificate],
        reference_uri=None if enveloped else room.reference,
    )
    return etree.tostring(made) if enveloped else room.around(etree.tostring(made))


def _refusal(message: bytes, authority: str) -> str | None:
    try:
        XMLVerifier().verify(message, ca_pem_file=authority, expect_config=_CONFIGURATION)
    except _REFUSALS as error:
        return f"{type(error).__name__}: {error}"
    return None
