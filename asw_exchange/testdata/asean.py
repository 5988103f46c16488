"""Test documents of the ASEAN corridor, one generator for each kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from asw_exchange.corridors.asean.answers import ReasonCode, customs_response, declaration_response
from asw_exchange.model import (
    Acknowledgement,
    Cancellation,
    Certificate,
    CustomsResponse,
    Decision,
    DeclaredItem,
    ExportDeclaration,
    Finding,
    OriginRule,
    Outcome,
    Party,
    Quantity,
    Reason,
    RetransmissionRequest,
    Severity,
    Value,
)
from asw_exchange.testdata.certificates import DEFAULT_DATE, STATES, certificate, party
from asw_exchange.testdata.firms import FIRMS
from asw_exchange.testdata.items import goods_of
from asw_exchange.testdata.places import PLACES
from asw_exchange.testdata.references import reference
from asw_exchange.testdata.routes import ANY, Route, answered, issued
from asw_exchange.testdata.seeds import pick

DEFAULT_MOMENT = datetime.combine(DEFAULT_DATE, time(2), UTC)

_CANCELLATIONS = (
    ("data-mismatch", "quantity of item 1 corrected"),
    ("data-mismatch", "invoice number corrected"),
    ("HS-mismatch", "classification of the importing state corrected"),
    ("data-mismatch", "shipment did not take place"),
)


def declaration(
    chance: Random,
    number: int,
    *,
    issuer: str | None = None,
    importer: str | None = None,
    departure: date = DEFAULT_DATE,
    items: int | None = None,
) -> ExportDeclaration:
    """Make an ACDD. Viet Nam's numbers have 12 digits beginning with 30 (VNACCS); the others are modelled."""
    issuer = issuer or pick(chance, STATES)
    importer = importer or pick(chance, [state for state in STATES if state != issuer])
    port = pick(chance, [place for place in PLACES[importer] if {"1", "3"} & set(place.modes)])
    exporter, agent = pick(chance, FIRMS[issuer]), pick(chance, FIRMS[issuer])
    return ExportDeclaration(
        number=f"30{departure.year % 10}{number:09}"
        if issuer == "VN"
        else f"{issuer}{departure.year}{number:08}",
        exporter=Party(name=exporter.name, identifier=exporter.identifier),
        consignee=_consignee(chance, importer),
        agent=Party(name=f"{agent.city} Forwarding Agents", identifier=agent.identifier),
        departure_date=departure,
        transport_mode="1" if "1" in port.modes else "3",
        port_of_discharge=port.code,
        items=tuple(_line(chance, line, issuer) for line in range(1, (items or chance.randrange(1, 7)) + 1)),
    )


def _consignee(chance: Random, importer: str) -> Party:
    full = party(pick(chance, FIRMS[importer]))
    return Party(name=full.name, address=full.address)


def _line(chance: Random, number: int, issuer: str) -> DeclaredItem:
    good = pick(chance, goods_of(issuer))
    quantity = Decimal(good.per_package * chance.randrange(10, 500))
    return DeclaredItem(
        number=number,
        hs_code=good.ahtn,
        quantity=Quantity(value=quantity, unit=good.unit),
        origin_country=issuer,
    )


def response(chance: Random, answered: Certificate, moment: datetime = DEFAULT_MOMENT) -> CustomsResponse:
    """Answer a certificate as customs do: mostly utilised, sometimes in part, sometimes not."""
    import_declaration = f"IM{moment.year}{chance.randrange(10**7):07}"
    numbers = [item.number for item in answered.items if item.number]
    lot = chance.randrange(10)
    if any(_cumulated(item.origin_criterion.rule) for item in answered.items if item.origin_criterion):
        return customs_response(
            answered, moment=moment, decision=Decision.NOT_GRANTED, reason=ReasonCode.PARTIAL_CUMULATION
        )
    if lot == 0:
        return customs_response(answered, moment=moment, decision=Decision.REJECTED, reason=_reason(chance))
    if lot == 1 and len(numbers) > 1:
        return customs_response(
            answered,
            moment=moment,
            decision=Decision.PARTLY_UTILISED,
            refused=(pick(chance, numbers),),
            reason=_reason(chance),
            import_declaration=import_declaration,
        )
    return customs_response(answered, moment=moment, import_declaration=import_declaration)


def _cumulated(rule: str) -> bool:
    return rule == OriginRule.PARTIAL_CUMULATION


