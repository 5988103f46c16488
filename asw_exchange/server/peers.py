"""Who is at the other end of a connection: the gateway that a client certificate stands for.

The handshake has shown that the certificate is of one of the gateways' authorities and that the client has
its key. Here it is asked whether it is of the authority of the very gateway that it names, and in force on
the clock of the space. Not here: who wrote a message (its signature says that).
"""

from __future__ import annotations

from typing import Any

from asw_exchange.errors import UntrustedSigner
from asw_exchange.records import UNKNOWN
from asw_exchange.server.protocol import transport_of
from asw_exchange.server.refusal import Refusal
from asw_exchange.server.space import Space
from asw_exchange.signature.certificates import decode_der
from asw_exchange.signature.issuing import GATEWAY_URI


def peer_of(scope: dict[str, Any], space: Space) -> str:
    """Return the code of the gateway that delivers a request; UNKNOWN where no certificate was asked for.

    Raises Refusal for a certificate that names no gateway, or that its gateway's authority did not issue.
    """
    transport = transport_of(scope)
    connection = transport and transport.get_extra_info("ssl_object")
    certificate = connection and connection.getpeercert(binary_form=True)
    if not certificate:
        return UNKNOWN
    code = _named(connection.getpeercert(), space) or _issued(certificate, space)
    if code is None:
        raise Refusal(403, "the client certificate stands for no gateway that is known here")
    try:
        space.trust[code].check_encoded([certificate], space.clock.now())
    except UntrustedSigner as error:
        raise Refusal(403, f"the client certificate is not one of {code}: {error}") from error
    return code


def _named(certificate: dict[str, Any], space: Space) -> str | None:
    """Return the gateway that a certificate names, as the module ``ssl`` describes certificates."""
    for type_, value in certificate.get("subjectAltName", ()):
        if type_ == "URI" and value.removeprefix(GATEWAY_URI) in space.trust:
            return str(value.removeprefix(GATEWAY_URI))
    return None


def _issued(certificate: bytes, space: Space) -> str | None:
    """Return the one gateway whose authority issued a certificate that names none."""
    try:
        issuer = decode_der(certificate).issuer
    except ValueError:
        return None
    found = [
        code
        for code, store in space.trust.items()
        if any(authority.subject == issuer for authority in store.authorities)
    ]
    return found[0] if len(found) == 1 else None
