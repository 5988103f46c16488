"""What happened: the append-only record of all gateways of a run, its tally and its timelines."""

from asw_exchange.ledger.copying import copy, together
from asw_exchange.ledger.outbox import Attempt, Queued, QueueDepth, QueueFilter, State
from asw_exchange.ledger.reconciliation import Defect, Difference, Reconciliation, reconcile
from asw_exchange.ledger.retention import Dropped
from asw_exchange.ledger.store import EntryFilter, Ledger
from asw_exchange.ledger.tally import TallyRow, tally
from asw_exchange.ledger.timeline import Relation, TimelineEntry, timeline
from asw_exchange.ledger.transmissions import TallyFilter

__all__ = [
    "Attempt",
    "Defect",
    "Difference",
    "Dropped",
    "EntryFilter",
    "Ledger",
    "QueueDepth",
    "QueueFilter",
    "Queued",
    "Reconciliation",
    "Relation",
    "State",
    "TallyFilter",
    "TallyRow",
    "TimelineEntry",
    "copy",
    "reconcile",
    "tally",
    "timeline",
    "together",
]
