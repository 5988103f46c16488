"""What Prometheus reads of a server: counts, queues, and how long each step takes.

The counts are those of the ledgers, so they agree with the tally and go on after a restart. Not here: what
happened to one message (the control API, ``journal``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.process_collector import ProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from asw_exchange.errors import LedgerError
from asw_exchange.gateway import Laps
from asw_exchange.ledger import QueueDepth
from asw_exchange.server.space import Space
from asw_exchange.server.stopwatches import Stopwatches

_REQUEST_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 30.0)

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


@dataclass(slots=True)
class _Counted:
    """How far the ledger of a space was counted."""

    last: int = 0
    resets: int = 0


@dataclass(frozen=True, slots=True)
class Timed:
    """The address of gateways with a stopwatch around it."""

    application: Application
    seconds: Histogram

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request, and observe how long it took."""
        start, status = perf_counter(), "none"

        async def observed(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        await self.application(scope, receive, observed)
        corridor = scope["path_params"]["corridor"] if status != "404" else "unknown"
        self.seconds.labels(corridor, status).observe(perf_counter() - start)


@dataclass(slots=True)
class Metrics:
    """The metrics of one server."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    _messages: Counter = field(init=False)
    _outbox: Gauge = field(init=False)
    _oldest: Gauge = field(init=False)
    _jobs: Gauge = field(init=False)
    _workers: Gauge = field(init=False)
    _workers_wanted: Gauge = field(init=False)
    _steps: Stopwatches = field(init=False)
    _requests: Histogram = field(init=False)
    _counted: dict[str, _Counted] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        ProcessCollector(registry=self.registry)
        where, new = ("space", "gateway", "corridor", "kind", "direction", "outcome"), self.registry
        self._messages = Counter("asw_messages", "Transmissions in the ledger", where, registry=new)
        self._outbox = Gauge("asw_outbox", "Transmissions in the outbox", ("space", "state"), registry=new)
        told = "Age of the oldest transmission that waits for its delivery"
        self._oldest = Gauge("asw_outbox_oldest_seconds", told, ("space",), registry=new)
        self._jobs = Gauge("asw_jobs_waiting", "Jobs that wait for the ledger", ("space",), registry=new)
        self._workers = Gauge("asw_workers", "Processes that examine messages and are alive", registry=new)
        told = "Processes that examine messages when all that were asked for are alive"
        self._workers_wanted = Gauge("asw_workers_wanted", told, registry=new)
        self._steps = Stopwatches("asw_step_seconds", "Duration of a step of receiving", "step")
        self.registry.register(self._steps)
        told = "Duration of a request to a gateway, commit included"
        self._requests = Histogram(
            "asw_request_seconds", told, ("corridor", "status"), buckets=_REQUEST_SECONDS, registry=new
        )

    def observe_steps(self, laps: Laps) -> None:
        """Count how long steps of receiving took. For each step one thread at a time."""
        for step, (messages, seconds) in laps.items():
            self._steps[step].observe(seconds, messages)

    def timed(self, application: Application) -> Timed:
        """Put a stopwatch around the address of gateways."""
        return Timed(application, self._requests)

    async def text(self, spaces: Mapping[str, Space]) -> bytes:
        """Return all of it in the text format of Prometheus; a ledger that cannot be read is left out."""
        for space in tuple(spaces.values()):
            try:
                await self._look_at(space)
            except LedgerError:
                continue
        return generate_latest(self.registry)

    async def _look_at(self, space: Space) -> None:
        counted = self._counted.setdefault(space.name, _Counted())
        if counted.resets != space.resets:
            counted.resets, counted.last = space.resets, 0
        counted.last, counts = await space.read(lambda ledger: ledger.counts(after=counted.last))
        for count in counts:
            corridor, outcome = count.kind.partition("/")[0], count.outcome or ""
            labels = (space.name, count.gateway, corridor, count.kind, count.direction, outcome)
            self._messages.labels(*labels).inc(count.number)
        self._set_queue(space, await space.read(lambda ledger: ledger.queue_depth()))

    def _set_queue(self, space: Space, depth: QueueDepth) -> None:
        for state in ("waiting", "held", "dead"):
            self._outbox.labels(space.name, state).set(getattr(depth, state))
        age = (space.clock.now() - depth.oldest).total_seconds() if depth.oldest else 0.0
        self._oldest.labels(space.name).set(max(age, 0.0))
        self._jobs.labels(space.name).set(space.committer.depth)
        self._workers.set(space.examiner.workers)
        self._workers_wanted.set(space.examiner.wanted)


def metrics_route(metrics: Metrics, spaces: Mapping[str, Space]) -> Route:
    """Return ``/metrics``."""

    async def scrape(request: Request) -> Response:
        return Response(await metrics.text(spaces), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", scrape)
