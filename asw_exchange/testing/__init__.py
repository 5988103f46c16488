"""What users import in their own tests: a client of the control API, a server, pytest fixtures, strategies.

client      the control API from Python
results     what it returns
running     a server in a thread
plugin      pytest fixtures (needs pytest)
strategies  Hypothesis strategies of every document (needs hypothesis)
"""

from asw_exchange.testing.client import ControlClient
from asw_exchange.testing.connection import Problem, Unreachable
from asw_exchange.testing.results import Message, WholeMessage

__all__ = ["ControlClient", "Message", "Problem", "Unreachable", "WholeMessage"]
