"""Codes, addresses and actions of the integrated system that our kinds use.

Forms of addresses and actions: EEC Decision N 5, paragraphs 45 to 54. The code of the EOCVS common
process and those of its procedures, transactions, messages and structures are not public: those here
are *modelled*.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass

MOST_PROBLEM = 64 * 1024
"""Characters of the offending message that a fault repeats."""

PROCESS = "P.VN.01"
VERSION = "1.0.0"
"""Of the process (modelled)."""

STATES = {
    "AM": "Armenia",
    "BY": "Belarus",
    "KG": "Kyrgyzstan",
    "KZ": "Kazakhstan",
    "RU": "Russia",
}
"""The member states that the EEC gateway serves."""

ADDRESSES = {
    "EAEU": f"EAEU://EEC/CP/{PROCESS}/P.ACT.001",
    "VN": f"EAEU://VN/CP/{PROCESS}/{PROCESS}.ACT.001",
}
"""Gateway to logical address; ``P.ACT.001`` is the Commission in every process."""
GATEWAYS = {address: code for code, address in ADDRESSES.items()}
ANONYMOUS = "http://www.w3.org/2005/08/addressing/anonymous"
"""Where nobody can be named (WS-Addressing 1.0 Core, section 2.1)."""
UNSPECIFIED = "http://www.w3.org/2005/08/addressing/unspecified"
"""What a fault relates to when the message had no usable id (WS-Addressing 1.0 SOAP Binding, section 6.4)."""
FAULT_ACTION = "http://www.w3.org/2005/08/addressing/fault"
SOAP_FAULT_ACTION = "http://www.w3.org/2005/08/addressing/soap/fault"

CERTIFICATE = "eaeu/certificate-eav"
DECLARATION = "eaeu/export-declaration"
REQUEST = "eaeu/verification-request"
REPLY = "eaeu/verification-reply"
RESULT = "eaeu/processing-result"
RECEIVED = "eaeu/delivery-receipt"
ACCEPTED = "eaeu/processing-receipt"
REFUSED = "eaeu/validation-error"
FAULT = "eaeu/fault"


@dataclass(frozen=True, slots=True)
class MessageCode:
    """Where a kind of message stands in the process."""

    procedure: int
    transaction: int
    message: int
    structure: str

    @property
    def name(self) -> str:
        """The message code, as in ``csdo:InfEnvelopeCode``."""
        return f"{PROCESS}.MSG.{self.message:03}"


MESSAGES = {
    CERTIFICATE: MessageCode(1, 1, 1, "R.VN.01.001"),
    DECLARATION: MessageCode(2, 2, 2, "R.VN.01.002"),
    REQUEST: MessageCode(3, 3, 3, "R.VN.01.003"),
    REPLY: MessageCode(3, 3, 4, "R.VN.01.004"),
    RESULT: MessageCode(1, 1, 5, "R.006"),
}
"""Kind to codes (modelled, but for R.006)."""
SIGNALS = {RECEIVED: "P.MSG.RCV", ACCEPTED: "P.MSG.PRS", REFUSED: "P.MSG.ERR"}
"""Signal to the last segment of its action (Decision N 5, pages 48 and 49)."""

_KINDS = {code.name: kind for kind, code in MESSAGES.items()}
_SIGNAL_KINDS = {code: kind for kind, code in SIGNALS.items()}
_TRANSACTIONS = {code.transaction: kind for kind, code in reversed(MESSAGES.items())}
_ACTION = re.compile(
    rf"int://CP/{re.escape(PROCESS)}/(?P<version>[0-9]+(?:\.[0-9]+)*)/{re.escape(PROCESS)}\.PRC\.(?P<procedure>[0-9]{{3}})"
    rf"/{re.escape(PROCESS)}\.TRN\.(?P<transaction>[0-9]{{3}})/(?P<message>[A-Z0-9.]+)"
).fullmatch


def action_of(kind: str, about: str | None) -> str:
    """Return the wsa:Action of a message; ``about`` is the kind that a signal answers."""
    if kind == FAULT:
        return FAULT_ACTION
    place = MESSAGES.get(about or "", MESSAGES[CERTIFICATE]) if kind in SIGNALS else MESSAGES[kind]
    last = SIGNALS.get(kind) or place.name
    return (
        f"int://CP/{PROCESS}/{VERSION}/{PROCESS}.PRC.{place.procedure:03}"
        f"/{PROCESS}.TRN.{place.transaction:03}/{last}"
    )


def kinds_of_action(action: str) -> tuple[str, str | None] | None:
    """Return (kind, kind that it answers) of a wsa:Action, or None where it is none of the process."""
    if action in (FAULT_ACTION, SOAP_FAULT_ACTION):
        return FAULT, None
    match = _ACTION(action)
    if match is None or match["version"] != VERSION:
        return None
    opened = _TRANSACTIONS.get(int(match["transaction"]))
    if match["message"] in _SIGNAL_KINDS:
        return (_SIGNAL_KINDS[match["message"]], opened) if opened else None
    kind = _KINDS.get(match["message"])
    if kind is None or action != action_of(kind, None):
        return None
    return kind, None


def is_uuid(text: str) -> bool:
    """Tell whether a text is a UUID in 36 characters."""
    return _UUID(text) is not None


_UUID = re.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").fullmatch


def message_id(serial: str) -> str:
    """Return the UUID of a gateway's message, which follows from its serial number.

    It is a name-based one, version 5 (RFC 9562, section 5.5).
    """
    name = hashlib.sha1(_NAMESPACE + serial.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(name[16], 16) & 3]
    return f"{name[:8]}-{name[8:12]}-5{name[13:16]}-{variant}{name[17:20]}-{name[20:32]}"


_NAMESPACE = uuid.UUID("6f1c7d6e-5d0a-4a4e-9b0e-0b6a5f0e7a11").bytes
"""Of all the UUIDs that this package derives for the corridor."""
