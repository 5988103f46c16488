"""``asw serve`` and ``asw listen`` as processes of their own, to be stopped in an orderly way or killed."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

TREE = Path(__file__).parent.parent.parent
PATIENCE = 120.0
"""Seconds after which something that should happen is given up."""


@dataclass(slots=True, kw_only=True)
class Server:
    """A command of ``asw`` that serves at a port of its own, over and over."""

    command: tuple[str, ...]
    """Without the port."""
    port: int
    ready_words: bytes = b"stop with Ctrl-C"
    """What it says when it can be spoken to."""
    up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while it can be spoken to."""
    starts: list[float] = field(default_factory=list)
    """Seconds from each start until it said that it serves."""
    said: deque[str] = field(default_factory=lambda: deque(maxlen=30))
    """The last lines that it wrote."""
    _process: asyncio.subprocess.Process | None = None
    _reader: asyncio.Task[None] | None = None
    _begun: float = 0.0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The number of the process that runs now."""
        assert self._process is not None
        return self._process.pid

    async def launch(self) -> None:
        """Start the process, and do not wait until it serves."""
        self._begun = perf_counter()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "asw_exchange",
            *self.command,
            "--port",
            str(self.port),
            cwd=TREE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self._reader = asyncio.create_task(self._read())

    async def start(self) -> None:
        """Start the process and wait until it serves."""
        await self.launch()
        await self.ready()

    async def ready(self) -> None:
        """Wait until it serves. Raises RuntimeError with its last words when it has ended instead."""
        assert self._reader is not None
        waiting = asyncio.create_task(self.up.wait())
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait({waiting, self._reader}, return_when=asyncio.FIRST_COMPLETED)
        if not self.up.is_set():
            waiting.cancel()
            raise RuntimeError("the server did not start:\n" + "\n".join(self.said))

    async def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.up.clear()
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Stop it in an orderly way; return its exit code."""
        self.up.clear()
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        assert self._reader is not None
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            self._process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            code = await self._process.wait()
            await self._reader
        self.up.clear()
        return code

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.said.append(line.decode(errors="replace").rstrip())
            if not self.up.is_set() and self.ready_words in line:
                self.starts.append(perf_counter() - self._begun)
                self.up.set()


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens at."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


async def run_asw(*words: str) -> tuple[int, str]:
    """Run another command of ``asw`` to its end; return its exit code and what it wrote."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "asw_exchange",
        *words,
        cwd=TREE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
