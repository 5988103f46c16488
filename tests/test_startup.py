"""What is left until it is needed, so that a server is up, and a command done, in well under a second."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

_SERVER = """
import sys
from asw_exchange.server.running import serve
from asw_exchange.server.settings import Settings

def announce(spaces):
    print(*sys.modules)
    spaces.end()

serve(Settings(port=0), announce)
"""
_LOADING = """
import gc
from asw_exchange.cli.loading import for_good

with for_good():
    inside = gc.isenabled()
    kept = [[] for _ in range(1000)]
print(inside, gc.isenabled(), gc.get_freeze_count() >= len(kept))
"""
_COMMAND = """
import sys
from asw_exchange import cli
sys.argv[1:] = ["validate", "sample_messages/asean/valid"]
try:
    cli.main()
finally:
    print(*sys.modules)
"""


def printed(program: str) -> list[str]:
    """The words that a program of its own says last."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()


@pytest.fixture(scope="module")
def of_server() -> set[str]:
    """What a server has loaded when it can take messages."""
    return set(printed(_SERVER))


@pytest.fixture(scope="module")
def of_command() -> set[str]:
    """What ``asw validate`` has loaded when it is done."""
    return set(printed(_COMMAND))


@pytest.mark.parametrize(
    "name",
    [
        "aiohttp",
        "asw_exchange.server.control",
        "asw_exchange.server.connections",
        "asw_exchange.signature.diagnose",
        "fastapi",
        "holidays",
        "sqlalchemy.dialects.postgresql",
        "xmlschema",
        "yaml",
    ],
)
def test_a_server_starts_without(name: str, of_server: set[str]) -> None:
    """Deliveries, control API, diagnosis, calendars, the other database and YAML load when asked for."""
    assert find_spec(name) is not None
    assert "asw_exchange.server.spaces" in of_server
    assert name not in of_server


@pytest.mark.parametrize(
    "name",
    ["asw_exchange.server", "asw_exchange.signature.diagnose", "holidays", "sqlalchemy", "xmlschema", "yaml"],
)
def test_validation_does_without(name: str, of_command: set[str]) -> None:
    """Who validates valid documents loads no database, no server and nothing that looks for causes."""
    assert find_spec(name) is not None
    assert "asw_exchange.validation.schema" in of_command
    assert name not in of_command


def test_what_is_loaded_for_good_is_no_matter_of_the_garbage_collector() -> None:
    """It rests while that is loaded, does not come back to it, and then works as before."""
    assert printed(_LOADING) == ["False", "True", "True"]
