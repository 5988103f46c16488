"""Stopwatches on the hot path, told to Prometheus as histograms.

The client library's own histogram takes two locks and walks its buckets at each observation, twelve times a
message; one thread writes here, so nothing needs to be locked. Not here: what is measured (``metrics``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

BOUNDS = (0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1.0)
"""Seconds, upper ends of the buckets; what took longer is in one more."""


class Stopwatch:
    """How often something took how long."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def observe(self, seconds: float, times: int = 1) -> None:
        """Count what was done so many times in so many seconds together."""
        self.counts[bisect_left(BOUNDS, seconds / times)] += times
        self.seconds += seconds


class Stopwatches(Collector):
    """Stopwatches by name, as one metric."""

    def __init__(self, metric: str, told: str, label: str) -> None:
        self._metric, self._told, self._label = metric, told, label
        self._by_name: dict[str, Stopwatch] = {}

    def __getitem__(self, name: str) -> Stopwatch:
        watch = self._by_name.get(name)
        if watch is None:
            watch = self._by_name[name] = Stopwatch()
        return watch

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Give what Prometheus reads."""
        family = HistogramMetricFamily(self._metric, self._told, labels=[self._label])
        for name, watch in self._by_name.items():
            ends = [*map(str, BOUNDS), "+Inf"]
            family.add_metric([name], list(zip(ends, accumulate(watch.counts), strict=True)), watch.seconds)
        yield family
