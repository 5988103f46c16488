"""How long until ``asw serve`` takes requests, and ``asw validate`` is done, from the call of the command on.

The floor is an interpreter that loads the libraries that each cannot do without, and ends. Least of several
runs, with compiled modules on the disk, as after a first run. ``python -m benchmarks --only start`` runs this
alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from urllib.request import urlopen

from benchmarks.row import Row

RUNS = 7
_COMMAND_LINE = "typer, lxml.etree, msgspec, cryptography.x509"
_ADAPTERS = "importlib.util; importlib.util.find_spec('typer._adapters') and __import__('typer._adapters')"
"""What newer versions of typer load with the first option of a command."""
_SERVER = "sqlalchemy.dialects.sqlite, uvicorn, uvloop, httptools, starlette.applications, prometheus_client"
_SAMPLE = Path("sample_messages/asean/valid/eform-d--box-13-plain.xml")


def rows() -> list[Row]:
    """Measure both."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def least(run: Callable[[dict[str, str]], float]) -> float:
        return min(run(environment) for _ in range(RUNS)) * 1e6

    return [
        Row(step="start", kind=kind, ours_us=least(ours), floor_us=least(_loading(libraries)), peers={})
        for kind, ours, libraries in (
            ("asw validate", _validate, _COMMAND_LINE),
            ("asw serve", _serve, f"{_COMMAND_LINE}, {_SERVER}"),
        )
    ]


def _loading(libraries: str) -> Callable[[dict[str, str]], float]:
    code = f"import {libraries}, {_ADAPTERS}"

    def run(environment: dict[str, str]) -> float:
        start = perf_counter()
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)
        return perf_counter() - start

    return run


def _validate(environment: dict[str, str]) -> float:
    command = [sys.executable, "-m", "asw_exchange", "validate", str(_SAMPLE)]
    start = perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return perf_counter() - start


def _serve(environment: dict[str, str]) -> float:
    """Until the first line is there, which names the address, and a request to it is answered."""
    command = [sys.executable, "-m", "asw_exchange", "serve", "--port", "0"]
    start = perf_counter()
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            url = next(word for word in process.stderr.readline().split() if word.startswith("http"))
            with urlopen(f"{url.rstrip(';')}/health/live") as response:
                assert response.status == 200
            return perf_counter() - start
        finally:
            process.terminate()
