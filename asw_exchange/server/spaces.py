"""All spaces of a server, by name: made when somebody asks for one, found again after a restart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from asw_exchange.clock import Clock, SystemClock
from asw_exchange.corridor import Corridor
from asw_exchange.corridors import all_corridors
from asw_exchange.errors import ConfigurationError
from asw_exchange.ledger import Ledger
from asw_exchange.server.client import Client
from asw_exchange.server.outbound_addresses import Resolver, allow
from asw_exchange.server.partners import Key, Partners, partner_urls
from asw_exchange.server.settings import Settings
from asw_exchange.server.space import MAIN, Space, open_space
from asw_exchange.signature import TestPki, create_pki, load_pki
from asw_exchange.simulator.world import codes_of

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(slots=True, kw_only=True)
class Spaces(Mapping[str, Space]):
    """The spaces of one server, which listens at ``base_url``."""

    settings: Settings
    base_url: str
    base_clock: Clock = field(default_factory=SystemClock)
    corridors: tuple[Corridor, ...] = field(default_factory=all_corridors)
    gateways: tuple[str, ...] = field(init=False)
    pki: TestPki = field(init=False)
    _spaces: dict[str, Space] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.gateways = _chosen(self.settings.gateways, codes_of(self.corridors))
        self.pki = _pki(self.settings, codes_of(self.corridors), self.base_clock)
        self._outside = partner_urls(
            self.settings.partners, {corridor.name: corridor.members for corridor in self.corridors}
        )
        self._allowed = allow(self.settings.outbound)

    def __getitem__(self, name: str) -> Space:
        return self._spaces[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._spaces)

    def __len__(self) -> int:
        return len(self._spaces)

    async def start(self) -> None:
        """Open the main space, and those of earlier runs. Raises LedgerError."""
        await self.open(MAIN)

    async def open(self, name: str) -> Space:
        """Return a space, making it where there is none. Raises ConfigurationError and LedgerError."""
        if name not in self._spaces:
            self._spaces[name] = space = self._made(_checked(name))
            await space.start()
        return self._spaces[name]

    async def close(self) -> None:
        """Close all spaces."""
        while self._spaces:
            await self._spaces.popitem()[1].close()

    def _made(self, name: str) -> Space:
        return open_space(
            name,
            ledger=Ledger.open(self._place(name), exclusive=True),
            corridors=self.corridors,
            gateways=self.gateways,
            pki=self.pki,
            partners=Partners(self._own(name) | self._outside),
            client=Client(Resolver(self._allowed)),
            base=self.base_clock,
            retries=self.settings.retries,
        )

    def _place(self, name: str) -> str:
        """Return where the ledger of a space is: beside that of the main one."""
        place = self.settings.place
        if name == MAIN or place == ":memory:":
            return place
        path = Path(place)
        return str(path.with_name(f"{path.stem}.{name}{path.suffix}"))

    def _own(self, name: str) -> dict[Key, str]:
        """Return the addresses of the gateways that run here."""
        base = self.base_url if name == MAIN else f"{self.base_url}/spaces/{name}"
        return {
            (corridor.name, code): f"{base}/{corridor.name}/{code}"
            for corridor in self.corridors
            for code in corridor.members
            if code in self.gateways
        }


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConfigurationError("a space has a name of small letters, digits and hyphens", value=name)
    return name


def _chosen(wanted: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    for code in wanted:
        if code not in known:
            raise ConfigurationError(
                "no corridor has this gateway", value=code, hint=f"the gateways are {', '.join(known)}"
            )
    return tuple(dict.fromkeys(wanted)) or known


def _pki(settings: Settings, codes: tuple[str, ...], clock: Clock) -> TestPki:
    if settings.pki is None:
        return create_pki(settings.seed, codes, clock.now())
    pki = load_pki(settings.pki)
    for code in codes:
        pki.key(code)
    return pki
