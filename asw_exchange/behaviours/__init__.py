"""How a gateway misbehaves when it is asked to: words, magic values and rules, without any network.

    words, faults, vocabulary   what can be asked for
    meeting                     what a message looks like before anything is proved
    magic, rules                who asks: the document, or a rule that counts
    conduct -> treatment        what is in force for one message, decided once
    judging, writing            what a gateway does about it
    catalogue                   all of it explained

What happens to the transmission itself is data (``Treatment.before`` and ``after``); a transport does it.
"""

from asw_exchange.behaviours.conduct import Conduct
from asw_exchange.behaviours.keys import PkiOrigin
from asw_exchange.behaviours.meeting import Meeting
from asw_exchange.behaviours.rules import (
    FaultRule,
    FieldMatch,
    Match,
    RuleBook,
    RuleState,
    Way,
    When,
    read_rule,
)
from asw_exchange.behaviours.treatment import PLAIN, Treatment
from asw_exchange.behaviours.vocabulary import VOCABULARY, WORDS, find_word, read_behaviour, read_behaviours
from asw_exchange.behaviours.words import Behaviour, Layer, On, Stage
from asw_exchange.behaviours.writing import Letter

__all__ = [
    "PLAIN",
    "VOCABULARY",
    "WORDS",
    "Behaviour",
    "Conduct",
    "FaultRule",
    "FieldMatch",
    "Layer",
    "Letter",
    "Match",
    "Meeting",
    "On",
    "PkiOrigin",
    "RuleBook",
    "RuleState",
    "Stage",
    "Treatment",
    "Way",
    "When",
    "find_word",
    "read_behaviour",
    "read_behaviours",
    "read_rule",
]
