"""What the documentation says is true: its commands run, and everything that there is stands in it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from asw_exchange import cli
from asw_exchange.corridors import all_corridors
from asw_exchange.server.settings import PORT

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BEHAVIOURS = (ROOT / "BEHAVIOURS.md").read_text()


def blocks(language: str) -> list[str]:
    """The code blocks of the documentation in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README + BEHAVIOURS, re.MULTILINE | re.DOTALL)


def free_port() -> int:
    """A port that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_the_commands_of_the_readme_run(tmp_path: Path) -> None:
    """Every shell block, in order, in an empty folder, on a free port; the first that fails stops."""
    scripts, port, other = Path(sys.executable).parent, str(free_port()), str(free_port())
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "TERM": "dumb",
        "ASW_PORT": port,
    }
    commands = "\n".join(blocks("sh")).replace(f"127.0.0.1:{PORT}/", f"127.0.0.1:{port}/")
    commands = re.sub(r"(127\.0\.0\.1:|--port )9000\b", rf"\g<1>{other}", commands)
    commands = commands.replace(
        "kill $server\n", "kill $server; wait $server || true\n"
    )  # the next one wants its port
    assert commands.count("asw ") >= 12
    assert commands.count("curl ") >= 20
    with subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as script:
        try:
            _, errors = script.communicate(timeout=600)
        finally:
            with contextlib.suppress(ProcessLookupError):  # a server that a failing script has left behind
                os.killpg(script.pid, signal.SIGTERM)
    assert script.returncode == 0, errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("code", blocks("python"))
def test_the_example_of_the_readme_runs(code: str) -> None:
    """The examples of the library do what they say."""
    exec(compile(code, "README.md", "exec"), {})


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name."""

    def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            for part, child in inner.items():
                yield from walk(child, f"{name} {part}".strip())

    yield from walk(typer.main.get_command(cli.app), "")


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_is_documented(name: str, command: Any) -> None:
    """Each stands in the README and explains itself and its options."""
    assert f"asw {name}" in README
    assert command.help
    for parameter in command.params:
        if parameter.name not in ("help", "json_", "db", "force"):
            assert getattr(parameter, "help", None), (name, parameter.name)


def test_every_corridor_stands_in_the_readme() -> None:
    """The table of corridors is complete, and each has its sources written down."""
    for corridor in all_corridors():
        assert f"`{corridor.name}`" in README
        folder = corridor.name.replace("-", "_")
        assert (ROOT / "schemas" / folder / "SOURCES.md").is_file() or (
            ROOT / "schemas" / corridor.name / "SOURCES.md"
        ).is_file()


def test_where_things_live_names_what_is_there() -> None:
    """Every path in the table of CONTRIBUTING exists."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for path in re.findall(r"`((?:asw_exchange|schemas|tests)/[^`<]*)`", text):
        assert (ROOT / path).exists(), path


def test_nothing_of_this_machine_is_committed() -> None:
    """No registry host, no path of a machine, in any tracked file."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    words = [
        "pypi" + ".org",
        "python" + "hosted",
        "registry." + "npmjs",
        "deb." + "debian",
        "/wo" + "rk/",
        "/ro" + "ot/",
    ]
    for name in filter(None, done.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 1_000_000:
            text = path.read_text(errors="replace")
            assert not [word for word in words if word in text], name
