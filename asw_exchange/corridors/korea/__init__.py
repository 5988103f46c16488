"""Korea and Viet Nam: Forms AK, VK and KV, whether their preference was applied, and export declarations.

The EODES messages are not public: all XML here is *modelled*, on the Korean application GOVCBR036 and the
declaration GOVCBR830. Boxes, notations and time limits are those of AKFTA and VKFTA.
"""

from __future__ import annotations

from typing import Any

from asw_exchange.corridor import Corridor, MessageKind, acknowledge_by
from asw_exchange.corridors.korea import history, layouts
from asw_exchange.corridors.korea.answers import reply
from asw_exchange.corridors.korea.manners import MANNERS
from asw_exchange.corridors.korea.rules import Quirks, exchange_rules
from asw_exchange.envelope import StandardBusinessDocument
from asw_exchange.model import Certificate, Correction, CustomsResponse, ExportDeclaration
from asw_exchange.signature import SignaturePolicy

MEMBERS = {"KR": "Republic of Korea", "VN": "Viet Nam"}

Route = tuple[str | None, str | None]


def _certificate_route(certificate: Certificate) -> Route:
    return certificate.issuing_country, certificate.importing_country


def _certificate_cites(certificate: Certificate) -> tuple[str, ...]:
    originals = (proof.reference for proof in certificate.original_proofs)
    replaced = certificate.replaces.reference if certificate.replaces else None
    return tuple(reference for reference in (*originals, replaced) if reference)


def _correction_route(correction: Correction) -> Route:
    importing = correction.certificate.importing_country if correction.certificate else None
    return correction.issuing_country, importing


def _correction_cites(correction: Correction) -> tuple[str, ...]:
    new = correction.certificate.reference if correction.certificate else None
    return (new,) if new and new != correction.reference else ()


def _response_route(response: CustomsResponse) -> Route:
    return response.responding_country, response.issuing_country


def _declaration_route(declaration: ExportDeclaration) -> Route:
    return declaration.export_country, declaration.import_country


def _reference(document: Any) -> str | None:
    found: str | None = document.reference
    return found


def _certificate(name: str, title: str, layout: Any) -> MessageKind:
    short = name.split("/")[1]
    return MessageKind(
        name=name,
        title=title,
        layout=layout,
        schema=f"korea/{short}.xsd",
        rules=f"korea/{short}.sch",
        reference=_reference,
        cites=_certificate_cites,
        route=_certificate_route,
    )


KINDS = (
    _certificate(history.CERTIFICATE_AK, "Form AK, certificate of origin of AKFTA", layouts.CERTIFICATE_AK),
    _certificate(history.CERTIFICATE_VK, "Form VK of VKFTA, issued by Viet Nam", layouts.CERTIFICATE_VK),
    _certificate(history.CERTIFICATE_KV, "Form KV of VKFTA, issued by Korea", layouts.CERTIFICATE_KV),
    MessageKind(
        name=history.FEEDBACK,
        title="Feedback: whether the preference was applied, by item",
        layout=layouts.FEEDBACK,
        schema="korea/feedback.xsd",
        rules="korea/feedback.sch",
        reference=_reference,
        route=_response_route,
    ),
    MessageKind(
        name=history.CORRECTION,
        title="Correction of a certificate by its issuer",
        layout=layouts.CORRECTION,
        schema="korea/correction.xsd",
        rules="korea/correction.sch",
        reference=_reference,
        cites=_correction_cites,
        route=_correction_route,
    ),
    MessageKind(
        name=history.DECLARATION,
        title="Export declaration in the shape of GOVCBR830",
        layout=layouts.EXPORT_DECLARATION,
        schema="korea/export-declaration.xsd",
        rules="korea/export-declaration.sch",
        reference=lambda declaration: declaration.number,
        route=_declaration_route,
    ),
    MessageKind(
        name=history.ACKNOWLEDGEMENT,
        title="Technical acknowledgement of any message",
        layout=layouts.ACKNOWLEDGEMENT,
        schema="korea/acknowledgement.xsd",
        rules="korea/acknowledgement.sch",
        reference=lambda acknowledgement: None,
        acknowledged=False,
    ),
)

CORRIDOR = Corridor(
    name="korea",
    title="Korea - Viet Nam",
    members=MEMBERS,
    kinds=KINDS,
    notify=acknowledge_by(history.ACKNOWLEDGEMENT),
    envelope=StandardBusinessDocument(),
    policy=SignaturePolicy(),
    exchange_rules=exchange_rules(Quirks()),
    reply=reply,
    manners=MANNERS,
)
