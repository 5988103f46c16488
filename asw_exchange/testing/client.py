"""The control API from Python: methods that read like its resources. Nothing but the standard library speaks.

Not here: what the words mean (``results``, and the OpenAPI description of the server).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from ssl import SSLContext
from time import monotonic
from typing import Any, TypeVar, Unpack
from urllib.parse import quote

import msgspec

from asw_exchange.ledger import EntryFilter, Reconciliation, TallyFilter, TallyRow
from asw_exchange.model import Value
from asw_exchange.testing.connection import Connection, Problem
from asw_exchange.testing.results import (
    Clock,
    Delivery,
    Dropped,
    Gateway,
    Hold,
    Message,
    Outbox,
    Partner,
    RelatedMessage,
    Result,
    Space,
    WholeMessage,
)

T = TypeVar("T")

LONGEST_WAIT = 60.0
"""Seconds that a server waits in one request; longer waits are several."""


class _Messages(Result, frozen=True, kw_only=True):
    messages: tuple[Message, ...]


class ControlClient:
    """Speaks to the control API of one space. Every method raises Problem and Unreachable."""

    def __init__(
        self, url: str, *, token: str | None = None, space: str | None = None, tls: SSLContext | None = None
    ) -> None:
        """``url`` is that of the server, as ``asw serve`` prints it. Raises ConfigurationError."""
        self.url = url.rstrip("/")
        """Of the server."""
        self.gateways_url = f"{self.url}/spaces/{quote(space)}" if space else self.url
        """Below it are the addresses of the gateways: ``/<corridor>/<gateway>``."""
        self._token, self._tls = token, tls
        self._to = Connection(f"{self.gateways_url}/control", token, tls)

    def messages(
        self, *, limit: int | None = None, latest: int | None = None, **which: Unpack[EntryFilter]
    ) -> tuple[Message, ...]:
        """List messages, oldest first; with ``latest`` only so many, newest first."""
        return self._list("messages", "messages", Message, {"limit": limit, "latest": latest, **which})

    def message(self, sequence: int) -> WholeMessage:
        """Read one message with its findings and its document."""
        return self._get(f"messages/{sequence}", WholeMessage)

    def raw(self, sequence: int) -> bytes:
        """Read the bytes of a message exactly as they travelled."""
        return self._to.request("GET", f"messages/{sequence}/raw")

    def wait(self, *, timeout: float = 30.0, **which: Unpack[EntryFilter]) -> WholeMessage:
        """Wait until a message fits, and return it; at once where it is there already.

        ``after`` the sequence of the last message seen, none is missed and none comes twice. Raises a
        Problem with the reply code NOT-ARRIVED when none has come in ``timeout`` seconds, STOPPING when the
        server ends before.
        """
        end = monotonic() + timeout
        while True:
            left = max(0.0, end - monotonic())
            query = {"timeout": min(left, LONGEST_WAIT), **which}
            try:
                return self._get("wait", WholeMessage, query)
            except Problem as problem:
                if problem.reply_code != "NOT-ARRIVED" or left <= LONGEST_WAIT:
                    raise

    def events(self, **which: Unpack[EntryFilter]) -> Iterator[Message]:
        """Follow everything that is committed from now on, or ``after`` a sequence, until the server ends."""
        with self._to.open("GET", "events", which) as response:
            for line in response:
                if line.startswith(b"data: "):
                    yield msgspec.json.decode(line[6:], type=Message)

    def submit(
        self,
        kind: str,
        document: Value | Mapping[str, Any] | bytes,
        *,
        sender: str | None = None,
        receiver: str | None = None,
    ) -> Message:
        """Build, sign and send a document: of the model, plain values, or JSON."""
        body = document if isinstance(document, bytes) else msgspec.json.encode(document)
        query = {"kind": kind, "sender": sender, "receiver": receiver}
        return msgspec.json.decode(self._to.request("POST", "documents", query, body), type=Message)

    def generate(
        self,
        kind: str,
        *,
        count: int = 1,
        seed: int | None = None,
        sender: str | None = None,
        receiver: str | None = None,
    ) -> tuple[Message, ...]:
        """Generate valid documents and send them, all or none.

        The same ``seed`` sends the same ones again; without one they are new to the ledger of the space.
        They come from gateways that run there; ``sender`` and ``receiver`` choose among them.
        """
        asked = {"kind": kind, "count": count, "seed": seed, "sender": sender, "receiver": receiver}
        return self._ask("POST", "documents/generated", _Messages, asked).messages

    def timeline(self, reference: str) -> tuple[RelatedMessage, ...]:
        """Tell the life of a document over all gateways."""
        return self._list("timeline", "messages", RelatedMessage, {"reference": reference})

    def tally(self, **which: Unpack[TallyFilter]) -> tuple[TallyRow, ...]:
        """Count what was sent and received."""
        return self._list("tally", "rows", TallyRow, which)

    def dropped(self) -> Dropped:
        """Tell what retention has dropped of the bytes of messages."""
        told = self._get("tally", dict[str, Any])["dropped"]
        return msgspec.convert(told, Dropped)

    def reconcile(self, **which: Unpack[TallyFilter]) -> Reconciliation:
        """Prove, message by message, that senders and receivers have the same in their records."""
        return self._get("reconciliation", Reconciliation, which)

    def outbox(
        self,
        *,
        gateway: str | None = None,
        peer: str | None = None,
        state: str | None = None,
        limit: int | None = None,
    ) -> Outbox:
        """List what has not been taken by its receiver yet."""
        query = {"gateway": gateway, "peer": peer, "state": state, "limit": limit}
        return self._get("outbox", Outbox, query)

    def delivery(self, sequence: int) -> Delivery:
        """Read one delivery, and why it failed before."""
        return self._get(f"outbox/{sequence}", Delivery)

    def hold(self) -> Hold:
        """Hold all deliveries; what is under way is seen through."""
        return self._ask("POST", "outbox/hold", Hold)

    def release(self) -> Hold:
        """Let all deliveries leave."""
        return self._ask("POST", "outbox/release", Hold)

    def step(self, count: int = 1) -> Hold:
        """Let some deliveries leave, and hold all others."""
        return self._ask("POST", "outbox/step", Hold, {"count": count})

    def resend(self, sequence: int) -> Delivery:
        """Try a dead letter again, as if it were new."""
        return self._ask("POST", f"outbox/{sequence}/resend", Delivery)

    def clock(self) -> Clock:
        """Read the clock."""
        return self._get("clock", Clock)

    def change_clock(
        self, *, now: datetime | None = None, advance: timedelta | None = None, running: bool | None = None
    ) -> Clock:
        """Set, advance, stop or run the clock; what becomes due by it is delivered."""
        seconds = advance.total_seconds() if advance is not None else None
        return self._ask("PATCH", "clock", Clock, {"now": now, "advance": seconds, "running": running})

    def partners(self) -> tuple[Partner, ...]:
        """List where messages are delivered."""
        return self._list("partners", "partners", Partner)

    def set_partner(self, corridor: str, gateway: str, url: str) -> Partner:
        """Deliver to this address from now on, also what waits."""
        path = f"partners/{quote(corridor)}/{quote(gateway)}"
        return self._ask("PUT", path, Partner, {"url": url})

    def remove_partner(self, corridor: str, gateway: str) -> None:
        """Take an address away: what is for this gateway stays in the outbox."""
        self._to.request("DELETE", f"partners/{quote(corridor)}/{quote(gateway)}")

    def gateways(self) -> tuple[Gateway, ...]:
        """List the gateways that run here."""
        return self._list("gateways", "gateways", Gateway)

    def gateway(self, code: str) -> Gateway:
        """Read one gateway: its addresses, its behaviours, its fault rules with their counters."""
        return self._get(f"gateways/{quote(code)}", Gateway)

    def behave(
        self,
        code: str,
        behaviours: Iterable[str | Mapping[str, Any]] | None = None,
        *,
        faults: Iterable[Mapping[str, Any]] | None = None,
        magic: bool | None = None,
    ) -> Gateway:
        """Let a gateway misbehave, or with empty lists behave again; what is not named stays as it is."""
        asked = {
            "behaviours": None if behaviours is None else list(behaviours),
            "faults": None if faults is None else list(faults),
            "magic": magic,
        }
        return self._ask("PATCH", f"gateways/{quote(code)}", Gateway, asked)

    def pem(self, code: str, part: str = "key.pem") -> bytes:
        """Download a test key of a gateway: ``key.pem``, ``cert.pem`` or ``ca.pem``."""
        return self._to.request("GET", f"gateways/{quote(code)}/{quote(part)}")

    def reset(self) -> None:
        """Forget everything at once: messages, deliveries, and what was set."""
        self._to.request("POST", "reset")

    def export(self, path: Path) -> None:
        """Write everything to one file, for a bug report."""
        path.write_bytes(self._to.request("GET", "session"))

    def spaces(self) -> tuple[Space, ...]:
        """List the spaces of the server; only from the main one."""
        return self._list("spaces", "spaces", Space)

    def create_space(self, name: str) -> ControlClient:
        """Create a space, or find it there already; return a client of it."""
        self._to.request("PUT", f"spaces/{quote(name)}")
        return self._of(name)

    def delete_space(self, name: str) -> None:
        """Delete a space with everything in it."""
        self._to.request("DELETE", f"spaces/{quote(name)}")

    def load(self, name: str, session: Path) -> ControlClient:
        """Make a new space of a session that was exported; its clock stands, and nothing leaves it."""
        self._to.request(
            "PUT",
            f"spaces/{quote(name)}/session",
            body=session.read_bytes(),
            media_type="application/vnd.sqlite3",
        )
        return self._of(name)

    def _of(self, name: str) -> ControlClient:
        return ControlClient(self.url, token=self._token, space=name, tls=self._tls)

    def _get(self, path: str, type_: type[T], query: Mapping[str, Any] | None = None) -> T:
        return msgspec.json.decode(self._to.request("GET", path, query), type=type_)

    def _list(
        self, path: str, name: str, type_: type[T], query: Mapping[str, Any] | None = None
    ) -> tuple[T, ...]:
        told = msgspec.json.decode(self._to.request("GET", path, query), type=dict[str, Any])
        return msgspec.convert(told[name], tuple[type_, ...])  # type: ignore[valid-type]

    def _ask(self, method: str, path: str, type_: type[T], asked: Mapping[str, Any] | None = None) -> T:
        body = None if asked is None else msgspec.json.encode(_named(asked))
        return msgspec.json.decode(self._to.request(method, path, body=body), type=type_)


def _named(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}
