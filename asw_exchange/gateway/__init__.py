"""The partner, pure: receiving as an ordered list of small steps. No socket, clock or database."""

from asw_exchange.gateway.receive import UNKNOWN, Reception, receive
from asw_exchange.gateway.steps import STEPS, Delivery, validate_kind

__all__ = ["STEPS", "UNKNOWN", "Delivery", "Reception", "receive", "validate_kind"]
