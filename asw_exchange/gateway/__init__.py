"""The partner, pure: receiving as ordered lists of small steps. No socket, clock or database."""

from asw_exchange.gateway.doubt import doubt_of
from asw_exchange.gateway.examination import (
    EXAMINATION,
    Examination,
    Subject,
    examine,
    examine_all,
    validate_kind,
)
from asw_exchange.gateway.exchange import EXCHANGE
from asw_exchange.gateway.reception import Reception, conclude
from asw_exchange.gateway.steps import Laps

__all__ = [
    "EXAMINATION",
    "EXCHANGE",
    "Examination",
    "Laps",
    "Reception",
    "Subject",
    "conclude",
    "doubt_of",
    "examine",
    "examine_all",
    "validate_kind",
]
