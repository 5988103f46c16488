"""All spaces of a server, by name: made when somebody asks for one, found again after a restart."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from asw_exchange.behaviours import PkiOrigin
from asw_exchange.clock import Clock, SystemClock
from asw_exchange.corridor import Corridor
from asw_exchange.corridors import all_corridors
from asw_exchange.errors import ConfigurationError, ExchangeError, LedgerError, UnknownName
from asw_exchange.ledger import Ledger
from asw_exchange.server.client import Client
from asw_exchange.server.examiner import Examiner
from asw_exchange.server.journal import keep_journal
from asw_exchange.server.log import LOGGER
from asw_exchange.server.metrics import Metrics
from asw_exchange.server.notes import restore
from asw_exchange.server.outbound_addresses import Allowed, Forbidden, allow, check_literal
from asw_exchange.server.partners import Key, Partners, partner_urls
from asw_exchange.server.retention import retain
from asw_exchange.server.settings import Settings
from asw_exchange.server.space import MAIN, Common, Space, open_space
from asw_exchange.server.tls import Tls, open_tls
from asw_exchange.signature import TestPki, TrustStore, create_pki, load_pki, load_trust
from asw_exchange.signature.authorities import AUTHORITY_FILE
from asw_exchange.simulator.world import codes_of

MEMORY = ":memory:"
_NOTE = "spaces"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(slots=True, kw_only=True)
class Spaces(Mapping[str, Space]):
    """The spaces of one server, which listens at ``base_url``."""

    settings: Settings
    base_url: str
    base_clock: Clock = field(default_factory=SystemClock)
    corridors: tuple[Corridor, ...] = field(default_factory=all_corridors)
    gateways: tuple[str, ...] = field(init=False)
    pki: TestPki = field(init=False)
    trust: Mapping[str, TrustStore] = field(init=False)
    examiner: Examiner = field(init=False)
    tls: Tls = field(init=False)
    allowed: Allowed = field(init=False)
    """Whom messages may be delivered to."""
    stopping: Callable[[], bool] = field(default=lambda: False, init=False)
    """Tells those who wait for something to happen that the server is about to end."""
    end: Callable[[], object] = field(default=lambda: None, init=False)
    """Ends the server in an orderly way."""
    failure: ExchangeError | None = field(default=None, init=False)
    """Why the spaces could not be opened, for who runs the server to tell."""
    metrics: Metrics = field(default_factory=Metrics)
    origin: PkiOrigin = field(init=False)
    """Where test keys that nobody should sign with are made from."""
    _outside: dict[Key, str | None] = field(init=False)
    _change: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _folder: TemporaryDirectory[str] | None = field(default=None, init=False)
    """Of sessions that were imported into a server whose ledgers are in memory or in PostgreSQL."""
    _spaces: dict[str, Space] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.allowed = allow(self.settings.outbound)
        self._outside = _partners(self)
        elsewhere = {code for _, code in self._outside}
        self.gateways = _chosen(self.settings.gateways, codes_of(self.corridors), elsewhere)
        self.origin = PkiOrigin(
            seed=str(self.settings.seed),
            start=self.settings.moment or self.base_clock.now(),
            folder=self.settings.pki,
        )
        self.pki = _keys(self)
        self.trust = _trust(self) | _given_trust(self.settings.trust, codes_of(self.corridors))
        self.tls = open_tls(self.settings, self.pki, self.trust, self.origin.start)
        joined = {corridor.name: corridor for corridor in self.corridors}
        self.examiner = Examiner(
            joined,
            self.trust,
            workers=self.settings.workers,
            observe=self.metrics.observe_steps,
        )

    def __getitem__(self, name: str) -> Space:
        return self._spaces[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._spaces)

    def __len__(self) -> int:
        return len(self._spaces)

    async def start(self) -> None:
        """Open the main space, and those of earlier runs. Raises LedgerError."""
        await self.examiner.start()
        main = await self.open(MAIN)
        for name in _names(main.ledger.note(_NOTE)):
            await self.open(name)

    async def open(self, name: str) -> Space:
        """Return a space, making it where there is none. Raises ConfigurationError and LedgerError."""
        async with self._change:
            if name not in self._spaces:
                await self._start(_checked(name), self._place(name))
            return self._spaces[name]

    async def load(self, name: str, session: Path) -> Space:
        """Make a new space of the ledger in a file, which is moved away, or left alone.

        It stands as it stood, and nothing leaves it. Raises ConfigurationError and LedgerError.
        """
        async with self._change:
            if _checked(name) in self._spaces:
                raise ConfigurationError("there is a space of this name", value=name, hint="take another")
            place = self._file(name)
            _delete_log(place)  # one that a crash has left would be taken for that of the session
            with ExitStack() as moved:  # to be deleted where no space comes about
                moved.callback(_delete, place)
                shutil.move(session, place)
                space = await self._start(name, place, as_it_was=True)
                moved.pop_all()
            return space

    async def remove(self, name: str) -> bool:
        """Close a space and forget it; False where there is none, as who came first has removed it.

        Raises ConfigurationError for the main one, and LedgerError.
        """
        if name == MAIN:
            raise ConfigurationError("the main space cannot be removed", hint="reset it instead")
        async with self._change:
            space = self._spaces.pop(name, None)
            if space is None:
                return False
            try:
                await space.committer.run(lambda: space.ledger.clear(notes_too=True))
            except LedgerError:
                self._spaces[name] = space
                raise
            await space.close()
            if not _is_shared(space.ledger.database.place):
                _delete(space.ledger.database.place)
            await self._note()
            return True

    async def close(self) -> None:
        """Close all spaces."""
        while self._spaces:
            await self._spaces.popitem()[1].close()
        await self.examiner.close()
        if self._folder is not None:
            self._folder.cleanup()

    async def _start(self, name: str, place: str, *, as_it_was: bool = False) -> Space:
        async with AsyncExitStack() as opened:  # to be closed again where no space comes about
            space = self._made(name, place)
            opened.push_async_callback(space.close)
            await restore(space, as_it_was=as_it_was, clock=self.settings.moment is None)
            await space.start()
            if space.warning:
                LOGGER.warning({"event": "other-keys", "space": name, "warning": space.warning})
            if self.settings.log:
                space.attend(keep_journal(space))
            if self.settings.keep and not as_it_was:
                space.attend(retain(space, self.settings.keep))
            self._spaces[name] = space
            opened.callback(self._spaces.pop, name, None)
            if name != MAIN:
                await self._note()
            opened.pop_all()
        return space

    async def _note(self) -> None:
        """Note which spaces there are, so that they are found again."""
        main = self._spaces[MAIN]
        names = " ".join(name for name, space in self._spaces.items() if self._is_kept(name, space))
        await main.committer.run(lambda: main.ledger.set_note(_NOTE, names))

    def _is_kept(self, name: str, space: Space) -> bool:
        """Tell whether a space is found again; a session that was imported beside PostgreSQL is in a file."""
        return name != MAIN and _is_shared(space.ledger.database.place) == _is_shared(self._place(name))

    def _made(self, name: str, place: str) -> Space:
        schema = _schema(name) if _is_shared(place) and name != MAIN else None
        common = Common(
            corridors=self.corridors,
            gateways=self.gateways,
            pki=self.pki,
            trust=self.trust,
            origin=self.origin,
            examiner=self.examiner,
            base=self.base_clock,
            moment=self.settings.moment,
            retries=self.settings.retries,
            observe=self.metrics.observe_steps,
        )
        with ExitStack() as opened:  # to be closed again where no space comes about
            ledger = opened.enter_context(Ledger.open(place, exclusive=True, schema=schema, durable=False))
            reader = None
            if place != MEMORY:
                reader = opened.enter_context(Ledger.open(place, read_only=True, schema=schema))
            client = Client(self.allowed, self.tls.context)
            space = open_space(
                name, common, ledger=ledger, reader=reader, partners=self._partners(name), client=client
            )
            opened.pop_all()
            return space

    def _place(self, name: str) -> str:
        """Return where the ledger of a space is: beside that of the main one."""
        place = self.settings.place
        return place if name == MAIN or place == MEMORY or _is_shared(place) else self._file(name)

    def _file(self, name: str) -> str:
        if self.settings.place == MEMORY or _is_shared(self.settings.place):
            self._folder = self._folder or TemporaryDirectory(prefix="asw-")
            return str(Path(self._folder.name) / f"{name}.db")
        path = Path(self.settings.place)
        return str(path.with_name(f"{path.stem}.{name}{path.suffix}"))

    def _partners(self, name: str) -> Partners:
        """Return the addresses of the gateways that run here, and those that were given."""
        base = self.base_url if name == MAIN else f"{self.base_url}/spaces/{name}"
        own: dict[Key, str | None] = {
            (corridor.name, code): f"{base}/{corridor.name}/{code}"
            for corridor in self.corridors
            for code in corridor.members
            if code in self.gateways
        }
        return Partners({key: url for key, url in (own | self._outside).items() if url is not None})


def _partners(spaces: Spaces) -> dict[Key, str | None]:
    """Return the addresses that were given. Raises ConfigurationError for one that may not be spoken to."""
    members = {corridor.name: corridor.members for corridor in spaces.corridors}
    found = partner_urls(spaces.settings.partners, members)
    for url in filter(None, found.values()):
        try:
            check_literal(url, spaces.allowed)
        except Forbidden as error:
            raise ConfigurationError(str(error), value=url) from error
    return found


def _names(noted: str | None) -> tuple[str, ...]:
    return tuple(name for name in (noted or "").split() if _NAME.fullmatch(name))


def _is_shared(place: str) -> bool:
    """Tell whether a ledger is kept by a database server, where each space has a schema of its own."""
    return place.startswith(("postgresql", "postgres:"))


def _schema(name: str) -> str:
    return f"asw_{name.replace('-', '_')}"


def _delete(place: str) -> None:
    """Delete a ledger's file, and what SQLite may have left beside it."""
    _delete_log(place)
    for path in (place, f"{place}.lock"):
        Path(path).unlink(missing_ok=True)


