"""``make interop``: prints the matrix, and ends with 1 when a cell does not hold."""

from __future__ import annotations

import argparse
import sys

from tests.interop.documents import documents
from tests.interop.matrix import Cell, Pair, cells, opened, run


def main() -> int:
    """Run every cell, print a line for each combination and then what was left out and what failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=8, help="documents of Hypothesis beside two by hand")
    texts = documents(parser.parse_args().documents)
    found: dict[tuple[str, str], Cell] = {}
    with opened() as pairs:
        print(f"{len(texts)} documents a cell; signer > verifier")
        print(_line("key", "digest", "C14N", "placement", *map(str, pairs)))
        for case in cells():
            row = [run(pair, case, texts) for pair in pairs]
            print(_line(*str(case).split(), *map(_verdict, row)), flush=True)
            found |= {(str(case), str(pair)): cell for pair, cell in zip(pairs, row, strict=True)}
    _print_reasons(found, pairs)
    faults = [f"{case}, {pair}: {each}" for (case, pair), cell in found.items() for each in cell.faults]
    print(*faults, sep="\n")
    return 1 if faults else 0


def _verdict(cell: Cell) -> str:
    if cell.skipped:
        return "-"
    return "FAILED" if cell.faults else f"ok {cell.verified}"


def _line(*words: str) -> str:
    widths = [11, 7, 10, 11]
    return " ".join(
        word.ljust(widths[place] if place < 4 else 15) for place, word in enumerate(words)
    ).rstrip()


def _print_reasons(found: dict[tuple[str, str], Cell], pairs: tuple[Pair, ...]) -> None:
    print("\n- is skipped; fewer documents than told above: some were left out. Why:")
    for pair in pairs:
        own = [cell for (_, name), cell in found.items() if name == str(pair)]
        reasons = {cell.skipped for cell in own if cell.skipped} | {
            why for cell in own for why in cell.left_out
        }
        for reason in sorted(reasons):
            print(f"  {pair}: {reason}")


if __name__ == "__main__":
    sys.exit(main())
