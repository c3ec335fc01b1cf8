"""Whoever sees a write has seen what its writer had seen, and nobody sees what is not yet written.

Each write has a vector of clocks: what its writer held. A replica that holds the write and not the
whole vector has read out of causal order (WriteCORead in Bouajjani and others; "writes follow
reads" and "session order" in Terry and others). Since the writer's earlier writes are in the same
replica, only what it saw since then is compared: `Write.new_clocks`.
"""

from bisect import bisect_right

from proof.history.check import Context
from proof.history.events import Event
from proof.history.replicas import Replica, Write


class Causality:
    """The rule; also finds which writes a message has brought."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.arrivals: list[tuple[Write, Replica]] = []
        """What the event has brought, to whom."""
        self._is_disturbed = False
        self._catching_up: dict[str, list[Write]] = {}
        """What replicas got that have a socket, and no answer to their first question yet."""

    def take(self, event: Event) -> None:
        """Sightings; a backup that is restored ends the rule, for what was read is undone."""
        if event.kind == "restored":
            self._is_disturbed = True
        replica = self._context.replicas.by_name.get(event.who)
        if replica is None:
            return
        if event.kind == "open":
            self._catching_up.setdefault(replica.who, [])
        elif event.kind == "synced":
            for write in self._catching_up.pop(replica.who, ()):
                self._compare(write, replica, event)
        elif event.kind == "seen":
            for client, end in event.clocks:
                self._read(replica, client, end, event)

    def _read(self, replica: Replica, client: int, end: int, event: Event) -> None:
        replicas = self._context.replicas
        written = replicas.written.get(client)
        if written is None:
            promises = self._context.promises
            if not (promises.has_others or promises.has_programs):
                text = f"{replica.who} read client {client}, which is nobody's"
                self._tell("thin air", text, event)
            return
        if end > written and client != replica.client:
            text = f"{replica.who} read client {client} up to {end}, written are {written}"
            self._tell("thin air", text, event)
        if client == replica.client:
            return
        writes = replicas.writes[client]
        first = replica.checked.get(client, 0)
        last = bisect_right(writes, end, lo=first, key=lambda write: write.end)
        replica.checked[client] = last
        for write in writes[first:last]:
            self.arrivals.append((write, replica))

    def arrived(self, write: Write, at: Replica, event: Event) -> None:
        """Compares what the writer knew with what the reader holds: at once, or when a reader that
        has only come has its first answer. Until then it knows that it lacks something.
        """
        if at.who in self._catching_up:
            self._catching_up[at.who].append(write)
        else:
            self._compare(write, at, event)

    def _compare(self, write: Write, at: Replica, event: Event) -> None:
        if self._is_disturbed:
            return
        for client, end in write.new_clocks:
            if at.clocks.get(client, 0) < end:
                text = (
                    f"{at.who} read {write}, whose writer had read client {client} up to {end};"
                    f" {at.who} had only {at.clocks.get(client, 0)}"
                )
                self._tell("causal order", text, event)
        if not self._context.promises.orders_deletions:
            return
        missing = [item for item in write.new_deleted if item not in at.deleted]
        if missing:
            text = (
                f"{at.who} read {write}, but not the deletion of {missing[0]} that came before it"
            )
            self._tell("causal order", text, event)

    def finish(self) -> None:
        """Nothing is left to do."""

    def _tell(self, kind: str, text: str, event: Event) -> None:
        self._context.tell(kind, text, event)
