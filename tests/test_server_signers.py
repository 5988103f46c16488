"""Who a server signs as when it is told to sign wrongly."""

from __future__ import annotations

from pathlib import Path

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
