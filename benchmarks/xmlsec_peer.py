"""python-xmlsec verifies beside us, in a process and an environment of its own.

Its wheel and that of lxml must hold the same libxml2, so it cannot share the environment of our newer lxml.

Started with a message, its authority and the signer's certificate as files. For each line ``WORK CALLS``
on standard input it makes so many calls and writes the microseconds of one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import xmlsec
from lxml import etree

NAMESPACE = "{http://www.w3.org/2000/09/xmldsig#}"


def works(message: bytes, authority: str, certificate: str) -> dict[str, Callable[[], None]]:
    """Parse and verify, with the chain checked every time as libxmlsec does, and with the key pinned."""
    manager = xmlsec.KeysManager()
    manager.load_cert(authority, xmlsec.constants.KeyDataFormatPem, xmlsec.constants.KeyDataTypeTrusted)
    key = xmlsec.Key.from_file(certificate, xmlsec.constants.KeyDataFormatCertPem)

    def chain() -> None:
        context = xmlsec.SignatureContext(manager)
        context.set_enabled_key_data([xmlsec.constants.KeyDataX509])
        context.verify(next(etree.fromstring(message).iter(f"{NAMESPACE}Signature")))

    def pinned() -> None:
        context = xmlsec.SignatureContext()
        context.key = key
        context.verify(next(etree.fromstring(message).iter(f"{NAMESPACE}Signature")))

    return {"chain": chain, "pinned": pinned}


def main() -> None:
    """Answer until the input ends."""
    message, authority, certificate = sys.argv[1:]
    found = works(Path(message).read_bytes(), authority, certificate)
    for line in sys.stdin:
        name, calls = line.split()
        start = perf_counter()
        for _ in range(int(calls)):
            found[name]()
        print((perf_counter() - start) / int(calls) * 1e6, flush=True)


if __name__ == "__main__":
    main()