def _delete_log(place: str) -> None:
    for path in (f"{place}-wal", f"{place}-shm"):
        Path(path).unlink(missing_ok=True)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConfigurationError("a space has a name of small letters, digits and hyphens", value=name)
    return name


def _chosen(wanted: tuple[str, ...], known: tuple[str, ...], elsewhere: set[str]) -> tuple[str, ...]:
    """Return what runs here: what is named, or all that do not run elsewhere, as a partner's system."""
    for code in wanted:
        if code not in known:
            raise _unknown(code, known)
    return tuple(dict.fromkeys(wanted)) or tuple(code for code in known if code not in elsewhere)


def _unknown(code: str, known: Iterable[str]) -> UnknownName:
    return UnknownName(
        "no corridor has this gateway", value=code, hint=f"the gateways are {', '.join(known)}"
    )


def _given_trust(words: Iterable[str], codes: Iterable[str]) -> dict[str, TrustStore]:
    """Read ``CODE=PATH``, or a path for all gateways: a folder that has one for each, or one place for all.

    What stands before the ``=`` is a gateway, unless all of it is the path of something that is there. Raises
    UnknownName, FileError and CredentialError.
    """
    found: dict[str, TrustStore] = {}
    for word in words:
        code, given, path = word.partition("=")
        if given and code not in codes and not Path(word).exists():
            raise _unknown(code, codes)
        for each in (code,) if code in codes else codes:
            place = Path(path) if code in codes else Path(word)
            found[each] = load_trust(place / each if (place / each).is_dir() else place)
    return found


def _keys(spaces: Spaces) -> TestPki:
    """Return the keys of the gateways that run here; test keys from the seed where no folder is given."""
    settings = spaces.settings
    if settings.pki is None:
        return create_pki(settings.seed, codes_of(spaces.corridors), spaces.origin.start)
    pki = load_pki(settings.pki)
    for code in spaces.gateways:
        pki.key(code)
    return pki


def _trust(spaces: Spaces) -> dict[str, TrustStore]:
    """Return whom to believe: of a partner's system the folder needs to hold no more than ``ca.pem``."""
    if spaces.settings.pki is None:
        return spaces.pki.trust_by_gateway()
    folders = {code: spaces.settings.pki / code for code in codes_of(spaces.corridors)}
    return {
        code: load_trust(folder) for code, folder in folders.items() if (folder / AUTHORITY_FILE).is_file()
    }
