"""The export declaration as one customs administration tells it to another."""

from __future__ import annotations

from datetime import date

from asw_exchange.model.goods import DeclaredItem
from asw_exchange.model.party import Party
from asw_exchange.model.value import Value


class ExportDeclaration(Value, frozen=True, kw_only=True):
    """Data taken from a cleared export declaration (ACDD: 15 elements, Singapore Customs' list)."""

    number: str | None = None
    exporter: Party | None = None
    consignee: Party | None = None
    agent: Party | None = None
    departure_date: date | None = None
    transport_mode: str | None = None
    """UN/ECE Recommendation 19, one digit."""
    port_of_discharge: str | None = None
    """UN/LOCODE."""
    items: tuple[DeclaredItem, ...] = ()
