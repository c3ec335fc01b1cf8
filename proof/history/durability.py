"""What was acknowledged to its author or seen by anyone else is there for all who come later.

A newcomer is a replica that holds nothing when its socket opens: what it holds when it has synced
is what the server had. A promise older than that opening (and older than `stale_seconds`, where
several processes serve) has to be in it. Writers who are still there could heal a loss by sending
their work again; so people leave at some faults, and newcomers come before them.

This is `WriteCOInitRead` of Bouajjani and others, for reads of a whole document, with the order of
real time that Elle adds.
"""

from dataclasses import dataclass, field

from proof.history.check import Context
from proof.history.events import SECOND, Event, items
from proof.history.replicas import Item, Replica, Write


@dataclass(slots=True)
class Promised:
    """The promises up to a moment: the greatest clock of each client, and a count of deletions."""

    clocks: dict[int, int] = field(default_factory=dict)
    deletions: int = 0


class Durability:
    """The rule."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._stale = round(context.promises.stale_seconds * SECOND)
        self._clocks: list[tuple[int, int, int]] = []
        """Promised clocks in the order of their times: time, client, end."""
        self._deletions: list[tuple[int, Item]] = []
        self._is_promised: set[Item] = set()
        self._at = 0
        self._old = Promised()
        """What is so old that nobody may lack it."""
        self._of_newcomers: dict[str, Promised] = {}

    def take(self, event: Event) -> None:
        """Promises, newcomers, ends."""
        replica = self._context.replicas.by_name.get(event.who)
        if event.kind == "restored":
            self._forget_since(event.data["taken"])
        elif event.kind == "end":
            self._look_at_end(event)
        elif replica is None:
            return
        elif event.kind == "ack":
            self._clocks += [(event.t, client, end) for client, end in event.clocks]
        elif event.kind == "seen":
            self._promise_seen(event, replica)
        elif event.kind == "open" and not replica.clocks:
            self._of_newcomers[replica.who] = self._older_than(event.t - self._stale)
        elif event.kind == "synced" and replica.who in self._of_newcomers:
            promised = self._of_newcomers.pop(replica.who)
            self._compare(f"{replica.who}, a newcomer,", promised, event)
        elif event.kind == "closed":
            self._of_newcomers.pop(replica.who, None)

    def arrived(self, write: Write, at: Replica, event: Event) -> None:
        """Nothing: sightings are counted by clocks."""

    def finish(self) -> None:
        """Nothing is left to do."""

    def _promise_seen(self, event: Event, replica: Replica) -> None:
        own = replica.client
        self._clocks += [(event.t, client, end) for client, end in event.clocks if client != own]
        for item in items(event.told):
            if item not in self._is_promised:
                self._is_promised.add(item)
                self._deletions.append((event.t, item))

    def _older_than(self, t: int) -> Promised:
        """A copy of the promises up to a time, which never goes back."""
        while self._at < len(self._clocks) and self._clocks[self._at][0] <= t:
            _, client, end = self._clocks[self._at]
            self._old.clocks[client] = max(end, self._old.clocks.get(client, 0))
            self._at += 1
        while self._old.deletions < len(self._deletions):
            if self._deletions[self._old.deletions][0] > t:
                break
            self._old.deletions += 1
        return Promised(dict(self._old.clocks), self._old.deletions)

    def _forget_since(self, t: int) -> None:
        """A backup from that time is in place: what was promised later is gone, knowingly."""
        self._clocks = [one for one in self._clocks if one[0] <= t]
        self._deletions = [one for one in self._deletions if one[0] <= t]
        self._is_promised = {item for _, item in self._deletions}
        self._at, self._old = 0, Promised()

    def _compare(self, who: str, promised: Promised, event: Event) -> None:
        clocks = dict(event.clocks)
        for client, end in promised.clocks.items():
            if clocks.get(client, 0) < end:
                text = (
                    f"{who} got client {client} up to {clocks.get(client, 0)}; promised was {end}"
                )
                self._context.tell(
                    "lost", f"{text}{self._of(client, clocks.get(client, 0))}", event
                )
        deleted = set(items(event.deleted))
        for _, item in self._deletions[: promised.deletions]:
            if item not in deleted:
                text = f"{who} did not get the deletion of {item}, which somebody had seen"
                self._context.tell("lost", text, event)

    def _of(self, client: int, end: int) -> str:
        """The first write of a client that is missing."""
        writes = self._context.replicas.writes.get(client, [])
        return next((f": {write}" for write in writes if write.end > end), "")

    def _look_at_end(self, event: Event) -> None:
        self._compare(f"{event.who}, in the end,", self._older_than(event.t), event)
