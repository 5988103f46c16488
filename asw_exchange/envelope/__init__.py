"""The wrapping that travels: one small protocol, and SBDH, which more than one corridor uses."""

from asw_exchange.envelope.acknowledgement import acknowledgement_layout
from asw_exchange.envelope.form import Envelope, Seal
from asw_exchange.envelope.sbdh import StandardBusinessDocument, announce_unknown

__all__ = ["Envelope", "Seal", "StandardBusinessDocument", "acknowledgement_layout", "announce_unknown"]
