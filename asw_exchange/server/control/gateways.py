"""The gateways that run here: where they are, and the test keys that they sign with."""

from __future__ import annotations

from enum import StrEnum

from cryptography.x509.oid import NameOID
from fastapi import APIRouter, Response
from pydantic import Field

from asw_exchange.server.control.access import Everywhere, Here, node_of
from asw_exchange.server.control.forms import Code, Told
from asw_exchange.server.control.problems import KeysWithheld
from asw_exchange.server.space import MAIN, Space
from asw_exchange.server.spaces import Spaces
from asw_exchange.signature import Credentials
from asw_exchange.signature.pki import ORGANIZATION
from asw_exchange.signature.pki_files import contents_of

router = APIRouter(tags=["gateways"])
PEM = "application/x-pem-file"
FILE = {"content": {PEM: {"schema": {"type": "string"}}}}


class Gateway(Told):
    """A gateway that runs here."""

    code: str
    addresses: dict[str, str] = Field(description="By corridor: POST messages to it there")


class Gateways(Told):
    """All gateways that run here."""

    gateways: tuple[Gateway, ...]


class Part(StrEnum):
    """The files of a gateway, as `asw pki init` writes them."""

    AUTHORITY = "ca.pem"
    CERTIFICATE = "cert.pem"
    KEY = "key.pem"


@router.get("/gateways")
async def list_gateways(space: Here, spaces: Everywhere) -> Gateways:
    """List the gateways and their addresses."""
    return Gateways(gateways=tuple(_told(space, spaces, code) for code in sorted(space.nodes)))


@router.get("/gateways/{code}")
async def read_gateway(space: Here, spaces: Everywhere, code: Code) -> Gateway:
    """Read one gateway."""
    node_of(space, code)
    return _told(space, spaces, code)


@router.get("/gateways/{code}/{part}", response_class=Response, responses={200: FILE})
async def read_keys(space: Here, code: Code, part: Part) -> Response:
    """Download a test key, so that you can sign as this gateway; never the keys of a real one."""
    node_of(space, code)
    credentials = space.pki.gateways[code]
    if not _is_test(credentials):
        raise KeysWithheld("these are no test keys, so they are given to nobody", value=code)
    found = {name: content for name, content, _ in contents_of(credentials)}
    headers = {"content-disposition": f'attachment; filename="{code}-{part.value}"'}
    return Response(found[part.value], headers=headers, media_type=PEM)


def _is_test(credentials: Credentials) -> bool:
    """Test keys follow from a seed and say so in their certificate."""
    names = credentials.key.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return [each.value for each in names] == [ORGANIZATION]


def _told(space: Space, spaces: Spaces, code: str) -> Gateway:
    base = spaces.base_url if space.name == MAIN else f"{spaces.base_url}/spaces/{space.name}"
    joined = [name for name in space.corridors if space.joined(name, code)]
    return Gateway(code=code, addresses={name: f"{base}/{name}/{code}" for name in joined})
