"""SOAP 1.1 at the door of the ePhyto hub: bytes in, bytes out, who calls, and faults. No HTTP here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from lxml import etree

from asw_exchange.codec.builder import escape
from asw_exchange.corridors.new_zealand.hub import Hub
from asw_exchange.corridors.new_zealand.hub_elements import HubWebException
from asw_exchange.corridors.new_zealand.hub_names import SERVICE, SOAP
from asw_exchange.errors import ExchangeError, LedgerError
from asw_exchange.signature import Placement, SignaturePolicy, TrustStore, read_signed, verify

POLICY = SignaturePolicy(placement=Placement.SOAP_BODY)


@dataclass(frozen=True, slots=True)
class Callers:
    """Tells which country calls: the one whose authority stands behind the signature over the body."""

    trust: Mapping[str, TrustStore]
    """The authorities of each country."""
    _everybody: TrustStore = field(init=False, repr=False)
    _countries: dict[x509.Certificate, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        countries = {each: code for code, store in self.trust.items() for each in store.authorities}
        object.__setattr__(self, "_countries", countries)
        object.__setattr__(self, "_everybody", TrustStore(tuple(countries)))

    def verify(self, root: etree._Element, moment: datetime) -> tuple[str, etree._Element]:
        """Return the caller and what was signed, after one verification. Raises SignatureError."""
        verified = verify(root, self._everybody, moment, POLICY)
        signer, *above, authority = self._everybody.check(verified.signer, (), moment).chain
        country = self._countries[authority]
        self.trust[country].check(signer, above, moment)  # what it asks of a signer beside the authority
        return country, verified.document


def answer(
    raw: bytes, *, hub: Hub, callers: Callers, moment: datetime, action: str = ""
) -> tuple[int, bytes]:
    """Take a request and return (HTTP status, answer): 200, or 500 with a fault (SOAP 1.1, section 6.2).

    ``action`` is the SOAPAction without its quotes; an empty one says nothing. Raises LedgerError.
    """
    try:
        caller, request = callers.verify(read_signed(raw), moment)
        if action not in ("", request.tag.replace("{", "").replace("}", "")):
            raise HubWebException("SOAPAction names another operation than the body", value=action)
        return 200, _envelope(hub.call(request, caller, raw))
    except LedgerError:
        raise
    except HubWebException as error:
        return 500, fault("soap:Client", str(error))
    except ExchangeError as error:
        return 500, fault("soap:Client", f"{error.reply_code}: {error}")


def _envelope(response: etree._Element) -> bytes:
    body = etree.tostring(response, encoding="unicode")
    return f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>{body}</soap:Body></soap:Envelope>'.encode()


def fault(code: str, message: str) -> bytes:
    """Write a fault with the hub's own detail (SOAP 1.1, section 4.4)."""
    told = escape(message)
    return (
        f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body><soap:Fault><faultcode>{code}</faultcode>'
        f'<faultstring>{told}</faultstring><detail><HubWebException xmlns="{SERVICE}">'
        f'<message xmlns="http://ephyto.ippc.int/HUB.Entities">{told}</message>'
        "</HubWebException></detail></soap:Fault></soap:Body></soap:Envelope>"
    ).encode()
