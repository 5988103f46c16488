"""The JDK's ``javax.xml.crypto.dsig``, in one process that is fed a line at a time (``Peer.java``)."""

from __future__ import annotations

import shutil
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.interop.cases import ED25519, PLACEHOLDER, Case, unsigned
from tests.interop.peer import Absent, Peer
from tests.signature_cases import MOMENT

COMMAND = shutil.which("java") if shutil.which("javac") else None
NAME = "JDK"
SOURCE = Path(__file__).with_name("Peer.java")
_KINDS = {"ecdsa-p256": "EC", "rsa-2048": "RSA", ED25519: "Ed25519"}


@dataclass(frozen=True, slots=True)
class Jdk:
    """A running ``Peer.java``."""

    process: subprocess.Popen[str]
    name: str = NAME

    def lacks(self, case: Case, document: bytes | None = None) -> str | None:
        known = case.algorithm != ED25519 or self._ask("knows", case.method.value) == "yes"
        return None if known else "the XML signatures of this JDK know no EdDSA"

    def sign(self, documents: list[bytes], case: Case) -> list[bytes]:
        return [self._sign(document, case) for document in documents]

    def refusals(self, messages: list[bytes], case: Case) -> list[str | None]:
        return [self._refusal(message, case) for message in messages]

    def _sign(self, document: bytes, case: Case) -> bytes:
        room, key = unsigned(document, case.placement), case.keys.key("VN")
        private = key.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        answer = self._ask(
            "sign",
            _packed(room.around(PLACEHOLDER)),
            _packed(private),
            _KINDS[case.algorithm],
            ",".join(key.certificates),
            case.method.value,
            case.digest.value,
            case.canonicalization.value,
            room.reference,
            ",".join(case.policy.transforms),
        )
        word, _, signature = answer.partition(" ")
        assert word == "signature", answer
        return room.around(b64decode(signature))

    def _refusal(self, message: bytes, case: Case) -> str | None:
        authority = case.keys.gateways["VN"].authority.public_bytes(Encoding.DER)
        milliseconds = int(MOMENT.timestamp() * 1000)
        answer = self._ask("verify", _packed(message), _packed(authority), str(milliseconds))
        return None if answer == "valid" else answer

    def _ask(self, *words: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().rstrip("\n")
        assert answer, "the JDK gave no answer"
        return answer


def _packed(octets: bytes) -> str:
    return b64encode(octets).decode()


@contextmanager
def opened() -> Iterator[Peer]:
    """Start the JDK once; it ends with its input."""
    if COMMAND is None:
        yield Absent(NAME, "no JDK is installed (apt-get install default-jdk-headless)")
        return
    command = [COMMAND, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", str(SOURCE)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield Jdk(process)
