"""``asw serve`` as a process: what it does not start with, how it ends, and a disk that takes no more."""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import update

from asw_exchange.corridors.asean import CORRIDOR
from asw_exchange.ledger import Ledger
from asw_exchange.ledger.tables import about
from asw_exchange.model import Outcome
from asw_exchange.records import Direction
from asw_exchange.server.settings import Settings
from asw_exchange.server.spaces import Spaces
from asw_exchange.signature import create_pki
from asw_exchange.testing import ControlClient
from tests.builders import MOMENT
from tests.load_builders import HEADERS, Reply, post_one
from tests.server_builders import PATIENCE
from tests.soak.messages import Writer
from tests.soak.process import Server, free_ports, run_asw

UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def viet_nam(place: Path) -> Server:
    """A server of Viet Nam's gateway at the tests' moment."""
    options = ("--gateway", "VN", "--moment", MOMENT.isoformat(), "--db", str(place))
    return Server(command=("serve", *options), port=free_ports(1)[0])


def while_it_serves(server: Server, work: Coroutine[Any, Any, Any]) -> Any:
    """Do something while a server runs; return its result."""

    async def run() -> Any:
        await server.start()
        try:
            return await asyncio.wait_for(work, PATIENCE)
        finally:
            await server.kill()

    return asyncio.run(run())


def messages(count: int, start: int = 1) -> list[tuple[str, bytes]]:
    """Return ids and bytes of messages to Viet Nam that are in order."""
    key = create_pki(0, CORRIDOR.members, MOMENT).key("SG")
    writer = Writer(gateway="SG", key=key, seed=1, now=MOMENT)
    return [writer.message(number, "VN") for number in range(start, start + count)]


def accepted(place: Path) -> list[str]:
    """The ids of what a ledger has as accepted, sorted."""
    with Ledger.open(place, read_only=True) as ledger:
        found = ledger.entries(gateway="VN", direction=Direction.RECEIVED, outcome=Outcome.ACCEPTED)
    return sorted(entry.message_id for entry in found)


def session() -> aiohttp.ClientSession:
    """Connections for as many clients as there are."""
    return aiohttp.ClientSession(headers=HEADERS, connector=aiohttp.TCPConnector(limit=0))


async def post_all(server: Server, bodies: list[bytes]) -> list[Reply]:
    """Post all at the same time."""
    async with session() as made:
        url = f"{server.url}/asean/VN"
        return await asyncio.gather(*(post_one(made, url, raw) for raw in bodies))


def test_what_a_server_cannot_start_with_is_said_in_one_sentence(tmp_path: Path) -> None:
    """A port that is taken, a ledger that another server has, one of a newer version: exit code 4."""
    first, newer = viet_nam(tmp_path / "l.db"), tmp_path / "newer.db"
    with Ledger.open(newer) as ledger:
        ledger.database.change(update(about).where(about.c.name == "version").values(value="99"))

    async def try_others() -> list[tuple[int, str]]:
        given = (
            ("--port", str(first.port)),
            ("--port", "0", "--db", str(tmp_path / "l.db")),
            ("--port", "0", "--db", str(newer)),
        )
        return await asyncio.gather(*(run_asw("serve", "--gateway", "TH", *words) for words in given))

    tried = while_it_serves(first, try_others())
    sentences = ("cannot listen: address already in use", "another server has this ledger", "has version 99")
    for (code, said), sentence in zip(tried, sentences, strict=True):
        assert code == 4
        assert sentence in said
        assert said.startswith("asw: ")
        assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--gateway", "TX"), 2, "(found 'TX'); the gateways are BN, "),
        (("--trust", "TX=pki"), 2, "(found 'TX'); the gateways are BN, "),
        (("--partner", "TX=http://[::1]/a"), 2, "(found 'TX'); for example VN=http:"),
        (("--partner", "asean/VN=hub"), 2, "this corridor has no hub (found 'asean/VN')"),
        (("--allow-outbound", "not a host!!"), 2, "no host name, address or network (found 'not a host!!')"),
        (("--allow-outbound", "10.1.2.300"), 2, "no host name, address or network (found '10.1.2.300')"),
        (("--partner", "VN=http://[::1]/a", "--partner", "asean/VN=http://[::1]/b"), 2, "an address already"),
        (("--partner", "asean/TH=http://192.0.2.1/in"), 3, "192.0.2.1; allow it with --allow-outbound"),
    ],
)
def test_an_option_that_cannot_be_is_named(options: tuple[str, ...], code: int, sentence: str) -> None:
    """Before anything is served: a gateway or host that is none, two addresses of one, one not allowed."""
    told, said = asyncio.run(run_asw("serve", "--port", "0", *options))
    assert (told, said.count("\n")) == (code, 1)
    assert sentence in said


