"""What a gateway of the Korean corridor remembers of a certificate."""

from __future__ import annotations

from asw_exchange.model import Certificate, Correction
from asw_exchange.records import Entry, Memory, standing

CERTIFICATE_AK = "korea/certificate-ak"
CERTIFICATE_VK = "korea/certificate-vk"
CERTIFICATE_KV = "korea/certificate-kv"
CORRECTION = "korea/correction"
FEEDBACK = "korea/feedback"
DECLARATION = "korea/export-declaration"
ACKNOWLEDGEMENT = "korea/acknowledgement"
CERTIFICATES = (CERTIFICATE_AK, CERTIFICATE_VK, CERTIFICATE_KV)


def issued(memory: Memory, reference: str | None) -> tuple[Entry, ...]:
    """Return the entries of certificates of this number that have effect, oldest first."""
    return tuple(entry for kind in CERTIFICATES for entry in standing(memory, reference, kind))


def corrections(memory: Memory, reference: str | None) -> tuple[Correction, ...]:
    """Return the corrections of a certificate that have effect, oldest first."""
    return tuple(entry.document_as(Correction) for entry in standing(memory, reference, CORRECTION))


def certificate_of(memory: Memory, reference: str | None) -> Certificate | None:
    """Return the certificate of this number as it is now: as issued, or as last corrected."""
    corrected = corrections(memory, reference)
    if corrected and corrected[-1].certificate is not None:
        return corrected[-1].certificate
    entries = issued(memory, reference)
    return entries[0].document_as(Certificate) if entries else None
