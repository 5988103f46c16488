"""Reading and writing files for the command line, with one clear sentence for each way it can fail."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryFile

from asw_exchange.errors import FileError

MAX_BYTES = 64 * 1024 * 1024
STANDARD_INPUT = Path("-")


def read_file(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Return a file's bytes, or standard input for ``-``. Raises FileError."""
    try:
        if path == STANDARD_INPUT:
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with path.open("rb") as stream:
                data = stream.read(limit + 1)
    except OSError as error:
        raise _file_error(error, path, "read") from error
    if len(data) > limit:
        raise FileError(f"larger than the {limit} bytes that are read", file=str(path))
    return data


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, making its folder. Raises FileError."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True) if partial.parent.is_dir() else None
        raise _file_error(error, path, "written") from error


def check_folder(path: Path) -> None:
    """Make a folder where there is none, and see that files can be written there. Raises FileError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise _file_error(error, path, "written to") from error


def remove_file(path: Path) -> None:
    """Remove a file where there is one. Raises FileError."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _file_error(error, path, "removed") from error


def xml_files(path: Path) -> list[Path]:
    """Return the file named, or the ``*.xml`` files of the folder named and those below it, in order of name.

    The suffix may be in capitals; links to folders are not followed. What is there but cannot be read is
    returned too, a folder as well as a file, so that who reads it learns why. Raises FileError for a folder
    without any.
    """
    if not os.path.isdir(path):
        return [path]
    closed: list[Path] = []
    walked = os.walk(path, onerror=lambda error: closed.append(Path(error.filename)))
    found = [Path(folder, name) for folder, _, names in walked for name in names if _named_xml(name)]
    files = sorted([file for file in found if os.path.isfile(file) or not os.path.exists(file)] + closed)
    if not files:
        raise FileError("the folder holds no *.xml file", file=str(path))
    return files


def shown(path: Path) -> str:
    """Return a path as text that can be printed: bytes of it that are no UTF-8 as escapes."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _named_xml(name: str) -> bool:
    return name.lower().endswith(".xml")


def _file_error(error: OSError, path: Path, verb: str) -> FileError:
    reason = (error.strerror or str(error)).lower()
    return FileError(f"cannot be {verb}: {reason}", file=str(path), hint="check the path and its permissions")
