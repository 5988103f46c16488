"""What a server is started with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from asw_exchange.server.delivery import Retries

PORT = 8470


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How much is kept of the bytes of messages: what is beyond any of these goes, the oldest first."""

    messages: int | None = None
    age: timedelta | None = None
    bytes: int | None = None

    def __bool__(self) -> bool:
        return (self.messages, self.age, self.bytes) != (None, None, None)


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
    """Those that run here; none named: all of all corridors that are not in ``partners``."""
    seed: int = 0
    """Of the test keys, where no folder is given."""
    pki: Path | None = None
    """A folder of ``asw pki init``."""
    trust: tuple[str, ...] = ()
    """``CODE=PATH`` or a path: authorities of who sends, in place of those of the test PKI."""
    tls: bool = False
    """Serve HTTPS: with the test key for this machine, unless another is given."""
    mtls: bool = False
    """Serve HTTPS, and only to who shows a gateway's certificate."""
    tls_cert: Path | None = None
    """The server's own certificate, with its chain; it must be good for ``host`` too."""
    tls_key: Path | None = None
    tls_ca: Path | None = None
    """Authorities of the partners' servers, beside our own."""
    partners: tuple[str, ...] = ()
    """``CODE=URL`` or ``corridor/CODE=URL``: systems that run elsewhere; ``hub`` for who calls the hub."""
    outbound: tuple[str, ...] = ()
    """Host names, addresses and networks beside this machine that messages may be delivered to."""
    moment: datetime | None = None
    """What the clocks of the spaces show at the start; None: the time it is."""
    control: bool = True
    """Whether it can be steered: whether there is a control API."""
    token: str | None = field(default=None, repr=False)
    """Needed to speak to the control API; a server that others can reach must have one."""
    log: bool = False
    """Whether to log to standard error, a line of JSON for everything that happens."""
    keep: Keep = field(default_factory=Keep)
    """Nothing is dropped where nothing is named."""
    workers: int = 0
    """Processes that examine messages; 0: this one does."""
    head_seconds: float = 10.0
    """How long the head of a request may take, or a client may say nothing at first."""
    body_seconds: float = 30.0
    """How long the body of a request may take."""
    retries: Retries = field(default_factory=Retries)

    @property
    def scheme(self) -> str:
        """What the addresses of the server begin with."""
        return "https" if self.tls or self.mtls or self.tls_cert else "http"
