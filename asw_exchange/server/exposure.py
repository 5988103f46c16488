"""Whether others than the users of this machine can reach a server, and what it then must have.

Not here: who is let through (``control.guard``).
"""

from __future__ import annotations

import ipaddress

from asw_exchange.errors import ConfigurationError, WrongOption
from asw_exchange.server.settings import Settings


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine by its very name or address; nothing is resolved."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_exposure(settings: Settings) -> None:
    """Refuse a control API that others could reach without a token. Raises ConfigurationError."""
    if settings.token is not None and not _is_token(settings.token):
        raise WrongOption("a token has 16 to 200 visible ASCII characters")
    if settings.control and settings.token is None and not is_loopback(settings.host):
        raise ConfigurationError(
            "other machines could reach the control API, so it needs a token",
            value=settings.host,
            hint="give one with --token or in ASW_TOKEN, or listen at 127.0.0.1",
        )


def _is_token(token: str) -> bool:
    return 16 <= len(token) <= 200 and all("!" <= character <= "~" for character in token)
