"""``asw verify --explain`` and ``--dump``: why a signature does not hold."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asw_exchange.cli.codes import INVALID
from asw_exchange.cli.files import remove_file, shown, write_file
from asw_exchange.cli.output import print_json, say

if TYPE_CHECKING:
    from datetime import datetime

    from asw_exchange.signature import TrustStore
    from asw_exchange.signature.diagnose import Diagnosis


Explain = Annotated[
    bool, typer.Option("--explain", help="When it fails, try the usual causes and name the one.")
]
Dump = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write the bytes that were digested and signed to this folder."),
]


def explain(
    file: Path,
    data: bytes,
    store: TrustStore,
    moment: datetime | None,
    trust: Path,
    *,
    out: Path | None,
    dump: Path | None,
    json: bool,
) -> None:
    """Diagnose a message, print what was found, write the bytes asked for; exits 1 where it fails."""
    from asw_exchange import verbs
    from asw_exchange.signature.diagnose import certificates_in

    found = verbs.explain(data, store, moment=moment, known=certificates_in(trust))
    if found.error:
        found.error.in_file(shown(file))
    if json:
        print_json(_data(file, found))
    else:
        _print(file, found)
    if dump is not None:
        _dump(found, dump)
    if found.verified is None:
        raise typer.Exit(INVALID)
    if out is not None:
        write_file(out, found.verified.canonical)


def _dump(found: Diagnosis, folder: Path) -> None:
    """Write the bytes that count, to compare with one's own; no file name comes from the message."""
    parts = {
        "reference.bin": found.reference_octets,
        "signed-info.bin": found.signed_info,
        "reference-as-signed.bin": found.original_octets,
        "signed-info-as-signed.bin": found.original_signed_info,
    }
    for name, octets in parts.items():
        if octets is not None:
            write_file(folder / name, octets)
        else:
            remove_file(folder / name)
    written = ", ".join(name for name, octets in parts.items() if octets is not None)
    say(f"written to {folder}: {written or 'nothing, no bytes could be computed'}")


_STATES = {
    "holds": "holds",
    "explained": "would hold without the cause",
    "broken": "does not hold, for no usual cause",
    "unknown": "could not be looked at",
}


def _print(file: Path, found: Diagnosis) -> None:
    print(f"{shown(file)}: {'verified' if found.verified else 'NOT VERIFIED'}")
    print()
    for line in _wrapped(found.summary):
        print(f"  {line}")
    for cause in found.causes:
        print()
        for label, text in (("cause", cause.cause.value), ("detail", cause.detail), ("advice", cause.advice)):
            _row(label, text)
    print()
    for label, value in _facts(found):
        if value:
            _row(label, value)


def _facts(found: Diagnosis) -> list[tuple[str, str | None]]:
    reference = f'"{found.reference}"' + ("" if found.reference else ", the document itself")
    return [
        ("refused as", f"{found.error.reply_code}, {found.error}" if found.error else None),
        ("reference", None if found.reference is None else reference),
        ("C14N", found.canonicalization),
        ("digest by", found.digest_method),
        ("  signed", found.expected),
        ("    in hex", _hex(found.expected)),
        ("  computed", found.computed),
        ("    in hex", _hex(found.computed)),
        ("content", _STATES[found.content]),
        ("signature", _STATES[found.signature]),
        ("signer", f"{found.signer_name or 'unknown'}: {_trusted(found)}"),
        ("tried", _tried(found)),
    ]


def _hex(digest: str | None) -> str | None:
    """Return a digest as sha256sum and its like print it, for comparison with what they say of a dump."""
    return None if digest is None else b64decode(digest).hex()


def _trusted(found: Diagnosis) -> str:
    return {"holds": "trusted", "explained": "not trusted as it is"}.get(found.signer, "not looked at")


def _tried(found: Diagnosis) -> str:
    """Say what was tried, in order: causes alone by name, two together by number."""
    names: dict[str, bool] = {}
    for attempt in found.attempts:
        if len(attempt.causes) == 1:
            name = attempt.causes[0].value
            names[name] = names.get(name, False) or attempt.fits
    told = [f"{name} (yes)" if fits else name for name, fits in names.items()]
    pairs = sum(len(attempt.causes) > 1 for attempt in found.attempts)
    return ", ".join(told) + (f", and {pairs} pairs of them" if pairs else "")


_WIDTH = 96


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _row(label: str, text: str) -> None:
    first, *others = _wrapped(text)
    print(f"  {label:12}{first}")
    for line in others:
        print(f"  {'':12}{line}")


def _data(file: Path, found: Diagnosis) -> dict[str, object]:
    return {
        "file": shown(file),
        "verified": found.verified is not None,
        "code": found.error.reply_code if found.error else None,
        "reason": str(found.error) if found.error else None,
        "summary": found.summary,
        "explained": found.explained,
        "causes": [
            {"cause": each.cause, "title": each.title, "detail": each.detail, "advice": each.advice}
            for each in found.causes
        ],
        "reference": found.reference,
        "canonicalization": found.canonicalization,
        "digest_method": found.digest_method,
        "expected": found.expected,
        "expected_hex": _hex(found.expected),
        "computed": found.computed,
        "computed_hex": _hex(found.computed),
        "content": found.content,
        "signature": found.signature,
        "signer": found.signer,
        "signer_name": found.signer_name,
        "complete": found.complete,
        "attempts": [
            {"part": each.part, "causes": list(each.causes), "variants": each.variants, "fits": each.fits}
            for each in found.attempts
        ],
    }
