"""How a message is judged and answered under a treatment: by a corridor that differs in one thing.

Nothing else in a gateway knows of it: the steps of receiving are those of every message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from asw_exchange.behaviours import words
from asw_exchange.behaviours.treatment import Treatment
from asw_exchange.corridor import (
    Arrival,
    Corridor,
    ExchangeRule,
    Handled,
    Notice,
    Reply,
    exchange_rule,
)
from asw_exchange.model import Finding, Severity
from asw_exchange.records import Memory

ASKED = "a tester has asked for it; no rule of the corridor"
"""The basis of findings that are made up."""


def as_treated(corridor: Corridor, treatment: Treatment) -> Corridor:
    """Return the corridor as it is for one message."""
    if not treatment:
        return corridor
    findings = tuple(_findings(corridor, treatment))
    rules = (_rule(corridor, findings),) if findings else ()
    return replace(
        corridor,
        exchange_rules=(*corridor.exchange_rules, *rules),
        reply=lambda arrival, memory: _reply(corridor, treatment, arrival, memory),
        notify=lambda handled: _notify(corridor, treatment, handled),
    )


def _findings(corridor: Corridor, treatment: Treatment) -> Iterable[Finding]:
    for remark in treatment.remarks:
        told = Severity.WARNING if corridor.manners.warns else Severity.ERROR
        yield msgspec.structs.replace(remark, severity=told, source=ASKED)
    if warning := treatment.find(words.AcceptWithWarnings):
        yield _finding(warning.rule, Severity.WARNING, warning.message)
    if refusal := treatment.find(words.Refuse):
        yield _finding(refusal.rule, Severity.ERROR, refusal.message)


def _finding(rule: str, severity: Severity, message: str) -> Finding:
    return Finding(rule_id=rule, severity=severity, message=message, source=ASKED)


def _rule(corridor: Corridor, findings: tuple[Finding, ...]) -> ExchangeRule:
    kinds = frozenset(kind.name for kind in corridor.kinds if kind.acknowledged)
    about = exchange_rule("TEST", "what a tester has asked for", ASKED, "change the gateway's behaviours")
    return ExchangeRule(rule=about, kinds=kinds, check=lambda arrival, memory: findings)


def _notify(corridor: Corridor, treatment: Treatment, handled: Handled) -> tuple[Notice, ...]:
    if treatment.find(words.Mute):
        return ()
    told = handled.acknowledgement
    if correlation := treatment.find(words.WrongCorrelation):
        told = msgspec.structs.replace(told, refers_to=other_id(corridor, told.refers_to, correlation))
    if treatment.find(words.WrongAcknowledgementDigest):
        told = msgspec.structs.replace(told, digest=told.digest[::-1])
    return corridor.notify(replace(handled, acknowledgement=told))


def _reply(corridor: Corridor, treatment: Treatment, arrival: Arrival, memory: Memory) -> tuple[Reply, ...]:
    """Return the business answers: none, or others, or the usual ones about another document."""
    if treatment.find(words.Silent) or treatment.find(words.Mute):
        return ()
    manners = corridor.manners
    if other := treatment.find(words.AnswerForAnotherDocument):
        arrival = replace(arrival, document=renumbered(arrival.document, other.reference))
    if (rejection := treatment.find(words.Reject)) and manners.reject:
        code = _reason(corridor, rejection.reason)
        answers = manners.reject(arrival, code) or corridor.reply(arrival, memory)
    elif (part := treatment.find(words.UtilisePartly)) and manners.utilise_partly:
        code = _reason(corridor, part.reason)
        answers = manners.utilise_partly(arrival, part.refused, code) or corridor.reply(arrival, memory)
    else:
        answers = corridor.reply(arrival, memory)
    if treatment.find(words.RetransmissionRequested) and manners.ask_again:
        return (*manners.ask_again(arrival), *answers)
    return answers


def _reason(corridor: Corridor, reason: str | None) -> str:
    """Return the reason that is given; the first of the corridor's list where none is."""
    return reason or next(iter(corridor.manners.reasons))


def other_id(corridor: Corridor, message_id: str, correlation: words.WrongCorrelation) -> str:
    """Return the id of a message that was never sent."""
    return correlation.refers_to or corridor.message_id(f"not {message_id}")


def renumbered(document: Any, reference: str | None) -> Any:
    """Return a document under another reference number: the one given, else its own with a digit changed."""
    for name in ("reference", "number"):
        own = getattr(document, name, None)
        if isinstance(own, str):
            return msgspec.structs.replace(document, **{name: reference or _other_number(own)})
    named = getattr(document, "certificate", None)
    if named is None:
        return document
    return msgspec.structs.replace(document, certificate=renumbered(named, reference))


def _other_number(number: str) -> str:
    """Change the last digit, so that the number keeps its form."""
    changed = re.sub(r"[0-9](?=[^0-9]*$)", lambda digit: str((int(digit[0]) + 5) % 10), number, count=1)
    return changed if changed != number else f"{number}-0"
