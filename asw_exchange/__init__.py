"""Certificate-of-origin message exchange simulator.

The public names, loaded when they are first used, so that a cold ``asw --help`` stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asw_exchange import errors, model
    from asw_exchange.codec import from_json, from_yaml, to_json, to_yaml
    from asw_exchange.errors import ExchangeError
    from asw_exchange.model import Certificate, Finding
    from asw_exchange.signature import SigningKey, TrustStore, Verified, create_pki, load_pki, write_pki
    from asw_exchange.testdata import generate
    from asw_exchange.validation import Report
    from asw_exchange.verbs import build, explain, is_valid, iter_findings, parse, sign, validate, verify

__version__ = "0.1.0"

_HOMES = {
    "asw_exchange.codec": ("from_json", "from_yaml", "to_json", "to_yaml"),
    "asw_exchange.errors": ("ExchangeError",),
    "asw_exchange.model": ("Certificate", "Finding"),
    "asw_exchange.signature": ("SigningKey", "TrustStore", "Verified", "create_pki", "load_pki", "write_pki"),
    "asw_exchange.testdata": ("generate",),
    "asw_exchange.validation": ("Report",),
    "asw_exchange.verbs": (
        "build",
        "explain",
        "is_valid",
        "iter_findings",
        "parse",
        "sign",
        "validate",
        "verify",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
_MODULES = ("errors", "model")

__all__ = [
    "Certificate",
    "ExchangeError",
    "Finding",
    "Report",
    "SigningKey",
    "TrustStore",
    "Verified",
    "build",
    "create_pki",
    "errors",
    "explain",
    "from_json",
    "from_yaml",
    "generate",
    "is_valid",
    "iter_findings",
    "load_pki",
    "model",
    "parse",
    "sign",
    "to_json",
    "to_yaml",
    "validate",
    "verify",
    "write_pki",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
