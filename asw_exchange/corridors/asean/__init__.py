"""The ASEAN Single Window: ten states exchange e-Form D, ACDD and their answers.

The real message implementation guide is not public, so the XML here is *modelled* on the WCO Data
Model; boxes, rules, deadlines and the flow are those of ATIGA Annexes 7 and 8.
"""

from __future__ import annotations

from datetime import date

from lxml import etree

from asw_exchange.corridor import Corridor, MessageKind, acknowledge_by
from asw_exchange.corridors.asean import layouts
from asw_exchange.corridors.asean.answers import reply
from asw_exchange.corridors.asean.manners import MANNERS
from asw_exchange.corridors.asean.rules import EXCHANGE_RULES
from asw_exchange.envelope import StandardBusinessDocument
from asw_exchange.model import (
    Acknowledgement,
    Cancellation,
    Certificate,
    CustomsResponse,
    ExportDeclaration,
    RetransmissionRequest,
)
from asw_exchange.signature import SignaturePolicy

MEMBERS = {
    "BN": "Brunei Darussalam",
    "ID": "Indonesia",
    "KH": "Cambodia",
    "LA": "Lao PDR",
    "MM": "Myanmar",
    "MY": "Malaysia",
    "PH": "Philippines",
    "SG": "Singapore",
    "TH": "Thailand",
    "VN": "Viet Nam",
}

OCP20_FROM = date(2020, 9, 20)
"""ASEAN-Wide Self-Certification guidebook: the OCP in force on this day."""
OCP21_ACCEPTED_FROM = date(2022, 5, 1)
"""Viet Nam letter 1568/TCHQ-GSQL: both texts are accepted from here ..."""
OCP21_ONLY_FROM = date(2022, 11, 1)
"""... and only the new one from here."""

_ISSUE_DATE = etree.XPath(
    "string(n:Certification/n:IssueDateTime)", namespaces={"n": layouts.EFORM_D.namespace}
)


def rule_sets(element: etree._Element) -> tuple[str, ...]:
    """Return the rule sets that may be used for an e-Form D, by its date of issue, oldest first.

    A certificate without a readable date is measured by the text in force today.
    """
    try:
        issued_on = date.fromisoformat(str(_ISSUE_DATE(element)).strip())
    except ValueError:
        return ("OCP21",)
    if issued_on < OCP20_FROM:
        return ("ATIGA09",)
    if issued_on < OCP21_ACCEPTED_FROM:
        return ("OCP20",)
    return ("OCP21",) if issued_on >= OCP21_ONLY_FROM else ("OCP20", "OCP21")


def _certificate_route(certificate: Certificate) -> tuple[str | None, str | None]:
    return certificate.issuing_country, certificate.importing_country


def _certificate_cites(certificate: Certificate) -> tuple[str, ...]:
    originals = (proof.reference for proof in certificate.original_proofs)
    replaced = certificate.replaces.reference if certificate.replaces else None
    return tuple(reference for reference in (*originals, replaced) if reference)


def _response_route(response: CustomsResponse) -> tuple[str | None, str | None]:
    return response.responding_country, response.issuing_country


def _cancellation_route(cancellation: Cancellation) -> tuple[str | None, str | None]:
    return cancellation.issuing_country, None


def _first_reference(request: RetransmissionRequest) -> str | None:
    return request.references[0] if request.references else None


def _reference(document: Certificate | CustomsResponse | Cancellation) -> str | None:
    return document.reference


def _declaration_number(declaration: ExportDeclaration) -> str | None:
    return declaration.number


def _no_reference(acknowledgement: Acknowledgement) -> None:
    return None


KINDS = (
    MessageKind(
        name="asean/eform-d",
        title="e-Form D, the ATIGA certificate of origin",
        layout=layouts.EFORM_D,
        schema="asean/eform-d.xsd",
        rules="asean/eform-d.sch",
        phases=rule_sets,
        reference=_reference,
        cites=_certificate_cites,
        route=_certificate_route,
    ),
    MessageKind(
        name="asean/eform-d-cancellation",
        title="Cancellation of an e-Form D by its issuer",
        layout=layouts.EFORM_D_CANCELLATION,
        schema="asean/eform-d-cancellation.xsd",
        rules="asean/eform-d-cancellation.sch",
        reference=_reference,
        cites=lambda document: (document.replaced_by,) if document.replaced_by else (),
        route=_cancellation_route,
    ),
    MessageKind(
        name="asean/customs-response",
        title="Customs Response: utilisation or rejection of an e-Form D",
        layout=layouts.CUSTOMS_RESPONSE,
        schema="asean/customs-response.xsd",
        rules="asean/customs-response.sch",
        reference=_reference,
        route=_response_route,
    ),
    MessageKind(
        name="asean/retransmission-request",
        title="Request to send e-Forms D again after a loss of data",
        layout=layouts.RETRANSMISSION_REQUEST,
        schema="asean/retransmission-request.xsd",
        rules="asean/retransmission-request.sch",
        reference=_first_reference,
        cites=lambda document: document.references[1:],
        route=lambda document: (document.requesting_country, None),
    ),
    MessageKind(
        name="asean/acdd",
        title="ASEAN Customs Declaration Document: 15 elements of an export declaration",
        layout=layouts.ACDD,
        schema="asean/acdd.xsd",
        rules="asean/acdd.sch",
        reference=_declaration_number,
    ),
    MessageKind(
        name="asean/acdd-response",
        title="Customs Response to an ACDD",
        layout=layouts.ACDD_RESPONSE,
        schema="asean/acdd-response.xsd",
        rules="asean/acdd-response.sch",
        reference=_reference,
        route=_response_route,
    ),
    MessageKind(
        name="asean/acdd-cancellation",
        title="Cancellation of an ACDD",
        layout=layouts.ACDD_CANCELLATION,
        schema="asean/acdd-cancellation.xsd",
        rules="asean/acdd-cancellation.sch",
        reference=_reference,
        route=_cancellation_route,
    ),
    MessageKind(
        name="asean/acknowledgement",
        title="Technical acknowledgement of any message",
        layout=layouts.ACKNOWLEDGEMENT,
        schema="asean/acknowledgement.xsd",
        rules="asean/acknowledgement.sch",
        reference=_no_reference,
        acknowledged=False,
    ),
)

CORRIDOR = Corridor(
    name="asean",
    title="ASEAN Single Window",
    members=MEMBERS,
    kinds=KINDS,
    notify=acknowledge_by("asean/acknowledgement"),
    envelope=StandardBusinessDocument(),
    policy=SignaturePolicy(),
    exchange_rules=EXCHANGE_RULES,
    reply=reply,
    manners=MANNERS,
)
