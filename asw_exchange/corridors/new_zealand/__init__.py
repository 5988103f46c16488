"""New Zealand and Viet Nam: SPS certificates and their acknowledgement, Form AANZ, export declarations.

The SPS messages are those of UN/CEFACT in the profile of the IPPC's ePhyto; what Viet Nam and New Zealand
agreed is not public. Form AANZ and the declaration are *modelled*.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from asw_exchange.codec import Layout
from asw_exchange.corridor import Corridor, MessageKind
from asw_exchange.corridors.new_zealand import layouts, sps_layouts, tracking
from asw_exchange.corridors.new_zealand.answers import reply
from asw_exchange.corridors.new_zealand.envelope import HubEnvelope
from asw_exchange.corridors.new_zealand.levels import LEVELS
from asw_exchange.corridors.new_zealand.manners import MANNERS
from asw_exchange.corridors.new_zealand.rules import EXCHANGE_RULES, cited_numbers, subject_of
from asw_exchange.model import Certificate, ExportDeclaration, QuarantineCertificate
from asw_exchange.signature import Placement, SignaturePolicy

MEMBERS = {"NZ": "New Zealand", "VN": "Viet Nam"}

_TYPE_CODE = etree.XPath(
    "string(s:SPSExchangedDocument/r:TypeCode)",
    namespaces={"s": sps_layouts.CERTIFICATE_NAMESPACE, "r": sps_layouts.PREFIXES["ram"]},
)


def _of_type(type_code: str) -> Callable[[etree._Element], bool]:
    return lambda element: bool(_TYPE_CODE(element) == type_code)


def _sps_route(certificate: QuarantineCertificate) -> tuple[str | None, str | None]:
    exported, imported = certificate.export_country, certificate.import_country
    return exported.code if exported else None, imported.code if imported else None


def _declaration_route(declaration: ExportDeclaration) -> tuple[str | None, str | None]:
    return declaration.export_country, declaration.import_country


def _aanz_route(certificate: Certificate) -> tuple[str | None, str | None]:
    return certificate.issuing_country, certificate.importing_country


def _aanz_cites(certificate: Certificate) -> tuple[str, ...]:
    return tuple(proof.reference for proof in certificate.original_proofs if proof.reference)


def _declaration_cites(declaration: ExportDeclaration) -> tuple[str, ...]:
    cited = (document.reference for item in declaration.items for document in item.certificates)
    return tuple(dict.fromkeys(cited))


def _sps_kind(name: str, title: str, layout: Layout, type_code: str) -> MessageKind:
    return MessageKind(
        name=f"new-zealand/{name}",
        title=title,
        layout=layout,
        schema="new-zealand/sps-certificate.xsd",
        rules="new-zealand/sps-certificate.sch",
        reference=lambda certificate: certificate.number,
        cites=cited_numbers,
        route=_sps_route,
        matches=_of_type(type_code),
    )


KINDS = (
    _sps_kind(
        "phytosanitary-certificate",
        "Phytosanitary certificate (UN/CEFACT SPSCertificate, type 851)",
        sps_layouts.PHYTOSANITARY_CERTIFICATE,
        sps_layouts.PHYTOSANITARY,
    ),
    _sps_kind(
        "re-export-certificate",
        "Phytosanitary certificate for re-export (UN/CEFACT SPSCertificate, type 657)",
        sps_layouts.RE_EXPORT_CERTIFICATE,
        sps_layouts.RE_EXPORT,
    ),
    _sps_kind(
        "sanitary-certificate",
        "Sanitary certificate (UN/CEFACT SPSCertificate, type 852)",
        sps_layouts.SANITARY_CERTIFICATE,
        sps_layouts.SANITARY,
    ),
    _sps_kind(
        "veterinary-certificate",
        "Veterinary certificate (UN/CEFACT SPSCertificate, type 853)",
        sps_layouts.VETERINARY_CERTIFICATE,
        sps_layouts.VETERINARY,
    ),
    MessageKind(
        name="new-zealand/sps-acknowledgement",
        title="Border outcome of a certificate (UN/CEFACT SPSAcknowledgement)",
        layout=sps_layouts.SPS_ACKNOWLEDGEMENT,
        schema="new-zealand/sps-acknowledgement.xsd",
        rules="new-zealand/sps-acknowledgement.sch",
        reference=subject_of,
    ),
    MessageKind(
        name="new-zealand/certificate-aanz",
        title="Form AANZ, the certificate of origin of AANZFTA",
        layout=layouts.CERTIFICATE_AANZ,
        schema="new-zealand/certificate-aanz.xsd",
        rules="new-zealand/certificate-aanz.sch",
        reference=lambda certificate: certificate.reference,
        cites=_aanz_cites,
        route=_aanz_route,
    ),
    MessageKind(
        name="new-zealand/export-declaration",
        title="Export declaration after WCO DEC, as one customs administration tells it to the other",
        layout=layouts.EXPORT_DECLARATION,
        schema="new-zealand/export-declaration.xsd",
        rules="new-zealand/export-declaration.sch",
        reference=lambda declaration: declaration.number,
        cites=_declaration_cites,
        route=_declaration_route,
    ),
    tracking.KIND,
)

CORRIDOR = Corridor(
    name="new-zealand",
    title="New Zealand and Viet Nam",
    members=MEMBERS,
    kinds=KINDS,
    notify=tracking.notify,
    envelope=HubEnvelope(),
    policy=SignaturePolicy(placement=Placement.SOAP_BODY),
    exchange_rules=EXCHANGE_RULES,
    reply=reply,
    manners=MANNERS,
    levels=LEVELS,
)
