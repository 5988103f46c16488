"""Verification at 3 KiB and at 18 KiB beside its peers, and what it costs to refuse, beside to accept.

Ours checks the chain, remembered by certificate. The peers are measured with their chain, and with the
signer's certificate given to them: then they check none. ``python -m benchmarks --only verification`` runs
this alone.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import signxml
from cryptography.hazmat.primitives.serialization import Encoding

from asw_exchange.clock import SystemClock
from asw_exchange.codec import to_bytes
from asw_exchange.corridors.asean import CORRIDOR
from asw_exchange.errors import ExchangeError
from asw_exchange.signature import TestPki, TrustStore, create_pki, sign, verify
from asw_exchange.testdata import generate
from benchmarks.elsewhere import xmlsec
from benchmarks.floor import Floor
from benchmarks.row import Row
from benchmarks.timing import microseconds

KIND = CORRIDOR.kind("asean/eform-d")
SIZES = {"3 KiB": 3 * 1024, "18 KiB": 18 * 1024}
SIGNER, OTHER = "VN", "TH"
_SHORT: dict[str, Any] = {"rounds": 40, "seconds": 0.01, "clock": process_time}
"""Many short rounds of processor time: a busy machine must not spoil one side alone."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What it costs to refuse a message that differs in one thing from one that is accepted."""

    name: str
    size: str
    us: float
    accepted_us: float

    def as_json(self) -> dict[str, Any]:
        """The form of ``results.json``."""
        return {
            "step": f"refuse: {self.name}",
            "kind": f"{KIND.name}, {self.size}",
            "us": round(self.us, 2),
            "ratio_to_acceptance": round(self.us / self.accepted_us, 3),
        }

    def __str__(self) -> str:
        ratio = self.us / self.accepted_us
        return f"{self.name:<34}{self.size:<8}{self.us:>10.1f}{self.accepted_us:>12.1f}{ratio:>8.2f}"


class Bench:
    """One document of a size, signed now: the peers know no other time."""

    def __init__(self, size: str) -> None:
        self.size, self.now = size, SystemClock().now()
        self.plain = document_of(SIZES[size])
        self.pki = create_pki(1, [SIGNER, OTHER], self.now)
        self.key, self.trust = self.pki.key(SIGNER), self.pki.trust(SIGNER)
        self.signed = sign(self.plain, self.key)

    def row(self) -> Row:
        """Verify beside the peers."""
        floor = Floor(self.plain, self.signed, self.signed, self.key, KIND)
        with tempfile.TemporaryDirectory() as folder:
            message, authority, certificate = (
                Path(folder) / name for name in ("m.xml", "ca.pem", "cert.pem")
            )
            message.write_bytes(self.signed)
            authority.write_bytes(self.pki.gateways[SIGNER].authority.public_bytes(Encoding.PEM))
            certificate.write_bytes(self.key.certificate.public_bytes(Encoding.PEM))
            with xmlsec(message, authority, certificate) as elsewhere:
                best = microseconds(
                    {
                        "ours": lambda: verify(self.signed, self.trust, self.now),
                        "floor": floor.verify,
                        "signxml, chain": lambda: signxml.XMLVerifier().verify(
                            self.signed, ca_pem_file=str(authority)
                        ),
                        "signxml, pinned": lambda: signxml.XMLVerifier().verify(
                            self.signed, x509_cert=self.key.certificate
                        ),
                        **elsewhere,
                    },
                    **_SHORT,
                )
        peers = {name: us for name, us in best.items() if name not in ("ours", "floor")}
        kind = f"{KIND.name}, {self.size}"
        return Row(step="verify", kind=kind, ours_us=best["ours"], floor_us=best["floor"], peers=peers)

    def refusals(self) -> list[Refusal]:
        """Refuse each hostile message, in turn with accepting the good one."""
        hostile = hostile_messages(self.plain, self.signed, self.pki, self.now)
        work = {name: _refusing(message, self.trust, self.now) for name, message in hostile.items()}
        best = microseconds({"accepted": lambda: verify(self.signed, self.trust, self.now), **work}, **_SHORT)
        return [Refusal(name, self.size, best[name], best["accepted"]) for name in hostile]


def document_of(size: int) -> bytes:
    """Return the generated document whose size is nearest."""
    found = (to_bytes(KIND.layout.write(each)) for each in generate(KIND.name, seed=1, count=400))
    return min(found, key=lambda document: abs(len(document) - size))


def _refusing(message: bytes, trust: TrustStore, now: datetime) -> Callable[[], None]:
    def refuse() -> None:
        with suppress(ExchangeError):
            verify(message, trust, now)
            raise AssertionError("a hostile message was accepted")

    return refuse


def hostile_messages(plain: bytes, signed: bytes, pki: TestPki, now: datetime) -> dict[str, bytes]:
    """Each differs from the good one in one thing."""
    start, end = signed.index(b"<ds:Signature "), signed.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    signature = signed[start:end]
    imitation = create_pki(2, [SIGNER], now)
    past = create_pki(1, [SIGNER], now - timedelta(days=10_000))
    old = signed.replace(*(base64.b64encode(_der(each)) for each in (pki, past)))
    return {
        "unsigned": plain,
        "digest differs": signed.replace(b"<TypeCode>861<", b"<TypeCode>862<"),
        "signature value differs": _with_other_value(signed),
        "foreign transform": signed.replace(
            b'xml-exc-c14n#"></ds:Transform>', b'xml-exc-c15n#"></ds:Transform>'
        ),
        "foreign element in the signature": signed.replace(b"<ds:KeyInfo>", b"<ds:KeyInfo><ds:KeyName/>"),
        "wrapped": b"<w>" + signed + b"</w>",
        "wrapped beside another signature": plain.replace(b"</Cert", signature + signed + b"</Cert", 1),
        "unknown issuer": sign(plain, pki.key(OTHER)),
        "imitated issuer": sign(plain, imitation.key(SIGNER)),
        "expired": old,
        "many certificates": _with_certificates(signed, 9),
        "document type": b"<!DOCTYPE a>" + signed,
        "not well-formed": signed[:-10],
        "oversize": signed + b" " * (5 * 1024 * 1024),
    }


def _der(pki: TestPki) -> bytes:
    return pki.key(SIGNER).certificate.public_bytes(Encoding.DER)


def _with_other_value(signed: bytes) -> bytes:
    head, _, rest = signed.partition(b"<ds:SignatureValue>")
    value, end, tail = rest.partition(b"</ds:SignatureValue>")
    other = bytearray(base64.b64decode(value))
    other[20] ^= 1
    return head + b"<ds:SignatureValue>" + base64.b64encode(other) + end + tail


def _with_certificates(signed: bytes, count: int) -> bytes:
    one = signed[signed.index(b"<ds:X509Certificate>") : signed.index(b"</ds:X509Data>")]
    return signed.replace(one, one * count)


def measure() -> tuple[list[Row], list[Refusal]]:
    """Measure both sizes."""
    benches = [Bench(size) for size in SIZES]
    return [bench.row() for bench in benches], [each for bench in benches for each in bench.refusals()]


def print_refusals(found: list[Refusal]) -> None:
    """One line each, and what is dearer to refuse than to accept."""
    print(f"{'refused':<34}{'size':<8}{'us':>10}{'accepted us':>12}{'ratio':>8}")
    print(*found, sep="\n")
    dear = [f"{each.name} at {each.size}" for each in found if each.us > each.accepted_us]
    print("dearer to refuse than to accept: " + (", ".join(dear) or "nothing"))
