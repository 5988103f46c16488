"""The identity of an electronic document where the document itself carries one."""

from __future__ import annotations

from datetime import datetime

from asw_exchange.model.value import Value


class ElectronicDocument(Value, frozen=True, kw_only=True):
    """What the EEC's ``EDocHeader`` says; it correlates documents whatever envelope carries them."""

    id: str
    """UUID of the document, in 36 characters."""
    refers_to: str | None = None
    """UUID of the document that this one answers."""
    created_at: datetime
    """Aware, UTC."""
