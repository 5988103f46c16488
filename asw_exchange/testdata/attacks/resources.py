"""Messages that cost more to refuse than to send: floods, bombs and depths."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from copy import deepcopy

from lxml import etree

from asw_exchange import errors
from asw_exchange.testdata.attacks.attack import Family, attacks_of
from asw_exchange.testdata.attacks.surgery import DS, Opened, edited, open_message, sign_again
from asw_exchange.testdata.attacks.victim import Victim

_PLACE = b"<deep/>"


def _inside(text: Callable[[Victim], bytes]) -> Callable[[Victim], bytes]:
    """Put a text into what was signed, as the first thing in its first element."""

    def forge(victim: Victim) -> bytes:
        opened = open_message(victim)
        opened.target[0].insert(0, etree.Element("deep"))
        return opened.write().replace(_PLACE, text(victim), 1)

    return forge


def _deep(victim: Victim) -> bytes:
    return b"<a>" * 100_000 + b"</a>" * 100_000


def _deep_enough(victim: Victim) -> bytes:
    """Deeper than a receiver should take, not as deep as the parser itself refuses."""
    return b"<a>" * 200 + b"</a>" * 200


def _wide(victim: Victim) -> bytes:
    return b"<a/>" * 150_000


def _attributes(victim: Victim) -> bytes:
    return b"<a %s/>" % b" ".join(b'a%d="1"' % number for number in range(150_000))


def _long_value(victim: Victim) -> bytes:
    return b"<a>" + b"9" * 3_000_000 + b"</a>"


def _long_message(victim: Victim) -> bytes:
    return b"<a>" + b"9" * 5_000_000 + b"</a>"


def _canonical_bomb(victim: Victim) -> bytes:
    """A long namespace name that the canonical form repeats on every element."""
    uri = b"urn:" + b"x" * 100_000
    return b'<a xmlns:p="%s">%s</a>' % (uri, b"<p:b/>" * 1_000)


def _long_certificate(opened: Opened) -> None:
    opened.part("X509Certificate").text = "A" * 80_000


def _many_certificates(opened: Opened) -> None:
    data = opened.part("X509Data")
    data.extend(deepcopy(data[0]) for _ in range(200))


def _many_references(victim: Victim) -> bytes:
    """A hundred References to the same: as many digests, if it is done as asked."""
    opened = open_message(victim)
    reference = opened.part("Reference")
    for _ in range(100):
        reference.addnext(deepcopy(reference))
    sign_again(opened)
    return opened.write()


def _many_signatures(opened: Opened) -> None:
    for _ in range(300):
        opened.signature.addnext(deepcopy(opened.signature))


def _long_space(opened: Opened) -> None:
    """White space where it may stand, as much as fits: for patterns that try every way to split it."""
    for element in opened.signature.iter(f"{DS}*"):
        if len(element):
            element.text = " " * 2_000


def _compressed(victim: Victim) -> bytes:
    return gzip.compress(victim.message(), mtime=0)


def _compressed_bomb(victim: Victim) -> bytes:
    """Ten megabytes of nothing in ten kilobytes."""
    return gzip.compress(victim.message() + b" " * 10_000_000, mtime=0)


_attack = attacks_of(Family.RESOURCES, errors.TooLarge, "CWE-400")
_BEST = "W3C Note XML Signature Best Practices (2013), section 2.1"
_KEY_INFO = errors.ForbiddenKeyInfo

ATTACKS = (
    _attack("deep-tree", "A hundred thousand elements in one another.", _inside(_deep)),
    _attack("rather-deep-tree", "Two hundred elements in one another.", _inside(_deep_enough)),
    _attack("wide-tree", "A hundred and fifty thousand elements in a row.", _inside(_wide)),
    _attack("many-attributes", "A hundred and fifty thousand attributes.", _inside(_attributes)),
    _attack("oversize-value", "A value of three megabytes.", _inside(_long_value)),
    _attack("oversize-message", "A message of five megabytes.", _inside(_long_message)),
    _attack(
        "canonical-bomb", "A hundred megabytes of canonical form.", _inside(_canonical_bomb), source=_BEST
    ),
    _attack(
        "oversize-certificate", "A certificate of eighty kilobytes.", edited(_long_certificate), _KEY_INFO
    ),
    _attack("many-certificates", "Two hundred certificates.", edited(_many_certificates), _KEY_INFO),
    _attack(
        "many-references",
        "A hundred References, signed by the sender.",
        _many_references,
        errors.ForbiddenReference,
        source=_BEST,
    ),
    _attack(
        "many-signatures", "Three hundred signatures.", edited(_many_signatures), errors.SeveralSignatures
    ),
    _attack(
        "long-white-space",
        "White space all over the signature.",
        edited(_long_space),
        errors.SignatureMismatch,
    ),
    _attack("gzip", "The message, compressed: no XML.", _compressed, errors.NotWellFormed),
    _attack(
        "gzip-bomb", "Ten megabytes, compressed.", _compressed_bomb, errors.NotWellFormed, source="CWE-409"
    ),
)
