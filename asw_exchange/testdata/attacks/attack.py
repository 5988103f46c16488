"""What an attack is: a record with its name, where it is known from, and what must become of it.

Not here: the attacks themselves, which stand by family in the other modules of this folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from asw_exchange.errors import ExchangeError, UnknownName
from asw_exchange.signature import Placement
from asw_exchange.testdata.attacks.victim import Victim

BEST_PRACTICES = "W3C Note XML Signature Best Practices (2013)"
SAML = "Somorovsky et al., On Breaking SAML: Be Whoever You Want to Be (USENIX Security 2012)"
WRAPPING = "McIntosh and Austel, XML Signature Element Wrapping Attacks and Countermeasures (SWS 2005)"
XMLDSIG = "XML Signature 1.1"
PROFILE = "RFC 5280"

CONTAINERS = frozenset({Placement.SIGNED_DOC, Placement.SOAP_BODY})
"""Where the signature names what it covers by an id."""
EVERYWHERE = frozenset(Placement)


class Family(StrEnum):
    """What an attack goes for; also the module where it stands."""

    WRAPPING = "wrapping"
    STRUCTURE = "structure"
    REFERENCES = "references"
    TRANSFORMS = "transforms"
    ALGORITHMS = "algorithms"
    ENCODING = "encoding"
    CREDENTIALS = "credentials"
    CONTENT = "content"
    REPLAY = "replay"
    RESOURCES = "resources"


class Harmless(StrEnum):
    """What a sound receiver may do instead of refusing."""

    WHOLE = "read-whole"
    """Take the message as what was signed, every value in full."""
    DUPLICATE = "duplicate"
    """Tell that it came before, without a second effect."""


Expected = type[ExchangeError] | Harmless


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One known attack on signed messages, against which a receiver must hold."""

    name: str
    """In kebab-case. Public: retired, never reused."""
    family: Family
    description: str
    source: str
    """Where it is known from."""
    expected: Expected
    elsewhere: Mapping[Placement, Expected] = field(default_factory=lambda: MappingProxyType({}))
    """Where a signature is placed such that something else must become of it."""
    placements: frozenset[Placement] = EVERYWHERE
    """Where it is an attack at all."""
    replay: bool = False
    """Whether the genuine message must have been taken before."""
    forge: Callable[[Victim], bytes] = field(repr=False)

    def fits(self, placement: Placement) -> bool:
        """Tell whether it is an attack on signatures of this placement."""
        return placement in self.placements

    def must_be(self, placement: Placement) -> str:
        """Return the reply code of the refusal, or the word of ``Harmless``."""
        expected = self.elsewhere.get(placement, self.expected)
        return expected.value if isinstance(expected, Harmless) else expected.reply_code

    def deliveries(self, victim: Victim) -> tuple[bytes, ...]:
        """Return what is to be delivered, in order: the last one is the attack.

        Raises UnknownName for a kind on whose signatures it is no attack.
        """
        if not self.fits(victim.placement):
            raise UnknownName(
                f"{self.name} is no attack on a signature that is placed as {victim.placement}",
                value=victim.kind.name,
                hint=f"it is one on {', '.join(sorted(self.placements))}",
            )
        attack = self.forge(victim)
        return (victim.message(), attack) if self.replay else (attack,)


class Maker(Protocol):
    """Makes the attacks of one family, with what most of them have in common as the default."""

    def __call__(
        self,
        name: str,
        description: str,
        forge: Callable[[Victim], bytes],
        expected: Expected = ...,
        source: str = ...,
        elsewhere: Mapping[Placement, Expected] = ...,
        *,
        placements: frozenset[Placement] = ...,
        replay: bool = ...,
    ) -> Attack:
        """Return one attack."""
        ...


def attacks_of(family: Family, usual: Expected, known_from: str) -> Maker:
    """Return what makes the attacks of a family, most of which end and are known from somewhere alike."""

    def make(
        name: str,
        description: str,
        forge: Callable[[Victim], bytes],
        expected: Expected = usual,
        source: str = known_from,
        elsewhere: Mapping[Placement, Expected] = MappingProxyType({}),
        *,
        placements: frozenset[Placement] = EVERYWHERE,
        replay: bool = False,
    ) -> Attack:
        return Attack(
            name=name,
            family=family,
            description=description,
            source=source,
            expected=expected,
            elsewhere=elsewhere,
            placements=placements,
            replay=replay,
            forge=forge,
        )

    return make
