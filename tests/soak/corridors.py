"""Viet Nam and its partners in all corridors: two servers, and what goes between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from asw_exchange.clock import SystemClock
from asw_exchange.model import Certificate
from asw_exchange.testdata import certificates, eaeu, korea, new_zealand
from asw_exchange.testdata.seeds import stream
from tests.soak.process import Server, free_ports, run_asw

PARTNERS = {"asean": "TH", "eaeu": "EAEU", "korea": "KR", "new-zealand": "NZ"}
"""Corridor to the gateway that Viet Nam speaks with."""
Make = Callable[[Random, int, date], Certificate]


@dataclass(frozen=True, slots=True)
class Route:
    """Documents of one kind, from one gateway to another."""

    sender: str
    kind: str
    make: Make


def _form_d(issuer: str, importer: str) -> Make:
    return lambda chance, number, day: certificates.certificate(
        chance, number, issuer=issuer, importer=importer, issued_on=day, items=1, shape="plain"
    )


def _eav(issuer: str) -> Make:
    return lambda chance, number, day: eaeu.certificate(
        chance,
        number,
        issuer=issuer,
        importer="RU" if issuer == "VN" else "VN",
        issued_on=day,
        items=1,
        shape="plain",
    )


def _korean(form: str) -> Make:
    return lambda chance, number, day: korea.certificate(
        chance, number, form=form, issued_on=day, items=1, shape="plain"
    )


def _aanz(issuer: str) -> Make:
    return lambda chance, number, day: new_zealand.certificate(
        chance, number, issuer=issuer, issued_on=day, items=1, shape="plain"
    )


ROUTES = (
    Route("VN", "asean/eform-d", _form_d("VN", "TH")),
    Route("TH", "asean/eform-d", _form_d("TH", "VN")),
    Route("VN", "eaeu/certificate-eav", _eav("VN")),
    Route("EAEU", "eaeu/certificate-eav", _eav("RU")),
    Route("VN", "korea/certificate-vk", _korean("VK")),
    Route("KR", "korea/certificate-kv", _korean("KV")),
    Route("VN", "new-zealand/certificate-aanz", _aanz("VN")),
    Route("NZ", "new-zealand/certificate-aanz", _aanz("NZ")),
)


def document(route: Route, number: int, seed: int) -> Certificate:
    """Return the document of this number: of the day before yesterday, so it is in order today."""
    day = (SystemClock().now() - timedelta(days=2)).date()
    return route.make(stream(seed, "soak", route.sender, route.kind, number), number, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Two servers, and where their ledgers are."""

    servers: dict[str, Server]
    """Gateway to the server that runs it."""
    places: tuple[Path, Path]

    @property
    def both(self) -> tuple[Server, Server]:
        """Viet Nam's, and that of all others."""
        return self.servers["VN"], self.servers["TH"]


async def create_world(folder: Path) -> World:
    """Make keys and settle who runs where; nothing runs yet."""
    pki = folder / "pki"
    code, said = await run_asw("pki", "init", str(pki))
    assert code == 0, said
    own, others = free_ports(2)
    places = folder / "VN.db", folder / "others.db"
    common = ("serve", "--pki", str(pki))
    here = [*common, "--db", str(places[0]), "--gateway", "VN"]
    there = [*common, "--db", str(places[1])]
    for corridor, partner in PARTNERS.items():
        here += ["--partner", f"{corridor}/{partner}=http://127.0.0.1:{others}/{corridor}/{partner}"]
        there += ["--gateway", partner, "--partner", f"{corridor}/VN=http://127.0.0.1:{own}/{corridor}/VN"]
    server = Server(command=tuple(there), port=others)
    servers = {"VN": Server(command=tuple(here), port=own), **dict.fromkeys(PARTNERS.values(), server)}
    return World(servers=servers, places=places)
