"""The partner, pure: receiving as an ordered list of small steps. No socket, clock or database."""

from asw_exchange.gateway.receive import Reception, receive
from asw_exchange.gateway.steps import STEPS, Delivery, Step, validate_kind

__all__ = ["STEPS", "Delivery", "Reception", "Step", "receive", "validate_kind"]
