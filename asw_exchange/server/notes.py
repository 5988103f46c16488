"""What a space finds again when it starts, and what a session that is exported takes along.

It is noted in the ledger itself: the clock, whether deliveries are held, and what a tester has changed of
addresses and behaviours.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec

from asw_exchange.behaviours import Conduct, Way, read_behaviours, read_rule
from asw_exchange.errors import ConfigurationError
from asw_exchange.model import Value
from asw_exchange.server.space import STANDING, Space

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Where a clock can stand: dates before and after can still be written in documents."""
_MOST_AHEAD = (LAST - FIRST).total_seconds()


class Manner(Value, frozen=True, kw_only=True):
    """How a gateway behaves."""

    behaviours: tuple[Any, ...] = ()
    faults: tuple[Any, ...] = ()
    """Rules; they count from zero again."""
    magic: bool = True


class Standing(Value, frozen=True, kw_only=True):
    """How a space stands."""

    version: int = 1
    moment: Annotated[datetime, msgspec.Meta(tz=True)]
    """On its clock, when this was noted."""
    ahead: float
    """Seconds by which its clock was ahead of the machine's."""
    running: bool
    held: bool
    """Whether deliveries were held, or stepped."""
    partners: dict[str, str | None] = msgspec.field(default_factory=dict)
    """``corridor/CODE`` to the URL that a tester has set, or to None where it was taken out."""
    gateways: dict[str, Manner] = msgspec.field(default_factory=dict)
    """How those behave that do not behave plainly."""


async def keep(space: Space) -> None:
    """Note how a space stands. Raises LedgerError."""
    told = msgspec.json.encode(_standing(space)).decode()
    await space.committer.run(lambda: space.ledger.set_note(STANDING, told))


async def restore(space: Space, *, as_it_was: bool = False, clock: bool = True) -> None:
    """Let a space stand as it is noted, where it is; its clock as well, unless told otherwise.

    ``as_it_was``, for a session from elsewhere: the clock stands where it stood, and nothing leaves. Raises
    LedgerError, and ConfigurationError or InputError for a note that cannot be followed.
    """
    noted = await space.committer.read(lambda: space.ledger.note(STANDING))
    if as_it_was:
        space.delivery.steps = 0
    if noted is None:
        return
    standing = _read(noted)
    if as_it_was or (clock and not standing.running):
        space.clock.stop()
        space.clock.set(standing.moment)
    elif clock:
        space.clock.advance(timedelta(seconds=standing.ahead))
    if standing.held:
        space.delivery.steps = 0
    for name, url in standing.partners.items():
        corridor, _, code = name.partition("/")
        space.partners.set(corridor, code, url)
    for code, manner in standing.gateways.items():
        if code in space.nodes:
            behave(space, code, manner)


def behave(space: Space, code: str, manner: Manner) -> None:
    """Let a gateway behave like this from now on; nothing is changed for what it cannot do.

    Raises InputError naming the place and the words that there are.
    """
    conduct, moment = conduct_of(space, code), space.clock.now()
    behaviours = read_behaviours(manner.behaviours)
    rules = [read_rule(each) for each in manner.faults]
    for wanted in (*behaviours, *(rule.action for rule in rules if rule.match.direction is Way.INCOMING)):
        conduct.check(wanted)
    conduct.reset()
    conduct.magic = manner.magic
    conduct.behave(behaviours, moment)
    for rule in rules:
        conduct.add_rule(rule)


def manner_of(space: Space, code: str) -> Manner:
    """Return how a gateway behaves."""
    conduct = conduct_of(space, code)
    return Manner(
        behaviours=tuple(map(msgspec.to_builtins, conduct.behaviours)),
        faults=tuple(msgspec.to_builtins(state.rule) for state in conduct.rules()),
        magic=conduct.magic,
    )


def conduct_of(space: Space, code: str) -> Conduct:
    """Return what a gateway of this space behaves by. Raises ConfigurationError where it has none."""
    conduct = space.nodes[code].conduct
    if conduct is None:
        raise ConfigurationError("this gateway can only behave plainly", value=code)
    return conduct


def _read(noted: str) -> Standing:
    """Read a note, which may come from elsewhere. Raises ConfigurationError."""
    try:
        standing = msgspec.json.decode(noted, type=Standing)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"what the session says of itself cannot be read: {error}") from error
    if not FIRST <= standing.moment < LAST or abs(standing.ahead) > _MOST_AHEAD:
        raise ConfigurationError("the clock of the session stands outside the years 2000 to 2100")
    return standing


def _standing(space: Space) -> Standing:
    now, before = space.partners.urls, space.first_partners
    changed = sorted(key for key in now.keys() | before.keys() if now.get(key) != before.get(key))
    return Standing(
        moment=space.clock.now(),
        ahead=space.clock.offset.total_seconds(),
        running=space.clock.running,
        held=space.delivery.steps is not None,
        gateways={code: manner for code in space.nodes if (manner := manner_of(space, code)) != Manner()},
        partners={"/".join(key): now.get(key) for key in changed},
    )
