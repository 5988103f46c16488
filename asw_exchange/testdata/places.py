"""Ports, airports and border places by UN/LOCODE. Ships and flight codes are invented."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place where goods are loaded or discharged."""

    code: str
    """UN/LOCODE."""
    name: str
    country: str
    modes: tuple[str, ...]
    """UN/ECE Rec 19: 1 sea, 3 road, 4 air."""


# UN/LOCODE | name | modes
_TABLE = """
BNMUA|Muara|1
BNBWN|Bandar Seri Begawan|3 4
IDTPP|Tanjung Priok, Jakarta|1
IDSUB|Surabaya|1 4
IDBLW|Belawan|1
IDCGK|Jakarta, Soekarno-Hatta|4
KHKOS|Sihanoukville|1
KHPNH|Phnom Penh|3 4
LAVTE|Vientiane|3 4
LAZVK|Savannakhet|3
LAPKZ|Pakse|3
MMRGN|Yangon|1 3 4
MMMDL|Mandalay|3 4
MYPKG|Port Klang|1 3
MYPEN|Penang|1 3 4
MYTPP|Tanjung Pelepas|1 3
MYKUL|Kuala Lumpur|3 4
PHMNL|Manila|1 4
PHCEB|Cebu|1 4
PHDVO|Davao|1 4
SGSIN|Singapore|1 3 4
THBKK|Bangkok|1 3 4
THLCH|Laem Chabang|1 3
THSGZ|Songkhla|1 3
VNSGN|Ho Chi Minh City|1 3 4
VNHPH|Hai Phong|1 3
VNDAD|Da Nang|1 3 4
VNHAN|Ha Noi|3 4
"""


def _by_country() -> Mapping[str, tuple[Place, ...]]:
    found: defaultdict[str, list[Place]] = defaultdict(list)
    for line in _TABLE.strip().splitlines():
        code, name, modes = line.split("|")
        found[code[:2]].append(Place(code=code, name=name, country=code[:2], modes=tuple(modes.split())))
    return {country: tuple(places) for country, places in found.items()}


PLACES: Mapping[str, tuple[Place, ...]] = _by_country()
"""By member state. Lao PDR has no sea port."""

VESSELS: tuple[str, ...] = (
    "MEKONG STAR", "ANDAMAN PEARL", "CELEBES TRADER", "GULF OF SIAM", "RED RIVER EXPRESS", "SULU HORIZON",
    "MALACCA BREEZE", "JAVA LOTUS", "ORIENT HERON", "LUZON PIONEER", "BORNEO SPIRIT", "TONLE HARMONY",
    "EAST MONSOON", "CORAL PROMISE", "NATUNA BRIDGE", "IRRAWADDY DAWN", "PALAWAN WIND", "STRAITS COURIER",
    "CHAMPA GLORY", "BANDA SPICE", "HA LONG MORNING", "KELANTAN QUEEN",
)  # fmt: skip

FLIGHT_CODES: tuple[str, ...] = ("XA", "XC", "XE", "XM", "XT", "XW")
"""Two letters that stand for invented cargo airlines."""
