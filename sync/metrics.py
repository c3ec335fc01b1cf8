"""Prometheus metrics of the engine. Every label has a bounded set of values."""

from collections.abc import Iterator

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector


class LoopCounter(Collector):
    """A counter for every update: an addition on the event loop's thread, and no lock."""

    def __init__(self, name: str, documentation: str) -> None:
        self.count = 0
        self._name, self._documentation = name, documentation
        REGISTRY.register(self)

    def collect(self) -> Iterator[CounterMetricFamily]:
        """What Prometheus reads: `<name>_total`."""
        yield CounterMetricFamily(self._name, self._documentation, value=self.count)


CONNECTIONS = Gauge("canvas_connections", "Open sockets.", ["kind"])
ROOMS = Gauge("canvas_rooms", "Boards that this process has to do with.", ["state"])
UPDATES_IN = LoopCounter("canvas_updates_received", "Updates that passed validation.")
FRAMES_OUT = LoopCounter("canvas_frames_offered", "Updates sent to sockets, or queued for them.")
REFUSED = Counter("canvas_updates_refused_total", "Frames and updates refused.", ["reason"])
OUTBOX_DROPS = Counter("canvas_outbox_drops_total", "Times a slow reader lost its queue.")
BATCH_SIZE = Histogram(
    "canvas_batch_updates", "Updates in a committed batch.", buckets=(1, 2, 5, 10, 20, 50, 100, 500)
)
COMMIT_SECONDS = Histogram(
    "canvas_commit_seconds",
    "Duration of a group commit.",
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 20),
)
COMMIT_RETRIES = Counter("canvas_commit_retries_total", "Commits that had to be repeated.")
BUS_GAPS = Counter("canvas_bus_gaps_total", "Times rows were read because of a gap.")
LOADS = Counter("canvas_loads_total", "Boards loaded.", ["outcome"])
UNLOADS = Counter("canvas_unloads_total", "Idle boards let go.")
HELD_READS = Counter("canvas_held_reads_total", "Times a socket that sent too much was not read.")
