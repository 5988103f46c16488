"""SOAP 1.1 at the door of the ePhyto hub: bytes in, bytes out, who calls, and faults. No HTTP here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cryptography import x509
from lxml import etree

from asw_exchange.clock import Clock
from asw_exchange.codec.builder import escape
from asw_exchange.corridors.new_zealand.hub import Hub
from asw_exchange.corridors.new_zealand.hub_elements import HubWebException
from asw_exchange.corridors.new_zealand.hub_names import SERVICE, SOAP
from asw_exchange.errors import ExchangeError, SignatureError, Unsigned
from asw_exchange.signature import Placement, SignaturePolicy, TrustStore, read_signed, verify

POLICY = SignaturePolicy(placement=Placement.SOAP_BODY)


def answer(raw: bytes, *, hub: Hub, trust: Mapping[str, TrustStore], clock: Clock) -> tuple[int, bytes]:
    """Take a request and return (HTTP status, answer): 200, or 500 with a fault (SOAP 1.1, section 6.2).

    The caller is the country whose authority stands behind the WS-Security signature over the body.
    """
    try:
        root = read_signed(raw)
        caller, request = _verified(root, trust, clock)
        return 200, _envelope(hub.call(request, caller))
    except HubWebException as error:
        return 500, _fault("soap:Client", str(error))
    except SignatureError as error:
        return 500, _fault("soap:Client", f"{error.reply_code}: {error}")
    except ExchangeError as error:
        return 500, _fault("soap:Client", f"{error.reply_code}: {error}")


def _verified(
    root: etree._Element, trust: Mapping[str, TrustStore], clock: Clock
) -> tuple[str, etree._Element]:
    """Return the caller and what was signed. All authorities are tried at once: a refusal costs no more."""
    if not trust:
        raise Unsigned("no country is known to this hub")
    everybody = _store(tuple(authority for store in trust.values() for authority in store.authorities))
    verified = verify(root, everybody, clock.now(), POLICY)
    authority = everybody.check(verified.signer, (), clock.now()).chain[-1]
    caller = next(country for country, store in trust.items() if authority in store.authorities)
    return caller, verified.document


@lru_cache(maxsize=8)
def _store(authorities: tuple[x509.Certificate, ...]) -> TrustStore:
    return TrustStore(authorities)


def _envelope(response: etree._Element) -> bytes:
    body = etree.tostring(response, encoding="unicode")
    return f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>{body}</soap:Body></soap:Envelope>'.encode()


def _fault(code: str, message: str) -> bytes:
    told = escape(message)
    return (
        f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body><soap:Fault><faultcode>{code}</faultcode>'
        f'<faultstring>{told}</faultstring><detail><HubWebException xmlns="{SERVICE}">'
        f'<message xmlns="http://ephyto.ippc.int/HUB.Entities">{told}</message>'
        "</HubWebException></detail></soap:Fault></soap:Body></soap:Envelope>"
    ).encode()
