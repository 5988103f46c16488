"""One line of the table of results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    step: str
    kind: str
    ours_us: float
    floor_us: float
    peers: dict[str, float]

    @property
    def ratio(self) -> float:
        """How many times its floor the step takes."""
        return self.ours_us / self.floor_us

    def as_json(self) -> dict[str, Any]:
        """The form of ``results.json``."""
        return {
            "step": self.step,
            "kind": self.kind,
            "ours_us": round(self.ours_us, 2),
            "floor_us": round(self.floor_us, 2),
            "ratio_to_floor": round(self.ratio, 3),
            "peers": {
                name: {"us": round(us, 2), "times_slower": round(us / self.ours_us, 2)}
                for name, us in self.peers.items()
            },
        }
