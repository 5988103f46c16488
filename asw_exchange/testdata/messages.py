"""Generated documents as the bytes of files: plain, signed, or whole messages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asw_exchange.codec import to_bytes
from asw_exchange.corridor import Corridor, MessageKind
from asw_exchange.corridors import corridor_of, find_kind
from asw_exchange.errors import CredentialError
from asw_exchange.model import ExportDeclaration, Header
from asw_exchange.signature import load_pki
from asw_exchange.testdata.generate import generate
from asw_exchange.testdata.routes import ANY, Route

SENT_AT = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)
"""The fixed moment at which generated messages are sent."""


def generate_messages(
    kind: str,
    *,
    count: int = 1,
    seed: int = 0,
    pki: Path | None = None,
    envelope: bool = False,
    sender: str | None = None,
    receiver: str | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Return (file name, bytes): indented documents; with ``pki`` signed ones; with ``envelope`` messages.

    Raises UnknownKind, UnknownName, FileError and CredentialError.
    """
    corridor, found = corridor_of(kind), find_kind(kind)
    documents = enumerate(generate(kind, seed=seed, count=count, sender=sender, receiver=receiver), 1)
    names = (
        (f"{kind.split('/')[1]}-{seed}-{number:06}.xml", number, document) for number, document in documents
    )
    if pki is None:
        return ((name, to_bytes(found.layout.write(document), indent=True)) for name, _, document in names)
    keys = load_pki(pki)

    def sealed(number: int, document: Any) -> bytes:
        header = header_of(corridor, found, document, number, asked=Route(sender, receiver))
        if not envelope:
            return corridor.write(found, document, keys.key(header.sender))
        return corridor.pack(header, document, keys.key(header.sender))

    return ((name, sealed(number, document)) for name, number, document in names)


def header_of(
    corridor: Corridor,
    kind: MessageKind,
    document: Any,
    number: int,
    sent_at: datetime = SENT_AT,
    asked: Route = ANY,
) -> Header:
    """Return the header under which a generated document is sent; ``asked``: who, where it does not say."""
    sender, receiver = route(kind, document, corridor, asked)
    answers = kind.answers or not kind.acknowledged
    return Header(
        id=corridor.message_id(f"{sender}-{number:08}"),
        kind=kind.name,
        sender=sender,
        receiver=receiver,
        sent_at=sent_at,
        refers_to=corridor.message_id(f"{receiver}-{number:08}") if answers else None,
    )


def route(kind: MessageKind, document: Any, corridor: Corridor, asked: Route = ANY) -> tuple[str, str]:
    """Tell who would send a generated document to whom.

    Where it does not say, who is ``asked`` for, else the first member that may.
    """
    sender, receiver = kind.route(document)
    if isinstance(document, ExportDeclaration) and sender is None:
        sender = document.items[0].origin_country
        receiver = (
            document.consignee.address.country if document.consignee and document.consignee.address else None
        )
    sender, receiver = sender or asked.sender, receiver or asked.receiver
    members = [code for code in corridor.members if code not in (sender, receiver)]
    if len(members) < (sender is None) + (receiver is None):
        raise CredentialError(f"the corridor {corridor.name} has too few members for a message")
    sender = sender or members.pop(0)
    return sender, receiver or members.pop(0)
