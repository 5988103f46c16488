"""How it is written: hardened reader, layout tables, JSON and YAML. Only this package creates parsers."""

from asw_exchange.codec.documents import from_json, from_yaml, json_schema, read_document, to_json, to_yaml
from asw_exchange.codec.layout import Layout
from asw_exchange.codec.leftovers import refuse_leftovers
from asw_exchange.codec.paths import line_of, name_of, only_elements, path_of
from asw_exchange.codec.reader import DEFAULT_LIMITS, Limits, read, read_trusted, read_whole, reread
from asw_exchange.codec.table import many, one, record, text, texts, within
from asw_exchange.codec.writer import to_bytes

__all__ = [
    "DEFAULT_LIMITS",
    "Layout",
    "Limits",
    "from_json",
    "from_yaml",
    "json_schema",
    "line_of",
    "many",
    "name_of",
    "one",
    "only_elements",
    "path_of",
    "read",
    "read_document",
    "read_trusted",
    "read_whole",
    "record",
    "refuse_leftovers",
    "reread",
    "text",
    "texts",
    "to_bytes",
    "to_json",
    "to_yaml",
    "within",
]
