"""Documents to and from JSON and YAML, for people and for programs that do not want XML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from asw_exchange.codec.reader import bad_utf8_line
from asw_exchange.errors import InputError
from asw_exchange.model import Value

T = TypeVar("T", bound=Value)

MAX_BYTES = 4 * 1024 * 1024


def to_json(document: Value, *, indent: int = 2) -> bytes:
    """Return the document as JSON: decimals as strings, dates as ISO 8601, absent fields left out."""
    encoded = msgspec.json.encode(document)
    return msgspec.json.format(encoded, indent=indent) if indent else encoded


def to_yaml(document: Value) -> bytes:
    """Return the document as YAML with the same content as ``to_json``."""
    from asw_exchange.codec import yaml_text  # most processes never see YAML

    return yaml_text.write(msgspec.to_builtins(document, builtin_types=())).encode()


def from_json(data: bytes, type_: type[T]) -> T:
    """Read a document of ``type_``. Raises InputError with the path and line of what is wrong."""
    _check_size(data)
    try:
        return msgspec.json.decode(data, type=type_)
    except msgspec.ValidationError as error:
        raise _input_error(error, data) from error
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", line=bad_utf8_line(data)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", line=_json_line(error, data)) from error


def from_yaml(data: bytes, type_: type[T]) -> T:
    """Read a document of ``type_``. Every scalar is taken as text and converted by the field's type,
    so ``country: NO`` is Norway and ``hs_code: 010121`` keeps its zero. Anchors and aliases are refused.

    Raises InputError with the path and line of what is wrong.
    """
    _check_size(data)
    from asw_exchange.codec import yaml_text

    plain = yaml_text.read(data)
    try:
        return msgspec.convert(plain, type_, strict=False)
    except msgspec.ValidationError as error:
        raise _input_error(error, data) from error


def json_schema(type_: type[Value]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a document type."""
    return msgspec.json.schema(type_)


def read_document(path: Path, data: bytes, type_: type[T]) -> T:
    """Read ``data`` as YAML or JSON by the ending of ``path``; the error names the file."""
    reader = from_yaml if path.suffix.lower() in {".yaml", ".yml"} else from_json
    try:
        return reader(data, type_)
    except InputError as error:
        raise error.in_file(str(path)) from error.__cause__


def _check_size(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise InputError(f"{len(data)} bytes, more than the {MAX_BYTES} accepted")


_PATH = re.compile(r"^(?P<message>.*?)(?: - at `(?P<key>key in )?(?P<path>\$[^`]*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]+)`")


def _input_error(error: msgspec.ValidationError, data: bytes) -> InputError:
    from asw_exchange.codec import yaml_text

    match = _PATH.match(str(error))
    message, path = (match["message"], match["path"] or "$") if match else (str(error), "$")
    unknown = _UNKNOWN.search(message)
    target = f"{path}.{unknown['name']}" if unknown else path
    line, value = yaml_text.locate(data, target)
    hint = "check the spelling of the field's name" if unknown else None
    return InputError(message, path=target, line=line, value=value, hint=hint)


_BYTE = re.compile(r"\(byte (\d+)\)")


def _json_line(error: Exception, data: bytes) -> int | None:
    """Tell where JSON breaks off: at the byte that is named, or where there is no more of it."""
    match = _BYTE.search(str(error))
    if match is None and "truncated" not in str(error):
        return None
    return data.count(b"\n", 0, int(match[1]) if match else len(data.rstrip())) + 1
