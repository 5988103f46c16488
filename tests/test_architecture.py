"""The shape of the house: which part may know which, and how large a part may be."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import asw_exchange

PACKAGE = Path(asw_exchange.__file__).parent
ORDER = (
    ("errors", "clock", "resources"),
    ("model",),
    ("codec",),
    ("signature",),
    ("validation",),
    ("envelope",),
    ("records", "transport"),
    ("corridor",),
    ("gateway",),
    ("ledger",),
    ("corridors",),
    ("rulebook", "verbs"),
    ("behaviours",),
    ("node",),
    ("testdata",),
    ("simulator",),
    ("server",),
    ("testing",),
    ("cli",),
)
RANK = {part: rank for rank, parts in enumerate(ORDER) for part in parts}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts)


def part_of(path: Path) -> str:
    """The first name below the package: a folder or a module."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_parts(tree: ast.Module) -> set[tuple[str, ...]]:
    """The names below asw_exchange that a module imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "asw_exchange":
            names = node.module.split(".")[1:]
            found |= {tuple(names)} if names else {(alias.name,) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {tuple(a.name.split(".")[1:]) for a in node.names if a.name.startswith("asw_exchange.")}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_left(path: Path) -> None:
    """A part imports only parts that stand left of it in the line of design, or itself."""
    part = part_of(path)
    if part in ("__init__", "__main__"):
        return
    assert part in RANK, f"{part} has no place in the line of imports"
    for names in imported_parts(ast.parse(path.read_text())):
        assert names[0] in RANK, names
        assert names[0] == part or RANK[names[0]] < RANK[part] or RANK[names[0]] == RANK[part] == 0, (
            part,
            names,
        )


@pytest.mark.parametrize(
    "path", sorted((PACKAGE / "corridors").rglob("*.py")), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_corridors_do_not_know_each_other(path: Path) -> None:
    """A corridor imports nothing of another corridor, nor the list of all."""
    own = path.relative_to(PACKAGE / "corridors").parts[0].removesuffix(".py")
    for names in imported_parts(ast.parse(path.read_text())):
        if names[0] == "corridors":
            assert names[1:2] == (own,), (path.name, names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_stay_small(path: Path) -> None:
    """A file has at most 400 lines, a function at most 40."""
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 40, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_codec_makes_parsers_and_only_the_clock_reads_the_time(path: Path) -> None:
    """XML parsers, the time of day and unseeded chance each have one place."""
    text = path.read_text()
    part = part_of(path)
    if part != "codec":
        for name in ("XMLParser(", "etree.fromstring(", "etree.parse(", "etree.XML("):
            assert name not in text, name
    if part != "clock":
        for name in ("datetime.now(", "utcnow(", "time.time(", "date.today("):
            assert name not in text, name
    for name in ("random.random(", "uuid4(", "SystemRandom"):
        assert name not in text, name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_catches_everything(path: Path) -> None:
    """No bare except and no ``except Exception`` inside the library."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler) and not _passes_on(node):
            names = (
                {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {""}
            )
            assert not names & {"", "Exception", "BaseException"}, f"line {node.lineno}"


def _passes_on(handler: ast.ExceptHandler) -> bool:
    """Whether a handler ends by raising again what it caught."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


WEB = {"aiohttp", "fastapi", "httptools", "prometheus_client", "pydantic", "starlette", "uvicorn"}
"""What the extra ``server`` brings."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_server_needs_the_extra_of_that_name(path: Path) -> None:
    """Everything else, the client of the control API included, works without it."""
    if part_of(path) == "server":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        assert not {name.split(".")[0] for name in names} & WEB


def test_public_names_are_sorted_and_there() -> None:
    """``__all__`` is sorted, and every name in it can be had."""
    assert asw_exchange.__all__ == sorted(asw_exchange.__all__)
    for name in asw_exchange.__all__:
        assert getattr(asw_exchange, name) is not None
