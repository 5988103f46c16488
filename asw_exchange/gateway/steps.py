"""How messages go through a list of steps: all take one before any takes the next.

Not here: the steps themselves (``examination``, ``exchange``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import Protocol, TypeVar

from asw_exchange.errors import ConfigurationError, ExchangeError
from asw_exchange.model import Finding, Outcome
from asw_exchange.validation import findings_of_error


class Refused(ExchangeError):
    """A message that broke rules: the findings say which."""

    reply_code = "RULES"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings[0].message)
        self.findings = findings


class Progress(Protocol):
    """What steps have found out so far."""

    outcome: Outcome | None
    refusal: tuple[Finding, ...]
    """Why it was refused, if it was."""
    trouble: ConfigurationError | None
    """Why a check could not run."""


P = TypeVar("P", bound=Progress)

Laps = dict[str, tuple[int, float]]
"""How many messages took each step, and how many seconds it took for all of them."""


def run(steps: Iterable[Callable[[P], None]], messages: Sequence[P]) -> Laps:
    """Take messages through steps, each until its outcome is told or a check could not run.

    All take a step before any takes the next: for all but the first, what the step needs is then still in
    the caches of the processor.
    """
    laps: Laps = {}
    for step in steps:
        ahead = [progress for progress in messages if progress.outcome is None]
        if not ahead:
            break
        start = perf_counter()
        for progress in ahead:
            _take(step, progress)
        laps[step.__name__] = len(ahead), perf_counter() - start
    return laps


def _take(step: Callable[[P], None], progress: P) -> None:
    """Take one step. Of a refusal only its findings are kept: an exception holds all that it has passed."""
    try:
        step(progress)
    except ConfigurationError as error:
        progress.trouble, progress.outcome = error, Outcome.REJECTED
    except Refused as error:
        progress.refusal, progress.outcome = error.findings, Outcome.REJECTED
    except ExchangeError as error:
        progress.refusal, progress.outcome = (findings_of_error(error),), Outcome.REJECTED


def refusal_of(progress: Progress) -> tuple[Finding, ...]:
    """Return why a message was refused, if it was. Raises ConfigurationError: a check could not run."""
    if progress.trouble is not None:
        raise progress.trouble
    return progress.refusal
