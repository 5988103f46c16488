"""What a gateway of the EAEU corridor answers: signals, faults, R.006 and the outcome of a verification.

RCV at once; then PRS where the transaction asks for it, or ERR; then the business answer. A message
whose headers cannot be used gets a SOAP fault instead (EEC Decision N 5, pages 48 and 49, paragraph 76).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from asw_exchange.corridor import Answer, Arrival, Handled, Notice, Reply
from asw_exchange.corridors.eaeu import codes
from asw_exchange.corridors.eaeu.history import issued_certificate
from asw_exchange.corridors.eaeu.quoting import quoted
from asw_exchange.model import (
    Acknowledgement,
    Certificate,
    ElectronicDocument,
    Fault,
    Finding,
    Outcome,
    ProcessingResult,
    Reason,
    Severity,
    Signal,
    SignalError,
    VerificationReply,
    VerificationRequest,
    VerificationResult,
)
from asw_exchange.records import Memory

FAULTS = {
    "ENVELOPE-HEADER-MISSING": "wsa:MessageAddressingHeaderRequired",
    "ENVELOPE-HEADER-INVALID": "wsa:InvalidAddressingHeader",
    "ENVELOPE-HEADER-FORBIDDEN": "int:InvalidHeader",
    "ENVELOPE-ACTION": "wsa:ActionNotSupported",
    "ENVELOPE-ROUTE": "wsa:DestinationUnreachable",
    "MESSAGE-ID-REUSED": "wsa:InvalidAddressingHeader",
    "ENVELOPE-BODY": "int:DataError",
    "ENVELOPE": "int:DataError",
}
"""Code of our finding to the subcode of the fault; what cannot even be opened is ``int:DataError``."""

WORDS = {
    "wsa:InvalidAddressingHeader": "Недопустимое значение заголовка адресации",
    "wsa:MessageAddressingHeaderRequired": "Отсутствует обязательный заголовок сообщения",
    "wsa:DestinationUnreachable": "Получатель сообщения недоступен или неизвестен",
    "wsa:ActionNotSupported": "Действие не поддерживается получателем",
    "wsa:EndpointUnavailable": "Получатель временно не принимает сообщения",
    "int:InvalidHeader": "Недопустимый заголовок интегрированной системы",
    "int:InternalError": "Внутренняя ошибка получателя",
    "int:DataError": "Содержимое сообщения не может быть прочитано",
}
"""The eight subcodes of Decision N 5, in words of ours: a fault must say its reason in Russian."""
RECEIVER_FAULTS = frozenset({"wsa:EndpointUnavailable", "int:InternalError"})
"""Those that are the receiver's; all others are the sender's."""

ANSWERED_TWICE = frozenset({codes.CERTIFICATE, codes.RESULT})
"""Kinds of the pattern "mutual obligations": their acceptance is told too."""


def notify(handled: Handled) -> tuple[Notice, ...]:
    """Return the signals, or the fault, that a message is answered with."""
    told = handled.acknowledgement
    subcode = _fault(handled)
    if subcode is not None:
        return (Notice(kind=codes.FAULT, document=fault(subcode, told.findings, handled.raw)),)
    received = Notice(kind=codes.RECEIVED, document=_signal(told, codes.RECEIVED))
    if told.outcome is Outcome.REJECTED:
        return received, Notice(kind=codes.REFUSED, document=_refusal(told), at_once=False)
    if told.kind in ANSWERED_TWICE:
        accepted = _signal(told, codes.ACCEPTED)
        return received, Notice(kind=codes.ACCEPTED, document=accepted, at_once=False)
    return (received,)


def fault(subcode: str, findings: tuple[Finding, ...], raw: bytes) -> Fault:
    """Build a SOAP fault with one of the eight subcodes, holding the message that caused it."""
    first = findings[0] if findings else None
    return Fault(
        code="soap:Receiver" if subcode in RECEIVER_FAULTS else "soap:Sender",
        subcode=subcode,
        reason=f"{WORDS[subcode]}: {first.message}" if first else WORDS[subcode],
        problem=quoted(raw),
    )


def _fault(handled: Handled) -> str | None:
    told = handled.acknowledgement
    if told.outcome is not Outcome.REJECTED or not told.findings:
        return None
    first = told.findings[0]
    subcode = FAULTS.get(first.rule_id, "int:DataError" if handled.header is None else None)
    if subcode == "wsa:InvalidAddressingHeader" and "int:" in (first.path or ""):
        return "int:InvalidHeader"
    return subcode


def _signal(told: Acknowledgement, kind: str, errors: tuple[SignalError, ...] = ()) -> Signal:
    name = f"{codes.SIGNALS[kind]} of {told.refers_to} {told.digest}"
    return Signal(id=codes.message_id(name), occurred_at=told.received_at, errors=errors)


def _refusal(told: Acknowledgement) -> Signal:
    return _signal(told, codes.REFUSED, tuple(_errors(told.findings)))


def _errors(findings: tuple[Finding, ...]) -> Iterator[SignalError]:
    for finding in findings:
        if finding.severity is Severity.ERROR:
            unexpected = finding.rule_id in ("SG50", "VR50", "PR50")
            yield SignalError(
                code="Common:UnexpectedMessage" if unexpected else "Common:DataError",
                description=finding.message,
                details=f"{finding.rule_id}: {finding.hint}" if finding.hint else finding.rule_id,
                reference=finding.path,
            )


def reply(arrival: Arrival, memory: Memory) -> tuple[Reply, ...]:
    """Answer a certificate with R.006, a verification request with what our own record says."""
    document, sender = arrival.document, arrival.header.sender
    if isinstance(document, Certificate):
        result = processing_result(document, arrival.moment)
        return (Answer(kind=codes.RESULT, document=result, receiver=sender, refers=True),)
    if isinstance(document, VerificationRequest):
        found = verification_reply(document, arrival.moment, _found(document, sender, memory))
        return (Answer(kind=codes.REPLY, document=found, receiver=sender, refers=True),)
    return ()


def processing_result(certificate: Certificate, moment: datetime) -> ProcessingResult:
    """Build R.006: the data were added (3), or changed (4) where the certificate takes another's place."""
    taken_over = certificate.replaces is not None or certificate.duplicate_of is not None
    return ProcessingResult(
        electronic_document=answering(certificate.electronic_document, moment),
        processed_at=moment,
        code="4" if taken_over else "3",
        description=certificate.reference,
    )


