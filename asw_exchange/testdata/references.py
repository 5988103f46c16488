"""Reference numbers of e-Forms D, a pattern for each issuing state.

Viet Nam's pattern is public (Circular 22/2016/TT-BCT and 19/2020/TT-BCT): importer, year, issuing
office, serial. Those of the other states are not; the patterns here are *modelled* and only differ
enough to be told apart.
"""

from __future__ import annotations

from collections.abc import Callable

_PATTERNS: dict[str, Callable[[str, int, int], str]] = {
    "BN": lambda importer, year, number: f"MOFE/D/{year % 100:02}/{number:06}",
    "ID": lambda importer, year, number: f"{number:07}/KDI/{year}",
    "KH": lambda importer, year, number: f"KH{year % 100:02}-D-{importer}-{number:06}",
    "LA": lambda importer, year, number: f"LA/D/{number:06}/{year % 100:02}",
    "MM": lambda importer, year, number: f"MMR-D-{year}-{number:06}",
    "MY": lambda importer, year, number: f"KL-{year}-AT-{importer}-{number:07}",
    "PH": lambda importer, year, number: f"PH-D-{year}-{importer}{number:07}",
    "SG": lambda importer, year, number: f"SG{year}{number:08}",
    "TH": lambda importer, year, number: f"D{year}-{number:07}",
    "VN": lambda importer, year, number: (
        f"VN-{importer} {year % 100:02}/{1 + number // 100_000:02}/{number % 100_000:05}"
    ),
}


def reference(issuer: str, importer: str, year: int, number: int) -> str:
    """Return the reference number of the ``number``-th certificate; one number, one reference."""
    return _PATTERNS[issuer](importer, year, number)
