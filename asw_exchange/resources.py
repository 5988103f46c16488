"""Finds ``schemas/`` and ``sample_messages/`` in a checkout and in an installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from asw_exchange.errors import ConfigurationError

_PACKAGE = Path(__file__).resolve().parent


@cache
def folder(name: str) -> Path:
    """Return the folder ``schemas`` or ``sample_messages``.

    Raises ConfigurationError when neither the checkout nor the wheel has it.
    """
    for place in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise ConfigurationError(
        f"the folder {name}/ is missing from this installation", hint="install the package again"
    )


@cache
def schema(relative: str) -> Path:
    """Return the path of a file under ``schemas/``, for example ``asean/eform-d.xsd``."""
    return _existing("schemas", relative)


def sample(relative: str) -> Path:
    """Return the path of a file or folder under ``sample_messages/``."""
    return _existing("sample_messages", relative)


def _existing(top: str, relative: str) -> Path:
    path = folder(top) / relative
    if not path.exists():
        raise ConfigurationError(f"{top}/{relative} is missing from this installation")
    return path
