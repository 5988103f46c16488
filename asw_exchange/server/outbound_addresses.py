"""Whom the server may speak to: this machine, and what its operator has allowed by name or network.

Not here: names (``connections``), each resolved once, so that a connection goes to exactly the address that
was checked.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from asw_exchange.errors import WrongOption

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


_LABEL = r"(?!-)[\w-]{1,63}(?<!-)"
_HOST = re.compile(rf"(?:{_LABEL}\.)*(?!\d+\.?$){_LABEL}\.?")
"""A name of labels, the last of them no number: that would be a mistyped address."""


class Forbidden(OSError):
    """An address that the operator has not allowed."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The allow-list of outbound addresses."""

    networks: tuple[Network, ...] = LOOPBACK
    hosts: frozenset[str] = frozenset()
    """Names that are allowed whatever they resolve to."""

    def check(self, host: str, address: str) -> None:
        """Raise Forbidden for an address that is not allowed, as ``host`` is called in the partner table."""
        if host.lower().rstrip(".") in self.hosts:
            return
        found = ipaddress.ip_address(address.partition("%")[0])
        mapped = getattr(found, "ipv4_mapped", None) or found
        if not any(mapped in network for network in self.networks):
            named = host if host == address else f"{host}, which is {address}"
            raise Forbidden(f"this server may not speak to {named}; allow it with --allow-outbound")


def allow(words: Iterable[str]) -> Allowed:
    """Read host names, addresses and networks, in addition to this machine. Raises WrongOption."""
    networks, hosts = list(LOOPBACK), set()
    for word in words:
        try:
            networks.append(ipaddress.ip_network(word, strict=False))
        except ValueError as error:
            if not _HOST.fullmatch(word):
                raise WrongOption(
                    "this is no host name, address or network",
                    value=word,
                    hint="for example 10.1.2.0/24 or gateway.example",
                ) from error
            hosts.add(word.lower().rstrip("."))
    return Allowed(tuple(networks), frozenset(hosts))


def check_literal(url: str, allowed: Allowed) -> None:
    """Check a URL whose host is written as an address, which is never resolved. Raises Forbidden."""
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return
    allowed.check(host, host)
