"""The documents that are signed: two written by hand, the others by Hypothesis, always the same ones.

Half of Hypothesis's are whatever e-Form D can hold, half are XML at its oddest: namespaces declared again,
undeclared and never used, xml: attributes, carriage returns, white space, instructions, CDATA, comments.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from asw_exchange.corridors.asean.layouts import EFORM_D
from asw_exchange.testing.strategies import documents as forms
from tests import signature_cases

AWKWARD = b"""<r:root xmlns:r="urn:r" xmlns:unused="urn:u" xmlns="urn:d" xml:lang="vi" xml:space="preserve">
  <a b="&lt;&#10;" r:a='"'/> <unused:x xmlns:y="urn:y"/>\xc4\x90&#13;<b xmlns=""><?inside it?></b>
</r:root>"""

_PIECES = (
    "&#13;",
    "&#10;",
    "&#9;",
    "\r\n",
    "\n",
    "\t",
    " ",
    "&amp;",
    "&lt;",
    "&gt;",
    "&quot;",
    "'",
    "&#x85;",
)
_TEXT = st.lists(
    st.sampled_from(_PIECES)
    | st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="&<>\"'\ufffe\uffff"),
    max_size=8,
).map("".join)
_BETWEEN = _TEXT | st.sampled_from(["<!-- - -->", "<?target some  data?>", "<?t?>", "<![CDATA[<&]]>", ""])
_DECLARED = {
    "xmlns": ["urn:d", "urn:e", ""],
    "xmlns:p": ["urn:p", "urn:P"],
    "xmlns:q": ["urn:q", "http://q/"],
}
_NAMESPACES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(uris) for name, uris in _DECLARED.items()}
)
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(["b", "a", "p:a", "q:a", "q:b", "xml:lang", "xml:space", "xml:base", "xml:odd"]),
    _TEXT,
    max_size=4,
)
_NAMES = st.sampled_from(["a", "b", "p:a", "q:a", "\u0111\u01a1n"])


def _element(inside: st.SearchStrategy[str], declared: dict[str, str] | None = None) -> Any:
    return st.builds(
        _write,
        _NAMES,
        _NAMESPACES.map(lambda found: {**(declared or {}), **found}),
        _ATTRIBUTES,
        st.lists(_BETWEEN | inside, min_size=1, max_size=6),
    )


def _write(name: str, namespaces: dict[str, str], attributes: dict[str, str], content: list[str]) -> str:
    written = "".join(f' {key}="{value}"' for key, value in {**namespaces, **attributes}.items())
    inside = "".join(content)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


ODD = _element(
    st.recursive(_element(_BETWEEN), _element, max_leaves=6), {"xmlns:p": "urn:p", "xmlns:q": "urn:q"}
).map(str.encode)
FORMS = forms(EFORM_D).map(lambda certificate: EFORM_D.write(certificate).encode())


@cache
def documents(count: int) -> tuple[bytes, ...]:
    """The two by hand, then ``count`` of Hypothesis: the same for the same number."""
    return (signature_cases.document(), AWKWARD, *_drawn(FORMS, count // 2), *_drawn(ODD, count - count // 2))


def _drawn(strategy: st.SearchStrategy[bytes], count: int) -> list[bytes]:
    """Every tenth of those that Hypothesis makes: neighbours resemble each other."""
    found: list[bytes] = []

    @settings(
        max_examples=10 * count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(text: bytes) -> None:
        found.append(text)

    collect()
    return found[9::10]
