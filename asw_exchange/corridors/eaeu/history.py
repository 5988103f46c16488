"""What a gateway of the EAEU corridor remembers of a certificate."""

from __future__ import annotations

from asw_exchange.model import Certificate
from asw_exchange.records import Direction, Memory, standing, stands


def issued_certificate(memory: Memory, reference: str | None, receiver: str) -> Certificate | None:
    """Return the certificate of this number that was sent to ``receiver``, where there is one."""
    for entry in standing(memory, reference, CERTIFICATE):
        if entry.direction is Direction.SENT and entry.peer == receiver:
            return entry.document_as(Certificate)
    return None


def successor(memory: Memory, reference: str | None) -> str | None:
    """Return the number of the certificate that took this one's place, where one was exchanged."""
    for entry in memory.citing(reference or ""):
        if stands(entry, CERTIFICATE):
            certificate = entry.document_as(Certificate)
            taken = certificate.replaces or certificate.duplicate_of
            if taken is not None and taken.reference == reference:
                return certificate.reference
    return None


CERTIFICATE = "eaeu/certificate-eav"
