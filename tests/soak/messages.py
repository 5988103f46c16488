"""What the load consists of: certificates in order, each with a number of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from asw_exchange.clock import SystemClock
from asw_exchange.corridors import find_corridor
from asw_exchange.model import Certificate, Header
from asw_exchange.signature import SigningKey
from asw_exchange.testdata.certificates import certificate
from asw_exchange.testdata.seeds import stream

KIND = "asean/eform-d"
CORRIDOR = find_corridor("asean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A gateway outside of the servers, with its key; it writes documents for others to send, too."""

    gateway: str
    key: SigningKey
    seed: int
    now: datetime

    @classmethod
    def load(cls, pki: Path, gateway: str, seed: int) -> Writer:
        """Take the key out of a folder of ``asw pki init``."""
        key = SigningKey.load(pki / gateway / "key.pem", pki / gateway / "cert.pem")
        return cls(gateway=gateway, key=key, seed=seed, now=SystemClock().now())

    def document(self, number: int, sender: str, receiver: str) -> Certificate:
        """Return the certificate of this number: of the day before yesterday, so it is in order today."""
        issued = (self.now - timedelta(days=2)).date()
        chance = stream(self.seed, "soak", number)
        return certificate(
            chance, number, issuer=sender, importer=receiver, issued_on=issued, items=2, shape="plain"
        )

    def message(self, number: int, receiver: str) -> tuple[str, bytes]:
        """Return the id and the bytes of a whole message to a gateway."""
        header = Header(
            id=f"{self.gateway}-{number:08}",
            kind=KIND,
            sender=self.gateway,
            receiver=receiver,
            sent_at=self.now,
        )
        return header.id, CORRIDOR.pack(header, self.document(number, self.gateway, receiver), self.key)
