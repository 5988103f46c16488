"""Who a server signs as when it is told to sign wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from asw_exchange.corridors.asean import CORRIDOR
from asw_exchange.errors import (
    CertificateExpired,
    CertificateRevoked,
    UnknownIssuer,
    UntrustedSigner,
    WrongKeyUsage,
)
from asw_exchange.server.settings import Settings
from asw_exchange.signature import (
    Fault,
    SigningKey,
    create_faulty,
    create_pki,
    read_signed,
    verify,
    write_faulty,
    write_pki,
)
from asw_exchange.testing import ControlClient
from tests.builders import MOMENT
from tests.load_builders import post
from tests.server_builders import running
from tests.soak.messages import Writer


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("expired-certificate", CertificateExpired),
        ("wrong-key-usage", WrongKeyUsage),
        ("revoked-certificate", CertificateRevoked),
        ("wrong-signer", UnknownIssuer),
    ],
)
def test_wrong_signers_are_those_of_the_folder_of_keys(
    tmp_path: Path, word: str, error: type[UntrustedSigner]
) -> None:
    """A folder made from another seed than the server's: the partner sees the fault that was asked for."""
    codes = tuple(CORRIDOR.members)
    pki = create_pki(7, codes, MOMENT)
    write_pki(pki, tmp_path / "pki")
    write_faulty(create_faulty(7, codes, MOMENT), tmp_path / "pki")
    with running(Settings(gateways=("VN",), pki=tmp_path / "pki")) as server:
        word_on = {"name": word, "on": "acknowledgements"}
        ControlClient(server.url).behave("VN", [word_on])
        raw = Writer(gateway="SG", key=pki.key("SG"), seed=1, now=MOMENT).message(1, "VN")[1]
        (reply,) = post(f"{server.url}/asean/VN", raw)
    _, part = CORRIDOR.envelope.unpack(read_signed(reply.body))
    with pytest.raises(error):
        verify(part, pki.trust("VN"), MOMENT, CORRIDOR.policy)


@pytest.mark.parametrize("given", [{"pki": "pki"}, {"trust": ("SG={}/pki/SG",)}, {"trust": ("{}/pki",)}])
def test_whom_an_authority_names_otherwise_is_not_the_gateway(tmp_path: Path, given: dict[str, Any]) -> None:
    """Singapore's authority certifies somebody else too: who signs with that certificate is not Singapore."""
    codes = tuple(CORRIDOR.members)
    pki, faulty = create_pki(7, codes, MOMENT), create_faulty(7, codes, MOMENT)
    write_pki(pki, tmp_path / "pki")
    if "pki" in given:
        settings = Settings(gateways=("VN",), pki=tmp_path / given["pki"])
    else:
        words = tuple(word.format(tmp_path) for word in given["trust"])
        settings = Settings(gateways=("VN",), seed=7, trust=words)
    other = faulty["SG"][Fault.WRONG_SUBJECT]
    imposter = SigningKey(private_key=other.private_key, certificate=other.certificate)
    with running(settings) as server:
        for number, (key, told) in enumerate(((pki.key("SG"), b"accepted"), (imposter, b"SIGNER-SUBJECT"))):
            raw = Writer(gateway="SG", key=key, seed=1, now=MOMENT).message(number, "VN")[1]
            (reply,) = post(f"{server.url}/asean/VN", raw)
            assert told in reply.body
