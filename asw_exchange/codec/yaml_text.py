"""YAML as text: written, read without anything that could expand, and looked through for a place.

Loaded when somebody first needs it. Not here: what a document may hold (``documents``).
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from asw_exchange.codec.reader import bad_utf8_line
from asw_exchange.errors import InputError

_BROKEN = (yaml.YAMLError, UnicodeDecodeError, RecursionError)


def write(plain: Any) -> str:
    """Return lists, mappings and scalars as YAML, in their order."""
    text: str = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100)
    return text


def read(data: bytes) -> Any:
    """Return lists, mappings and scalars, all of these as text. Raises InputError with the line."""
    try:
        return yaml.load(data.decode("utf-8"), Loader=_PlainLoader)  # noqa: S506 - builds only str, list, dict
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8", line=bad_utf8_line(data)) from error
    except yaml.reader.ReaderError as error:
        line = data.decode("utf-8").count("\n", 0, error.position) + 1
        reason = f"{error.reason}: U+{error.character:04X}"
        raise InputError(f"not YAML: {reason}", line=line) from error
    except _BROKEN as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        raise InputError(f"not YAML: {reason}", line=mark.line + 1 if mark else None) from error


def locate(data: bytes, path: str) -> tuple[int | None, str | None]:
    """Find line and text of ``$.items[0].hs_code`` in JSON or YAML (JSON is read as the YAML it also is)."""
    try:
        node = yaml.compose(data.decode("utf-8"), Loader=_PlainLoader)
    except _BROKEN:
        return None, None
    line: int | None = node.start_mark.line + 1 if node else None
    for name, index in re.findall(r"\.([A-Za-z_]\w*)|\[(\d+|\.\.\.)\]", path):
        node, found_line = _step(node, name, index)
        if node is None:
            break
        line = found_line
    return line, node.value if isinstance(node, yaml.ScalarNode) else None


def _step(node: Any, name: str, index: str) -> tuple[Any, int | None]:
    if name and isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == name:
                return value, key.start_mark.line + 1
    if index.isdigit() and isinstance(node, yaml.SequenceNode) and int(index) < len(node.value):
        entry = node.value[int(index)]
        return entry, entry.start_mark.line + 1
    return None, None


class _PlainLoader(yaml.BaseLoader):
    """Text, null, lists and mappings; nothing that could expand."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not accepted", event.start_mark)
        return super().compose_node(parent, index)


_NULL = "tag:yaml.org,2002:null"
_PlainLoader.add_implicit_resolver(_NULL, re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_PlainLoader.add_constructor(_NULL, lambda loader, node: None)
