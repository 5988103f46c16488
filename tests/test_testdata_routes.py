"""Generated documents go from and to whom it is asked for, and are as good as those that chance sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from asw_exchange.codec.reader import read
from asw_exchange.corridors import all_corridors, find_corridor, find_kind
from asw_exchange.errors import UnknownName
from asw_exchange.signature import create_pki
from asw_exchange.signature.pki_files import write_pki
from asw_exchange.testdata import generate, generate_messages, generators_of
from asw_exchange.testdata.generate import routes_of
from asw_exchange.verbs import build, validate
from tests.builders import MOMENT

KINDS = sorted(kind for corridor in all_corridors() for kind in generators_of(corridor.name))


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_goes_where_it_is_asked_to(kind: str) -> None:
    """It says so as far as its kind does, and breaks no rule, on every route that the kind has."""
    for number, (sender, receiver) in enumerate(routes_of(kind)):
        document = next(generate(kind, seed=number, sender=sender, receiver=receiver))
        said = find_kind(kind).route(document)
        assert said[0] in (None, sender)
        assert said[1] in (None, receiver)
        found = validate(build(document, kind)).findings
        assert not [each for each in found if each.severity == "error"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_route_is_part_of_the_seed(kind: str) -> None:
    """The n-th is the same whatever the count, and the documents of a route differ."""
    sender, receiver = routes_of(kind)[-1]
    few = list(generate(kind, seed=5, count=3, sender=sender, receiver=receiver))
    many = list(generate(kind, seed=5, count=5, sender=sender, receiver=receiver))
    assert many[:3] == few
    assert few[0] != few[1]


@pytest.mark.parametrize(
    ("kind", "sender", "receiver", "told"),
    [
        ("korea/certificate-kv", "VN", None, "from VN to anybody; korea/certificate-kv goes from KR to VN"),
        ("asean/eform-d", "VN", "VN", "from VN to VN; asean/eform-d goes from each of BN, ID, .* to another"),
        ("eaeu/certificate-eav", None, "RU", "from anybody to RU; .* goes from each of EAEU, VN to another"),
    ],
)
def test_a_route_that_a_kind_does_not_have_is_refused(
    kind: str, sender: str | None, receiver: str | None, told: str
) -> None:
    """By name, with the routes that it has, before anything is made."""
    with pytest.raises(UnknownName, match=told):
        generate(kind, sender=sender, receiver=receiver)


def test_a_message_goes_where_it_is_asked_to(tmp_path: Path) -> None:
    """Also of a kind that does not say who gets it: the envelope does."""
    keys = create_pki(1, ["VN"], MOMENT)
    write_pki(keys, tmp_path)
    messages = generate_messages(
        "asean/eform-d-cancellation", pki=tmp_path, envelope=True, sender="VN", receiver="TH"
    )
    ((_, raw),) = messages
    header, _ = find_corridor("asean").envelope.unpack(read(raw))
    assert (header.sender, header.receiver) == ("VN", "TH")
