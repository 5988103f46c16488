"""What an ASEAN gateway remembers of a certificate: does it stand, is it cancelled, what is left."""

from __future__ import annotations

from decimal import Decimal

from asw_exchange.model import Certificate
from asw_exchange.records import Memory, standing, stands

EFORM_D = "asean/eform-d"
CANCELLATION = "asean/eform-d-cancellation"
RESPONSE = "asean/customs-response"
ACDD = "asean/acdd"
ACDD_RESPONSE = "asean/acdd-response"
ACDD_CANCELLATION = "asean/acdd-cancellation"
REQUEST = "asean/retransmission-request"
ACKNOWLEDGEMENT = "asean/acknowledgement"

ZERO = Decimal(0)

Quantities = dict[tuple[str, str], Decimal]
"""Quantity by (HS subheading, unit)."""


def certificate_of(memory: Memory, reference: str | None) -> Certificate | None:
    """Return the certificate of this reference number, where it was exchanged."""
    entries = standing(memory, reference, EFORM_D)
    return entries[0].document_as(Certificate) if entries else None


def is_cancelled(memory: Memory, reference: str | None) -> bool:
    """Tell whether a cancellation of this certificate was sent or accepted."""
    return bool(standing(memory, reference, CANCELLATION))


def quantities(certificate: Certificate) -> Quantities:
    """Total the items' quantities by subheading and unit."""
    total: Quantities = {}
    for item in certificate.items:
        if item.quantity and item.hs_code:
            key = item.hs_code[:6], item.quantity.unit
            total[key] = total.get(key, ZERO) + item.quantity.value
    return total


def covered_by_originals(certificate: Certificate, memory: Memory) -> Quantities | None:
    """Return what the originals cover, or None where one of them is not known to this gateway."""
    originals = [certificate_of(memory, proof.reference) for proof in certificate.original_proofs]
    known = [original for original in originals if original is not None]
    return _sum(known) if len(known) == len(originals) else None


def drawn_by_others(certificate: Certificate, memory: Memory) -> Quantities:
    """Return what other back-to-back certificates that stand have taken from the same originals."""
    others: dict[str, Certificate] = {}
    for proof in certificate.original_proofs:
        for entry in memory.citing(proof.reference or ""):
            if stands(entry, EFORM_D) and entry.reference and not is_cancelled(memory, entry.reference):
                others[entry.reference] = entry.document_as(Certificate)
    others.pop(certificate.reference or "", None)
    return _sum([other for other in others.values() if other.tick_boxes.back_to_back])


def _sum(certificates: list[Certificate]) -> Quantities:
    total: Quantities = {}
    for certificate in certificates:
        for key, quantity in quantities(certificate).items():
            total[key] = total.get(key, ZERO) + quantity
    return total
