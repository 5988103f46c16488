"""What stands in ``sample_messages/``: a module for each corridor and side, with its ``SAMPLES``.

``make samples`` writes the folders anew from these modules; a module is found because it is there.
"""

from __future__ import annotations

import importlib
import pkgutil

from asw_exchange import resources
from tests.samples import invalid, valid

SIDES = {"valid": valid, "invalid": invalid}


def samples(side: str) -> dict[str, bytes]:
    """Path below ``sample_messages/`` to bytes, of one side of all corridors."""
    found = {}
    for module in pkgutil.iter_modules(SIDES[side].__path__):
        made: dict[str, bytes] = importlib.import_module(f"{__name__}.{side}.{module.name}").SAMPLES
        folder = module.name.replace("_", "-")
        found |= {f"{folder}/{side}/{name}": data for name, data in made.items()}
    return found


def write() -> None:
    """Write all folders anew."""
    root = resources.folder("sample_messages")
    for side in SIDES:
        for old in root.glob(f"*/{side}/*.xml"):
            old.unlink()
        made = samples(side)
        for name, data in made.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        print(f"{side}: {len(made)} written")


if __name__ == "__main__":
    write()
