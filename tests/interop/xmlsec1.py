"""xmlsec1, the command line of libxmlsec (Debian: xmlsec1)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from asw_exchange.signature import write_pki
from asw_exchange.signature.containers import SIGNED_DATA, SOAP
from tests.interop.cases import ED25519, Case, template, unsigned
from tests.interop.peer import Absent, Peer
from tests.signature_cases import ALGORITHMS, MOMENT, pki

COMMAND = shutil.which("xmlsec1")
NAME = "xmlsec1"
_IDS = ["--id-attr:Id", f"{SIGNED_DATA}:SignedContent", "--id-attr:Id", f"{SOAP}:Body"]
"""Without a schema nobody tells xmlsec1 which attributes are ids."""

_DECLARATION = b'<?xml version="1.0"?>\n'
"""It writes what it signed one after the other."""


@dataclass(frozen=True, slots=True)
class Xmlsec1:
    """One process for many files, up to the first that it refuses; they and the keys are in ``folder``."""

    folder: Path
    name: str = NAME

    def lacks(self, case: Case, document: bytes | None = None) -> str | None:
        return "xmlsec1 1.2 knows no Ed25519" if case.algorithm == ED25519 else None

    def sign(self, documents: list[bytes], case: Case) -> list[bytes]:
        rooms = [unsigned(document, case.placement) for document in documents]
        vn = self.folder / case.algorithm / "VN"
        keys = f"{vn / 'key.pem'},{vn / 'cert.pem'}"
        files = self._files([room.around(template(case, room.reference)) for room in rooms])
        done = self._run(["--sign", "--privkey-pem", keys, *_IDS, *files])
        assert done.returncode == 0, done.stderr
        return done.stdout.split(_DECLARATION)[1:]

    def refusals(self, messages: list[bytes], case: Case) -> list[str | None]:
        authority = str(self.folder / case.algorithm / "VN" / "ca.pem")
        time = f"{MOMENT:%Y-%m-%d %H:%M:%S}"
        arguments = ["--verify", "--enabled-key-data", "x509", "--trusted-pem", authority, *_IDS]
        arguments += ["--verification-gmt-time", time]
        files, found = self._files(messages), list[str | None]()
        while len(found) < len(files):
            done = self._run([*arguments, *files[len(found) :]])
            found += [None] * done.stderr.count(b"SignedInfo References (ok/all): 1/1\n")
            found += [done.stderr.decode(errors="replace")] if done.returncode else []
        return found

    def _files(self, texts: list[bytes]) -> list[str]:
        paths = [self.folder / f"{number}.xml" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_bytes(text)
        return [str(path) for path in paths]

    def _run(self, arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
        assert COMMAND
        command = [COMMAND, *arguments]
        return subprocess.run(command, capture_output=True, check=False, timeout=30)


@contextmanager
def opened() -> Iterator[Peer]:
    """Write the keys where xmlsec1 finds them."""
    if COMMAND is None:
        yield Absent(NAME, "xmlsec1 is not installed (apt-get install xmlsec1)")
        return
    with TemporaryDirectory() as folder:
        for algorithm in ALGORITHMS:
            write_pki(pki(algorithm), Path(folder) / algorithm)
        yield Xmlsec1(Path(folder))
