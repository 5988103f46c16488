"""What a space finds again when it starts, and what a session that is exported takes along.

It is noted in the ledger itself: the clock, whether deliveries are held, addresses that a tester changed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from asw_exchange.errors import ConfigurationError
from asw_exchange.model import Value
from asw_exchange.server.space import Space

NOTE = "space"
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Where a clock can stand: dates before and after can still be written in documents."""
_MOST_AHEAD = (LAST - FIRST).total_seconds()


class Standing(Value, frozen=True, kw_only=True):
    """How a space stands."""

    version: int = 1
    seed: int = 0
    """Of its test keys."""
    moment: Annotated[datetime, msgspec.Meta(tz=True)]
    """On its clock, when this was noted."""
    ahead: float
    """Seconds by which its clock was ahead of the machine's."""
    running: bool
    held: bool
    """Whether deliveries were held, or stepped."""
    partners: dict[str, str | None] = msgspec.field(default_factory=dict)
    """``corridor/CODE`` to the URL that a tester has set, or to None where it was taken out."""


async def keep(space: Space) -> None:
    """Note how a space stands. Raises LedgerError."""
    told = msgspec.json.encode(_standing(space)).decode()
    await space.committer.run(lambda: space.ledger.set_note(NOTE, told))


async def restore(space: Space, *, as_it_was: bool = False) -> None:
    """Let a space stand as it is noted, where it is. Raises LedgerError.

    ``as_it_was``, for a session from elsewhere: the clock stands where it stood, and nothing leaves.
    """
    noted = await space.committer.read(lambda: space.ledger.note(NOTE))
    if as_it_was:
        space.delivery.steps = 0
    if noted is None:
        return
    standing = _read(noted)
    if as_it_was or not standing.running:
        space.clock.set(standing.moment)
        space.clock.stop()
    else:
        space.clock.advance(timedelta(seconds=standing.ahead))
    if standing.held:
        space.delivery.steps = 0
    for name, url in standing.partners.items():
        corridor, _, code = name.partition("/")
        space.partners.set(corridor, code, url)


def _read(noted: str) -> Standing:
    """Read a note, which may come from elsewhere. Raises ConfigurationError."""
    try:
        standing = msgspec.json.decode(noted, type=Standing)
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"what the session says of itself cannot be read: {error}") from error
    if not FIRST <= standing.moment < LAST or abs(standing.ahead) > _MOST_AHEAD:
        raise ConfigurationError("the clock of the session stands outside the years 2000 to 2100")
    return standing


def _standing(space: Space) -> Standing:
    now, before = space.partners.urls, space.first_partners
    changed = sorted(key for key in now.keys() | before.keys() if now.get(key) != before.get(key))
    return Standing(
        seed=space.seed,
        moment=space.clock.now(),
        ahead=space.clock.offset.total_seconds(),
        running=space.clock.running,
        held=space.delivery.steps is not None,
        partners={"/".join(key): now.get(key) for key in changed},
    )
