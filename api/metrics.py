"""Metrics for Prometheus: requests and how long they took, lag of the read models. No label names a person."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from adapters.evidence.lag import SealLag
from adapters.views.freshness import Lag

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The figures of one process."""

    content_type: Final = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry: Final = CollectorRegistry()
        self._requests: Final = Histogram(
            "homeward_request_seconds",
            "Requests by route, method and status.",
            ("route", "method", "status"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._children: Final[dict[tuple[str, str, int], Histogram]] = {}
        self._head: Final = self._gauge("homeward_record_head", "Last position of the record.")
        self._projected: Final = self._gauge("homeward_projector_position", "Last position that the read models show.")
        self._lag: Final = self._gauge("homeward_projector_lag_seconds", "Age of the oldest fact not yet shown.")
        self._sealed: Final = self._gauge(
            "homeward_sealed_position", "Last position under a published head of the log."
        )
        self._unsealed: Final = self._gauge("homeward_seal_lag_seconds", "Age of the oldest fact not yet sealed.")
        self._streams: Final = self._gauge("homeward_feed_streams", "Open streams of the feed.")

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        key = (route, method, status)
        if (child := self._children.get(key)) is None:
            child = self._children[key] = self._requests.labels(route, method, str(status))
        child.observe(seconds)

    def exposition(self, lag: Lag, sealed: SealLag, *, streams: int) -> bytes:
        """Return everything in Prometheus' text form, with the standing of record, read models and log as given."""
        self._head.set(lag.head)
        self._projected.set(lag.position)
        self._lag.set(lag.seconds)
        self._sealed.set(sealed.position)
        self._unsealed.set(sealed.seconds)
        self._streams.set(streams)
        return generate_latest(self._registry)

    def _gauge(self, name: str, says: str) -> Gauge:
        return Gauge(name, says, registry=self._registry)
