"""What a server is started with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from asw_exchange.server.delivery import Retries

PORT = 8470


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The words of ``asw serve``."""

    host: str = "127.0.0.1"
    """A loopback address unless there is a token."""
    port: int = PORT
    """0: any free one."""
    place: str = ":memory:"
    """The ledger: a SQLite file, a PostgreSQL address, or memory."""
    gateways: tuple[str, ...] = ()
    """Those that run here; none named: all of all corridors."""
    seed: int = 0
    """Of the test keys, where no folder is given."""
    pki: Path | None = None
    """A folder of ``asw pki init``."""
    partners: tuple[str, ...] = ()
    """``CODE=URL`` or ``corridor/CODE=URL``."""
    outbound: tuple[str, ...] = ()
    """Host names, addresses and networks beside this machine that messages may be delivered to."""
    retries: Retries = field(default_factory=Retries)
