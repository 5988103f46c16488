"""The Eurasian Economic Union: Viet Nam and the EEC gateway exchange Form EAV, verifications, declarations.

The structures of EOCVS are not public: payloads and codes are *modelled*. Public are the envelope (EEC
Decision N 5), ``EDocHeader``, R.006, the signals, and the boxes and words of Form EAV.
"""

from __future__ import annotations

from typing import Any

from asw_exchange.corridor import Corridor, MessageKind
from asw_exchange.corridors.eaeu import codes, layouts
from asw_exchange.corridors.eaeu.answers import notify, reply
from asw_exchange.corridors.eaeu.envelope import IntegrationEnvelope
from asw_exchange.corridors.eaeu.manners import MANNERS
from asw_exchange.corridors.eaeu.rules import EXCHANGE_RULES
from asw_exchange.corridors.eaeu.transactions import chase
from asw_exchange.model import (
    Certificate,
    ExportDeclaration,
    ProcessingResult,
    VerificationReply,
    VerificationRequest,
)
from asw_exchange.signature import Placement, SignaturePolicy

MEMBERS = {"EAEU": "Eurasian Economic Union (EEC gateway)", "VN": "Viet Nam"}
"""A hub: Viet Nam talks to the EEC gateway, which serves the member states (``codes.STATES``)."""


def _gateway(country: str | None) -> str | None:
    """Return the gateway that speaks for a state, where it is one of the corridor's."""
    return "EAEU" if country in codes.STATES else country if country == "VN" else None


def _certificate_route(certificate: Certificate) -> tuple[str | None, str | None]:
    return _gateway(certificate.issuing_country), _gateway(certificate.importing_country)


def _declaration_route(declaration: ExportDeclaration) -> tuple[str | None, str | None]:
    return _gateway(declaration.export_country), _gateway(declaration.import_country)


def _request_route(request: VerificationRequest) -> tuple[str | None, str | None]:
    return _gateway(request.requesting_country), _gateway(request.issuing_country)


def _reply_route(reply: VerificationReply) -> tuple[str | None, str | None]:
    return _gateway(reply.issuing_country), _gateway(reply.requesting_country)


def _certificate_cites(certificate: Certificate) -> tuple[str, ...]:
    taken = (certificate.replaces, certificate.duplicate_of)
    return tuple(each.reference for each in taken if each is not None)


def _verified(document: VerificationRequest | VerificationReply) -> str | None:
    return document.certificate.reference if document.certificate else None


def _processed(result: ProcessingResult) -> str | None:
    return result.description


def _nothing(document: Any) -> None:
    return None


def _signal(name: str, title: str, layout: Any, schema: str = "eaeu/signals.xsd") -> MessageKind:
    return MessageKind(
        name=name,
        title=title,
        layout=layout,
        schema=schema,
        rules=f"eaeu/{name.split('/')[1]}.sch" if name in (codes.REFUSED, codes.FAULT) else None,
        reference=_nothing,
        acknowledged=False,
        signed=False,
    )


KINDS = (
    MessageKind(
        name=codes.CERTIFICATE,
        title="Form EAV, certificate of origin of the EAEU - Viet Nam FTA",
        layout=layouts.CERTIFICATE_EAV,
        schema="eaeu/certificate-eav.xsd",
        rules="eaeu/certificate-eav.sch",
        reference=lambda certificate: certificate.reference,
        cites=_certificate_cites,
        route=_certificate_route,
    ),
    MessageKind(
        name=codes.REQUEST,
        title="Request to verify a certificate",
        layout=layouts.VERIFICATION_REQUEST,
        schema="eaeu/verification-request.xsd",
        rules="eaeu/verification-request.sch",
        reference=_verified,
        route=_request_route,
    ),
    MessageKind(
        name=codes.REPLY,
        title="Outcome of a verification",
        layout=layouts.VERIFICATION_REPLY,
        schema="eaeu/verification-reply.xsd",
        rules="eaeu/verification-reply.sch",
        reference=_verified,
        route=_reply_route,
        answers=True,
    ),
    MessageKind(
        name=codes.DECLARATION,
        title="Data of an export declaration (customs pilot; no basis for preference)",
        layout=layouts.EXPORT_DECLARATION,
        schema="eaeu/export-declaration.xsd",
        rules="eaeu/export-declaration.sch",
        reference=lambda declaration: declaration.number,
        route=_declaration_route,
    ),
    MessageKind(
        name=codes.RESULT,
        title="R.006, the universal business acknowledgement",
        layout=layouts.PROCESSING_RESULT,
        schema="eaeu/processing-result.xsd",
        rules="eaeu/processing-result.sch",
        reference=_processed,
        answers=True,
    ),
    _signal(codes.RECEIVED, "Signal P.MSG.RCV: received", layouts.DELIVERY_RECEIPT),
    _signal(codes.ACCEPTED, "Signal P.MSG.PRS: accepted for processing", layouts.PROCESSING_RECEIPT),
    _signal(codes.REFUSED, "Signal P.MSG.ERR: refused", layouts.VALIDATION_ERROR),
    _signal(codes.FAULT, "SOAP fault: the message could not be taken", layouts.FAULT, "eaeu/fault.xsd"),
)

CORRIDOR = Corridor(
    name="eaeu",
    title="Eurasian Economic Union",
    members=MEMBERS,
    kinds=KINDS,
    notify=notify,
    envelope=IntegrationEnvelope(),
    policy=SignaturePolicy(placement=Placement.SIGNED_DOC),
    exchange_rules=EXCHANGE_RULES,
    reply=reply,
    manners=MANNERS,
    chase=chase,
    message_id=codes.message_id,
)
