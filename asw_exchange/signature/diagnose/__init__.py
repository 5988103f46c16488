"""Why a signature does not hold: every usual cause is really tried, and the one that it was is named.

``verify`` decides; nothing here makes a message acceptable. Not here: the corridor that a message belongs
to (``verbs.explain`` finds it).
"""

from asw_exchange.signature.diagnose.causes import Attempt, Cause, Explanation
from asw_exchange.signature.diagnose.diagnosis import diagnose
from asw_exchange.signature.diagnose.known import certificates_in
from asw_exchange.signature.diagnose.readings import Located
from asw_exchange.signature.diagnose.record import Diagnosis, Standing

__all__ = [
    "Attempt",
    "Cause",
    "Diagnosis",
    "Explanation",
    "Located",
    "Standing",
    "certificates_in",
    "diagnose",
]
