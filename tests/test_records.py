"""Whether an answer is about what was sent."""

from __future__ import annotations

import msgspec
import pytest

from asw_exchange.model import Acknowledgement, Outcome
from asw_exchange.records import Direction, Entry, is_about
from tests.builders import MOMENT

SENT = Entry(
    gateway="VN",
    peer="TH",
    direction=Direction.SENT,
    kind="asean/eform-d",
    message_id="VN-1",
    moment=MOMENT,
    digest="ab" * 32,
)
NAMES = ("VN-1", f"sha256:{SENT.digest}")


def answer(
    refers_to: str | None = "VN-1", digest: str | None = SENT.digest, peer: str = "TH", technical: bool = True
) -> Entry:
    """An acknowledgement as it was received."""
    told = Acknowledgement(refers_to="-", outcome=Outcome.REJECTED, received_at=MOMENT, digest=digest or "")
    document = msgspec.to_builtins(told) | ({} if digest else {"digest": None})
    return Entry(
        gateway="VN",
        peer=peer,
        direction=Direction.RECEIVED,
        kind="asean/acknowledgement",
        message_id="TH-1",
        refers_to=refers_to,
        outcome=Outcome.ACCEPTED,
        moment=MOMENT,
        digest="cd" * 32,
        technical=technical,
        document=msgspec.json.encode(document),
    )


@pytest.mark.parametrize(
    "told",
    [
        answer(),
        answer(NAMES[1]),
        answer(digest=None),
        answer(None),
        answer(digest="00", technical=False),
    ],
    ids=["its id and bytes", "its bytes alone", "its id alone", "nothing", "a document, of its own"],
)
def test_an_answer_that_can_be_about_it(told: Entry) -> None:
    """It names the message by id or bytes, or does not say what it is about."""
    assert is_about(told, SENT, NAMES)


@pytest.mark.parametrize(
    "told",
    [answer("VN-2"), answer("sha256:00"), answer(digest="00"), answer(peer="SG")],
    ids=["another id", "other bytes unread", "other bytes", "another gateway"],
)
def test_an_answer_that_cannot_be_about_it(told: Entry) -> None:
    """It says so itself."""
    assert not is_about(told, SENT, NAMES)
