"""What two ledgers say of a run, held against what was promised while it went on.

Nothing is taken on trust: entries are read from the files, each acknowledgement is verified, and
``asw tally --check`` reconciles both ledgers as anybody else would.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from asw_exchange.ledger import Ledger
from asw_exchange.model import Outcome
from asw_exchange.records import Direction
from asw_exchange.server.sending import Trust, told_of
from asw_exchange.signature import TrustStore
from tests.soak.load import Target
from tests.soak.process import run_asw


@dataclass(slots=True, kw_only=True)
class Proof:
    """The counts that matter; ``faults`` says in plain sentences what should not be."""

    messages: int = 0
    """Different ones that were posted."""
    acknowledged: int = 0
    submitted: int = 0
    """Documents that the control API took."""
    repeated: int = 0
    """Receptions of what was there already: they got the stored answer."""
    lost: int = 0
    """Promised, and not in the ledger."""
    twice: int = 0
    """In a ledger as accepted more than once."""
    other_answers: int = 0
    """Answered in two ways, or with a signature that does not hold."""
    in_flight: int = 0
    """Still in an outbox."""
    reconciled: bool = False
    tally: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether everything is as it should be."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Record:
    """What a gateway's ledger holds, by message id."""

    accepted: Counter[str]
    repeated: int
    sent: Counter[str]
    answers: dict[str, set[str]]
    """The SHA-256 of what was answered to a message."""
    waiting: int


def record_of(place: Path, gateway: str) -> Record:
    """Read the ledger of a gateway."""
    with Ledger.open(place, read_only=True) as ledger:
        received = ledger.entries(gateway=gateway, direction=Direction.RECEIVED)
        sent = ledger.entries(gateway=gateway, direction=Direction.SENT)
        depth = ledger.queue_depth()
    answers: dict[str, set[str]] = {}
    for entry in sent:
        if entry.technical and entry.refers_to:
            answers.setdefault(entry.refers_to, set()).add(entry.digest)
    return Record(
        accepted=Counter(each.message_id for each in received if each.outcome is Outcome.ACCEPTED),
        repeated=sum(each.outcome is Outcome.DUPLICATE for each in received),
        sent=Counter(each.message_id for each in sent if not each.technical),
        answers=answers,
        waiting=depth.waiting + depth.held + depth.dead,
    )


async def prove(targets: list[Target], ledgers: dict[str, Path], pki: Path) -> Proof:
    """Hold promises against ledgers: ``ledgers`` has the file of every target's gateway."""
    proof = Proof()
    records = {gateway: record_of(place, gateway) for gateway, place in ledgers.items()}
    for target in targets:
        own, other = records[target.gateway], records[target.other]
        _count(proof, target, own, other)
        _check_answers(proof, target, own, TrustStore.load(pki / target.gateway))
        proof.faults += target.promises.refusals
    places = [word for place in ledgers.values() for word in ("--db", str(place))]
    code, proof.tally = await run_asw("tally", *places, "--check")
    proof.reconciled = code == 0
    if not proof.reconciled:
        proof.faults.append("the ledgers do not reconcile")
    if proof.in_flight:
        proof.faults.append(f"{proof.in_flight} transmissions are still in an outbox")
    return proof


def _count(proof: Proof, target: Target, own: Record, other: Record) -> None:
    promises, gateway = target.promises, target.gateway
    lost = [each for each in promises.answers if not own.accepted[each]]
    lost += [each for each in promises.submitted if not (own.sent[each] and other.accepted[each])]
    twice = [each for each, times in own.accepted.items() if times > 1]
    twice += [each for each in promises.submitted if own.sent[each] > 1]
    proof.messages += len(promises.answers) + target.work.qsize()
    proof.acknowledged += len(promises.answers)
    proof.submitted += len(promises.submitted)
    proof.repeated += own.repeated
    proof.lost += len(lost)
    proof.twice += len(twice)
    proof.in_flight += own.waiting
    proof.faults += [f"{gateway} has lost {each}, which it acknowledged" for each in lost]
    proof.faults += [f"{gateway} has counted {each} twice" for each in twice]


def _check_answers(proof: Proof, target: Target, own: Record, trust: TrustStore) -> None:
    """Each acknowledgement says accepted, verifies, and is the only answer that the ledger holds."""
    import hashlib

    bad = set(target.promises.other_answers)
    for message_id, answer in target.promises.answers.items():
        stored = own.answers.get(message_id)
        told = told_of(answer, Trust(trust))
        if stored != {hashlib.sha256(answer).hexdigest()} or told.outcome is not Outcome.ACCEPTED:
            bad.add(message_id)
    proof.other_answers += len(bad)
    proof.faults += [
        f"{target.gateway} did not answer {each} in one and the same way" for each in sorted(bad)
    ]
