"""Valid, varied, realistic test documents from a seed. All firms, persons and cargo are invented."""

from asw_exchange.testdata.generate import generate, generators_of
from asw_exchange.testdata.messages import generate_messages
from asw_exchange.testdata.seeds import stream

__all__ = ["generate", "generate_messages", "generators_of", "stream"]
