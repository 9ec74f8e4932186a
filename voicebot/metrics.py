"""What is counted for Prometheus: turns, decisions, the time of each part, live calls, and what is waiting."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from voicebot.live import events

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
        self.live_events = Counter("voicebot_live_events", "What happened in live calls.", ["what"], registry=own)
        self._registry = own
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            self._registry = CollectorRegistry()
            MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]
        self._registry.register(Backlog(backlog))

    def observe(self, seconds: Mapping[str, float], decision: str) -> None:
        self.turns.labels(decision).inc()
        for part, value in seconds.items():
            self.parts.labels(part).observe(value)

    def live(self, event: events.LiveEvent) -> None:
        """What happens in live calls: the silence that ended an utterance, what recognition took beyond it, and how
        often callers spoke over a prompt, made a noise, were cut off, or were handed over (and why)."""
        match event:
            case events.EndpointReached(silence=silence):
                self.parts.labels("endpoint").observe(silence)
            case events.TurnTaken(waited=waited, keys=""):
                self.parts.labels("beyond_endpoint").observe(waited)
            case events.PromptStopped(by=by):
                self.live_events.labels(f"stopped_by_{by}").inc()
            case events.Dismissed():
                self.live_events.labels("noise").inc()
            case events.SpeechBegun(joined=True):
                self.live_events.labels("cut_off").inc()
            case events.HandedOver(why=why):
                self.live_events.labels(f"handed_over_{why.replace(' ', '_')}").inc()

    def text(self) -> bytes:
        return generate_latest(self._registry)
