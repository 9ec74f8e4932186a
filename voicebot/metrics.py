"""What is counted for Prometheus: turns, decisions, the time of each part, and what is waiting to be delivered."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 15.0)


class Backlog:
    """Asked at each scrape: gauges by name, read from the database. A database that is gone reports itself."""

    def __init__(self, read: Callable[[], Mapping[str, float]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        try:
            values = {**self._read(), "database_up": 1.0}
        except Exception:
            values = {"database_up": 0.0}
        for name, value in values.items():
            yield GaugeMetricFamily(f"voicebot_{name}", name.replace("_", " "), value=value)

    def describe(self) -> Iterable[Metric]:
        return []


class Metrics:
    """One for each web process. With several workers the counters live in `PROMETHEUS_MULTIPROC_DIR`, which `voicebot
    serve` sets, and a scrape of any worker sums them all."""

    def __init__(self, backlog: Callable[[], Mapping[str, float]]) -> None:
        own = CollectorRegistry()
        self.turns = Counter("voicebot_turns", "Turns by decision.", ["decision"], registry=own)
        self.parts = Histogram("voicebot_part_seconds", "Time of each part.", ["part"], registry=own, buckets=SECONDS)
        self.failures = Counter("voicebot_failures", "Requests answered by the spoken fallback.", registry=own)
        self._registry = own
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            self._registry = CollectorRegistry()
            MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]
        self._registry.register(Backlog(backlog))

    def observe(self, seconds: Mapping[str, float], decision: str) -> None:
        self.turns.labels(decision).inc()
        for part, value in seconds.items():
            self.parts.labels(part).observe(value)

    def text(self) -> bytes:
        return generate_latest(self._registry)
