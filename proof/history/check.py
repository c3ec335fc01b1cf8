"""The checker: reads a history once, in the order of its times, and says what it disproves.

Like Elle it looks for evidence that no correct server could have left behind, needs about linear
time, and names the events which prove each anomaly. Its rules are those by which causal consistency
is violated (Bouajjani, Enea, Guerraoui, Hamza: *On Verifying Causal Consistency*, POPL 2017; Zennou
and others: *Checking Causal Consistency of Distributed Databases*, NETYS 2019), with the session
guarantees of Terry and others (PDIS 1994), for a document that only grows:

| there | here |
|---|---|
| ThinAirRead | `thin air`: read, but written by nobody, or before it was written |
| WriteCOInitRead, lost writes | `lost`: acknowledged or seen, and later missing for a newcomer |
| WriteCORead, CyclicCO | `causal order`: a write without what its writer had seen |
| CyclicCF (convergence) | `stale value`: a value won although somebody had replaced it knowingly |
| monotonic reads | `went back` |
| strong convergence | `diverged`, `pending`, `unsaved` |

and, beyond what is written and read: `authority`, `ghost`, `wrong name`, `nobody there`, `audit`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

from proof.history.events import SECOND, Event
from proof.history.replicas import Replica, Replicas, Write

MAX_TOLD = 20
"""Anomalies of one kind that are told; of one cause there may be thousands."""


@dataclass(frozen=True, slots=True)
class Promises:
    """What a server promises: the fields of the event `system`."""

    name: str = "a server"
    acknowledges: bool = True
    stale_seconds: float = 0.0
    """How far behind the present a newcomer may begin; 0 where there is one process."""
    ghost_seconds: float = 40.0
    """How long somebody may be shown who is gone."""
    closing_seconds: float = 5.0
    """How long somebody may see updates after all access was taken away."""
    names: dict[str, str] = field(default_factory=dict)
    """Person → the verified name that others are shown; empty if names are not verified."""
    orders_deletions: bool = True
    """Whether a deletion arrives before later writes of its author, also where much arrives at
    once. An update of Yjs names all its deletions at its end, without saying when they were made.
    """
    shows_all: bool = True
    """Whether in the end everybody has to see everybody who is there."""
    has_others: bool = False
    """Whether somebody wrote who keeps no journal."""
    has_programs: bool = False
    """Whether programs wrote (`rest`), under client ids that only the server knows."""
    has_audit: bool = False
    everything_is_saved: bool = True
    """Whether all writes have to be there in the end, as everyone came back who may edit."""

    @classmethod
    def of(cls, data: dict[str, Any]) -> Promises:
        """Of an event; what it does not name is the default."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something that no server which keeps its promises leaves behind."""

    kind: str
    text: str
    t: int = 0

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


class Rule(Protocol):
    """Looks at each event after the replicas have taken it in."""

    def take(self, event: Event) -> None:
        """An event."""

    def arrived(self, write: Write, at: Replica, event: Event) -> None:
        """A write has reached another replica, for the first time."""

    def finish(self) -> None:
        """There are no more events."""


class Context:
    """What all rules share."""

    def __init__(self, promises: Promises, events: list[Event]) -> None:
        self.promises = promises
        self.events = events
        self.replicas = Replicas()
        self.anomalies: list[Anomaly] = []
        self._told: dict[str, int] = {}

    def tell(self, kind: str, text: str, event: Event | None = None) -> None:
        """Adds an anomaly."""
        count = self._told[kind] = self._told.get(kind, 0) + 1
        if count <= MAX_TOLD:
            self.anomalies.append(Anomaly(kind, text, event.t if event else 0))

    def seconds(self, earlier: int, later: int) -> float:
        """Between two times."""
        return (later - earlier) / SECOND


def check(events: Iterable[Event]) -> list[Anomaly]:
    """All anomalies of a history; none if it proves nothing against the server."""
    from proof.history.authority import Authority
    from proof.history.causality import Causality
    from proof.history.convergence import Convergence
    from proof.history.durability import Durability
    from proof.history.presence import Presence
    from proof.history.record import Audit

    all_events = list(events)
    said = next((event.data for event in all_events if event.kind == "system"), {})
    context = Context(Promises.of(said), all_events)
    causality = Causality(context)
    rules: list[Rule] = [
        causality,
        Durability(context),
        Convergence(context),
        Authority(context),
        Presence(context),
        Audit(context),
    ]
    for event in all_events:
        _take_in(event, context)
        for rule in rules:
            rule.take(event)
        for write, replica in causality.arrivals:
            for rule in rules:
                rule.arrived(write, replica, event)
        causality.arrivals.clear()
    for rule in rules:
        rule.finish()
    return context.anomalies


def _take_in(event: Event, context: Context) -> None:
    """Brings the replicas up to an event."""
    replicas = context.replicas
    if event.kind == "replica":
        replicas.begin(event)
        return
    replica = replicas.by_name.get(event.who)
    if replica is None:
        return
    match event.kind:
        case "write":
            replicas.write(event)
        case "seen":
            for fault in replica.see(event):
                context.tell("went back", f"{replica.who}: {fault}", event)
        case "ack":
            replica.acknowledged.update(event.clocks)
        case "open":
            replica.is_open = True
        case "synced":
            replica.is_synced = True
        case "closed":
            replica.lose_socket()
