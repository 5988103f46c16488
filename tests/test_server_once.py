"""What a server makes when it first needs it: once, and again after it could not be made."""

from __future__ import annotations

import asyncio
import threading
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from asw_exchange.server.client import Client, Failed
from asw_exchange.server.control_mounts import Later
from asw_exchange.server.once import Once, one_thread
from asw_exchange.server.outbound_addresses import allow
from asw_exchange.server.settings import Settings
from tests.server_builders import running


def test_all_who_ask_get_the_same() -> None:
    """Also those who ask while it is being made."""
    made: list[object] = []

    async def make() -> object:
        await asyncio.sleep(0)
        made.append(object())
        return made[-1]

    async def ask() -> list[object]:
        once = Once(make)
        return [*await asyncio.gather(*(once.get() for _ in range(3))), await once.get(), await once.made()]

    assert asyncio.run(ask()) == made * 5


def test_what_could_not_be_made_is_made_for_the_next_who_asks() -> None:
    """The first is told why, and to close what was never made there is nothing."""
    troubles = [OSError(24, "Too many open files")]

    async def make() -> str:
        if troubles:
            raise troubles.pop()
        return "made"

    async def ask() -> None:
        once = Once(make)
        assert await once.made() is None
        with pytest.raises(OSError, match="Too many"):
            await once.get()
        assert await once.made() is None
        assert await once.get() == "made"

    asyncio.run(ask())


def test_a_client_without_file_descriptors_fails_and_goes_on_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has left, so it is tried again; there is nothing to close."""
    troubles = [OSError(24, "Too many open files")]

    def no_room(name: str) -> object:
        raise troubles[0]

    monkeypatch.setattr("asw_exchange.server.client.import_module", no_room)

    async def post() -> Failed:
        client = Client(allow(()), tls=lambda code: pytest.fail("not asked for"))
        result = await client.post("http://127.0.0.1:9/", b"", {}, sender="VN")
        await client.close()
        assert isinstance(result, Failed)
        return result

    failed = asyncio.run(post())
    assert "Too many open files" in failed.reason
    assert not failed.may_have_arrived
    assert not failed.permanent


def test_a_control_api_that_cannot_be_loaded_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """503 and why, in plain text, to the first; the next is answered."""
    troubles = [OSError(24, "Too many open files")]
    build = Later._build

    def scarce(later: Later) -> object:
        if troubles:
            raise troubles.pop()
        return build(later)

    monkeypatch.setattr(Later, "_build", scarce)
    with running(Settings(gateways=("VN",))) as server:
        with pytest.raises(HTTPError) as told:
            urlopen(f"{server.url}/control/clock")
        assert (told.value.code, told.value.headers["retry-after"]) == (503, "1")
        assert b"Too many open files" in told.value.read()
        assert urlopen(f"{server.url}/control/clock").status == 200


def test_a_thread_is_there_before_there_is_work() -> None:
    """When there is work, there may be no more threads to be had."""
    before = threading.active_count()
    thread = one_thread("early")
    assert threading.active_count() == before + 1
    thread.shutdown()