def verification_reply(
    request: VerificationRequest, moment: datetime, result: VerificationResult
) -> VerificationReply:
    """Build the issuing body's answer to a verification request."""
    known = result is not VerificationResult.NOT_ISSUED
    reason = Reason(code="certificate-unknown", text="no certificate of this number was issued")
    return VerificationReply(
        certificate=request.certificate,
        issuing_country=request.issuing_country,
        requesting_country=request.requesting_country,
        replied_on=moment.date(),
        result=result,
        reasons=() if known else (reason,),
        electronic_document=answering(request.electronic_document, moment),
    )


def answering(answered: ElectronicDocument | None, moment: datetime) -> ElectronicDocument:
    """Return the identity of a document that answers another; it follows from the other's."""
    refers_to = answered.id if answered else None
    return ElectronicDocument(
        id=codes.message_id(f"answer to {refers_to} at {moment.isoformat()}"),
        refers_to=refers_to,
        created_at=moment,
    )


def _found(request: VerificationRequest, requester: str, memory: Memory) -> VerificationResult:
    named = request.certificate
    issued = issued_certificate(memory, named.reference if named else None, requester)
    if issued is None or named is None or issued.certification is None:
        return VerificationResult.NOT_ISSUED
    same_day = issued.certification.signed_on == named.issued_on
    return VerificationResult.CONFIRMED if same_day else VerificationResult.NOT_ISSUED