def test_a_partner_that_is_allowed_may_stand_elsewhere() -> None:
    """By its network; a name is judged when it is called, as only then anybody knows what it stands for."""
    given = ("asean/TH=http://192.0.2.1/in", "asean/SG=http://gateway.example./in")
    settings = Settings(partners=given, outbound=("192.0.2.0/24", "other_host.example."))
    spaces = Spaces(settings=settings, base_url="http://127.0.0.1:1")
    assert "other_host.example" in spaces.allowed.hosts
    assert not {"TH", "SG"} & set(spaces.gateways)


def test_a_server_that_is_told_to_stop_sees_through_what_it_has_begun(tmp_path: Path) -> None:
    """Messages that are stored and not acknowledged yet get their acknowledgement first; exit code 0."""
    server, sent = viet_nam(tmp_path / "l.db"), messages(8)

    async def stop_meanwhile() -> tuple[list[Reply], int]:
        client = ControlClient(server.url)
        slow = {"name": "slow-acknowledgement", "seconds": 1}
        await asyncio.to_thread(client.behave, "VN", [slow])
        async with asyncio.TaskGroup() as group:
            posting = group.create_task(post_all(server, [raw for _, raw in sent]))
            for message_id, _ in sent:
                await asyncio.to_thread(client.wait, message_id=message_id)
            code = await server.stop()
        return posting.result(), code

    replies, code = while_it_serves(server, stop_meanwhile())
    assert [reply.status for reply in replies] == [200] * len(sent)
    assert code == 0


def test_a_server_that_is_told_to_stop_under_load_stores_nothing_without_an_answer(tmp_path: Path) -> None:
    """What is in the ledger is what was acknowledged, message by message."""
    server, sent = viet_nam(tmp_path / "l.db"), messages(400)
    answered: list[str] = []
    enough = asyncio.Event()

    async def client(made: aiohttp.ClientSession) -> None:
        while sent:
            message_id, raw = sent.pop()
            reply = await post_one(made, f"{server.url}/asean/VN", raw)
            if reply.status != 200:
                return
            answered.append(message_id)
            if len(answered) == 40:
                enough.set()

    async def stop_meanwhile() -> int:
        async with session() as made, asyncio.TaskGroup() as clients:
            for _ in range(8):
                clients.create_task(client(made))
            await enough.wait()
            return await server.stop()

    assert while_it_serves(server, stop_meanwhile()) == 0
    assert sent, "the load was over before the server was told to stop"
    assert accepted(tmp_path / "l.db") == sorted(answered)


def test_a_disk_that_is_full_costs_no_promise(tmp_path: Path) -> None:
    """The system lets the file grow no more: 503 for what does not fit; with space again all is taken."""
    place, sent = tmp_path / "l.db", messages(64)
    server, bodies = viet_nam(place), [raw for _, raw in sent]

    async def fill() -> tuple[list[Reply], list[str], list[Reply]]:
        room = Path(f"{place}-wal").stat().st_size + 200_000
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        first = await post_all(server, bodies)
        kept = accepted(place)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, UNLIMITED)
        return first, kept, await post_all(server, bodies)

    first, kept, again = while_it_serves(server, fill())
    assert {reply.status for reply in first} == {200, 503}
    taken = [each for (each, _), reply in zip(sent, first, strict=True) if reply.status == 200]
    assert kept == sorted(taken)
    assert {reply.status for reply in again} == {200}
    assert accepted(place) == sorted(each for each, _ in sent)


def test_with_a_log_every_line_on_standard_error_is_json(tmp_path: Path) -> None:
    """From the start to the orderly end; the first says where it serves."""
    place, port = tmp_path / "l.db", free_ports(1)[0]
    command = ("serve", "--gateway", "VN", "--moment", MOMENT.isoformat(), "--db", str(place), "--log")
    server = Server(command=command, port=port, ready_words=b'"event":"serving"')
    ((_, raw),) = messages(1)

    async def work() -> int:
        await post_all(server, [raw])
        return await server.stop()

    assert while_it_serves(server, work()) == 0
    lines = [json.loads(line) for line in server.said]
    assert lines[0]["url"] == server.url
    assert {"serving", "received", "sent"} <= {line["event"] for line in lines}