def _reason(chance: Random) -> ReasonCode:
    return pick(
        chance,
        (
            ReasonCode.NOT_ORIGINATING,
            ReasonCode.CRITERION_MISMATCH,
            ReasonCode.HS_MISMATCH,
            ReasonCode.DIRECT_CONSIGNMENT_FAILED,
            ReasonCode.DATA_MISMATCH,
        ),
    )


def cancellation(
    chance: Random, cancelled: str, issuer: str, day: date = DEFAULT_DATE, *, replaced_by: str | None = None
) -> Cancellation:
    """Take a document back."""
    code, text = pick(chance, _CANCELLATIONS)
    return Cancellation(
        reference=cancelled,
        issuing_country=issuer,
        cancelled_on=day,
        reason=Reason(code=code, text=text),
        replaced_by=replaced_by,
    )


def retransmission_request(
    references: tuple[str, ...], requester: str, day: date = DEFAULT_DATE
) -> RetransmissionRequest:
    """Ask for certificates again."""
    return RetransmissionRequest(
        references=references,
        requesting_country=requester,
        requested_on=day,
        reason=Reason(code="data-loss", text="archive of the day cannot be read"),
    )


def acknowledgement(chance: Random, number: int, route: Route = ANY) -> Acknowledgement:
    """Make an acknowledgement of a message that never was; one in four is a rejection."""
    digest = hashlib.sha256(f"{chance.random()}".encode()).hexdigest()
    rejected = chance.randrange(4) == 0
    finding = Finding(
        rule_id="D28",
        severity=Severity.ERROR,
        message="the invoice is dated after the date of issue",
        line=1,
        path="/CertificateOfOrigin/Invoice/IssueDateTime",
        source="Form D box 10",
        ruleset="asean/OCP21",
    )
    return Acknowledgement(
        refers_to=f"{route.receiver or pick(chance, STATES)}-{number:08}",
        kind="asean/eform-d",
        outcome=Outcome.REJECTED if rejected else Outcome.ACCEPTED,
        received_at=DEFAULT_MOMENT + timedelta(seconds=number),
        digest=digest,
        findings=(finding,) if rejected else (),
    )


def _responded(
    chance: Random, number: int, *, issuer: str | None = None, importer: str | None = None
) -> CustomsResponse:
    return response(chance, certificate(chance, number, issuer=issuer, importer=importer))


def _cancelled_certificate(
    chance: Random, number: int, *, issuer: str | None = None, importer: str | None = None
) -> Cancellation:
    issuer = issuer or pick(chance, STATES)
    importer = importer or pick(chance, [state for state in STATES if state != issuer])
    cancelled = reference(issuer, importer, DEFAULT_DATE.year, 2 * number)
    replaced_by = reference(issuer, importer, DEFAULT_DATE.year, 2 * number + 1)
    return cancellation(chance, cancelled, issuer, replaced_by=replaced_by if chance.randrange(2) else None)


def _request(
    chance: Random, number: int, *, issuer: str | None = None, importer: str | None = None
) -> RetransmissionRequest:
    issuer, requester = issuer or pick(chance, STATES[:5]), importer or pick(chance, STATES[5:])
    count = chance.randrange(1, 5)
    references = (reference(issuer, requester, DEFAULT_DATE.year, number + offset) for offset in range(count))
    return retransmission_request(tuple(references), requester)


def _declaration_response(
    chance: Random, number: int, *, issuer: str | None = None, importer: str | None = None
) -> CustomsResponse:
    issuer, responder = issuer or pick(chance, STATES[:5]), importer or pick(chance, STATES[5:])
    answered = declaration(chance, number, issuer=issuer, importer=responder)
    return declaration_response(
        answered, issuing_country=issuer, responding_country=responder, moment=DEFAULT_MOMENT
    )


def _cancelled_declaration(
    chance: Random, number: int, *, issuer: str | None = None, importer: str | None = None
) -> Cancellation:
    cancelled = declaration(chance, number, issuer=issuer, importer=importer)
    issuer = cancelled.items[0].origin_country or ""
    return cancellation(chance, cancelled.number or "", issuer)


GENERATORS: dict[str, Callable[..., Value]] = {
    "asean/eform-d": issued(certificate),
    "asean/eform-d-cancellation": issued(_cancelled_certificate),
    "asean/customs-response": answered(_responded),
    "asean/retransmission-request": answered(_request),
    "asean/acdd": issued(declaration),
    "asean/acdd-response": answered(_declaration_response),
    "asean/acdd-cancellation": issued(_cancelled_declaration),
    "asean/acknowledgement": acknowledgement,
}
"""Kind to the function that makes the ``number``-th document."""
