"""Why a signature does not hold: every usual cause is really tried, and the one that it was is named.

``verify`` decides; nothing here makes a message acceptable. Not here: the corridor that a message belongs
to (``verbs.explain`` finds it).
"""

from asw_exchange.signature.diagnose.causes import Attempt, Cause, Explanation
from asw_exchange.signature.diagnose.diagnosis import Diagnosis, State, diagnose
from asw_exchange.signature.diagnose.readings import Located

__all__ = ["Attempt", "Cause", "Diagnosis", "Explanation", "Located", "State", "diagnose"]
