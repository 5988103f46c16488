"""How an EAEU gateway refuses what it has receipted: for behaviours that a tester asks for."""

from __future__ import annotations

import re

from asw_exchange.corridor import Answer, Arrival, Manners, Reply
from asw_exchange.corridors.eaeu import codes
from asw_exchange.corridors.eaeu.answers import verification_reply
from asw_exchange.model import Certificate, Signal, SignalError, VerificationRequest, VerificationResult

REASONS = {
    "Common:DataError": "the data cannot be processed",
    "Common:UnexpectedMessage": "the message is not expected in this state of the transaction",
}
"""Codes of the ERR signal (EEC Decision N 5, pages 48 and 49), with words of ours."""


def reject(arrival: Arrival, reason: str) -> tuple[Reply, ...]:
    """Refuse a certificate with ERR, and find a certificate that is asked about not originating."""
    document, receiver = arrival.document, arrival.header.sender
    if isinstance(document, Certificate):
        refused = Signal(
            id=codes.message_id(f"refusal of {arrival.header.id}"),
            occurred_at=arrival.moment,
            errors=(SignalError(code=reason, description=REASONS[reason]),),
        )
        return (Answer(kind=codes.REFUSED, document=refused, receiver=receiver, refers=True),)
    if isinstance(document, VerificationRequest):
        found = verification_reply(document, arrival.moment, VerificationResult.NOT_ISSUED)
        return (Answer(kind=codes.REPLY, document=found, receiver=receiver, refers=True),)
    return ()


def announce_unknown(message: bytes) -> bytes:
    """Let wsa:Action name a message that no transaction of the process has."""
    return _ACTION.sub(rb"\g<1>.MSG.999\g<2>", message, count=1)


_ACTION = re.compile(rb"(<wsa:Action>[^<]*)\.MSG\.[A-Z0-9]+(</wsa:Action>)")

MANNERS = Manners(
    acknowledgement="signal RCV",
    answer="R.006",
    reasons=REASONS,
    reject=reject,
    announce_unknown=announce_unknown,
    warns=False,
    free_texts={
        codes.CERTIFICATE: "items.0.marks",
        codes.REQUEST: "reasons.0.text",
        codes.DECLARATION: "items.0.description",
    },
    sees={
        "refuse": "the signal RCV, then ERR with the finding, and no R.006",
        "reject": "the signals RCV and PRS, then ERR with the code; a request to verify gets not-issued",
        "silent": "the signals RCV and PRS, and no R.006",
        "mute": "an empty answer to the transmission: no signal, no R.006",
        "late": "the signals RCV and PRS at once, R.006 after that time",
    },
)
"""Of the EAEU corridor."""
