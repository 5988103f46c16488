"""Firms and places: who exports, who receives, where they are."""

from __future__ import annotations

from asw_exchange.model.value import Value


class Address(Value, frozen=True, kw_only=True):
    """A postal address (WCO Data Model class 04A)."""

    lines: tuple[str, ...] = ()
    city: str | None = None
    subdivision: str | None = None
    postcode: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2."""


class Party(Value, frozen=True, kw_only=True):
    """A firm or person, as exporter, consignee, agent or manufacturer."""

    name: str | None = None
    identifier: str | None = None
    """Tax or business registration number in the party's own state."""
    address: Address | None = None


class Company(Value, frozen=True, kw_only=True):
    """A company named only by name and country, as the one that invoices from a third country."""

    name: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2."""


class Exhibition(Value, frozen=True, kw_only=True):
    """Where exhibited goods were sold (Form D, overleaf note 13)."""

    name: str | None = None
    address: Address | None = None
