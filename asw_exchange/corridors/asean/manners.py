"""How an ASEAN gateway rejects, utilises in part, asks again: for behaviours that a tester asks for."""

from __future__ import annotations

from msgspec.structs import replace

from asw_exchange.corridor import Answer, Arrival, Manners, Reply
from asw_exchange.corridors.asean.answers import WORDS, ReasonCode, customs_response, declaration_response
from asw_exchange.envelope import announce_unknown
from asw_exchange.model import Certificate, Decision, ExportDeclaration, Reason, RetransmissionRequest


def reject(arrival: Arrival, reason: str) -> tuple[Reply, ...]:
    """Reject a certificate or a declaration for a reason."""
    code, receiver = ReasonCode(reason), arrival.header.sender
    if isinstance(arrival.document, Certificate):
        refusal = customs_response(
            arrival.document, moment=arrival.moment, decision=Decision.REJECTED, reason=code
        )
        return (Answer(kind="asean/customs-response", document=refusal, receiver=receiver),)
    if isinstance(arrival.document, ExportDeclaration):
        told = declaration_response(
            arrival.document,
            issuing_country=receiver,
            responding_country=arrival.header.receiver,
            moment=arrival.moment,
        )
        reasons = (Reason(code=code, text=WORDS[code]),)
        refusal = replace(told, decision=Decision.REJECTED, reasons=reasons)
        return (Answer(kind="asean/acdd-response", document=refusal, receiver=receiver),)
    return ()


def utilise_partly(arrival: Arrival, refused: tuple[int, ...], reason: str) -> tuple[Reply, ...]:
    """Refuse these items of a certificate and grant the others (Form D, overleaf note 9)."""
    if not isinstance(arrival.document, Certificate):
        return ()
    response = customs_response(
        arrival.document,
        moment=arrival.moment,
        decision=Decision.PARTLY_UTILISED,
        refused=refused,
        reason=ReasonCode(reason),
    )
    return (Answer(kind="asean/customs-response", document=response, receiver=arrival.header.sender),)


def ask_again(arrival: Arrival) -> tuple[Reply, ...]:
    """Ask for an e-Form D once more after a loss of data (OCP Rule 29(3))."""
    if not isinstance(arrival.document, Certificate) or arrival.document.reference is None:
        return ()
    request = RetransmissionRequest(
        references=(arrival.document.reference,),
        requesting_country=arrival.header.receiver,
        requested_on=arrival.moment.date(),
        reason=Reason(code="data-loss", text="the certificate was lost after it was received"),
    )
    receiver = arrival.header.sender
    return (Answer(kind="asean/retransmission-request", document=request, receiver=receiver),)


MANNERS = Manners(
    acknowledgement="acknowledgement",
    answer="Customs Response",
    reasons={code.value: words for code, words in WORDS.items()},
    reject=reject,
    utilise_partly=utilise_partly,
    ask_again=ask_again,
    announce_unknown=announce_unknown,
    tells_digest=True,
    free_texts={
        "asean/eform-d": "items.0.marks",
        "asean/eform-d-cancellation": "reason.text",
        "asean/retransmission-request": "reason.text",
        "asean/acdd": "agent.name",
        "asean/acdd-cancellation": "reason.text",
    },
    sees={
        "retransmission-requested": "the acknowledgement, a request to send the e-Form D again, and the "
        "Customs Response; what is sent again is acknowledged as a duplicate",
    },
)
"""Of the ASEAN corridor."""
