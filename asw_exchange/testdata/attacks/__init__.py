"""Every known attack on signed messages, to be thrown at a system of one's own.

This is for defensive testing: whoever builds a receiver sees which of them it refuses, and by what name.
Our own gateways refuse all (``make attacks``). Keys are test keys from a seed, so nothing that is made here
is believed by a system that does not trust them.

    for attack in all_attacks():
        for raw in deliveries(attack.name, "asean/eform-d", seed=1): ...

Not here: a receiver (``gateway``), and trying the attacks on one (``simulator.attacks``).
"""

from asw_exchange.testdata.attacks.attack import Attack, Family, Harmless
from asw_exchange.testdata.attacks.catalogue import all_attacks, attack, build, deliveries
from asw_exchange.testdata.attacks.victim import Victim, create_victim

__all__ = [
    "Attack",
    "Family",
    "Harmless",
    "Victim",
    "all_attacks",
    "attack",
    "build",
    "create_victim",
    "deliveries",
]
