"""What is fuzzed: every place that reads a stranger's bytes. Each gives an answer or raises an ExchangeError.

A target returns nothing and lets no other exception out. Not here: how long and how much it may take
(``limits``), and where the bytes come from (``seeds``, ``mutation``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from asw_exchange import codec, verbs
from asw_exchange.corridor import Corridor
from asw_exchange.corridors import all_corridors
from asw_exchange.errors import ConfigurationError, ExchangeError
from asw_exchange.ledger import Ledger
from asw_exchange.node import Node
from asw_exchange.signature import Canonicalization, Placement, SignaturePolicy, verify
from asw_exchange.simulator.world import create_world
from asw_exchange.validation import Report
from fuzz.seeds import MOMENT, SEED, pki, signed_contents

POLICIES = (
    *(SignaturePolicy(placement=placement) for placement in Placement),
    SignaturePolicy(canonicalization=Canonicalization.INCLUSIVE),
)


@contextmanager
def _refusing() -> Iterator[None]:
    """Bytes may be refused; they may not be the reason why something of ours cannot run."""
    try:
        yield
    except ConfigurationError:
        raise
    except ExchangeError as error:
        if not str(error):
            raise AssertionError("refused without a word") from error


def fuzz_reader(data: bytes) -> None:
    """The hardened reader, with and without instructions."""
    for keep in (False, True):
        with _refusing():
            codec.read(data, keep_instructions=keep)


def fuzz_envelope(data: bytes) -> None:
    """The envelopes of all corridors."""
    for corridor in all_corridors():
        with _refusing():
            _unpack(data, corridor)
    with _refusing():
        verbs.recognise(codec.read(data))


def _unpack(data: bytes, corridor: Corridor) -> None:
    header, part = corridor.envelope.unpack(codec.read(data, keep_instructions=True))
    assert header.sender is not None
    corridor.envelope.document(part)


def fuzz_verify(data: bytes) -> None:
    """The verifier in every profile: what it accepts was signed, octet for octet."""
    for policy in POLICIES:
        for trust in (pki().trust("VN"), pki().trust("TH")):
            with _refusing():
                _check_signed(verify(data, trust, MOMENT, policy).canonical)
    for code in ("VN", "EAEU", "KR", "NZ"):
        with _refusing():
            _check_signed(verbs.verify(data, pki().trust(code), moment=MOMENT).canonical)


def _check_signed(canonical: bytes) -> None:
    assert hashlib.sha256(canonical).hexdigest() in signed_contents(), "taken for signed, and is not"


def fuzz_validate(data: bytes) -> None:
    """Validation never raises, and a report says valid only where it has no error."""
    report = verbs.validate(data, moment=MOMENT)
    assert isinstance(report, Report)
    for finding in report.findings:
        assert str(finding.message)


def fuzz_parse(data: bytes) -> None:
    """What can be read can be written again, or is refused by the name of a field."""
    with _refusing():
        document = verbs.parse(data)
        _, kind, _ = verbs.recognise(codec.read(data))
        verbs.build(document, kind.name)


class _Gateways:
    """All gateways on one ledger in memory, made anew before it grows."""

    MOST = 500

    def __init__(self) -> None:
        self.left = 0
        self.ledger: Ledger | None = None
        self.nodes: Mapping[str, Node] = {}

    def of(self, code: str) -> Node:
        """The node of a gateway."""
        if self.left == 0:
            self._renew()
        self.left -= 1
        return self.nodes[code]

    def _renew(self) -> None:
        if self.ledger is not None:
            self.ledger.close()
        self.ledger, self.left = Ledger.open(":memory:"), self.MOST
        world = create_world(all_corridors(), seed=SEED, start=MOMENT, ledger=self.ledger)
        self.nodes = world.nodes


_GATEWAYS = _Gateways()


def fuzz_receive(data: bytes) -> None:
    """The whole gateway: received, recorded and answered, twice; never an error, whatever the bytes are."""
    for corridor in all_corridors():
        node = _GATEWAYS.of(_receiver(data, corridor))
        for _ in range(2):
            answer = node.receive(data, corridor=corridor.name)
            assert answer is None or isinstance(answer, bytes)


def _receiver(data: bytes, corridor: Corridor) -> str:
    with _refusing():
        header, _ = corridor.envelope.unpack(codec.read(data, keep_instructions=True))
        if header.receiver in corridor.members:
            return header.receiver
    return next(iter(corridor.members))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "reader": fuzz_reader,
    "envelope": fuzz_envelope,
    "verify": fuzz_verify,
    "validate": fuzz_validate,
    "parse": fuzz_parse,
    "receive": fuzz_receive,
}
