"""What an XPath 1.0 expression refers to: functions, variables, prefixes. Nothing is evaluated here.

libxslt only looks a name up when it comes to it, so ``true() or nosuch()`` would run for years. Rule
files are checked with this when they are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

_NAME = r"[^\W\d][\w.\-]*"
_TOKEN = re.compile(
    rf"""(?P<literal>"[^"]*"|'[^']*')
       | (?P<number>\d+(?:\.\d*)?|\.\d+)
       | (?P<variable>\${_NAME}(?::{_NAME})?)
       | (?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
       | (?P<symbol>::|//|!=|<=|>=|\.\.|\S)""",
    re.VERBOSE,
)
_NODE_TYPES = {"node", "text", "comment", "processing-instruction"}
_BEFORE_OPERAND = (
    {"@", "::", "(", "[", ",", "and", "or", "mod", "div", "*"} | set("/|+-=<>") | {"//", "!=", "<=", ">="}
)


class Token(NamedTuple):
    """One token of an expression and where it starts."""

    kind: str
    text: str
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The names that an expression needs from outside."""

    functions: frozenset[str]
    variables: frozenset[str]
    prefixes: frozenset[str]


def tokens(expression: str) -> list[Token]:
    """Return the tokens of an XPath 1.0 expression (XML Path Language 1.0, section 3.7)."""
    return [
        Token(match.lastgroup or "", match.group(), match.start()) for match in _TOKEN.finditer(expression)
    ]


def references(expression: str) -> References:
    """Return the functions, variables and prefixes that ``expression`` refers to."""
    found = tokens(expression)
    names = [(name, following) for name, following in _names(found) if following != "::"]
    functions = {name for name, following in names if following == "(" and name not in _NODE_TYPES}
    qualified = {name for name, _ in names} | {token.text[1:] for token in found if token.kind == "variable"}
    return References(
        functions=frozenset(functions),
        variables=frozenset(token.text[1:] for token in found if token.kind == "variable"),
        prefixes=frozenset(name.split(":")[0] for name in qualified if ":" in name),
    )


def alternatives(expression: str) -> list[str]:
    """Split ``a | b[c | d]`` at its outermost bars: ``a``, ``b[c | d]``."""
    depth, cuts = 0, [-1]
    for token in tokens(expression):
        if token.text in ("(", "["):
            depth += 1
        elif token.text in (")", "]"):
            depth -= 1
        elif token.text == "|" and depth == 0:
            cuts.append(token.start)
    cuts.append(len(expression))
    return [expression[start + 1 : end].strip() for start, end in pairwise(cuts)]


def starts_with_plain_step(path: str) -> bool:
    """Tell whether the first step is a name test with no predicate and no axis, as in ``a/b[1]``."""
    found = tokens(path)
    return found[0].kind == "name" and (len(found) == 1 or found[1].text in ("/", "//"))


def _names(found: list[Token]) -> Iterator[tuple[str, str]]:
    for index, token in enumerate(found):
        if token.kind == "name" and not (index and _is_operator(found[index - 1], token)):
            yield token.text, found[index + 1].text if index + 1 < len(found) else ""


def _is_operator(before: Token, token: Token) -> bool:
    return token.text in ("and", "or", "mod", "div") and before.text not in _BEFORE_OPERAND
