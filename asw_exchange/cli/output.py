"""How a command speaks: results on standard output, words to people on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

if TYPE_CHECKING:
    from rich.table import Table

    from asw_exchange.records import Entry

T = TypeVar("T")


def say(text: str) -> None:
    """Tell a person something, on standard error."""
    print(text, file=sys.stderr)


def print_json(value: Any) -> None:
    """Print a value as JSON, indented, on standard output."""
    import msgspec

    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    print(text)


def entry_data(entry: Entry) -> dict[str, Any]:
    """Return an entry of a ledger as data for JSON, its document an object as the control API has it."""
    import msgspec

    data: dict[str, Any] = msgspec.to_builtins(entry)
    if entry.document is not None:
        data["document"] = msgspec.Raw(entry.document)
    return data


def write_result(data: bytes, out: Path | None) -> None:
    """Write a single result to ``out``, or to standard output. Raises FileError."""
    from asw_exchange.cli.files import write_file

    if out is None:
        sys.stdout.buffer.write(data if data.endswith(b"\n") else data + b"\n")
        sys.stdout.buffer.flush()
    else:
        write_file(out, data)


def write_out(out: TextIO | None) -> bool:
    """Write what was printed before the process ends, and tell whether that could be done.

    Who has read enough, as in ``asw kinds | head -1``, needs no words; why else it failed is said.
    """
    try:
        if out is not None:
            out.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the interpreter tries once more when it ends
        if not isinstance(error, BrokenPipeError):
            say(f"asw: standard output cannot be written: {(error.strerror or str(error)).lower()}")
        return False
    return True


def table(title: str, columns: Iterable[str], numbers: Iterable[str] = ()) -> Table:
    """Start a table; ``numbers`` are the columns set flush right."""
    from rich.table import Table

    right = set(numbers)
    made = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return made


def show(renderable: Any) -> None:
    """Print a table on standard output: as wide as the terminal, or as wide as needed in a pipe."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    with console.capture() as drawn:  # rich would end the process where nobody reads
        console.print(renderable)
    print(drawn.get(), end="")


def progress(items: Iterable[T], *, total: int | None, doing: str) -> Iterator[T]:
    """Pass items on, with a progress bar on a terminal and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=doing, total=total, console=Console(stderr=True), transient=True)


@contextmanager
def meter(doing: str) -> Iterator[Any]:
    """Give a function ``(done, total)`` that moves a progress bar; in a pipe it does nothing."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
