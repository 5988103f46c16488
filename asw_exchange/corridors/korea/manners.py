"""How a Korean or Vietnamese gateway denies preference: for behaviours that a tester asks for."""

from __future__ import annotations

from msgspec.structs import replace

from asw_exchange.corridor import Answer, Arrival, Manners, Reply
from asw_exchange.corridors.korea import history
from asw_exchange.corridors.korea.answers import WORDS, ReasonCode, feedback
from asw_exchange.envelope import announce_unknown
from asw_exchange.model import Certificate, Correction, CustomsResponse


def reject(arrival: Arrival, reason: str) -> tuple[Reply, ...]:
    """Tell that the preference was not applied, for a reason."""
    certificate = _certificate(arrival)
    if certificate is None:
        return ()
    told = feedback(certificate, moment=arrival.moment, granted=False, reason=ReasonCode(reason))
    return _answer(arrival, told)


def utilise_partly(arrival: Arrival, refused: tuple[int, ...], reason: str) -> tuple[Reply, ...]:
    """Tell that the preference was applied to all items but these."""
    certificate = _certificate(arrival)
    if certificate is None:
        return ()
    told = feedback(certificate, moment=arrival.moment, refused=refused, reason=ReasonCode(reason))
    return _answer(arrival, told)


def _certificate(arrival: Arrival) -> Certificate | None:
    """Return the certificate that is decided on; a correction is answered under the number corrected."""
    document = arrival.document
    if isinstance(document, Correction):
        return replace(document.certificate or Certificate(), reference=document.reference)
    return document if isinstance(document, Certificate) else None


def _answer(arrival: Arrival, told: CustomsResponse) -> tuple[Reply, ...]:
    return (Answer(kind=history.FEEDBACK, document=told, receiver=arrival.header.sender),)


MANNERS = Manners(
    acknowledgement="acknowledgement",
    answer="feedback",
    reasons={code.value: words for code, words in WORDS.items()},
    reject=reject,
    utilise_partly=utilise_partly,
    announce_unknown=announce_unknown,
    tells_digest=True,
    free_texts={
        history.CERTIFICATE_AK: "items.0.marks",
        history.CERTIFICATE_VK: "items.0.marks",
        history.CERTIFICATE_KV: "items.0.marks",
        history.CORRECTION: "reason.text",
        history.DECLARATION: "items.0.description",
    },
)
"""Of the Korean corridor."""
