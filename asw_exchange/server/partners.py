"""The partner table: where the messages to a gateway are delivered.

Not here: who may be spoken to at all (``outbound_addresses``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from asw_exchange.errors import UnknownName, WrongOption

Key = tuple[str, str]
"""Corridor and gateway code."""


@dataclass(slots=True)
class Partners:
    """URLs by corridor and gateway; what is not in the table stays in the outbox until it is."""

    urls: dict[Key, str] = field(default_factory=dict)

    def url(self, corridor: str, gateway: str) -> str | None:
        """Return where to deliver, where it is known."""
        return self.urls.get((corridor, gateway))

    def obstacle(self, corridor: str, gateway: str) -> str | None:
        """Return why nothing is delivered to a gateway, and what helps; None: it has an address."""
        if self.url(corridor, gateway) is not None:
            return None
        name = f"{corridor}/{gateway}"
        fetched = ", so it waits at the hub to be fetched" if corridor in _WITH_HUB else ""
        return (
            f"no address is known for {gateway} in {corridor}{fetched}: "
            f"--partner {name}=URL, or PUT /control/partners/{name}"
        )

    def is_out_of_reach(self, corridor: str, gateway: str) -> bool:
        """Tell whether a gateway has no address, nor a hub where it could fetch what is for it."""
        return self.url(corridor, gateway) is None and corridor not in _WITH_HUB

    def set(self, corridor: str, gateway: str, url: str | None) -> None:
        """Enter an address, or with None take it out. Raises WrongOption."""
        if url is None:
            self.urls.pop((corridor, gateway), None)
        else:
            self.urls[corridor, gateway] = checked_url(url)


def checked_url(url: str) -> str:
    """Return an address that HTTP can be spoken to. Raises WrongOption."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or any(ord(character) <= 32 for character in url):
        raise WrongOption("this is no address of a partner", value=url, hint="http(s)://host:port/path")
    if parts.username or parts.password:
        raise WrongOption("an address carries no user name or password", value=parts.hostname)
    return url


HUB = "hub"
"""In place of an address: the gateway calls the hub of the corridor, delivers there and fetches there."""
_WITH_HUB = frozenset({"new-zealand"})


def partner_urls(words: Iterable[str], memberships: Mapping[str, Iterable[str]]) -> dict[Key, str | None]:
    """Read ``CODE=URL`` (in every corridor of that gateway) or ``corridor/CODE=URL``, or ``hub`` as the URL.

    ``memberships`` maps corridors to their gateway codes. The address of who calls the hub is None, as it is
    never called. Raises UnknownName or WrongOption naming the word.
    """
    found: dict[Key, str | None] = {}
    for word in words:
        name, given, url = word.partition("=")
        corridor, _, code = name.rpartition("/")
        joined = [each for each, codes in memberships.items() if code in codes and corridor in ("", each)]
        hint = "for example VN=http://127.0.0.1:9000/in or new-zealand/VN=hub"
        if not joined:
            raise UnknownName("no corridor has this gateway", value=name, hint=hint)
        if not given:
            raise WrongOption("no address is given", value=word, hint=hint)
        if url == HUB:
            joined = [each for each in joined if each in _WITH_HUB]
        if not joined:
            raise WrongOption("this corridor has no hub", value=name, hint=hint)
        if any((each, code) in found for each in joined):
            raise WrongOption("this gateway has an address already", value=word, hint="give it once")
        found |= {(each, code): None if url == HUB else checked_url(url) for each in joined}
    return found
